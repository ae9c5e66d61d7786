package main

import (
	"crypto/rand"
	"net/http"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments"
)

// bitpayStrip is what the simulated BitPay can do with the payment in the panel.
type bitpayStrip struct {
	Invoice, Dashboard string
	Acts               []bitpayAct
}

type bitpayAct struct{ Do, Label string }

// refundCents is what the button of the strip refunds.
const refundCents = 500

// bitpayStrip offers only what fits the state that is shown.
func (s *portal) bitpayStrip(h payments.HostedInvoice) *bitpayStrip {
	out := &bitpayStrip{Invoice: h.RemoteID, Dashboard: s.world.bitpay.url + "/dashboard/merchant/api-tokens"}
	switch h.State {
	case payments.HostedNew:
		out.Acts = []bitpayAct{{"pay", "Pay exactly"}, {"expire", "Let it expire"}}
	case payments.HostedPaid, payments.HostedConfirmed:
		out.Acts = []bitpayAct{{"confirm", "Confirm 6 blocks"}, {"decline", "Decline"}}
	case payments.HostedInvalid:
		out.Acts = []bitpayAct{{"confirm", "Confirm 6 blocks"}}
	case payments.HostedComplete:
		out.Acts = []bitpayAct{{"refund", "Refund " + fiat(currency.Cents(refundCents))}}
		if s.world.bitpay.pending(h.RemoteID) != "" {
			out.Acts = []bitpayAct{{"payout", "Pay the refund out"}}
		}
	}
	return out
}

// simulateBitPay does what a button of the strip says.
func (s *portal) simulateBitPay(r *http.Request) error {
	sim, id := s.world.bitpay, r.FormValue("invoice")
	if sim == nil {
		return errNoPage
	}
	switch r.FormValue("do") {
	case "pay":
		return sim.PayExact(id, "")
	case "expire":
		return sim.Expire(id)
	case "confirm":
		return sim.Confirm(id, confirmations)
	case "decline":
		return sim.Decline(id)
	case "refund":
		return sim.refund(r.Context(), s.world.bitpayClient, id, bitpay.NumberOf(currency.Cents(refundCents)), rand.Text())
	case "payout":
		return sim.PayOutRefund(sim.pending(id))
	}
	return errNoPage
}
