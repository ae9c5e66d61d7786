package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/cointill/cointill/payments"
)

// newHosted keeps hosted invoices by id.
func newHosted() *table[string, payments.HostedInvoice] {
	return &table[string, payments.HostedInvoice]{
		rows: make(map[string]payments.HostedInvoice),
		key:  func(r payments.HostedInvoice) string { return r.ID },
		copied: func(r payments.HostedInvoice) payments.HostedInvoice {
			r.Refunds = slices.Clone(r.Refunds)
			return r
		},
		version: func(r *payments.HostedInvoice) *int64 { return &r.Version },
	}
}

// newInvoices keeps invoices by number.
func newInvoices() *table[string, payments.InvoiceRecord] {
	return &table[string, payments.InvoiceRecord]{
		rows: make(map[string]payments.InvoiceRecord),
		key:  func(r payments.InvoiceRecord) string { return r.Number },
		copied: func(r payments.InvoiceRecord) payments.InvoiceRecord {
			r.Lines = slices.Clone(r.Lines)
			r.Standing.Exceptions = slices.Clone(r.Standing.Exceptions)
			r.Standing.SeenBy = slices.Clone(r.Standing.SeenBy)
			return r
		},
		version: func(r *payments.InvoiceRecord) *int64 { return &r.Version },
	}
}

// InsertHosted implements payments.HostedTx.
func (x *tx) InsertHosted(_ context.Context, rows []payments.HostedInvoice) ([]string, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.hosted.insertKeys(x, rows)
}

// SaveHosted implements payments.HostedTx.
func (x *tx) SaveHosted(_ context.Context, rows []payments.HostedInvoice) error {
	if err := x.readable(); err != nil {
		return err
	}
	return x.state.hosted.save(x, rows)
}

// Hosted implements payments.HostedTx.
func (x *tx) Hosted(_ context.Context, q payments.HostedQuery) ([]payments.HostedInvoice, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	var out []payments.HostedInvoice
	for _, r := range x.state.hosted.rows {
		if selectsHosted(q, r) {
			out = append(out, x.state.hosted.copied(r))
		}
	}
	slices.SortFunc(out, func(a, b payments.HostedInvoice) int { return cmp.Compare(a.ID, b.ID) })
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out, nil
}

func selectsHosted(q payments.HostedQuery, r payments.HostedInvoice) bool {
	switch {
	case len(q.IDs) > 0 && !slices.Contains(q.IDs, r.ID),
		len(q.RemoteIDs) > 0 && (r.RemoteID == "" || !slices.Contains(q.RemoteIDs, r.RemoteID)),
		len(q.Profiles) > 0 && !slices.Contains(q.Profiles, r.Account.Profile),
		q.Account != "" && q.Account != r.Account.Name,
		len(q.States) > 0 && !slices.Contains(q.States, r.State),
		!q.DueBy.IsZero() && (r.PollAt.IsZero() || r.PollAt.After(q.DueBy)),
		q.After != "" && r.ID <= q.After:
		return false
	}
	return true
}

// InsertInvoices implements payments.InvoiceTx.
func (x *tx) InsertInvoices(_ context.Context, rows []payments.InvoiceRecord) ([]string, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.invoices.insertKeys(x, rows)
}

// SaveInvoices implements payments.InvoiceTx.
func (x *tx) SaveInvoices(_ context.Context, rows []payments.InvoiceRecord) error {
	if err := x.readable(); err != nil {
		return err
	}
	return x.state.invoices.save(x, rows)
}

// Invoices implements payments.InvoiceTx.
func (x *tx) Invoices(_ context.Context, q payments.InvoiceQuery) ([]payments.InvoiceRecord, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	var out []payments.InvoiceRecord
	for _, r := range x.state.invoices.rows {
		if len(q.Numbers) > 0 && !slices.Contains(q.Numbers, r.Number) ||
			len(q.Profiles) > 0 && !slices.Contains(q.Profiles, r.Profile) ||
			len(q.Statuses) > 0 && !slices.Contains(q.Statuses, r.Standing.Status) ||
			q.After != "" && r.Number <= q.After {
			continue
		}
		out = append(out, x.state.invoices.copied(r))
	}
	slices.SortFunc(out, func(a, b payments.InvoiceRecord) int { return cmp.Compare(a.Number, b.Number) })
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out, nil
}
