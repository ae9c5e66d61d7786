package rates

import (
	"time"

	"github.com/shopspring/decimal"
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
