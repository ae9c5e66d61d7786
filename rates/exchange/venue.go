package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"github.com/cointill/cointill/rates"
)

// flightTimeout bounds a shared call, with its waits for the bucket.
const flightTimeout = 2 * time.Minute

// venue is one polite HTTP client with a token bucket, a pause after failures,
// and one flight for equal calls.
type venue struct {
	name    string
	base    string
	client  *http.Client
	bucket  *rate.Limiter
	pause   pause // of all endpoints
	flights singleflight.Group
	now     func() time.Time
	log     *slog.Logger
}

// endpoint is one question of a venue, with a pause of its own: a list of pairs
// that cannot be had must not keep prices away.
type endpoint struct {
	path  string
	pause pause
}

// newVenue returns a venue asked at most once per interval, after a burst of two
// (a discovery and a first price).
func newVenue(name, base string, every time.Duration, o Options) (*venue, error) {
	base, err := o.base(base)
	if err != nil {
		return nil, err
	}
	v := &venue{name: name, base: base, now: o.Now, log: o.Log, bucket: rate.NewLimiter(rate.Every(every), 2)}
	if v.now == nil {
		v.now = time.Now
	}
	if v.log == nil {
		v.log = slog.New(slog.DiscardHandler)
	}
	v.client = &http.Client{
		Transport:     o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return v, nil
}

// get fetches one JSON body. Every failure begins a pause.
func (v *venue) get(ctx context.Context, e *endpoint, query url.Values) (answer, error) {
	if err := v.paused(e); err != nil {
		return answer{}, err
	}
	if err := v.bucket.Wait(ctx); err != nil {
		return answer{}, err
	}
	if err := v.paused(e); err != nil { // it may have begun while waiting
		return answer{}, err
	}
	one, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	a, err := v.do(one, e.path, query)
	if err != nil && ctx.Err() == nil {
		v.failed(e, err)
	}
	return a, err
}

func (v *venue) paused(e *endpoint) error {
	if err := v.pause.check(); err != nil {
		return err
	}
	return e.pause.check()
}

// failed begins the pause that err asks for, of the endpoint or of the venue.
func (v *venue) failed(e *endpoint, err error) {
	var wait time.Duration
	if s := (*stay)(nil); errors.As(err, &s) {
		wait = v.pause.begin(s.wait, err)
	} else {
		wait = e.pause.begin(0, err)
	}
	v.log.Warn("price venue pauses", "venue", v.name, "path", e.path, "pause", wait, "cause", err)
}

// answered ends the failures in a row after an answer that was understood.
func (v *venue) answered(e *endpoint) {
	v.pause.end()
	e.pause.end()
}

func (v *venue) unavailable(what string, err error) error {
	return fmt.Errorf("%w: %s: %s: %w", rates.ErrUnavailable, v.name, what, err)
}

// shared runs fn once for all concurrent callers of a key. The caller who came
// first may leave without failing the others.
func shared[T any](ctx context.Context, v *venue, key string, fn func(context.Context) (T, error)) (T, error) {
	var zero T
	ch := v.flights.DoChan(key, func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), flightTimeout)
		defer cancel()
		return fn(own)
	})
	select {
	case <-ctx.Done():
		return zero, v.unavailable("wait", ctx.Err())
	case r := <-ch:
		if r.Err != nil {
			return zero, r.Err
		}
		return r.Val.(T), nil
	}
}
