package rates

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Fixed is a [Provider] with constant rates, for tests, demonstrations and
// coins a host prices itself. Make it with [NewFixed].
type Fixed struct {
	rates map[Pair]money.Rate
	now   func() time.Time
}

// NewFixed returns a provider of the given rates, written as decimal numbers:
// {"BTC/USD": "64000"}. A nil clock means time.Now.
func NewFixed(quotes map[string]string, now func() time.Time) (*Fixed, error) {
	if now == nil {
		now = time.Now
	}
	f := &Fixed{rates: make(map[Pair]money.Rate, len(quotes)), now: now}
	for name, text := range quotes {
		pair, ok := ParsePair(name)
		if !ok {
			return nil, fmt.Errorf("%w: %q: write it as BTC/USD", ErrUnknownPair, name)
		}
		rate, err := money.ParseRate(text)
		if err != nil {
			return nil, fmt.Errorf("rates: fixed %s: %w", pair, err)
		}
		f.rates[pair] = rate
	}
	return f, nil
}

// Latest returns the configured rates as of now.
func (f *Fixed) Latest(_ context.Context, pairs []Pair) ([]Snapshot, error) {
	var out []Snapshot
	for _, p := range pairs {
		if s, err := f.at(p, f.now()); err == nil {
			out = append(out, s)
		}
	}
	if len(out) == 0 && len(pairs) > 0 {
		return nil, fmt.Errorf("%w: %v", ErrUnknownPair, pairs)
	}
	return out, nil
}

// Candle returns the configured rate for the minute of at, once that is over by
// the provider's clock.
func (f *Fixed) Candle(_ context.Context, pair Pair, at time.Time) (Snapshot, error) {
	minute := at.Truncate(time.Minute)
	if _, ok := f.rates[pair]; ok && f.now().Before(minute.Add(time.Minute)) {
		return Snapshot{}, fmt.Errorf("%w: %s: the minute of %s is not over", ErrUnavailable, pair, at.UTC())
	}
	return f.at(pair, minute)
}

func (f *Fixed) at(pair Pair, at time.Time) (Snapshot, error) {
	rate, ok := f.rates[pair]
	if !ok {
		return Snapshot{}, fmt.Errorf("%w: %s", ErrUnknownPair, pair)
	}
	return NewSnapshot(Snapshot{
		Pair: pair, Rate: rate, AsOf: at, Method: MethodFixed,
		Prices: []Price{{Source: "fixed", Symbol: pair.String(), Last: rate, FetchedAt: at}},
	})
}
