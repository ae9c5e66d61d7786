package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

// invoiceTrait is a property invoices are found by: one of its fields is set, or
// none, which all have.
type invoiceTrait struct {
	profile string
	status  invoice.Status
}

// invoices keeps the host's invoices in the order of their numbers, and by trait.
type invoices struct {
	rows   *table[string, payments.InvoiceRecord]
	traits *index[invoiceTrait, string]
}

func newInvoices() *invoices {
	v := &invoices{traits: newIndex[invoiceTrait](cmp.Compare[string])}
	v.rows = &table[string, payments.InvoiceRecord]{
		rows:    make(map[string]payments.InvoiceRecord),
		key:     func(r payments.InvoiceRecord) string { return r.Number },
		copied:  invoiceKept,
		version: func(r *payments.InvoiceRecord) *int64 { return &r.Version },
		indexed: func(r payments.InvoiceRecord, add bool) {
			for _, t := range []invoiceTrait{{}, {profile: r.Profile}, {status: r.Standing.Status}} {
				v.traits.put(t, r.Number, add)
			}
		},
	}
	return v
}

func invoiceKept(r payments.InvoiceRecord) payments.InvoiceRecord {
	r.Lines, r.Standing.Exceptions, r.Standing.SeenBy = list(r.Lines), list(r.Standing.Exceptions), list(r.Standing.SeenBy)
	r.IssuedAt, r.DueAt, r.CreatedAt = instant(r.IssuedAt), instant(r.DueAt), instant(r.CreatedAt)
	return r
}

// InsertInvoices implements payments.InvoiceTx.
func (x *tx) InsertInvoices(_ context.Context, rows []payments.InvoiceRecord) ([]string, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.invoices.rows.insertKeys(x, rows)
}

// SaveInvoices implements payments.InvoiceTx.
func (x *tx) SaveInvoices(_ context.Context, rows []payments.InvoiceRecord) error {
	if err := x.readable(); err != nil {
		return err
	}
	return x.state.invoices.rows.save(x, rows)
}

// Invoices implements payments.InvoiceTx.
func (x *tx) Invoices(_ context.Context, q payments.InvoiceQuery) ([]payments.InvoiceRecord, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	v := x.state.invoices
	keys := v.selected(q)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if q.Limit > 0 && len(keys) > q.Limit {
		keys = keys[:q.Limit]
	}
	return v.rows.byKey(keys), nil
}

// selected returns the numbers of a query, by way of its field that leaves the
// fewest rows to look at.
func (v *invoices) selected(q payments.InvoiceQuery) (keys []string) {
	plan := []invoiceTrait{{}}
	switch {
	case len(q.Numbers) > 0:
		asked := q.Numbers
		q.Numbers = nil
		for _, n := range asked {
			if r, ok := v.rows.rows[n]; ok && selectsInvoice(q, r) {
				keys = append(keys, n)
			}
		}
		return keys
	case len(q.Profiles) > 0:
		plan = nil
		for _, p := range q.Profiles {
			plan = append(plan, invoiceTrait{profile: p})
		}
	case len(q.Statuses) > 0:
		plan = nil
		for _, s := range q.Statuses {
			plan = append(plan, invoiceTrait{status: s})
		}
	}
	for _, t := range plan {
		keys = append(keys, v.with(q, t)...)
	}
	return keys
}

// with returns the first selected numbers of one trait.
func (v *invoices) with(q payments.InvoiceQuery, t invoiceTrait) (keys []string) {
	for number := range v.traits.of(t).from(q.After) {
		if q.Limit > 0 && len(keys) == q.Limit {
			break
		}
		if selectsInvoice(q, v.rows.rows[number]) {
			keys = append(keys, number)
		}
	}
	return keys
}

func selectsInvoice(q payments.InvoiceQuery, r payments.InvoiceRecord) bool {
	switch {
	case q.After != "" && r.Number <= q.After,
		len(q.Numbers) > 0 && !slices.Contains(q.Numbers, r.Number),
		len(q.Profiles) > 0 && !slices.Contains(q.Profiles, r.Profile),
		len(q.Statuses) > 0 && !slices.Contains(q.Statuses, r.Standing.Status):
		return false
	}
	return true
}
