package rates

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

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
// order of votes does not matter.
func Combine(r Rule, votes []Vote, asked int, before money.Rate) (Outcome, error) {
	out := Outcome{Agreed: make([]bool, len(votes)), Quorum: r.quorum(asked)}
	counted := oncePerVenue(votes)
	if len(counted) == 0 {
		return out, fmt.Errorf("%w: %w: no venue answered with a price to count", ErrUnavailable, errFew)
	}
	m := medianOf(votes, counted)
	var err error
	if out.Value, err = quotient(m, par); err != nil {
		return out, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	far := reach(r, votes, counted, m)
	var direct, converted int
	var low, high decimal.Decimal
	for _, i := range counted {
		v := votes[i].Value.Decimal()
		if v.Sub(m).Abs().GreaterThan(far) {
			continue
		}
		if out.Agreed[i] = true; direct+converted == 0 || v.LessThan(low) {
			low = v
		}
		if v.GreaterThan(high) {
			high = v
		}
		if votes[i].Converted {
			converted++
		} else {
			direct++
		}
	}
	agreed := direct + converted
	if agreed > 0 {
		out.SpreadBps = bpsOf(high, low)
	}
	switch {
	case out.Quorum == 0:
		return out, fmt.Errorf("%w: %w: one venue quotes it; name another, or allow one by Rule.MinSources", ErrUnavailable, errFew)
	case len(counted) < out.Quorum:
		return out, fmt.Errorf("%w: %w: %d of %d venues answered, %d must agree", ErrUnavailable, errFew, len(counted), asked, out.Quorum)
	case direct+converted < out.Quorum:
		return out, fmt.Errorf("%w: %w: %d of %d agree, %d must", ErrUnavailable, errDisagree, agreed, len(counted), out.Quorum)
	case direct+min(converted, out.Quorum/2) < out.Quorum:
		return out, fmt.Errorf("%w: %w: %d books converted from USDT count for %d of %d", ErrUnavailable, errFew, converted, out.Quorum/2, out.Quorum)
	case high.Sub(low).Shift(4).GreaterThan(m.Mul(decimal.New(dispersionBps, 0))):
		return out, fmt.Errorf("%w: %w: %d bps between those who agree", ErrUnavailable, errDisagree, out.SpreadBps)
	case before.Valid() && apart(m, before.Decimal(), jumpBps) && (agreed < len(counted) || agreed < 3):
		return out, fmt.Errorf("%w: %w: jumped from %s to %s and not all agree, or fewer than three", ErrUnavailable, errHeld, before, out.Value)
	}
	return out, nil
}

// oncePerVenue returns the indexes of votes in order of value, one of each
// venue: the lowest.
func oncePerVenue(votes []Vote) []int {
	order := make([]int, 0, len(votes))
	for i := range votes {
		if votes[i].Value.Valid() {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if c := votes[a].Value.Decimal().Cmp(votes[b].Value.Decimal()); c != 0 {
			return c
		}
		// A direct book before a converted one, so that order does not matter.
		switch {
		case votes[a].Converted == votes[b].Converted:
			return 0
		case votes[b].Converted:
			return -1
		}
		return 1
	})
	kept := order[:0]
	for _, i := range order {
		if !slices.ContainsFunc(kept, func(k int) bool { return venueOf(votes[k].Venue) == venueOf(votes[i].Venue) }) {
			kept = append(kept, i)
		}
	}
	return kept
}

func venueOf(name string) string {
	venue, _, _ := strings.Cut(name, "/")
	return venue
}

// medianOf returns the median of votes in the order of value.
func medianOf(votes []Vote, order []int) decimal.Decimal {
	n := len(order)
	upper := votes[order[n/2]].Value.Decimal()
	if n%2 == 1 {
		return upper
	}
	return votes[order[n/2-1]].Value.Decimal().Add(upper).Mul(decimal.New(5, -1))
}

// reach returns how far from m a vote still agrees. Of two both must be near:
// their deviations are equal, so that they would always agree with each other.
func reach(r Rule, votes []Vote, order []int, m decimal.Decimal) decimal.Decimal {
	near := m.Mul(decimal.New(int64(r.AgreeBps), -4))
	if len(order) < 3 {
		return near
	}
	deviations := make([]decimal.Decimal, len(order))
	for k, i := range order {
		deviations[k] = votes[i].Value.Decimal().Sub(m).Abs()
	}
	slices.SortFunc(deviations, decimal.Decimal.Cmp)
	mad := deviations[len(order)/2]
	if len(order)%2 == 0 {
		mad = mad.Add(deviations[len(order)/2-1]).Mul(decimal.New(5, -1))
	}
	return decimal.Max(near, mad.Mul(decimal.New(7413, -3))) // 5 × 1.4826
}
