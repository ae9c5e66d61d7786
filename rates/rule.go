package rates

import (
	"errors"
	"fmt"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Limits that hold for every coin.
const (
	lastBps       = 200             // last trade from the middle
	dispersionBps = 150             // highest to lowest of those who agree
	jumpBps       = 1_000           // from the composite before
	jumpWindow    = 2 * time.Minute // how old that may be
	holdBps       = 1_000           // from a tripwire: no price at all
	tripwireAge   = 10 * time.Minute
	aheadLimit    = time.Minute // how far a venue's clock may be ahead
	frozenRounds  = 10
	frozenBps     = 30
)

// Rule is how one coin is priced. Take [RuleOf] and change what should differ;
// basis points are of the price, 0 to 9,999.
type Rule struct {
	// Stable marks a coin that is meant to be worth one dollar: it is priced in
	// USD first, with the peg of this package, and crossed into EUR.
	Stable bool
	// SpreadBps is the widest book that is believed.
	SpreadBps int
	// MaxAge is the oldest answer that is believed.
	MaxAge time.Duration
	// Carry is how far back a minute without trades may look for its close.
	Carry time.Duration
	// AgreeBps is how far from the median a venue always agrees with it.
	AgreeBps int
	// TripBps is how far from a tripwire a composite is degraded.
	TripBps int
	// MinSources is how many venues must agree. Zero means 3 of four or more that
	// quote the pair, 2 of three and both of two; a single venue is enough only
	// with an explicit 1.
	MinSources int
	// HaircutBps is taken off for credits, never for refunds.
	HaircutBps int
	// SnapBps is how far from one dollar a stablecoin counts as one dollar; zero
	// turns that off.
	SnapBps int
	// ParBy names the tripwire on whose word alone a stablecoin without books is
	// worth one dollar: fresh (15 minutes) and within 1 %.
	ParBy string
}

// RuleOf returns the default rule of a coin, or of "EUR" for EUR/USD.
func RuleOf(c money.Coin) Rule {
	stable := Rule{Stable: true, SpreadBps: 30, MaxAge: 10 * time.Minute, Carry: 30 * time.Minute,
		AgreeBps: 20, TripBps: 100, SnapBps: 30}
	free := Rule{SpreadBps: 100, MaxAge: 90 * time.Second, Carry: 3 * time.Minute, AgreeBps: 50, TripBps: 200}
	switch c {
	case "USDC", "USDT", "DAI":
		return stable
	case "GUSD":
		stable.ParBy, stable.MinSources = "coingecko", 1
		return stable
	case "DOGE":
		free.SpreadBps = 200
	case "EUR":
		return Rule{SpreadBps: 30, MaxAge: 10 * time.Minute, Carry: 30 * time.Minute, AgreeBps: 30, TripBps: 300}
	}
	return free
}

// String returns the rule as snapshots keep it.
func (r Rule) String() string {
	s := fmt.Sprintf("spread %d, agree %d, tripwire %d bps, age %s", r.SpreadBps, r.AgreeBps, r.TripBps, r.MaxAge)
	if r.MinSources > 0 {
		s += fmt.Sprintf(", min sources %d", r.MinSources)
	}
	if r.Stable {
		s += fmt.Sprintf(", snap %d bps", r.SnapBps)
	}
	if r.ParBy != "" {
		s += ", par by " + r.ParBy
	}
	return s
}

// quorum returns how many must agree of those who quote the pair, or 0 if no
// number will do.
func (r Rule) quorum(asked int) int {
	switch {
	case r.MinSources > 0:
		return r.MinSources
	case asked >= 4:
		return 3
	case asked >= 2:
		return 2
	}
	return 0
}

func (r Rule) validate(c money.Coin) error {
	var errs []error
	for name, bps := range map[string]int{"SpreadBps": r.SpreadBps, "AgreeBps": r.AgreeBps, "TripBps": r.TripBps,
		"HaircutBps": r.HaircutBps, "SnapBps": r.SnapBps} {
		if bps < 0 || bps >= whole {
			errs = append(errs, fmt.Errorf("%w: %s of %s is %d, not 0 to %d", ErrBadPolicy, name, c, bps, whole-1))
		}
	}
	if r.SpreadBps == 0 || r.AgreeBps == 0 || r.TripBps == 0 || r.MaxAge <= 0 || r.MinSources < 0 {
		errs = append(errs, fmt.Errorf("%w: rule of %s: start from RuleOf and change what should differ", ErrBadPolicy, c))
	}
	if RuleOf(c).Stable && !r.Stable || r.Stable && c == "EUR" || r.ParBy != "" && !r.Stable {
		errs = append(errs, fmt.Errorf("%w: %s: only a stablecoin has a peg, and it keeps it", ErrBadPolicy, c))
	}
	return errors.Join(errs...)
}
