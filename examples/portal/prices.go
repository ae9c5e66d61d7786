package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// simPrices makes up prices that move gently, as a pure function of the time, so
// that the price of a past minute is still known. It can be stopped, as a venue
// can.
type simPrices struct {
	now  func() time.Time
	mu   sync.Mutex
	down bool
}

func newSimPrices(now func() time.Time) *simPrices { return &simPrices{now: now} }

// base is the middle of each coin's price in hundredths of a cent, and sway how
// far it goes up and down.
var base = map[money.Coin]struct{ middle, sway int64 }{
	"BTC":  {640_125_000, 1_400_000},
	"ETH":  {31_874_000, 90_000},
	"USDC": {10_000, 2},
	"USDT": {9_998, 3},
	"GUSD": {10_000, 3},
	"DAI":  {9_999, 3},
}

// priceAt adds two triangular waves of different length.
func priceAt(coin money.Coin, at time.Time) (money.Rate, bool) {
	b, ok := base[coin]
	if !ok {
		return money.Rate{}, false
	}
	sec := at.Unix()
	units := b.middle + wave(sec, 420)*b.sway*7/1_000 + wave(sec, 53)*b.sway*3/1_000
	rate, err := money.NewRate(decimal.New(units, -4))
	return rate, err == nil
}

// wave is a triangle of a period in seconds between -100 and 100.
func wave(sec, period int64) int64 {
	x := sec % period * 400 / period
	if x > 200 {
		x = 400 - x
	}
	return x - 100
}

func (s *simPrices) setDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *simPrices) stopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down
}

// Latest implements rates.Provider.
func (s *simPrices) Latest(_ context.Context, pairs []rates.Pair) ([]rates.Snapshot, error) {
	var out []rates.Snapshot
	for _, p := range pairs {
		now := s.now()
		snapshot, err := s.snapshot(p, now, now, rates.MethodVenue)
		if err != nil {
			return nil, err
		}
		out = append(out, snapshot)
	}
	return out, nil
}

// Candle implements rates.Provider.
func (s *simPrices) Candle(_ context.Context, pair rates.Pair, at time.Time) (rates.Snapshot, error) {
	open := at.Truncate(time.Minute)
	end := open.Add(time.Minute)
	if s.now().Before(end) {
		return rates.Snapshot{}, fmt.Errorf("%w: the candle of %s is not finished", rates.ErrUnavailable, open.Format("15:04"))
	}
	return s.snapshot(pair, open, end.Add(-time.Second), rates.MethodCandle)
}

func (s *simPrices) snapshot(pair rates.Pair, asOf, priced time.Time, method rates.Method) (rates.Snapshot, error) {
	if s.stopped() {
		return rates.Snapshot{}, fmt.Errorf("%w: the simulated price source is stopped", rates.ErrUnavailable)
	}
	rate, ok := priceAt(pair.Coin, priced)
	if !ok || pair.Currency != money.USD {
		return rates.Snapshot{}, fmt.Errorf("%w: %s", rates.ErrUnknownPair, pair)
	}
	return rates.NewSnapshot(rates.Snapshot{Pair: pair, Rate: rate, AsOf: asOf, Method: method,
		Prices: []rates.Price{{Source: "simulated price", Symbol: pair.String(), Last: rate, FetchedAt: s.now()}}})
}
