package rates

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

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
