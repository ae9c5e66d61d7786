package sqltx

import (
	"cmp"
	"context"

	"github.com/cointill/cointill/payments"
)

var invoices = table[payments.InvoiceRecord, string]{
	name: "cointill_invoices",
	bind: func(m *mapping, r *payments.InvoiceRecord) {
		text(m, "number", &r.Number)
		m.fix()
		text(m, "profile", &r.Profile)
		m.instant("issued_at", &r.IssuedAt)
		m.instant("due_at", &r.DueAt)
		nested(m, "lines", &r.Lines, lineToText, lineFromText)
		m.amount("total", &r.Total)
		text(m, "status", &r.Standing.Status)
		words(m, "exceptions", &r.Standing.Exceptions)
		m.amount("paid", &r.Standing.Paid)
		m.amount("pending", &r.Standing.Pending)
		m.amount("missing", &r.Standing.Missing)
		m.amount("surplus", &r.Standing.Surplus)
		words(m, "seen_by", &r.Standing.SeenBy)
		m.instant("created_at", &r.CreatedAt)
		number(m, "changes", &r.Changes)
		number(m, "version", &r.Version)
	},
	bindKey: func(m *mapping, k *string) { text(m, "number", k) },
	key:     func(r payments.InvoiceRecord) string { return r.Number },
	compare: cmp.Compare[string],
	version: func(r *payments.InvoiceRecord) *int64 { return &r.Version },
}

// InsertInvoices implements payments.InvoiceTx.
func (x *Tx) InsertInvoices(ctx context.Context, rows []payments.InvoiceRecord) ([]string, error) {
	return invoices.insert(ctx, x, rows)
}

// SaveInvoices implements payments.InvoiceTx.
func (x *Tx) SaveInvoices(ctx context.Context, rows []payments.InvoiceRecord) error {
	return invoices.save(ctx, x, rows)
}
