package rates

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// The peg of every stablecoin.
const (
	disagreeBps = 100 // venues apart by more: off
	parBandBps  = 100 // of the word that Rule.ParBy takes
	parAge      = 15 * time.Minute
	// mending is how long a coin must stay above the upper floor, seen at least
	// every watching, before it is on its peg again.
	mending  = 30 * time.Minute
	watching = 5 * time.Minute
)

var (
	floorRate = decimal.New(97, -2)
	upperRate = decimal.New(985, -3)
)

// peg is whether a stablecoin is off its peg. Nothing is stored: for half an hour
// after the first round below the upper floor is off, so that a process started
// within a depeg does not take the coin for sound.
type peg struct {
	off   bool
	since time.Time // it left its peg
	began time.Time // first round
	good  time.Time // above the upper floor since; zero: not above
	seen  time.Time // last round
}

// next returns the state after a round at a market rate.
func (g peg) next(market decimal.Decimal, disagree bool, now time.Time) peg {
	if g.began.IsZero() || now.Before(g.began) {
		g.began = now
	}
	above := !disagree && market.GreaterThanOrEqual(upperRate)
	switch {
	case !above:
		g.good = time.Time{}
	case g.good.IsZero() || now.Before(g.seen) || now.Sub(g.seen) > watching:
		g.good = now
	}
	g.seen = now
	low := disagree || market.LessThan(floorRate) || !above && now.Sub(g.began) < mending
	switch {
	case low && !g.off:
		g.off, g.since = true, now
	case above && now.Sub(g.good) > mending:
		g.off = false
	}
	return g
}

// priced is a pair's price for credits and for refunds.
type priced struct {
	credit, refund Snapshot
	err            error
}

// price returns what a pair is credited and refunded at.
func (r *round) price(p Pair) priced {
	rule := r.policy.rule(p.Coin)
	var out priced
	switch {
	case !rule.Stable:
		c := r.composite(p)
		out = priced{c.Snapshot, c.Snapshot, c.err}
	case p.Currency == money.EUR:
		out = r.pegInEuro(p)
	default:
		out = *r.pegged(p.Coin)
	}
	if out.err == nil && rule.HaircutBps > 0 {
		out.credit, out.err = cut(out.credit, rule.HaircutBps)
	}
	return out
}

