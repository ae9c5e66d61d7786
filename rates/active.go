package rates

import (
	"cmp"
	"slices"
)

// Findings returns what is wrong now, by kind, source and pair, without At and
// Cause: what was told by [Policy.Notify] and is not over. It is empty before the
// first round.
func (c *Composite) Findings() []Finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []Finding
	for f := range c.memory.active {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Pair.String(), b.Pair.String()))
	})
	return out
}
