package rates

import (
	"fmt"

	"github.com/cointill/cointill/payments/money"
)

// tripwires compares a composite with those who never count: what lies too far
// away is named, and far enough it holds the price altogether.
func (r *round) tripwires(p Pair, value money.Rate) (degraded []string, held error) {
	limit := r.policy.rule(p.Coin).TripBps
	for _, a := range r.answers {
		if a.seat.Role() != RoleTripwire || !a.seat.Serves(p.Market()) {
			continue
		}
		q, _ := r.said(a, p.Market())
		if q.Price.Rejected != "" {
			continue
		}
		far := apart(value.Decimal(), q.Value.Decimal(), limit)
		if far {
			degraded = append(degraded, fmt.Sprintf("%s: %s is %d bps from its %s", a.seat.Name(), p,
				distance(value, q.Value), q.Value))
		}
		if apart(value.Decimal(), q.Value.Decimal(), holdBps) {
			held = fmt.Errorf("%w: %w: %s at %s, but %s says %s", ErrUnavailable, errHeld, p, value, a.seat.Name(), q.Value)
		}
		if r.memory != nil {
			r.memory.tripped(a.seat, p, far, r.now)
		}
	}
	return degraded, held
}
