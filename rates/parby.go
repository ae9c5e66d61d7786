package rates

import (
	"fmt"
	"time"

	"github.com/cointill/cointill/payments/money"
)

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