// cut takes the haircut off a price.
func cut(s Snapshot, bps int) (Snapshot, error) {
	rate, err := quotient(s.Rate.Decimal().Mul(decimal.New(int64(whole-bps), 0)), decimal.New(whole, 0))
	if err != nil {
		return Snapshot{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	s.Market, s.Rate, s.HaircutBps = s.marketRate(), rate, bps
	return NewSnapshot(s)
}

// pegged returns a stablecoin in USD: one dollar within the snap band, never more
// for a credit, its market else, and an error when it is off its peg.
func (r *round) pegged(coin money.Coin) *priced {
	if out, ok := r.pegs[coin]; ok {
		return out
	}
	c := r.composite(Pair{coin, money.USD})
	rule := r.policy.rule(coin)
	var out priced
	switch {
	case rule.ParBy != "":
		out = r.parBy(c, rule)
	case c.ID != "" && (c.err == nil || c.off || errors.Is(c.err, errHeld)):
		out = r.judgePeg(c, rule)
	default:
		out.err = c.err
	}
	r.pegs[coin] = &out
	return &out
}

func (r *round) judgePeg(c *composite, rule Rule) (out priced) {
	m := c.Rate.Decimal()
	var off bool
	if r.memory == nil {
		off = c.off || m.LessThan(upperRate) // nothing is known of the hours before
	} else {
		off = r.memory.peg(c, r.now)
	}
	if off {
		return priced{err: &DepeggedError{Market: c.Snapshot}}
	}
	if c.err != nil {
		return priced{err: c.err}
	}
	out.credit, out.refund = c.Snapshot, c.Snapshot
	one, err := money.NewRate(par)
	switch {
	case rule.SnapBps > 0 && !apart(m, par, rule.SnapBps):
		out.credit, out.err = atPar(c.Snapshot, one, MethodParSnap)
		out.refund = out.credit
	case m.GreaterThan(par):
		out.credit, out.err = atPar(c.Snapshot, one, MethodParCap)
	}
	out.err = errors.Join(out.err, err)
	return out
}

func atPar(s Snapshot, one money.Rate, m Method) (Snapshot, error) {
	s.Market, s.Rate, s.Method = s.Rate, one, m
	return NewSnapshot(s)
}

// parBy takes the word of one tripwire that a coin without books is at par. The
// market it names is kept as the evidence.
func (r *round) parBy(c *composite, rule Rule) priced {
	pair := c.Pair
	for _, a := range r.answers {
		if a.seat.Name() != rule.ParBy || a.seat.Role() != RoleTripwire {
			continue
		}
		q, _ := r.said(a, pair.Market())
		at := q.Price.SourceTime
		if at.IsZero() {
			at = q.Price.FetchedAt
		}
		switch age := r.now.Sub(at); {
		case q.Price.Rejected != "":
			return priced{err: fmt.Errorf("%w: %s at par by %s: %s", ErrUnavailable, pair, rule.ParBy, q.Price.Rejected)}
		case !r.candle && age > parAge:
			return priced{err: fmt.Errorf("%w: %s at par by %s: its word is %s old, over %s", ErrUnavailable, pair, rule.ParBy, age.Round(time.Second), parAge)}
		}
		s := c.Snapshot
		s.Rate, s.Market, s.Legs, s.Degraded = q.Value, money.Rate{}, nil, nil
		s.Policy = rule.String()
		s.Prices = append([]Price(nil), s.Prices...)
		for i := range s.Prices {
			switch p := &s.Prices[i]; {
			case p.Source == rule.ParBy:
				p.Rejected = ""
			case p.Rejected == "":
				p.Rejected = "par: priced by " + rule.ParBy + " alone"
			}
		}
		s, err := NewSnapshot(s)
		if err != nil {
			return priced{err: fmt.Errorf("%w: %w", ErrUnavailable, err)}
		}
		off := apart(q.Value.Decimal(), par, parBandBps)
		if r.memory != nil {
			r.memory.edge(Finding{Kind: FindingDepegged, Pair: pair, Cause: s.Rate.String()}, off, r.now)
		}
		if off {
			return priced{err: &DepeggedError{Market: s}}
		}
		one, err := money.NewRate(par)
		if err == nil {
			s, err = atPar(s, one, MethodParSnap)
		}
		return priced{credit: s, refund: s, err: err}
	}
	return priced{err: fmt.Errorf("%w: %s is at par by the word of a tripwire named %q: name that source", ErrUnavailable, pair, rule.ParBy)}
}

// pegInEuro crosses the price in USD, so that par means par in USD whatever the
// coin's own books in EUR say.
func (r *round) pegInEuro(p Pair) (out priced) {
	usd, euro := r.pegged(p.Coin), r.composite(euroUSD)
	var off *DepeggedError
	if errors.As(usd.err, &off) {
		return priced{err: off} // the market in USD is the evidence
	}
	if err := errors.Join(usd.err, euro.err); err != nil {
		return priced{err: fmt.Errorf("rates: %s by way of USD: %w", p, err)}
	}
	cross := func(leg Snapshot) Snapshot {
		c := &composite{Snapshot: Snapshot{Pair: p, AsOf: r.start, Policy: leg.Policy}}
		if c.cross(leg, euro.Snapshot); c.err == nil {
			r.seal(c)
		}
		out.err = errors.Join(out.err, c.err)
		return c.Snapshot
	}
	out.credit, out.refund = cross(usd.credit), cross(usd.refund)
	return out
}
