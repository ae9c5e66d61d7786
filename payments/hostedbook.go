package payments

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/ledger"
)

// bitpayBooks is BitPay's name in the books.
const bitpayBooks = "bitpay"

// hostedCreditKey is the natural key of the credit that stands, or last stood.
func hostedCreditKey(h *HostedInvoice) string {
	return fmt.Sprintf("hosted/%s/%d", h.ID, h.Incarnation)
}

// earned reports whether the state is what a credit waits for.
func (p *Processor) earned(s HostedState) bool {
	if p.cfg.BitPay == nil { // a release after BitPay was taken out of the configuration
		return s == HostedComplete
	}
	return s == HostedComplete || s == HostedConfirmed && p.cfg.BitPay.Speed == bitpay.Medium
}

// lost reports whether a credit cannot stand in the state.
func (s HostedState) lost() bool {
	return s == HostedDeclined || s == HostedInvalid || s == HostedExpired
}

// bookHosted brings the books to the row's state: a credit of exactly the price,
// whatever was overpaid, or the reversal of the one that stands. A reversal is a fact
// and waits for nobody.
func bookHosted(ctx context.Context, tx Tx, h *HostedInvoice, earned, withheld bool, out *outcome) error {
	stands := h.Credited.Sign() > 0
	switch {
	case stands && h.State.lost():
		if _, err := reverseEntries(ctx, tx, []string{hostedCreditKey(h)}, out.now); err != nil {
			return err
		}
		h.Credited, h.CreditedAt = h.Price.Asset().Currency().Cents(0), time.Time{}
		out.hostedMoney(EventHostedReversed, h)
	case !stands && earned && h.Hold == "" && withheld:
		h.Hold = HoldHost
		out.hosted(EventHostedHeld, h)
	case !stands && earned && h.Hold == "":
		h.Incarnation++
		e := ledger.Entry{
			Key: hostedCreditKey(h), Kind: ledger.KindHosted, Reference: h.RemoteID, At: out.now,
			Postings: []ledger.Posting{{From: ledger.Receivable(bitpayBooks), To: h.Account.Ledger(), Amount: h.Price}},
		}
		if err := e.Validate(); err != nil {
			return err
		}
		if _, err := tx.InsertEntries(ctx, []ledger.Entry{e}); err != nil {
			return err
		}
		h.Credited, h.CreditedAt = h.Price, out.now
		out.hostedMoney(EventHostedCredited, h)
	}
	return nil
}
