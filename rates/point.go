package rates

import (
	"time"

	"github.com/cointill/cointill/payments/money"
)

// ForwardWindow is how long after receipt a live point may lie and still be its
// price.
const ForwardWindow = 60 * time.Second

// Point says that a pair had a rate as of an instant. Points are insert-only.
type Point struct {
	Pair Pair
	// Candle marks a back-filled point: AsOf is then the opening of the minute.
	// Live points carry the instant of the round.
	Candle bool
	// AsOf is in UTC, in whole milliseconds.
	AsOf time.Time
	Rate money.Rate
	// Snapshot is the id of the evidence.
	Snapshot string
}

// Receipt returns the price of a payment received at an instant: the earliest
// live point at or after it within [ForwardWindow], else the candle point of its
// minute. It does not depend on the order of points: of two at one instant, which
// no store keeps, the lower snapshot id is taken. False means that no price
// is known yet.
func Receipt(points []Point, at time.Time) (Point, bool) {
	var best Point
	var live, candle bool
	minute := at.Truncate(time.Minute)
	for _, p := range points {
		switch {
		case !p.Candle && !p.AsOf.Before(at) && p.AsOf.Sub(at) <= ForwardWindow:
			if !live || p.AsOf.Before(best.AsOf) || p.AsOf.Equal(best.AsOf) && p.Snapshot < best.Snapshot {
				best, live = p, true
			}
		case p.Candle && !live && p.AsOf.Equal(minute):
			if !candle || p.Snapshot < best.Snapshot {
				best, candle = p, true
			}
		}
	}
	return best, live || candle
}
