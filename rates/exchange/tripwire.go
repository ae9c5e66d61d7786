package exchange

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// ahead is how far a tripwire's clock may run before ours.
const ahead = time.Minute

// spot is one price of a tripwire, which shows no book.
type spot struct {
	price number
	at    time.Time // the source's own time of it; zero if there is none
	err   error     // why the row cannot be counted
}

// quote reads a price. One that cannot be read, or is older than maxAge by its
// own time, is a quote that says why.
func (s spot) quote(source string, m rates.Market, l listing, a answer, now time.Time, maxAge time.Duration) rates.Quote {
	q := rates.Quote{Market: m, Price: rates.Price{Source: source, Symbol: l.symbol, SourceTime: s.at, FetchedAt: a.asked}}
	if s.err != nil {
		return refused(q, s.err)
	}
	last, err := s.price.rate()
	if err != nil {
		return refused(q, fmt.Errorf("number: %w", err))
	}
	q.Price.Last, q.Value = last, last
	if s.at.IsZero() {
		return q
	}
	switch age := now.Sub(s.at); {
	case age > maxAge:
		return refused(q, fmt.Errorf("stale: %s old by its own time, over %s", age.Round(time.Second), maxAge))
	case age < -ahead:
		return refused(q, fmt.Errorf("ahead: %s in the future", -age.Round(time.Second)))
	}
	return q
}

// kept holds a source's last answer for as long as asking again is useless or
// over its limit. It runs on the monotonic clock.
type kept[T any] struct {
	name string // of the question
	hold time.Duration

	mu    sync.Mutex
	value T
	from  answer
	until time.Time
}

// get returns the answer held, or asks. Concurrent callers share one question; a
// failure is nobody's answer, and the old one is not given instead.
func (k *kept[T]) get(ctx context.Context, c *client, ask func(context.Context) (T, answer, error)) (T, answer, error) {
	type pair struct {
		value T
		from  answer
	}
	held := func() (pair, bool) {
		k.mu.Lock()
		defer k.mu.Unlock()
		return pair{k.value, k.from}, time.Now().Before(k.until)
	}
	if p, ok := held(); ok {
		return p.value, p.from, nil
	}
	p, err := shared(ctx, c, "kept "+k.name, func(ctx context.Context) (pair, error) {
		if p, ok := held(); ok { // answered while this call came here
			return p, nil
		}
		v, a, err := ask(ctx)
		if err != nil {
			return pair{}, err
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.value, k.from, k.until = v, a, time.Now().Add(k.hold)
		return pair{v, a}, nil
	})
	return p.value, p.from, err
}

// errNoCandles answers for a source without one-minute candles.
var errNoCandles = errors.New("the source has no one-minute candles")

var (
	// errTwice refuses what an answer tells twice: it is ambiguous.
	errTwice  = errors.New("absent: the answer holds it twice")
	errNoData = fmt.Errorf("%w: data is absent", errShape)
)

// fiats are the currencies that tripwires quote coins in.
var fiats = []string{string(money.USD), string(money.EUR)}
