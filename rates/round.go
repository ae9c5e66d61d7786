package rates

import (
	"errors"
	"fmt"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// round is one question to all sources and what is made of it. Composites are
// made in the order they need each other: USDT/USD, EUR/USD, then coins.
type round struct {
	policy  Policy
	start   time.Time // the instant before the first question, or the minute of candles
	now     time.Time // when the last answer was in
	candle  bool
	answers []answer // of every source, in their order
	memory  *memory  // nil for candles: each minute is judged by itself
	made    map[Pair]*composite
	pegs    map[money.Coin]*priced
}

// composite is a pair's market: neither snapped nor capped nor cut.
type composite struct {
	Snapshot
	err error
	// off says that venues disagree by more than a peg can bear.
	off bool
}

// composite returns the market of a pair, direct books first.
func (r *round) composite(p Pair) *composite {
	if c, ok := r.made[p]; ok {
		return c
	}
	c := r.direct(p)
	if c.err != nil && p.Currency == money.EUR && !errors.Is(c.err, errHeld) {
		c = r.crossed(p, c)
	}
	r.made[p] = c
	return c
}

// direct combines the books of the pair itself, those in USDT among them.
func (r *round) direct(p Pair) *composite {
	b, leg := r.collect(p)
	rule := r.policy.rule(p.Coin)
	var before money.Rate
	if r.memory != nil {
		before = r.memory.before(p, r.now)
	}
	out, err := Combine(rule, b.votes, len(b.asked), before)
	for i, v := range b.votes {
		if !out.Value.Valid() || out.Agreed[i] {
			continue
		}
		why := "second: the venue counts once"
		if v.strays(out.Value, rule) {
			why = fmt.Sprintf("outlier: %d bps from the median, agrees with no quorum", distance(v.Value, out.Value))
		}
		b.prices[b.index[i]].Rejected = why
	}
	c := &composite{err: err}
	c.off = rule.Stable && (err == nil && out.SpreadBps > disagreeBps || errors.Is(err, errDisagree) && scattered(b.votes))
	c.Pair, c.Rate, c.AsOf, c.Prices, c.Method = p, out.Value, r.start, b.prices, r.method()
	c.Policy = fmt.Sprintf("quorum %d of %d; %s", out.Quorum, len(b.asked), rule)
	if leg != nil {
		c.Legs = []Snapshot{leg.Snapshot}
	}
	if len(b.asked) == 0 {
		c.err = fmt.Errorf("%w: %s by any of %d sources", ErrUnknownPair, p, len(r.answers))
		return c
	}
	if r.memory != nil && err == nil {
		r.memory.judged(p, b, out, rule, r.now)
	}
	r.seal(c)
	return c
}

// scattered reports whether votes lie further apart than a peg can bear.
func scattered(votes []Vote) bool {
	low, high := votes[0].Value, votes[0].Value
	for _, v := range votes {
		if v.Value.Less(low) {
			low = v.Value
		}
		if high.Less(v.Value) {
			high = v.Value
		}
	}
	return apart(high.Decimal(), low.Decimal(), disagreeBps)
}

func (r *round) method() Method {
	if r.candle {
		return MethodCandleMedian
	}
	return MethodMedian
}

// seal looks at the tripwires and gives the snapshot its ID.
func (r *round) seal(c *composite) {
	if !c.Rate.Valid() {
		return
	}
	degraded, held := r.tripwires(c.Pair, c.Rate)
	if c.Degraded = append(c.Degraded, degraded...); c.err == nil {
		c.err = held
	}
	s, err := NewSnapshot(c.Snapshot)
	if err != nil {
		c.err = errors.Join(c.err, fmt.Errorf("%w: %w", ErrUnavailable, err))
		return
	}
	c.Snapshot = s
	if c.err == nil && r.memory != nil {
		r.memory.accepted(c.Snapshot, r.now)
	}
}

// crossed divides the price in USD by EUR/USD. The answers about books in EUR
// stay in the evidence; the legs hold the rest.
func (r *round) crossed(p Pair, direct *composite) *composite {
	usd, euro := r.composite(Pair{p.Coin, money.USD}), r.composite(euroUSD)
	for _, leg := range []*composite{usd, euro} {
		if leg.err != nil {
			if errors.Is(leg.err, ErrUnknownPair) && !errors.Is(direct.err, ErrUnknownPair) {
				return direct
			}
			return &composite{err: fmt.Errorf("rates: %s by way of %s: %w", p, leg.Pair, leg.err)}
		}
	}
	c := &composite{Snapshot: direct.Snapshot}
	for i := range c.Prices {
		if c.Prices[i].Rejected == "" {
			c.Prices[i].Rejected = "quorum: too few books in EUR agree"
		}
	}
	c.cross(usd.Snapshot, euro.Snapshot)
	r.seal(c)
	return c
}

// cross fills in a price in EUR from one in USD.
func (c *composite) cross(usd, euro Snapshot) {
	c.Method, c.Legs = MethodCross, []Snapshot{usd, euro}
	c.Degraded = append(append([]string(nil), usd.Degraded...), euro.Degraded...)
	c.Rate, c.err = quotient(usd.Rate.Decimal(), euro.Rate.Decimal())
	if c.err == nil && usd.Market.Valid() {
		c.Market, c.err = quotient(usd.Market.Decimal(), euro.Rate.Decimal())
	}
	if c.err != nil {
		c.err = fmt.Errorf("%w: %w", ErrUnavailable, c.err)
	}
}
