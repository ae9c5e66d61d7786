package main

import (
	"cmp"
	"strings"
	"time"

	"github.com/cointill/cointill/payments"
)

// hostedView is one payment at BitPay as a customer sees it.
type hostedView struct {
	Href, Account  string
	Price          string
	Pill, PillKind string
	Title          string
	Text           string // what happens, when all is as it should be
	Sentence, Next string // what happened and what to do, when it is not
	Steps          []stepView
	PayURL         string // BitPay's page, while it takes a payment
	Credited       bool
	CreditedAt     string
	Ended          bool   // nothing of it will be credited
	Unasked        bool   // BitPay could not be asked just now
	How            string // in the list of what is under way
	Coins          string
	Reference      string // BitPay's, else ours
	ReferenceShort string
	Refunds        []refundView
}

// refundView is one refund that BitPay pays.
type refundView struct{ Amount, State string }

// hostedOpen says that a payment at BitPay still needs somebody's attention.
func hostedOpen(h payments.HostedInvoice) bool {
	switch h.State {
	case payments.HostedComplete:
		return h.Credited.IsZero() || h.Hold != ""
	case payments.HostedExpired, payments.HostedDeclined, payments.HostedFailed:
		return h.Hold != ""
	}
	return true
}

func (s *portal) hostedView(h payments.HostedInvoice) hostedView {
	v := hostedView{Href: hostedHref(h.ID), Price: fiat(h.Price), PayURL: h.URL, Credited: !h.Credited.IsZero(),
		Reference: cmp.Or(h.RemoteID, h.ID)}
	if a, err := accountNamed(h.Account.Name); err == nil {
		v.Account = a.Title
	}
	v.ReferenceShort = short(v.Reference)
	if h.Coin != "" && h.CoinAmount != "" {
		v.Coins = grouped(h.CoinAmount) + thin + h.Coin
	}
	if v.Credited {
		v.CreditedAt = dayText(h.CreditedAt) + ", " + clockText(h.CreditedAt)
	}
	for _, r := range h.Refunds {
		switch {
		case r.Paid:
			v.Refunds = append(v.Refunds, refundView{fiat(r.Amount), "paid out"})
		case r.Reserved:
			v.Refunds = append(v.Refunds, refundView{fiat(r.Amount), "on its way"})
		}
	}
	if h.State != payments.HostedNew {
		v.PayURL = ""
	}
	s.hostedStanding(h, &v)
	v.Title = cmp.Or(v.Title, v.Price+" by BitPay")
	return v
}

// hostedStanding says in words where a payment at BitPay stands.
func (s *portal) hostedStanding(h payments.HostedInvoice, v *hostedView) {
	until := h.ExpiresAt.UTC().Format("15:04") + " UTC"
	v.Steps = hostedSteps(h)
	switch {
	case h.Hold != "":
		v.odd("Under review", "Your payment is known and safe.", "Someone looks at it before your balance changes. You need not pay again.")
	case v.Credited:
		v.Pill, v.PillKind, v.Title = "Credited", "good", v.Price+" credited"
	case h.Problem != "":
		v.odd("Under review", "What BitPay says about this payment does not fit it.", "Someone looks at it. You need not pay again.")
	case h.State == payments.HostedOpening:
		v.Pill, v.PillKind, v.Title = "One moment", "accent", "Preparing your payment"
		v.How = "BitPay is being asked"
		v.Text = "BitPay has not answered yet. The way to its page appears here as soon as it has."
	case h.State == payments.HostedNew && h.Exception == "paidPartial":
		v.odd("Partly paid", "A part of your payment has arrived.", "Pay the rest on BitPay's page before "+until+"; otherwise BitPay returns what you paid.")
	case h.State == payments.HostedNew:
		v.Pill, v.Title = "Waiting for payment", "Pay "+v.Price
		v.How = "pay until " + until
		v.Text = "BitPay's page takes your payment until " + until + ", at a guaranteed rate."
	case h.State == payments.HostedPaid:
		v.Pill, v.PillKind, v.Title = "Confirming", "accent", v.Price+" received"
		v.How = "usually " + about(s.world.bitpayTime())
		v.Text = "Your payment arrived and awaits confirmation by its network. It is usually credited after " + about(s.world.bitpayTime()) + ". You may close this page."
	case h.State == payments.HostedConfirmed, h.State == payments.HostedComplete:
		v.Pill, v.PillKind, v.Title = "Confirmed", "accent", v.Price+" received"
		v.How = "credited shortly"
		v.Text = "Your payment is confirmed and will be credited shortly. You may close this page."
	case h.State == payments.HostedInvalid:
		v.odd("Not confirmed yet", "Your payment was not confirmed within an hour.",
			"You need not pay again: it is credited once it is confirmed. If it takes long, give support the reference below.")
	default:
		v.ended(h)
	}
	if h.Exception == "paidOver" && v.Sentence == "" {
		v.Sentence, v.Next = "You paid more than the price.", "BitPay returns the rest to you."
	}
}

func (v *hostedView) odd(pill, sentence, next string) {
	v.Pill, v.PillKind, v.Sentence, v.Next = pill, "warn", sentence, next
}

// ended says why nothing is credited, and what to do.
func (v *hostedView) ended(h payments.HostedInvoice) {
	v.Ended, v.Steps = true, nil
	switch h.State {
	case payments.HostedDeclined:
		v.odd("Declined", "BitPay did not accept this payment.", "BitPay writes to you about returning your coins. Top up another way, or give support the reference below.")
	case payments.HostedFailed:
		v.odd("Not opened", "BitPay could not open this payment, so nothing was paid.", "Try again, or pay with coins directly.")
	default:
		v.odd("Expired", "The time to pay is over and nothing was credited.", "Choose an amount again. If you did send coins, BitPay returns them to you.")
		if h.Exception == "paidPartial" {
			v.Sentence, v.Next = "The time ended before the whole amount had arrived.", "BitPay returns what you paid. Choose an amount again to top up."
		}
	}
	if h.Incarnation > 0 {
		v.Sentence += " Its credit of " + v.Price + " was taken back."
	}
}

// hostedSteps are the four stations of a payment at BitPay.
func hostedSteps(h payments.HostedInvoice) []stepView {
	reached := 1
	switch h.State {
	case payments.HostedPaid, payments.HostedInvalid:
		reached = 2
	case payments.HostedConfirmed, payments.HostedComplete:
		reached = 3
	}
	if !h.Credited.IsZero() {
		reached = 4
	}
	return stations(reached, "Chosen", "Paid", "Confirmed", "Credited")
}

// bitpayTime is how long BitPay usually takes from a payment to its credit: six blocks.
func (w *world) bitpayTime() time.Duration {
	if w.simulated() && w.block > 0 {
		return confirmations * w.block
	}
	return time.Hour
}

// hostedOf returns the payment at BitPay that a ledger entry is about; empty: none.
func hostedOf(entry string) string {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(entry, "reversal/"), "hosted/")
	if !ok {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	return id
}
