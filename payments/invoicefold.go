package payments

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments/money"
)

// foldInvoices brings every invoice whose payments a commit changed to what they now
// make of it, closes BitPay's way where another payment was seen, and returns the
// events. What it reads is in the same transaction, so running it again gives the same
// rows and the same event ids. It never refuses a payment: an invoice that cannot be
// folded is a row that was changed behind our back, and an error.
func (p *Processor) foldInvoices(ctx context.Context, tx Tx, out *outcome) (events []Event, err error) {
	if len(out.touched) == 0 {
		return nil, nil
	}
	var numbers []string
	for a := range out.touched {
		numbers = append(numbers, strings.TrimPrefix(a.Name, invoicePrefix))
	}
	slices.Sort(numbers)
	rows, err := tx.Invoices(ctx, InvoiceQuery{Numbers: slices.Compact(numbers)}) // locked before their payments are read
	if err != nil {
		return nil, err
	}
	var changed []InvoiceRecord
	for _, r := range rows {
		if !out.touched[r.Account()] {
			continue
		}
		paid, hosted, err := paymentsOf(ctx, tx, r.Account())
		if err != nil {
			return nil, err
		}
		before := r.Standing
		if r.Standing, err = invoice.Apply(r.Invoice, paid); err != nil {
			return nil, fmt.Errorf("payments: fold invoice %s: %w", r.Number, err)
		}
		if err := closeHosted(ctx, tx, r, hosted, out); err != nil {
			return nil, err
		}
		if sameStanding(before, r.Standing) {
			continue
		}
		for _, kind := range news(before, r.Standing) {
			events = append(events, out.invoiceEvent(kind, &r))
		}
		changed = append(changed, r)
	}
	out.touched = nil
	return events, tx.SaveInvoices(ctx, changed)
}

// closeHosted marks the hosted invoices that nobody has paid yet to be cancelled at
// BitPay, once coins were seen or what was seen covers the invoice: whoever still has
// the page open shall not pay twice.
func closeHosted(ctx context.Context, tx Tx, r InvoiceRecord, hosted []HostedInvoice, out *outcome) error {
	if !slices.Contains(r.Standing.SeenBy, invoice.Direct) && !covered(r.Standing) {
		return nil
	}
	var rows []HostedInvoice
	for _, h := range hosted {
		if (h.State == HostedOpening || h.State == HostedNew) && !h.Cancel {
			h.Cancel, h.PollAt = true, out.now
			rows = append(rows, h)
		}
	}
	return tx.SaveHosted(ctx, rows)
}

// covered reports whether what was booked and what is known to be under way reach the
// total.
func covered(s invoice.Standing) bool {
	order, err := s.Pending.Cmp(s.Missing)
	return err == nil && order >= 0
}

// paymentsOf reads what was paid to an invoice's account, in either way, locked in
// Update.
func paymentsOf(ctx context.Context, tx Tx, a Account) (paid []invoice.Payment, hosted []HostedInvoice, err error) {
	deposits, err := tx.Deposits(ctx, DepositQuery{Profiles: []string{a.Profile}, Account: a.Name})
	if err != nil {
		return nil, nil, err
	}
	for _, d := range deposits {
		if pay, ok, err := d.payment(); err != nil {
			return nil, nil, err
		} else if ok {
			paid = append(paid, pay)
		}
	}
	hosted, err = tx.Hosted(ctx, HostedQuery{Profiles: []string{a.Profile}, Account: a.Name})
	for _, h := range hosted {
		if pay, ok := h.payment(); ok {
			paid = append(paid, pay)
		}
	}
	return paid, hosted, err
}

// payment says what a deposit is to its invoice. What waits for a block, a depth, a
// price or a decision is pending. What is in suspense is none: nobody is owed its
// value, and it must not close the other way for ever. What another transaction
// replaced, what was dropped, and what a reorganisation took out of its block is none
// until a block holds it again: nobody knows whether it returns. What had been booked
// and turned out to be our own coins was taken back.
func (d Deposit) payment() (pay invoice.Payment, ok bool, err error) {
	pay = invoice.Payment{Key: d.Key.String(), Way: invoice.Direct, At: d.ReceivedAt}
	if pay.At.IsZero() {
		pay.At = d.SeenAt
	}
	if d.Hold.suspends() {
		return pay, false, nil
	}
	switch d.State {
	case StateSeen, StateConfirming, StateGathered:
		pay.State = invoice.Pending
		if d.Valued() {
			pay.Value, err = money.Floor(d.Exact, d.Currency)
		}
	case StateCredited, StateFinal:
		pay.State, pay.Value = invoice.Credited, d.Credited
	case StateReversed:
		pay.State = invoice.Reversed
	case StateInternal:
		if pay.State = invoice.Reversed; !d.Valued() || d.CreditedAt.IsZero() {
			return pay, false, nil
		}
	default:
		return pay, false, nil
	}
	return pay, true, err
}

// payment says what a hosted invoice is to the host's own. Partly paid it is none:
// BitPay returns such a payment to the payer. Invalid, and not booked before, it is
// pending for as long as BitPay is asked whether it completes after all.
func (h HostedInvoice) payment() (pay invoice.Payment, ok bool) {
	pay = invoice.Payment{Key: hostedSubject(h.ID), Way: invoice.BitPay, At: h.PaidAt}
	switch {
	case h.Credited.Sign() > 0:
		pay.State, pay.Value = invoice.Credited, h.Credited
	case h.State == HostedPaid, h.State == HostedConfirmed, h.State == HostedComplete:
		pay.State, pay.Value = invoice.Pending, h.Price
	case h.Incarnation > 0: // BitPay does not stand by it any more
		pay.State = invoice.Reversed
	case h.State == HostedInvalid && !h.PollAt.IsZero():
		pay.State, pay.Value = invoice.Pending, h.Price
	default:
		return pay, false
	}
	return pay, true
}

// news lists what a change of standing is told as: a new status, and exceptions that
// were not there before.
func news(before, after invoice.Standing) (kinds []EventKind) {
	if before.Status != after.Status {
		kinds = append(kinds, EventKind("invoice."+after.Status))
	}
	for _, e := range after.Exceptions {
		if !slices.Contains(before.Exceptions, e) {
			kinds = append(kinds, EventKind("invoice."+e))
		}
	}
	return kinds
}

func sameStanding(a, b invoice.Standing) bool {
	return a.Status == b.Status && slices.Equal(a.Exceptions, b.Exceptions) && slices.Equal(a.SeenBy, b.SeenBy) &&
		a.Paid.Equal(b.Paid) && a.Pending.Equal(b.Pending) && a.Missing.Equal(b.Missing) && a.Surplus.Equal(b.Surplus)
}

// invoiceEvent makes an event of a change of an invoice and counts it.
func (o *outcome) invoiceEvent(kind EventKind, r *InvoiceRecord) Event {
	r.Changes++
	data, err := json.Marshal(r)
	if err != nil && o.err == nil {
		o.err = fmt.Errorf("payments: event %s of invoice %s: %w", kind, r.Number, err)
	}
	subject := invoiceSubject(r.Number)
	return Event{ID: eventID(kind, subject, fmt.Sprint(r.Changes)), Kind: kind, Subject: subject,
		Order: r.Profile, Profile: r.Profile, At: o.now, Data: data}
}
