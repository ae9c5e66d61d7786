package chainlink

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	firstPause = 5 * time.Second
	maxPause   = 5 * time.Minute
	longPause  = time.Hour
)

// pause keeps the node from being asked after a failure: 5 s, doubling to 5 min,
// or as long as it wants. It runs on the monotonic clock, so that a step of the
// wall clock neither ends nor prolongs it.
type pause struct {
	mu    sync.Mutex
	tries int
	until time.Time
	cause error
}

func (p *pause) check() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if left := time.Until(p.until); left > 0 {
		return fmt.Errorf("pausing %s more after: %w", left.Round(time.Second), p.cause)
	}
	return nil
}

// begin pauses as long as cause asks for, or by the doubling rule. A longer pause
// already begun stands.
func (p *pause) begin(cause error) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	var wait time.Duration
	if s := (*stay)(nil); errors.As(cause, &s) {
		wait = s.wait
	}
	if wait <= 0 {
		wait = min(firstPause<<min(p.tries, 10), maxPause)
		wait += rand.N(wait / 5) // instances that failed together do not return together
	}
	p.tries++
	wait = min(wait, longPause)
	if until := time.Now().Add(wait); until.After(p.until) {
		p.until, p.cause = until, cause
	}
	return wait
}

// end forgets past failures after an answer that was understood.
func (p *pause) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries = 0
}

// stay is a failure by which the node tells this caller to stay away; wait is
// zero if it names no time.
type stay struct {
	wait  time.Duration
	cause error
}

func (s *stay) Error() string { return s.cause.Error() }
func (s *stay) Unwrap() error { return s.cause }

// badStatus is the error of an answer other than 200.
func badStatus(resp *http.Response, now time.Time) error {
	err := fmt.Errorf("http status %d", resp.StatusCode)
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return &stay{longPause, err} // who is refused stays refused
	}
	return &stay{retryAfter(resp.Header.Get("Retry-After"), now), err}
}

func retryAfter(text string, now time.Time) time.Duration {
	if s, err := strconv.ParseUint(text, 10, 32); err == nil {
		return time.Duration(s) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return at.Sub(now)
	}
	return 0
}
