package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

// feeBatch bounds what one commit books.
const feeBatch = 500

// bookFees books what BitPay kept of our invoices, each line of its ledger once. A
// line that gives a fee back is booked the other way round. odd names those that are in
// the books with another amount: no further reading changes that.
func (p *Processor) bookFees(ctx context.Context, lines []ledgerLine) (odd, err error) {
	fees := slices.DeleteFunc(slices.Clone(lines), func(l ledgerLine) bool {
		return l.Code != codeFee || l.Invoice == "" || l.Value.IsZero()
	})
	var differ, errs []error
	for chunk := range slices.Chunk(fees, feeBatch) {
		fresh, odd, err := p.unbookedFees(ctx, chunk)
		differ, errs = append(differ, odd), append(errs, err)
		if len(fresh) > 0 {
			errs = append(errs, p.update(ctx, func(tx Tx) error { return p.insertFees(ctx, tx, fresh) }))
		}
	}
	return errors.Join(differ...), errors.Join(errs...)
}

// unbookedFees returns the lines of our invoices that are not in the books yet; odd
// names those that are with another amount.
func (p *Processor) unbookedFees(ctx context.Context, lines []ledgerLine) (fresh []ledgerLine, odd, err error) {
	var errs []error
	err = p.view(ctx, func(tx Tx) error {
		fresh, errs = nil, nil
		rows := map[string]HostedInvoice{}
		if err := p.addByRemote(ctx, tx, remoteIDs(lines), rows); err != nil {
			return err
		}
		booked, err := feesOnRecord(ctx, tx, lines)
		if err != nil {
			return err
		}
		for _, l := range lines {
			_, ours := rows[l.Invoice]
			e, done := booked[feeKey(l)]
			switch {
			case !ours:
			case !done:
				fresh = append(fresh, l)
			case !e.Net(ledger.Receivable(bitpayBooks), l.Value.Asset()).Equal(l.Value.Neg()):
				errs = append(errs, fmt.Errorf("fee %s of invoice %s is %s at BitPay and another amount in the books, which stands",
					l.ID, l.Invoice, l.Value))
			}
		}
		return nil
	})
	return fresh, errors.Join(errs...), err
}

func feesOnRecord(ctx context.Context, tx Tx, lines []ledgerLine) (map[string]ledger.Entry, error) {
	keys := make([]string, len(lines))
	for i, l := range lines {
		keys[i] = feeKey(l)
	}
	slices.Sort(keys)
	found, err := tx.EntriesByKey(ctx, slices.Compact(keys))
	booked := make(map[string]ledger.Entry, len(found))
	for _, e := range found {
		booked[e.Key] = e
	}
	return booked, err
}

// insertFees books lines, and adds them to their rows.
func (p *Processor) insertFees(ctx context.Context, tx Tx, lines []ledgerLine) error {
	rows := map[string]HostedInvoice{} // locked
	if err := p.addByRemote(ctx, tx, remoteIDs(lines), rows); err != nil {
		return err
	}
	booked, err := feesOnRecord(ctx, tx, lines)
	if err != nil {
		return err
	}
	changed := map[string]bool{}
	var entries []ledger.Entry
	for _, l := range lines {
		h, ours := rows[l.Invoice]
		if _, done := booked[feeKey(l)]; done || !ours {
			continue
		}
		e := ledger.Entry{Key: feeKey(l), Kind: ledger.KindHostedFee, Reference: h.RemoteID, At: p.now(),
			Postings: []ledger.Posting{{From: ledger.ProviderFee(bitpayBooks), To: ledger.Receivable(bitpayBooks), Amount: l.Value.Neg()}}}
		if l.Value.Sign() > 0 {
			e.Postings[0] = ledger.Posting{From: ledger.Receivable(bitpayBooks), To: ledger.ProviderFee(bitpayBooks), Amount: l.Value}
		}
		if err := e.Validate(); err != nil {
			return err
		}
		booked[e.Key] = e // a line twice in one answer
		entries = append(entries, e)
		if l.Value.Asset() != h.Price.Asset() {
			continue // BitPay settles in another currency: the books say so, the row cannot
		}
		if h.Fee.Asset() != h.Price.Asset() {
			h.Fee = money.Units(h.Price.Asset(), 0)
		}
		if h.Fee, err = h.Fee.Sub(l.Value); err != nil {
			return err
		}
		rows[l.Invoice], changed[l.Invoice] = h, true
	}
	if _, err := tx.InsertEntries(ctx, entries); err != nil {
		return err
	}
	var save []HostedInvoice
	for _, id := range remoteIDs(lines) {
		if changed[id] {
			save = append(save, rows[id])
		}
	}
	return tx.SaveHosted(ctx, save)
}

// feeKey is the natural key of a line: BitPay's id of it.
func feeKey(l ledgerLine) string { return "hosted_fee/" + l.ID }
