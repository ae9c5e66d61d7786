package storetest_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

func invoiceBugs() map[string]func() bug {
	return map[string]func() bug{
		"an invoice's exceptions are lost": always(readInvoice(func(r *payments.InvoiceRecord) { r.Standing.Exceptions = nil })),
		"an invoice's ways are lost":       always(readInvoice(func(r *payments.InvoiceRecord) { r.Standing.SeenBy = nil })),
		"an invoice's lines come in another order": always(readInvoice(func(r *payments.InvoiceRecord) {
			slices.Reverse(r.Lines)
		})),
		"an invoice due at once becomes due": always(readInvoice(func(r *payments.InvoiceRecord) {
			if r.DueAt.IsZero() {
				r.DueAt = time.UnixMilli(0).UTC()
			}
		})),
		"a status is not asked of a profile's invoices": always(bug{
			invoices: func(tx payments.Tx, ctx context.Context, q payments.InvoiceQuery) ([]payments.InvoiceRecord, error) {
				if len(q.Profiles) > 0 {
					q.Statuses = nil
				}
				return tx.Invoices(ctx, q)
			}}),
		"a page of invoices begins with the last one's end": always(bug{
			invoices: func(tx payments.Tx, ctx context.Context, q payments.InvoiceQuery) ([]payments.InvoiceRecord, error) {
				after := q.After
				q.After = ""
				rows, err := tx.Invoices(ctx, q)
				return slices.DeleteFunc(rows, func(r payments.InvoiceRecord) bool { return r.Number < after }), err
			}}),
		"a save of an invoice takes any version": always(bug{
			saveInvoices: func(tx payments.Tx, ctx context.Context, rows []payments.InvoiceRecord) error {
				rows = slices.Clone(rows)
				for i := range rows {
					stored, err := tx.Invoices(ctx, payments.InvoiceQuery{Numbers: []string{rows[i].Number}})
					if err != nil || len(stored) == 0 {
						return errors.Join(err, tx.SaveInvoices(ctx, rows))
					}
					rows[i].Version = stored[0].Version
				}
				return tx.SaveInvoices(ctx, rows)
			}}),
		"an insert of an invoice overwrites": always(bug{
			insertInvoices: func(tx payments.Tx, ctx context.Context, rows []payments.InvoiceRecord) ([]string, error) {
				fresh, err := tx.InsertInvoices(ctx, rows)
				for _, r := range rows {
					stored, failed := tx.Invoices(ctx, payments.InvoiceQuery{Numbers: []string{r.Number}})
					if err = errors.Join(err, failed); err != nil || slices.Contains(fresh, r.Number) {
						continue
					}
					r.Version = stored[0].Version
					err = tx.SaveInvoices(ctx, []payments.InvoiceRecord{r})
				}
				return fresh, err
			}}),
		"an invoice's lists are shared with who inserts": func() bug {
			var mu sync.Mutex
			kept := make(map[string][]invoice.Line)
			b := readInvoice(func(r *payments.InvoiceRecord) {
				mu.Lock()
				defer mu.Unlock()
				if lines, ok := kept[r.Number]; ok {
					r.Lines = lines
				}
			})
			b.insertInvoices = func(tx payments.Tx, ctx context.Context, rows []payments.InvoiceRecord) ([]string, error) {
				mu.Lock()
				defer mu.Unlock()
				for _, r := range rows {
					if _, known := kept[r.Number]; !known {
						kept[r.Number] = r.Lines
					}
				}
				return tx.InsertInvoices(ctx, rows)
			}
			return b
		},
	}
}

// readInvoice changes invoices as they are read.
func readInvoice(change func(*payments.InvoiceRecord)) bug {
	return bug{invoices: func(tx payments.Tx, ctx context.Context, q payments.InvoiceQuery) ([]payments.InvoiceRecord, error) {
		rows, err := tx.Invoices(ctx, q)
		for i := range rows {
			change(&rows[i])
		}
		return rows, err
	}}
}
