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

// simVenue is a venue whose book lies a little beside the simulated price, as no
// two venues agree to the cent.
type simVenue struct {
	name   string
	beside int64 // hundred-thousandths of the price
	prices *simPrices
}

// composite is the median of three simulated venues. No venue quotes GUSD in
// earnest; here they do.
func (s *simPrices) composite() (*rates.Composite, error) {
	gusd := rates.RuleOf("GUSD")
	gusd.ParBy, gusd.MinSources = "", 0
	return rates.NewComposite(rates.Policy{Now: s.now, Rules: map[money.Coin]rates.Rule{"GUSD": gusd}},
		simVenue{"Venue A (simulated)", -8, s}, simVenue{"Venue B (simulated)", 0, s}, simVenue{"Venue C (simulated)", 11, s})
}

func (v simVenue) Name() string     { return v.name }
func (v simVenue) Role() rates.Role { return rates.RoleMember }

func (v simVenue) Serves(m rates.Market) bool {
	_, ok := base[m.Coin]
	return ok && m.Quote == string(money.USD)
}

// Quotes implements rates.Source.
func (v simVenue) Quotes(_ context.Context, markets []rates.Market) ([]rates.Quote, error) {
	now := v.prices.now()
	if v.prices.stopped() {
		return nil, fmt.Errorf("%w: %s is stopped", rates.ErrUnavailable, v.name)
	}
	var out []rates.Quote
	for _, m := range markets {
		q, err := v.quote(m, now, now)
		if err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, nil
}

// Candle implements rates.Source.
func (v simVenue) Candle(_ context.Context, m rates.Market, at time.Time) (rates.Quote, error) {
	open := at.Truncate(time.Minute)
	end := open.Add(time.Minute)
	if now := v.prices.now(); v.prices.stopped() || now.Before(end) {
		return rates.Quote{}, fmt.Errorf("%w: %s: the candle of %s cannot be had yet", rates.ErrUnavailable, v.name, open.Format("15:04"))
	}
	q, err := v.quote(m, end.Add(-time.Second), v.prices.now())
	q.Value = q.Price.Last
	return q, err
}

func (v simVenue) quote(m rates.Market, priced, asked time.Time) (rates.Quote, error) {
	middle, ok := priceAt(m.Coin, priced)
	if !ok {
		return rates.Quote{}, fmt.Errorf("%w: %s: %s", rates.ErrUnknownPair, v.name, m)
	}
	digits := int32(5) // as books do: cents where a coin is worth hundreds
	if middle.Decimal().GreaterThan(decimal.New(100, 0)) {
		digits = 2
	}
	side := func(more int64) (r money.Rate) {
		r, err := money.NewRate(middle.Decimal().Mul(decimal.New(100_000+v.beside+more, -5)).Round(digits))
		if err != nil {
			return money.Rate{} // a rate that is not valid is refused by every reader
		}
		return r
	}
	return rates.Quote{Market: m, Price: rates.Price{Source: v.name, Symbol: m.String(),
		Bid: side(-3), Ask: side(3), Last: side(0), SourceTime: priced, FetchedAt: asked}}, nil
}
