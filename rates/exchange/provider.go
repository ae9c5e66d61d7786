package exchange

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cointill/cointill/rates"
)

// Kraken is a [rates.Provider] of Kraken's books alone: the middle of each book
// that keeps within limits. Its Source is the venue for a composite.
type Kraken struct{ venue *Venue }

var _ rates.Provider = (*Kraken)(nil)

// NewKraken returns a provider that does no I/O until it is asked. It refuses a
// bad BaseURL with [ErrBadBaseURL].
func NewKraken(o Options) (*Kraken, error) {
	v, err := newKraken(o)
	if err != nil {
		return nil, err
	}
	return &Kraken{v}, nil
}

// Source returns the venue.
func (k *Kraken) Source() *Venue { return k.venue }

// Latest returns the middle of each pair's book, as of the instant before the
// question was sent. A pair left out is told to [Options.Log].
func (k *Kraken) Latest(ctx context.Context, pairs []rates.Pair) ([]rates.Snapshot, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	markets := make([]rates.Market, len(pairs))
	for i, p := range pairs {
		markets[i] = p.Market()
	}
	quotes, err := k.venue.Quotes(ctx, markets)
	if err != nil {
		return nil, err
	}
	byMarket := make(map[rates.Market]rates.Quote, len(quotes))
	for _, q := range quotes {
		byMarket[q.Market] = q
	}
	var out []rates.Snapshot
	var why error
	for _, p := range pairs {
		q, ok := byMarket[p.Market()]
		if !ok {
			continue
		}
		s, err := snapshot(p, q, rates.MethodVenue, q.Price.FetchedAt)
		if err != nil {
			err = fmt.Errorf("%w: kraken: %s: %w", rates.ErrUnavailable, p, err)
			k.venue.log.Warn("pair left without a price", "venue", "kraken", "pair", p.String(), "cause", err)
			why = errors.Join(why, err)
			continue
		}
		out = append(out, s)
	}
	if len(out) == 0 && why == nil {
		why = fmt.Errorf("%w: kraken: %s", rates.ErrUnknownPair, pairs[0])
	}
	if len(out) == 0 {
		return nil, why
	}
	return out, nil
}

// Candle returns the finished close of [Venue.Candle] as a snapshot.
func (k *Kraken) Candle(ctx context.Context, pair rates.Pair, at time.Time) (rates.Snapshot, error) {
	q, err := k.venue.Candle(ctx, pair.Market(), at)
	if err != nil {
		return rates.Snapshot{}, err
	}
	return snapshot(pair, q, rates.MethodCandle, at.UTC().Truncate(time.Minute))
}

func snapshot(p rates.Pair, q rates.Quote, method rates.Method, at time.Time) (rates.Snapshot, error) {
	if q.Price.Rejected != "" {
		return rates.Snapshot{}, errors.New(q.Price.Rejected)
	}
	if method == rates.MethodVenue {
		if _, err := middle(q.Price.Bid, q.Price.Ask, q.Price.Last, limitsOf(p.Coin).spread); err != nil {
			return rates.Snapshot{}, err
		}
	}
	return rates.NewSnapshot(rates.Snapshot{Pair: p, Rate: q.Value, AsOf: at, Method: method, Prices: []rates.Price{q.Price}})
}
