package rates

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/cointill/cointill/payments/money"
)

// Vote is one venue's checked value of a pair.
type Vote struct {
	// Venue is who says so. What stands before a slash is one venue:
	// "coinbase/usdc" and "coinbase" count once.
	Venue string
	Value money.Rate
	// Converted marks a book kept in USDT: together such books fill at most half
	// of a quorum, because they share one conversion.
	Converted bool
}

// Outcome is what votes come to.
type Outcome struct {
	// Value is the plain median of all votes, to 12 significant digits. It is set
	// for a refused outcome too if there was a vote.
	Value money.Rate
	// Agreed tells, for each vote as given, whether it lies near the median. The
	// second vote of a venue agrees with nothing.
	Agreed []bool
	// Quorum is how many had to agree.
	Quorum int
	// SpreadBps is how far those who agree lie from each other.
	SpreadBps int64
}

// Why a set of votes was refused; all are [ErrUnavailable].
var (
	errFew      = errors.New("too few agree")
	errDisagree = errors.New("venues disagree")
	errHeld     = errors.New("held")
)

// Combine returns the composite of votes on a pair that asked venues are known
// to quote. The value is the plain median of all of them: as long as fewer than
// half lie, it stays within what the honest ones say, which a median after
// removing outliers does not. Removing them only decides how many agree: those
// within five deviations (MAD, scaled) of the median, or within r.AgreeBps. It
// refuses with [ErrUnavailable] when the agreeing are fewer than the quorum or lie
// more than 1.5 % apart, and when the price moved over 10 % from before (zero if
// there was none within two minutes) unless all agree, and three at least. The
// order of votes does not matter. One more direct book that agrees never turns
// acceptance into refusal; one more in USDT may, where it is the fourth venue and
// the quorum rises to three.
func Combine(r Rule, votes []Vote, asked int, before money.Rate) (Outcome, error) {
	out := Outcome{Agreed: make([]bool, len(votes)), Quorum: r.quorum(asked)}
	c := count(votes)
	if len(c.order) == 0 {
		return out, fmt.Errorf("%w: %w: no venue answered with a price to count", ErrUnavailable, errFew)
	}
	m := c.median()
	var err error
	if out.Value, err = rounded(half(m, c.exp)); err != nil {
		return out, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	var direct, converted, low, high int
	for k, near := range c.near(m, r.AgreeBps) {
		if !near {
			continue
		}
		i := c.order[k]
		if high = i; direct+converted == 0 {
			low = i
		}
		if out.Agreed[i] = true; votes[i].Converted {
			converted++
		} else {
			direct++
		}
	}
	agreed := direct + converted
	var width big.Int
	if agreed > 0 {
		width.Sub(&c.twice[high], &c.twice[low])
		out.SpreadBps = bpsOf(&width, &c.twice[low])
	}
	switch {
	case out.Quorum == 0:
		return out, fmt.Errorf("%w: %w: one venue quotes it; name another, or allow one by Rule.MinSources", ErrUnavailable, errFew)
	case len(c.order) < out.Quorum:
		return out, fmt.Errorf("%w: %w: %d of %d venues answered, %d must agree", ErrUnavailable, errFew, len(c.order), asked, out.Quorum)
	case agreed < out.Quorum:
		return out, fmt.Errorf("%w: %w: %d of %d agree, %d must", ErrUnavailable, errDisagree, agreed, len(c.order), out.Quorum)
	case direct+min(converted, out.Quorum/2) < out.Quorum:
		return out, fmt.Errorf("%w: %w: %d books converted from USDT count for %d of %d", ErrUnavailable, errFew, converted, out.Quorum/2, out.Quorum)
	case over(&width, whole, m, dispersionBps):
		return out, fmt.Errorf("%w: %w: %d bps between those who agree", ErrUnavailable, errDisagree, out.SpreadBps)
	case before.Valid() && apart(half(m, c.exp), before.Decimal(), jumpBps) && (agreed < len(c.order) || agreed < 3):
		return out, fmt.Errorf("%w: %w: jumped from %s to %s and not all agree, or fewer than three", ErrUnavailable, errHeld, before, out.Value)
	}
	return out, nil
}
