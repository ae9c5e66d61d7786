package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/invoice"
)

// CreateInvoice puts an invoice of the host's on record, unpaid, and opens an account
// of its own in the currency of its total; what is paid to it stays there. Its dates
// are kept in UTC to the millisecond. The same invoice again is the one on record, as
// it now stands: the call may be repeated, and under In(tx) the invoice stands or falls
// with the host's own rows. It tells no event.
//
// Errors: an *InputError for an invoice that invoice.Validate refuses, and for a number
// under which another invoice is on record; else the store's.
func (p *Processor) CreateInvoice(ctx context.Context, v invoice.Invoice) (record InvoiceRecord, err error) {
	var wrong *invoice.FieldError
	if err := invoice.Validate(v); errors.As(err, &wrong) {
		return InvoiceRecord{}, &InputError{Field: "invoice." + wrong.Field, Reason: wrong.Reason}
	} else if err != nil {
		return InvoiceRecord{}, err
	}
	v.IssuedAt, v.DueAt = kept(v.IssuedAt), kept(v.DueAt)
	v.Lines = slices.Clone(v.Lines)
	standing, err := invoice.Apply(v, nil)
	if err != nil {
		return InvoiceRecord{}, err
	}
	now := p.now()
	err = p.update(ctx, func(tx Tx) error {
		record = InvoiceRecord{Invoice: v, Standing: standing, CreatedAt: now}
		if _, err := tx.InsertInvoices(ctx, []InvoiceRecord{record}); err != nil {
			return err
		}
		if record, err = invoiceOf(ctx, tx, v.Number); err != nil {
			return err
		}
		if !sameInvoice(record.Invoice, v) {
			return &InputError{Field: "invoice.Number", Reason: fmt.Sprintf(
				"%s is another invoice's, on record since %s; invoices do not change", v.Number, record.CreatedAt.Format(time.RFC3339))}
		}
		return p.openAccount(ctx, tx, record.Account(), v.Total.Asset().Currency(), now)
	})
	if err != nil {
		return InvoiceRecord{}, err
	}
	return record, nil
}

// InvoiceAddress returns where an invoice is paid in coins on a network: the address of
// its own account, the same for ever, under the rules of DepositAddress for terms and
// Config.Precondition, which is asked for the invoice's account. What arrives is
// credited at the rate of its receipt.
//
// Errors: ErrNotFound for an unknown number, an *InvoiceClosedError once the invoice is
// paid or BitPay's payment was seen, and those of DepositAddress. Coins that arrive at
// an address shown before are credited to the invoice all the same.
func (p *Processor) InvoiceAddress(ctx context.Context, number string, network chain.Network) (DepositAddress, error) {
	r, ok := p.rails[network.ID]
	if !ok {
		return DepositAddress{}, fmt.Errorf("%w: %q", ErrUnknownNetwork, network.ID)
	}
	if err := p.checkPayable(r); err != nil {
		return DepositAddress{}, err
	}
	var record InvoiceRecord
	err := p.view(ctx, func(tx Tx) (err error) {
		record, err = invoiceOf(ctx, tx, number)
		return err
	})
	if err != nil {
		return DepositAddress{}, err
	}
	return p.addressOf(ctx, record.Account(), r, func(ctx context.Context, tx Tx) error {
		_, err := p.payableInvoice(ctx, tx, number, invoice.Direct)
		return err
	})
}

// payableInvoice reads an invoice that is to be paid in a way, locked in Update, with
// its standing as of this transaction. Its errors are ErrNotFound, *InvoiceClosedError
// and the store's. BitPay's page is closed, too, to a second payment of what the first
// one covers; an address stays where it is.
func (p *Processor) payableInvoice(ctx context.Context, tx Tx, number string, way invoice.Way) (InvoiceRecord, error) {
	r, err := invoiceOf(ctx, tx, number)
	if err != nil {
		return InvoiceRecord{}, err
	}
	paid, _, err := paymentsOf(ctx, tx, r.Account())
	if err != nil {
		return InvoiceRecord{}, err
	}
	if r.Standing, err = invoice.Apply(r.Invoice, paid); err != nil {
		return InvoiceRecord{}, fmt.Errorf("payments: fold invoice %s: %w", number, err)
	}
	if r.Standing.Status == invoice.Paid {
		return InvoiceRecord{}, &InvoiceClosedError{Number: number, Way: way}
	}
	other := slices.ContainsFunc(r.Standing.SeenBy, func(w invoice.Way) bool { return w != way })
	if other || way == invoice.BitPay && covered(r.Standing) {
		return InvoiceRecord{}, &InvoiceClosedError{Number: number, Way: way, SeenBy: r.Standing.SeenBy}
	}
	return r, nil
}

// invoiceOf reads one invoice.
func invoiceOf(ctx context.Context, tx Tx, number string) (InvoiceRecord, error) {
	if !invoice.ValidNumber(number) {
		return InvoiceRecord{}, fmt.Errorf("%w: an invoice's number is 1 to 64 of A-Z a-z 0-9 _ . -", ErrNotFound)
	}
	rows, err := tx.Invoices(ctx, InvoiceQuery{Numbers: []string{number}})
	if err != nil {
		return InvoiceRecord{}, err
	}
	if len(rows) == 0 {
		return InvoiceRecord{}, fmt.Errorf("%w: invoice %s", ErrNotFound, number)
	}
	return rows[0], nil
}

// sameInvoice reports whether two invoices ask for the same.
func sameInvoice(a, b invoice.Invoice) bool {
	return a.Number == b.Number && a.Profile == b.Profile && a.IssuedAt.Equal(b.IssuedAt) && a.DueAt.Equal(b.DueAt) &&
		a.Total.Equal(b.Total) && slices.EqualFunc(a.Lines, b.Lines, func(x, y invoice.Line) bool {
		return x.Description == y.Description && x.Amount.Equal(y.Amount)
	})
}

// kept is an instant as stores keep it.
func kept(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}
