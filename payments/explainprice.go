package payments

import (
	"fmt"
	"strings"

	"github.com/cointill/cointill/rates"
)

// tellPrice says where a rate came from, in sentences: the method, its instant,
// every source that was asked with what it said and, if it was not used, why; what
// the policy was, what the price was converted with, and what looked odd.
func tellPrice(s rates.Snapshot) []string {
	if s.ID == "" {
		return nil
	}
	if s.Method == rates.MethodManual {
		text := fmt.Sprintf("It was set by %s by hand, as of %s.", s.Operator, s.AsOf.Format(clockText))
		if s.Replaces != "" {
			text += fmt.Sprintf(" It stands instead of snapshot %s.", s.Replaces)
		}
		return []string{text}
	}
	var out []string
	if len(s.Prices) > 0 {
		out = append(out, fmt.Sprintf("Asked were %s.", answers(s.Prices)))
	}
	if s.Market.Valid() {
		out = append(out, fmt.Sprintf("The market was %s.", s.Market))
	}
	if s.HaircutBps > 0 {
		out = append(out, fmt.Sprintf("A haircut of %d basis points was taken off.", s.HaircutBps))
	}
	for _, leg := range s.Legs {
		out = append(out, fmt.Sprintf("It was converted with %s at %s, by %s from %s.", leg.Pair, leg.Rate, leg.Method, venues(leg)))
	}
	if len(s.Degraded) > 0 {
		out = append(out, fmt.Sprintf("It lay far from %s.", strings.Join(s.Degraded, ", ")))
	}
	if s.Policy != "" {
		out = append(out, fmt.Sprintf("The policy in force: %s.", s.Policy))
	}
	return out
}

// answers lists what each source said, and why it was not used if it was not.
func answers(prices []rates.Price) string {
	list := make([]string, len(prices))
	for i, p := range prices {
		said := saidOf(p)
		if p.Rejected != "" {
			said = append(said, "not used: "+p.Rejected)
		}
		list[i] = p.Source
		if len(said) > 0 {
			list[i] += " (" + strings.Join(said, ", ") + ")"
		}
	}
	return strings.Join(list, "; ")
}

// venues names the sources that were used.
func venues(s rates.Snapshot) string {
	var names []string
	for _, p := range s.Prices {
		if p.Rejected == "" {
			names = append(names, p.Source)
		}
	}
	if len(names) == 0 {
		return "no venue"
	}
	return strings.Join(names, ", ")
}

// saidOf is what a source said.
func saidOf(p rates.Price) (said []string) {
	for _, n := range []struct {
		name string
		rate interface {
			Valid() bool
			String() string
		}
	}{{"bid", p.Bid}, {"ask", p.Ask}, {"last", p.Last}} {
		if n.rate.Valid() {
			said = append(said, n.name+" "+n.rate.String())
		}
	}
	if !p.SourceTime.IsZero() {
		said = append(said, "of "+p.SourceTime.Format(clockText))
	}
	return said
}
