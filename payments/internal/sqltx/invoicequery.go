package sqltx

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

// Invoices implements payments.InvoiceTx.
func (x *Tx) Invoices(ctx context.Context, q payments.InvoiceQuery) ([]payments.InvoiceRecord, error) {
	width := x.listWidth(len(q.Numbers), len(q.Profiles), len(q.Statuses))
	parts := []payments.InvoiceQuery{q}
	parts = split(parts, width, func(q *payments.InvoiceQuery) *[]string { return &q.Numbers })
	parts = split(parts, width, func(q *payments.InvoiceQuery) *[]string { return &q.Profiles })
	parts = split(parts, width, func(q *payments.InvoiceQuery) *[]invoice.Status { return &q.Statuses })
	var out []payments.InvoiceRecord
	for _, part := range parts {
		rows, err := x.invoicesWhere(ctx, part)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	if len(parts) > 1 {
		slices.SortFunc(out, func(a, b payments.InvoiceRecord) int { return cmp.Compare(a.Number, b.Number) })
	}
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out, nil
}

// invoicesWhere answers a query whose lists are short.
func (x *Tx) invoicesWhere(ctx context.Context, q payments.InvoiceQuery) ([]payments.InvoiceRecord, error) {
	var c condition
	among(&c, "number", q.Numbers)
	among(&c, "profile", q.Profiles)
	among(&c, "status", q.Statuses)
	if q.After != "" {
		c.and("number > ?", q.After)
	}
	where := c.where() + " ORDER BY number"
	if q.Limit > 0 {
		where += " LIMIT " + strconv.Itoa(q.Limit)
	}
	return selectRows(ctx, x, invoices.name, invoices.bind, x.by(invoiceIndex(q))+where+x.lock(), c.args...)
}

// invoiceIndex names the index that leaves the fewest rows to read, "" where the
// planner finds it alone.
func invoiceIndex(q payments.InvoiceQuery) string {
	switch {
	case len(q.Numbers) > 0:
		return ""
	case len(q.Profiles) > 0:
		return "cointill_invoices_by_profile"
	case len(q.Statuses) > 0:
		return "cointill_invoices_by_status"
	}
	return ""
}
