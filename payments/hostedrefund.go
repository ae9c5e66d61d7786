package payments

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments/money"
)

// refundStep is what an answer about one refund changes: the refund as it then is,
// and what is booked, in the order of the fields.
type refundStep struct {
	was, now HostedRefund
	// ignore says that nothing changes.
	ignore bool
	// release takes the reservation back, reserve makes one, pay books the payout.
	release, reserve, pay bool
}

// refundStep judges BitPay's answer about one refund by what is on record. It
// believes the furthest that was ever said: created, pending, then an end. A list
// that is older than the row changes nothing; a success is believed after every
// other end, because BitPay has paid, and no end after a success.
func (h *HostedInvoice) refundStep(v bitpay.Refund) refundStep {
	id := v.ID
	if !plainID(id) {
		id = fmt.Sprintf("%.40q", id)
	}
	old := h.refundByID(id)
	s := refundStep{was: old, now: old}
	to, from := refundRank(v.Status), refundRank(bitpay.RefundStatus(old.Status))
	switch {
	case v.Status == bitpay.RefundPreview:
		s.ignore = true
		return s
	case to == 0:
		s.now.Status = fmt.Sprintf("%.40s", v.Status)
		return s.odd("status %.40q is unknown", v.Status)
	case id != v.ID:
		s.now.Status = string(v.Status)
		return s.odd("the id is not one of BitPay's")
	case to < from:
		s.ignore = true
		return s
	case bitpay.RefundStatus(old.Status) == bitpay.RefundSuccess && v.Status != bitpay.RefundSuccess:
		return s.odd("%s after success", v.Status)
	}
	s.now.Status = string(v.Status)
	amount, fee, reason, unpriced := h.refundTerms(v)
	if reason == "" && old.Reserved && !amount.Equal(old.Amount) {
		reason = fmt.Sprintf("the amount was %s and is %s", old.Amount, amount)
	}
	if reason == "" && v.Type != "" && old.Reserved && !bookedRefund(v.Type) {
		reason = fmt.Sprintf("the type was %.40q and is %.40q", old.Type, v.Type)
	}
	if reason != "" {
		return s.odd("%s", reason)
	}
	s.now.Type, s.now.Amount = cmp.Or(v.Type, old.Type), amount
	if s.now.RequestedAt = old.RequestedAt; !v.RequestDate.IsZero() {
		s.now.RequestedAt = v.RequestDate.UTC().Truncate(time.Millisecond) // as stores keep it
	}
	s.now.Problem = unpriced
	switch {
	case !old.Paid:
		s.now.Fee = fee
	case unpriced == "" && !fee.Equal(old.Fee):
		s.now.Problem = fmt.Sprintf("the fee was booked as %s and is %s", old.Fee, fee)
	}
	return h.bookRefund(s)
}

// bookRefund adds to a step what its refund's status and type ask the books for.
func (h *HostedInvoice) bookRefund(s refundStep) refundStep {
	status := bitpay.RefundStatus(s.now.Status)
	switch {
	case s.now.Type == "" && h.Exception != "" && !s.now.Reserved:
		return s.odd("it has no type, and the invoice is %.40s: BitPay's own refund of that is never booked", h.Exception)
	case !bookedRefund(s.now.Type), s.now.Paid:
		return s
	case status == bitpay.RefundFailure || status == bitpay.RefundCanceled:
		s.release, s.now.Reserved = s.now.Reserved, false
		return s
	}
	if !s.now.Reserved {
		switch {
		case h.Credited.Sign() <= 0 && h.Hold != "":
			return s // the credit waits for an operator, and this for the credit
		case h.Credited.Sign() <= 0:
			return s.odd("no credit stands that it could be taken from")
		case exceeds(s.now.Amount, h.refundable(s.now.ID)):
			return s.odd("%s and the other refunds exceed the price, %s", s.now.Amount, h.Price)
		}
		s.reserve, s.now.Reserved = true, true
		s.now.Incarnation++
	}
	if status == bitpay.RefundSuccess {
		s.pay, s.now.Paid = true, true
	}
	return s
}

// odd is a step that books nothing and says why. A refund that is booked stays as it
// is.
func (s refundStep) odd(format string, args ...any) refundStep {
	problem := fmt.Sprintf(format, args...)
	if s.was.Reserved {
		s.now = s.was
	}
	s.release, s.reserve, s.pay = false, false, false
	s.now.Problem = problem
	return s
}

