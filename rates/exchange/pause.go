package exchange

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
	firstBan   = 2 * time.Minute // Binance bans for as long at least, and for three days at most
	maxBan     = 72 * time.Hour
)

var (
	// errPausing marks an answer that was not asked for at all.
	errPausing = errors.New("pausing")
	// errBanned marks a venue that the caller went on asking after it was told to
	// stop; to ask once more makes it longer.
	errBanned = errors.New("banned")
)

// pause keeps the venue from being asked after a failure: 5 s, doubling to 5 min,
// or as long as the venue wants. It runs on the monotonic clock, so that a step
// of the wall clock neither ends nor prolongs it.
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
		return fmt.Errorf("%w %s more after: %w", errPausing, left.Round(time.Second), p.cause)
	}
	return nil
}

// begin pauses for wait, or by the doubling rule if wait is not positive. A
// longer pause already begun stands.
func (p *pause) begin(wait time.Duration, cause error) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait <= 0 {
		wait = min(firstPause<<min(p.tries, 10), maxPause)
		wait += rand.N(wait / 5) // instances that failed together do not return together
	}
	p.tries++
	limit := longPause
	if errors.Is(cause, errBanned) {
		limit = maxBan
	}
	wait = min(wait, limit)
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

// stay is a failure by which the venue tells this caller to stay away
// altogether, whichever endpoint said so; wait is zero if it names no time.
type stay struct {
	wait  time.Duration
	cause error
}

func (s *stay) Error() string { return s.cause.Error() }
func (s *stay) Unwrap() error { return s.cause }

// badStatus is the error of an answer other than 200.
func badStatus(resp *http.Response, now time.Time) error {
	err := fmt.Errorf("http status %d", resp.StatusCode)
	wait := retryAfter(resp.Header.Get("Retry-After"), now)
	switch resp.StatusCode {
	case http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return &stay{longPause, err} // a refused place stays refused
	case http.StatusTeapot:
		return &stay{max(wait, firstBan), fmt.Errorf("%w: %w", errBanned, err)}
	case http.StatusTooManyRequests:
		return &stay{wait, err}
	}
	if wait > 0 {
		return &stay{wait, err}
	}
	return err
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
