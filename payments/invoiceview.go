package payments

import (
	"context"
	"fmt"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/ledger"
)

// InvoiceView is an invoice with all that was paid to it, read in one snapshot.
type InvoiceView struct {
	// InvoiceRecord is what is on record, with the Standing as of this reading.
	InvoiceRecord
	// Payments are what the standing is made of: deposits in ascending order of key,
	// then hosted invoices by ID.
	Payments []invoice.Payment
	// Hosted are the invoices made for it at BitPay, in ascending order of ID, those
	// nobody paid included.
	Hosted []HostedInvoice
	// Ledger is the invoice's section of the books: what was credited and taken back,
	// newest first, at most 1,000 lines; Statement of its Account reads on.
	Ledger []Line
}

// Invoice returns an invoice as it stands now. Its deposits, with their confirmations,
// are those of its Account.
//
// Errors: ErrNotFound, or the store's.
func (p *Processor) Invoice(ctx context.Context, number string) (view InvoiceView, err error) {
	err = p.view(ctx, func(tx Tx) error {
		view = InvoiceView{}
		if view.InvoiceRecord, err = invoiceOf(ctx, tx, number); err != nil {
			return err
		}
		account := view.Account()
		if view.Payments, view.Hosted, err = paymentsOf(ctx, tx, account); err != nil {
			return err
		}
		if view.Standing, err = invoice.Apply(view.Invoice, view.Payments); err != nil {
			return fmt.Errorf("payments: fold invoice %s: %w", number, err)
		}
		view.Ledger, _, err = p.statementOf(ctx, tx, account, ledger.Cursor{}, maxPage)
		return err
	})
	if err != nil {
		return InvoiceView{}, err
	}
	return view, nil
}

// Invoices returns a profile's invoices in ascending order of number, at most limit (up
// to 1,000) after a number; pass "" to begin. Their standings are those of the last
// commit that touched a payment.
//
// Errors: an *InputError for a bad profile or limit, or the store's.
func (p *Processor) Invoices(ctx context.Context, profile, after string, limit int) (rows []InvoiceRecord, err error) {
	if limit < 1 || limit > maxPage {
		return nil, &InputError{Field: "limit", Reason: fmt.Sprintf("must be 1 to %d", maxPage)}
	}
	if err := validName("profile", profile); err != nil {
		return nil, err
	}
	err = p.view(ctx, func(tx Tx) error {
		rows, err = tx.Invoices(ctx, InvoiceQuery{Profiles: []string{profile}, After: after, Limit: limit})
		return err
	})
	return rows, err
}