// refundTerms reads what a refund takes from the account and what the host pays for
// it, in the price's currency; reason says why it cannot be booked, unpriced why its fee
// alone cannot: the customer's money is not kept from its account by a fraction of a cent
// that is the host's.
func (h *HostedInvoice) refundTerms(v bitpay.Refund) (amount, fee money.Amount, reason, unpriced string) {
	asset := h.Price.Asset()
	zero := money.Units(asset, 0)
	if v.Currency != "" && v.Currency != string(asset.Coin) {
		return zero, zero, fmt.Sprintf("the currency is %.20s, the invoice's is %s", v.Currency, asset.Coin), ""
	}
	amount, err := v.Amount.Amount(asset)
	if err != nil || amount.Sign() <= 0 {
		return zero, zero, fmt.Sprintf("the amount %.50s is not one of %s", v.Amount, asset), ""
	}
	if v.BuyerPaysRefundFee || v.RefundFee.Sign() == 0 {
		return amount, zero, "", ""
	}
	if v.RefundFee.Sign() < 0 {
		return zero, zero, fmt.Sprintf("the fee %.50s is negative", v.RefundFee), ""
	}
	if fee, err = v.RefundFee.Amount(asset); err != nil {
		return amount, zero, "", fmt.Sprintf("the fee %.50s is not one of %s: it is not booked, the refund is", v.RefundFee, asset)
	}
	return amount, fee, "", ""
}

// refundable is what no other refund has reserved of the price.
func (h *HostedInvoice) refundable(except string) money.Amount {
	left := h.Price
	for _, r := range h.Refunds {
		if r.Reserved && r.ID != except {
			left, _ = left.Sub(r.Amount) // of one currency: cannot fail
		}
	}
	return left
}

// refundsOpen reports whether BitPay is to be asked about refunds again: one that
// is booked, or would be, has not come to its end.
func (h *HostedInvoice) refundsOpen() bool {
	return slices.ContainsFunc(h.Refunds, func(r HostedRefund) bool {
		ended := bitpay.RefundStatus(r.Status).Final()
		waits := bitpay.RefundStatus(r.Status) == bitpay.RefundSuccess && !r.Paid && r.Problem == ""
		return bookedRefund(r.Type) && (!ended || waits)
	})
}

// refundByID returns a refund on record, or a new one.
func (h *HostedInvoice) refundByID(id string) HostedRefund {
	for _, r := range h.Refunds {
		if r.ID == id {
			return r
		}
	}
	zero := money.Units(h.Price.Asset(), 0)
	return HostedRefund{ID: id, Amount: zero, Fee: zero}
}

// setRefund puts a refund where its id belongs.
func (h *HostedInvoice) setRefund(r HostedRefund) {
	i, found := slices.BinarySearchFunc(h.Refunds, r.ID, func(x HostedRefund, id string) int { return strings.Compare(x.ID, id) })
	if found {
		h.Refunds[i] = r
		return
	}
	h.Refunds = slices.Insert(h.Refunds, i, r)
}

// bookedRefund reports whether refunds of a type are the account's business. The
// others are of money that was never credited, or whose credit is reversed.
func bookedRefund(kind string) bool {
	return kind != "underpayment" && kind != "overpayment" && kind != "declined"
}

// refundRank orders the statuses in time; 0 is none.
func refundRank(s bitpay.RefundStatus) int {
	switch s {
	case bitpay.RefundCreated:
		return 1
	case bitpay.RefundPending:
		return 2
	case bitpay.RefundSuccess, bitpay.RefundFailure, bitpay.RefundCanceled:
		return 3
	}
	return 0
}

// inBookingOrder sorts answers so that what frees a price comes before what uses
// it, and what is paid before what is asked for: no order of a list changes the
// books.
func inBookingOrder(found []bitpay.Refund) []bitpay.Refund {
	order := func(v bitpay.Refund) int {
		switch v.Status {
		case bitpay.RefundFailure, bitpay.RefundCanceled:
			return 0
		case bitpay.RefundSuccess:
			return 1
		}
		return 2
	}
	sorted := slices.Clone(found)
	slices.SortStableFunc(sorted, func(a, b bitpay.Refund) int {
		if d := order(a) - order(b); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	return sorted
}

// plainID refuses an id of BitPay's that could spell another key of the books.
func plainID(id string) bool {
	return len(id) >= 1 && len(id) <= 100 && !strings.ContainsFunc(id, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.:-", r))
	})
}

// exceeds reports whether x is more than limit, of one asset.
func exceeds(x, limit money.Amount) bool {
	order, err := x.Cmp(limit)
	return err != nil || order > 0
}
