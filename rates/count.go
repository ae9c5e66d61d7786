package rates

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"github.com/cointill/cointill/payments/money"
)

// counting is votes at one exponent, doubled, so that the middle of two is whole.
type counting struct {
	twice []big.Int
	exp   int32
	order []int // of votes by value, one of each venue: its lowest
}

func count(votes []Vote) counting {
	c := counting{twice: make([]big.Int, len(votes)), order: make([]int, 0, len(votes))}
	values := make([]money.Rate, len(votes))
	for i, v := range votes {
		if values[i] = v.Value; v.Value.Valid() {
			c.order = append(c.order, i)
		}
	}
	c.exp = align(c.twice, values)
	for i := range c.twice {
		c.twice[i].Lsh(&c.twice[i], 1)
	}
	slices.SortFunc(c.order, func(a, b int) int {
		// Of equal votes a direct one first, so that their order does not matter.
		return cmp.Or(c.twice[a].Cmp(&c.twice[b]), cmp.Compare(btoi(votes[a].Converted), btoi(votes[b].Converted)))
	})
	kept := c.order[:0]
	for _, i := range c.order {
		if !slices.ContainsFunc(kept, func(k int) bool { return venueOf(votes[k].Venue) == venueOf(votes[i].Venue) }) {
			kept = append(kept, i)
		}
	}
	c.order = kept
	return c
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func venueOf(name string) string {
	venue, _, _ := strings.Cut(name, "/")
	return venue
}

// median returns twice the median.
func (c counting) median() *big.Int {
	n := len(c.order)
	var m big.Int
	m.Add(&c.twice[c.order[(n-1)/2]], &c.twice[c.order[n/2]])
	return m.Rsh(&m, 1)
}

// near tells of each vote in order whether it agrees with twice the median m:
// within five scaled deviations of it or within bps. Of two votes both must be
// within bps: their deviations are equal, so that they would always agree.
func (c counting) near(m *big.Int, bps int) []bool {
	n := len(c.order)
	far, sorted := make([]big.Int, n), make([]*big.Int, n)
	for k, i := range c.order {
		far[k].Sub(&c.twice[i], m)
		far[k].Abs(&far[k])
		sorted[k] = &far[k]
	}
	slices.SortFunc(sorted, (*big.Int).Cmp)
	var mad big.Int // doubled again
	if mad.Add(sorted[(n-1)/2], sorted[n/2]); n < 3 {
		mad.SetInt64(0)
	}
	out := make([]bool, n)
	for k := range far {
		out[k] = !over(&far[k], whole, m, int64(bps)) || !over(&far[k], 2_000, &mad, 7_413) // 5 × 1.4826
	}
	return out
}
