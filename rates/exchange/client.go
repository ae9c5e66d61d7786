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

// client is one polite guest of one venue: a token bucket, a pause after
// failures, and one flight for equal calls.
type client struct {
	name   string
	base   string
	header http.Header // sent with every request; a key of the caller's goes here
	http   *http.Client
	bucket *rate.Limiter
	// backfill is what history may take of the bucket: half, so that catching up does
	// not keep the prices of now away.
	backfill *rate.Limiter
	history  history
	pause    pause // of all endpoints
	flights  singleflight.Group
	now      func() time.Time
	log      *slog.Logger
}

// endpoint is one question of a venue, with a pause of its own: a list of pairs
// that cannot be had must not keep prices away.
type endpoint struct {
	path  string   // "{symbol}" stands for the market asked of
	types []string // accepted media types; JSON if there is none
	// refusal reads an answer other than 200: an error that wraps errDeclined, a
	// *stay, or nil if the status says it all. Itself nil where no body is read.
	refusal  func(status int, body []byte) error
	backfill bool // asks for history
	dated    bool // answers carry their own time, so that a cache may lie between
	pause    pause
}

var (
	// errDeclined marks a question that the venue understood and did not answer:
	// the venue is well, so nothing pauses.
	errDeclined = errors.New("declined")
	// errUnlisted marks a symbol that the venue does not know.
	errUnlisted = fmt.Errorf("%w: the venue does not know it", errDeclined)
	// errShape marks an answer that is not as the venue documents it.
	errShape = errors.New("not as documented")
)

// newClient returns a client that asks at most once per interval after a burst.
func newClient(name, base string, every time.Duration, burst int, o Options) (*client, error) {
	base, err := o.base(base)
	if err != nil {
		return nil, err
	}
	c := &client{name: name, base: base, header: http.Header{}, now: o.Now, log: o.Log,
		bucket: rate.NewLimiter(rate.Every(every), burst), backfill: rate.NewLimiter(rate.Every(2*every), 1)}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.http = &http.Client{
		Transport:     o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// ask fetches one answer and reads it. An answer that parse refuses begins a
// pause, unless the venue declined the question; so parse judges the whole, never
// a single row, which says nothing about the others.
func ask[T any](ctx context.Context, c *client, e *endpoint, symbol string, query url.Values, parse func([]byte) (T, error)) (T, answer, error) {
	var out T
	a, err := c.get(ctx, e, symbol, query)
	if err == nil {
		out, err = parse(a.body)
	}
	switch {
	case err == nil || errors.Is(err, errDeclined):
		c.answered(e)
	case errors.Is(err, errPausing) || ctx.Err() != nil: // says nothing new of the venue
	default:
		c.failed(e, err)
	}
	if err != nil {
		return out, a, c.unavailable(e.path, err)
	}
	return out, a, nil
}

func (c *client) get(ctx context.Context, e *endpoint, symbol string, query url.Values) (answer, error) {
	if err := c.paused(e); err != nil {
		return answer{}, err
	}
	if e.backfill {
		if err := c.backfill.Wait(ctx); err != nil {
			return answer{}, fmt.Errorf("%w: own limit: %w", errPausing, err)
		}
	}
	if err := c.bucket.Wait(ctx); err != nil {
		return answer{}, fmt.Errorf("%w: own limit: %w", errPausing, err)
	}
	if err := c.paused(e); err != nil { // it may have begun while waiting
		return answer{}, err
	}
	one, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	return c.do(one, e, symbol, query)
}

func (c *client) paused(e *endpoint) error {
	if err := c.pause.check(); err != nil {
		return err
	}
	return e.pause.check()
}

// failed begins the pause that err asks for, of the endpoint or of the venue.
func (c *client) failed(e *endpoint, err error) {
	var wait time.Duration
	if s := (*stay)(nil); errors.As(err, &s) {
		wait = c.pause.begin(s.wait, err)
	} else {
		wait = e.pause.begin(0, err)
	}
	c.log.Warn("price venue pauses", "venue", c.name, "path", e.path, "pause", wait, "cause", err)
}

// answered ends the failures in a row after an answer that was understood.
func (c *client) answered(e *endpoint) {
	c.pause.end()
	e.pause.end()
}

func (c *client) unavailable(what string, err error) error {
	return fmt.Errorf("%w: %s: %s: %w", rates.ErrUnavailable, c.name, what, err)
}

// shared runs fn once for all concurrent callers of a key. The caller who came
// first may leave without failing the others.
func shared[T any](ctx context.Context, c *client, key string, fn func(context.Context) (T, error)) (T, error) {
	var zero T
	ch := c.flights.DoChan(key, func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), flightTimeout)
		defer cancel()
		return fn(own)
	})
	select {
	case <-ctx.Done():
		return zero, c.unavailable("wait", ctx.Err())
	case r := <-ch:
		if r.Err != nil {
			return zero, r.Err
		}
		return r.Val.(T), nil
	}
}
