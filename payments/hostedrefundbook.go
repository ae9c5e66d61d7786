package payments

import (
	"context"
	"fmt"
	"slices"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/ledger"
)

// applyRefunds brings a hosted invoice's refunds to what BitPay says of them, and
// books what follows. The caller saves h and publishes out. What is booked is a fact:
// BitPay has made the refund whether the balance allows it or not, so an account may
// go below zero by it.
//
// A reservation moves the amount from the account to RefundPayable; the payout moves
// it on to Receivable, with the fee the host pays; a refund that fails or is cancelled
// is taken back by the opposite entry. Each entry has a key of the refund, so a list
// read twice, or by two processes, books once.
func (p *Processor) applyRefunds(ctx context.Context, tx Tx, h *HostedInvoice, found []bitpay.Refund, out *outcome) error {
	for _, v := range inBookingOrder(found) {
		s := h.refundStep(v)
		if s.ignore {
			continue
		}
		if err := bookRefundStep(ctx, tx, h, s, out); err != nil {
			return err
		}
		h.setRefund(s.now)
		if s.now.Problem != "" && s.now.Problem != s.was.Problem {
			p.cfg.Log.Warn("a refund at BitPay, or a part of it, is not booked", "hosted", h.ID, "refund", s.now.ID, "problem", s.now.Problem)
			out.hosted(EventHostedMismatch, h)
		}
	}
	return nil
}

// followRefunds asks BitPay for the refunds of a hosted invoice and books what
// follows; changed says whether anything did. Beside an error that names what of the
// list cannot be read, the rest is booked.
func (p *Processor) followRefunds(ctx context.Context, h HostedInvoice) (now HostedInvoice, changed bool, err error) {
	c := p.cfg.BitPay.Client
	if len(p.cfg.BitPay.Former) > 0 {
		if _, c, err = p.fetchHosted(ctx, h); err != nil {
			return h, false, err
		}
	}
	found, err := c.Refunds(ctx, h.RemoteID)
	p.heardOf(ctx, c, err)
	if err != nil && !partly(err) {
		return h, false, err
	}
	unread := err
	err = p.view(ctx, func(tx Tx) error {
		rows, err := tx.Hosted(ctx, HostedQuery{IDs: []string{h.ID}})
		if err == nil && len(rows) == 1 {
			h, changed = rows[0], rows[0].refundsDiffer(found)
		}
		return err
	})
	switch {
	case err != nil: // alone: beside unread it would pass for a list that was booked
		return h, false, err
	case !changed:
		return h, false, unread
	}
	now, err = p.commitHosted(ctx, h.ID, hostedChange{
		row: func(*HostedInvoice, *outcome) error { return nil },
		after: func(tx Tx, h *HostedInvoice, out *outcome) error {
			return p.applyRefunds(ctx, tx, h, found, out)
		},
	})
	if err != nil {
		return now, false, err
	}
	return now, true, unread
}

// refundsDiffer reports whether an answer would change a row: what would not is not
// committed.
func (h HostedInvoice) refundsDiffer(found []bitpay.Refund) bool {
	before := h.Refunds
	h.Refunds = slices.Clone(before)
	for _, v := range inBookingOrder(found) {
		if s := h.refundStep(v); !s.ignore {
			h.setRefund(s.now)
		}
	}
	return !slices.EqualFunc(before, h.Refunds, func(a, b HostedRefund) bool {
		same := a.Amount.Equal(b.Amount) && a.Fee.Equal(b.Fee) && a.RequestedAt.Equal(b.RequestedAt)
		a.Amount, a.Fee, a.RequestedAt = b.Amount, b.Fee, b.RequestedAt
		return same && a == b
	})
}

// bookRefundStep books a step and tells it, each event with the row as it is then.
func bookRefundStep(ctx context.Context, tx Tx, h *HostedInvoice, s refundStep, out *outcome) error {
	if s.release {
		if _, err := reverseEntries(ctx, tx, []string{refundKey(h, s.was)}, out.now); err != nil {
			return err
		}
		h.setRefund(s.now)
		out.hostedMoney(EventHostedRefundFailed, h)
	}
	if s.reserve {
		e := ledger.Entry{Key: refundKey(h, s.now), Kind: ledger.KindRefund, Reference: h.RemoteID, At: out.now,
			Postings: []ledger.Posting{{From: h.Account.Ledger(), To: ledger.RefundPayable(bitpayBooks), Amount: s.now.Amount}}}
		if err := bookOne(ctx, tx, e); err != nil {
			return err
		}
		reserved := s.now
		reserved.Paid = false
		h.setRefund(reserved)
		out.hostedMoney(EventHostedRefundReserved, h)
	}
	if s.pay {
		e := ledger.Entry{Key: refundKey(h, s.now) + "/paid", Kind: ledger.KindRefundPaid, Reference: h.RemoteID, At: out.now,
			Postings: []ledger.Posting{{From: ledger.RefundPayable(bitpayBooks), To: ledger.Receivable(bitpayBooks), Amount: s.now.Amount}}}
		if s.now.Fee.Sign() > 0 {
			e.Postings = append(e.Postings, ledger.Posting{From: ledger.ProviderFee(bitpayBooks), To: ledger.Receivable(bitpayBooks), Amount: s.now.Fee})
		}
		if err := bookOne(ctx, tx, e); err != nil {
			return err
		}
		h.setRefund(s.now)
		out.hosted(EventHostedRefundPaid, h)
	}
	return nil
}

// refundKey is the natural key of the reservation that stands, or last stood.
func refundKey(h *HostedInvoice, r HostedRefund) string {
	return fmt.Sprintf("hosted/%s/refund/%s/%d", h.ID, r.ID, r.Incarnation)
}

func bookOne(ctx context.Context, tx Tx, e ledger.Entry) error {
	if err := e.Validate(); err != nil {
		return err
	}
	_, err := tx.InsertEntries(ctx, []ledger.Entry{e})
	return err
}
