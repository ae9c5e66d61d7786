package sqltx

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/cointill/cointill/payments"
)

// Hosted implements payments.HostedTx.
func (x *Tx) Hosted(ctx context.Context, q payments.HostedQuery) ([]payments.HostedInvoice, error) {
	width := x.listWidth(len(q.IDs), len(q.RemoteIDs), len(q.Profiles), len(q.States))
	parts := []payments.HostedQuery{q}
	parts = split(parts, width, func(q *payments.HostedQuery) *[]string { return &q.IDs })
	parts = split(parts, width, func(q *payments.HostedQuery) *[]string { return &q.RemoteIDs })
	parts = split(parts, width, func(q *payments.HostedQuery) *[]string { return &q.Profiles })
	parts = split(parts, width, func(q *payments.HostedQuery) *[]payments.HostedState { return &q.States })
	var out []payments.HostedInvoice
	for _, part := range parts {
		rows, err := x.hostedWhere(ctx, part)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	if len(parts) > 1 {
		slices.SortFunc(out, func(a, b payments.HostedInvoice) int { return cmp.Compare(a.ID, b.ID) })
	}
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out, nil
}

// hostedWhere answers a query whose lists are short.
func (x *Tx) hostedWhere(ctx context.Context, q payments.HostedQuery) ([]payments.HostedInvoice, error) {
	var c condition
	among(&c, "id", q.IDs)
	if len(q.RemoteIDs) > 0 {
		// Said as a constant: the index leaves out the rows that have no id yet.
		c.and("remote_id <> ''")
		in(&c, "remote_id", q.RemoteIDs)
	}
	among(&c, "profile", q.Profiles)
	if q.Account != "" {
		c.and("account = ?", q.Account)
	}
	among(&c, "state", q.States)
	if !q.DueBy.IsZero() {
		c.and("poll_at <= ?", q.DueBy.UnixMilli())
	}
	if q.After != "" {
		c.and("id > ?", q.After)
	}
	where := c.where() + " ORDER BY id"
	if q.Limit > 0 {
		where += " LIMIT " + strconv.Itoa(q.Limit)
	}
	return selectRows(ctx, x, hosted.name, hosted.bind, x.by(hostedIndex(q))+where+x.lock(), c.args...)
}

// hostedIndex names the index that leaves the fewest rows to read, "" where the
// planner finds it alone.
func hostedIndex(q payments.HostedQuery) string {
	switch {
	case len(q.IDs) > 0:
		return ""
	case len(q.RemoteIDs) > 0:
		return "cointill_hosted_by_remote_id"
	case len(q.Profiles) > 0:
		return "cointill_hosted_by_account"
	case !q.DueBy.IsZero():
		return "cointill_hosted_due"
	case len(q.States) > 0:
		return "cointill_hosted_by_state"
	}
	return ""
}
