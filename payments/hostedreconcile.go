package payments

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments/money"
)

const (
	// maxReconcileDays bounds one reconciliation.
	maxReconcileDays = 31
	// reconcilePage is how many invoices one call lists.
	reconcilePage = 100
)

// ReconcileBitPay compares BitPay's invoices, refunds and fees of some days (by UTC,
// both included, at most 31) with the store, and the receivable with what BitPay holds.
// What differs is asked for and applied as any answer of BitPay's is, so that a second
// run finds nothing more to change; the report tells every difference. It is for one
// call a day, asks BitPay once for each page of 100 invoices and each difference, and
// reads every hosted invoice of the store once.
//
// Its errors are ErrNoBitPay, ErrNeedsCommit on a joined processor, *InputError for the
// days, bitpay.ErrMerchantOnly with a POS token, and those of bitpay.Client. Beside an
// error the report holds what was compared until then.
func (p *Processor) ReconcileBitPay(ctx context.Context, from, to time.Time) (BitPayReport, error) {
	from, to = from.UTC().Truncate(24*time.Hour), to.UTC().Truncate(24*time.Hour)
	switch {
	case p.cfg.BitPay == nil:
		return BitPayReport{}, ErrNoBitPay
	case p.joined:
		return BitPayReport{}, ErrNeedsCommit
	case p.cfg.BitPay.Client.Facade() != bitpay.Merchant:
		return BitPayReport{}, fmt.Errorf("payments: reconcile BitPay: %w", bitpay.ErrMerchantOnly)
	case from.Year() < 2011 || to.Year() > 9998 || to.Before(from):
		return BitPayReport{}, &InputError{Field: "from, to", Reason: "give two days since 2011, the earlier first"}
	case to.Sub(from) >= maxReconcileDays*24*time.Hour:
		return BitPayReport{}, &InputError{Field: "from, to", Reason: fmt.Sprintf("must span at most %d days; reconcile adjoining spans", maxReconcileDays)}
	}
	if err := p.mayOpen(ctx); err != nil {
		return BitPayReport{}, err
	}
	r := &reconciliation{Processor: p, listed: map[string]listedInvoice{}, asked: map[string]bool{},
		oneSided: map[string]map[money.Currency]money.Amount{explainEarly: {}, explainHeld: {}},
		report:   BitPayReport{Environment: string(p.cfg.BitPay.Client.Environment()), From: from, To: to}}
	err := r.run(ctx)
	slices.SortStableFunc(r.report.Differences, func(a, b BitPayDifference) int {
		return cmp.Or(cmp.Compare(a.RemoteID, b.RemoteID), cmp.Compare(a.ID, b.ID))
	})
	if err != nil {
		err = fmt.Errorf("payments: reconcile BitPay: %w", err)
	}
	return r.report, err
}

// reconciliation is one run.
type reconciliation struct {
	*Processor
	report BitPayReport
	listed map[string]listedInvoice // by BitPay's id
	order  []string                 // as listed
	asked  map[string]bool          // our ids whose refunds were followed
	// oneSided sums, by explanation and currency, what stands on one side alone.
	oneSided map[string]map[money.Currency]money.Amount
	unread   []error // what BitPay listed and cannot be read
}

// listedInvoice is what is kept of BitPay's list: a month of whole invoices would
// fill the memory.
type listedInvoice struct {
	id, orderID, currency string
	status                bitpay.Status
	price                 bitpay.Number
	// refunds says that it shows some, in one of three ways.
	refunds bool
}

func listing(v bitpay.Invoice) listedInvoice {
	return listedInvoice{id: v.ID, orderID: v.OrderID, currency: v.Currency, status: v.Status, price: v.Price,
		refunds: len(v.RefundInfo) > 0 || len(v.RefundAddresses) > 0 || v.RefundAddressRequestPending}
}

func (r *reconciliation) run(ctx context.Context) error {
	if err := r.list(ctx); err != nil {
		return err
	}
	var errs []error
	for ids := range slices.Chunk(r.order, reconcilePage) {
		errs = append(errs, r.compare(ctx, ids))
	}
	errs = append(errs, r.compareOurs(ctx))
	balances, err := r.cfg.BitPay.Client.Ledgers(ctx)
	r.heard(ctx, err)
	lines, compared, unread := r.readLedgers(ctx, balances, r.report.From, r.report.To)
	odd, unbooked := r.bookFees(ctx, lines)
	errs = append(errs, err, unread, odd, unbooked, r.followLines(ctx, lines))
	if err == nil || partly(err) {
		errs = append(errs, r.receivables(ctx, lines, compared, err == nil && len(compared) == len(balances)))
	}
	return errors.Join(append(append(errs, r.unread...), ctx.Err())...)
}

// list reads BitPay's list. A page may be shorter than asked for because BitPay caps
// it, so the end is a page that tells nothing new. What of it cannot be read is named by
// the run's error.
func (r *reconciliation) list(ctx context.Context) error {
	return r.pages(func(offset int) (length int, ids []string, err error) {
		page, err := r.cfg.BitPay.Client.Invoices(ctx, bitpay.InvoiceQuery{
			From: r.report.From, To: r.report.To, Limit: reconcilePage, Offset: offset})
		r.heard(ctx, err)
		for _, v := range page {
			ids = append(ids, v.ID)
			if _, known := r.listed[v.ID]; !known {
				r.order = append(r.order, v.ID)
				r.listed[v.ID] = listing(v)
			}
		}
		r.report.Compared = len(r.order)
		return len(page), ids, err
	})
}

