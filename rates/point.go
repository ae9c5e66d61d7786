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

// At returns what a pair was worth at an instant by what was known then, for
// refunds and display, never for deposits: the latest live point at or before it,
// at most maxAge old, else the candle that ended last at or before it, if that was
// at most maxAge ago. It never returns a point that knows of anything later, and
// does not depend on the order of points. Once an instant has passed, no live
// point can be stored at or before it: the answer then stays.
func At(points []Point, at time.Time, maxAge time.Duration) (Point, bool) {
	var best Point
	var live, candle bool
	minute := at.Truncate(time.Minute).Add(-time.Minute) // of the last candle that is over
	for _, p := range points {
		switch {
		case !p.Candle && !p.AsOf.After(at) && at.Sub(p.AsOf) <= maxAge:
			if !live || p.AsOf.After(best.AsOf) || p.AsOf.Equal(best.AsOf) && p.Snapshot < best.Snapshot {
				best, live = p, true
			}
		case p.Candle && !live && p.AsOf.Equal(minute) && at.Sub(minute.Add(time.Minute)) <= maxAge:
			if !candle || p.Snapshot < best.Snapshot {
				best, candle = p, true
			}
		}
	}
	return best, live || candle
}
