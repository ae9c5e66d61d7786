package memstore

import (
	"context"
	"slices"

	"github.com/cointill/cointill/payments"
)

// Hosted implements payments.HostedTx.
func (x *tx) Hosted(_ context.Context, q payments.HostedQuery) ([]payments.HostedInvoice, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	h := x.state.hosted
	keys := h.selected(q)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if q.Limit > 0 && len(keys) > q.Limit {
		keys = keys[:q.Limit]
	}
	return h.rows.byKey(keys), nil
}

// selected returns the ids of a query, by way of its field that leaves the fewest
// rows to look at.
func (h *hosted) selected(q payments.HostedQuery) (keys []string) {
	plan := []hostedTrait{{}}
	switch {
	case len(q.IDs) > 0:
		asked := q.IDs
		q.IDs = nil
		for _, id := range asked {
			if r, ok := h.rows.rows[id]; ok && selectsHosted(q, r) {
				keys = append(keys, id)
			}
		}
		return keys
	case len(q.RemoteIDs) > 0:
		plan = nil
		for _, id := range q.RemoteIDs {
			if id != "" {
				plan = append(plan, hostedTrait{remote: id})
			}
		}
	case len(q.Profiles) > 0:
		plan = nil
		for _, p := range q.Profiles {
			plan = append(plan, hostedTrait{profile: p})
		}
	case !q.DueBy.IsZero():
		for d := range h.due.all() {
			if d.at.After(q.DueBy) {
				break
			}
			if selectsHosted(q, h.rows.rows[d.id]) {
				keys = append(keys, d.id)
			}
		}
		return keys
	case len(q.States) > 0:
		plan = nil
		for _, s := range q.States {
			plan = append(plan, hostedTrait{state: s})
		}
	}
	for _, t := range plan {
		keys = append(keys, h.with(q, t)...)
	}
	return keys
}

// with returns the first selected ids of one trait.
func (h *hosted) with(q payments.HostedQuery, t hostedTrait) (keys []string) {
	for id := range h.traits.of(t).from(q.After) {
		if q.Limit > 0 && len(keys) == q.Limit {
			break
		}
		if selectsHosted(q, h.rows.rows[id]) {
			keys = append(keys, id)
		}
	}
	return keys
}

func selectsHosted(q payments.HostedQuery, r payments.HostedInvoice) bool {
	switch {
	case q.After != "" && r.ID <= q.After,
		len(q.IDs) > 0 && !slices.Contains(q.IDs, r.ID),
		len(q.RemoteIDs) > 0 && (r.RemoteID == "" || !slices.Contains(q.RemoteIDs, r.RemoteID)),
		len(q.Profiles) > 0 && !slices.Contains(q.Profiles, r.Account.Profile),
		q.Account != "" && q.Account != r.Account.Name,
		len(q.States) > 0 && !slices.Contains(q.States, r.State),
		!q.DueBy.IsZero() && (r.PollAt.IsZero() || r.PollAt.After(q.DueBy)):
		return false
	}
	return true
}