// pages reads a list page by page, until one tells no id that is new.
func (r *reconciliation) pages(read func(offset int) (length int, ids []string, err error)) error {
	seen := map[string]bool{"": true}
	for offset := 0; ; {
		length, ids, err := read(offset)
		var partial *bitpay.ElementsError
		switch {
		case errors.As(err, &partial):
			length = partial.Total
			for _, x := range partial.Unreadable {
				ids = append(ids, x.ID)
			}
		case err != nil:
			return err
		}
		fresh, unnamed := false, false
		for _, id := range ids {
			fresh, unnamed = fresh || !seen[id], unnamed || id == ""
			seen[id] = true
		}
		if partial != nil && (fresh || unnamed || offset == 0) {
			r.unread = append(r.unread, err)
		}
		if !fresh {
			return nil
		}
		offset += length
	}
}

// compare compares some of BitPay's invoices with our rows.
func (r *reconciliation) compare(ctx context.Context, ids []string) error {
	known, named := map[string]HostedInvoice{}, map[string]HostedInvoice{}
	err := r.view(ctx, func(tx Tx) error {
		if err := r.addByRemote(ctx, tx, ids, known); err != nil {
			return err
		}
		var orders []string
		for _, id := range ids {
			if order := r.listed[id].orderID; ourID.MatchString(order) {
				orders = append(orders, order)
			}
		}
		if len(orders) == 0 {
			return nil
		}
		rows, err := tx.Hosted(ctx, HostedQuery{IDs: orders})
		for _, h := range rows {
			if h.Environment == r.report.Environment {
				named[h.ID] = h
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range ids {
		v := r.listed[id]
		h, ok := known[id]
		if !ok {
			h, ok = named[v.orderID]
		}
		if !ok {
			r.report.differ(DifferenceForeign, "", id, fmt.Sprintf("BitPay's invoice %s has order id %.40q, which is none of ours; nothing of it is booked", id, v.orderID))
			continue
		}
		errs = append(errs, r.compareOne(ctx, h, v))
	}
	return errors.Join(errs...)
}

// compareOne brings a row to what BitPay lists, if it differs, and says what differed.
func (r *reconciliation) compareOne(ctx context.Context, h HostedInvoice, v listedInvoice) error {
	class, was := DifferenceTiming, h.State
	switch price, err := v.price.Amount(h.Price.Asset()); {
	case h.RemoteID != "" && h.RemoteID != v.id:
		r.report.differ(DifferenceForeign, h.ID, v.id, fmt.Sprintf("BitPay's invoice %s has our order id, and ours is %s there; nothing of it is booked", v.id, h.RemoteID))
		return nil
	case err != nil || v.currency != string(h.Price.Asset().Coin) || !price.Equal(h.Price):
		r.report.differ(DifferenceAmount, h.ID, v.id, fmt.Sprintf("the price is %s %s at BitPay and %s here; nothing of it is booked", v.price, v.currency, h.Price))
		return nil
	case h.RemoteID == "":
		class = DifferenceMissingHere
	case string(h.State) == string(v.status):
		return r.compareRefunds(ctx, h, v)
	}
	h, err := r.RefreshHosted(ctx, h.ID)
	switch {
	case err != nil && !partly(err):
		return err
	case h.RemoteID != v.id:
		r.report.differ(class, h.ID, v.id, fmt.Sprintf("BitPay has %s, which could not be attached: %s", v.id, cmp.Or(h.Problem, "asked again later")))
	case h.State == was && h.Problem != "":
		r.report.differ(DifferenceStatus, h.ID, v.id, fmt.Sprintf("BitPay says %s and the books %s: %s", v.status, h.State, h.Problem))
	case h.State == was && string(h.State) != string(v.status):
		r.report.differ(DifferenceStatus, h.ID, v.id, fmt.Sprintf("BitPay lists %s and the books say %s, which stands", v.status, h.State))
	default:
		r.report.differ(class, h.ID, v.id, fmt.Sprintf("BitPay said %s and the books %s; they say %s now", v.status, was, h.State))
	}
	if err != nil {
		return err // of its refunds, those that can be read are applied
	}
	return r.compareRefunds(ctx, h, v)
}

// compareRefunds follows refunds that the list shows, or that have not ended.
func (r *reconciliation) compareRefunds(ctx context.Context, h HostedInvoice, v listedInvoice) error {
	if h.RemoteID != v.id || !v.refunds && !h.refundsOpen() {
		return nil
	}
	return r.followAndTell(ctx, h)
}

// followAndTell follows a row's refunds, once, and reports what that changed.
func (r *reconciliation) followAndTell(ctx context.Context, h HostedInvoice) error {
	if r.asked[h.ID] {
		return nil
	}
	r.asked[h.ID] = true
	now, changed, err := r.followRefunds(ctx, h)
	if err != nil && !partly(err) {
		return err
	}
	if changed {
		r.report.differ(DifferenceTiming, h.ID, h.RemoteID, "refunds at BitPay were not in the books as they stand; they are now")
	}
	for _, f := range now.Refunds {
		if f.Problem != "" {
			what := "is not booked"
			if f.Reserved {
				what = "is booked, and not all of BitPay's answer"
			}
			r.report.differ(DifferenceAmount, h.ID, h.RemoteID, fmt.Sprintf("refund %s of %s %s: %s", f.ID, f.Amount, what, f.Problem))
		}
	}
	return err
}

// followLines follows the refunds of our invoices in BitPay's ledger.
func (r *reconciliation) followLines(ctx context.Context, lines []ledgerLine) error {
	refunds := slices.DeleteFunc(slices.Clone(lines), func(l ledgerLine) bool { return l.Code != codeRefund && l.Code != codeImmediateRefund })
	rows, err := r.hostedByRemote(ctx, refunds)
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range remoteIDs(refunds) {
		if h, ours := rows[id]; ours {
			errs = append(errs, r.followAndTell(ctx, h))
		}
	}
	return errors.Join(errs...)
}
