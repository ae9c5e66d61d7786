package rates

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// tripwireEvery is how often a tripwire is asked for what it was asked before:
// aggregators renew their answers no faster, and count every question.
const tripwireEvery = time.Minute

// seat is one source's place in a composite. Only the goroutine that makes the
// rounds touches it, but for busy.
type seat struct {
	Source
	busy  atomic.Bool
	kept  map[Market]Quote // tripwires: the last answers
	asked map[Market]bool
	last  time.Time
	fault error // tripwires: of the last question
}

// answer is what one source said in a round.
type answer struct {
	seat   *seat
	quotes map[Market]Quote
	errs   map[Market]error
	err    error // of the whole; nil if the source was not asked
	asked  bool
}

// errOf returns why there is no quote of a market, nil if it is not quoted.
func (a answer) errOf(m Market) error {
	err := a.err
	if e, ok := a.errs[m]; ok {
		err = e
	}
	if errors.Is(err, ErrUnknownPair) {
		return nil
	}
	return err
}

// bounded runs fn for a source and waits at most limit for it, whatever fn does.
// left is called when fn has returned.
func (s *seat) bounded(ctx context.Context, limit time.Duration, fn func(context.Context) (answer, error), left func()) answer {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan answer, 1)
	go func() {
		defer left()
		defer func() {
			if p := recover(); p != nil {
				done <- answer{err: fmt.Errorf("%w: %s: panic: %v", ErrUnavailable, s.Name(), p)}
			}
		}()
		a, err := fn(ctx)
		a.err = err
		done <- a
	}()
	var a answer
	select {
	case a = <-done:
	case <-ctx.Done():
		a.err = fmt.Errorf("%w: %s: no answer within %s", ErrUnavailable, s.Name(), limit)
	}
	a.seat, a.asked = s, true
	return a
}

// live asks for markets as the source has them now, in one call. A source that
// hangs is not asked again before it returns.
func (s *seat) live(ctx context.Context, limit time.Duration, markets []Market) answer {
	if !s.busy.CompareAndSwap(false, true) {
		return answer{seat: s, asked: true, err: fmt.Errorf("%w: %s: has not answered an earlier question", ErrUnavailable, s.Name())}
	}
	return s.bounded(ctx, limit, func(ctx context.Context) (answer, error) {
		quotes, err := s.Quotes(ctx, markets)
		return answer{quotes: byMarket(quotes)}, err
	}, func() { s.busy.Store(false) })
}

// tripwire is live for a source that is asked seldom: between questions its last
// answers stand, and [Check] finds them too old in time.
func (s *seat) tripwire(ctx context.Context, limit time.Duration, markets []Market, now time.Time) answer {
	if s.asked == nil {
		s.asked, s.kept = map[Market]bool{}, map[Market]Quote{}
	}
	age := now.Sub(s.last)
	due := age >= tripwireEvery || age < 0
	for _, m := range markets {
		due = due || !s.asked[m]
		s.asked[m] = true
	}
	a := answer{seat: s}
	if due {
		all := make([]Market, 0, len(s.asked))
		for m := range s.asked {
			all = append(all, m)
		}
		slices.SortFunc(all, func(a, b Market) int { return strings.Compare(a.String(), b.String()) })
		s.last = now
		a = s.live(ctx, limit, all)
		for m, q := range a.quotes {
			s.kept[m] = q
		}
		s.fault = a.err
	}
	a.err = s.fault
	a.quotes = make(map[Market]Quote, len(markets))
	for _, m := range markets {
		if q, ok := s.kept[m]; ok {
			a.quotes[m] = q
		}
	}
	return a
}

// candles asks for the closes of one minute.
func (s *seat) candles(ctx context.Context, limit time.Duration, markets []Market, minute time.Time) answer {
	return s.bounded(ctx, limit, func(ctx context.Context) (answer, error) {
		a := answer{quotes: map[Market]Quote{}, errs: map[Market]error{}}
		for _, m := range markets {
			if q, err := s.Candle(ctx, m, minute); err != nil {
				a.errs[m] = err
			} else {
				a.quotes[m] = q
			}
		}
		return a, nil
	}, func() {})
}

// byMarket keeps the first quote of each market: a venue that says two things
// about one is not asked to choose.
func byMarket(quotes []Quote) map[Market]Quote {
	out := make(map[Market]Quote, len(quotes))
	for _, q := range quotes {
		if _, ok := out[q.Market]; !ok {
			out[q.Market] = q
		}
	}
	return out
}
