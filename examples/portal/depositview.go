package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/rates"
)

// depositView is one deposit as a customer sees it.
type depositView struct {
	Href            string
	Account         string
	Coin, CoinName  string
	Glyph, Network  string
	Pill, PillKind  string // "Confirming", "accent"
	Headline        string // "3 of 6 confirmations"
	Estimate        string // "about 30 min left"
	Sentence, Next  string // what happened and what happens next, when it is out of the ordinary
	Confirmations   uint64
	Required        uint64
	Segments        []bool
	Steps           []stepView
	TxID, TxShort   string
	Explorer        string
	Title           string // "0.0125 BTC received"
	Value, Rate     string
	Rough           bool // Value is of the rate now, not yet fixed
	RateAt, SeenAt  string
	CreditedAt      string
	Credited, Wrong bool
	Evidence        string
	Prices          []priceView
	EvidenceOpen    bool
}

// priceView is one venue's answer behind a rate.
type priceView struct {
	Source, Price string
	// Refused says why it was not counted; empty if it was.
	Refused string
}

// priceViews lists what each venue said when a rate was fixed.
func priceViews(s rates.Snapshot) []priceView {
	var out []priceView
	for _, p := range s.Prices {
		v := priceView{Source: p.Source, Price: "no answer", Refused: p.Rejected}
		switch {
		case p.Bid.Valid() && p.Ask.Valid():
			v.Price = p.Bid.String() + " – " + p.Ask.String()
		case p.Last.Valid():
			v.Price = p.Last.String()
		}
		out = append(out, v)
	}
	return out
}

// stepView is one of the stations of a payment.
type stepView struct {
	Name string
	// State is "done", "now" or "next".
	State string
}

func (s *portal) deposits(r *http.Request, a account) ([]payments.DepositView, error) {
	all, err := s.p.Deposits(r.Context(), a.account(), payments.DepositKey{}, 1_000)
	newestFirst(all)
	return all, err
}

func newestFirst(all []payments.DepositView) {
	slices.SortStableFunc(all, func(a, b payments.DepositView) int { return b.SeenAt.Compare(a.SeenAt) })
}

// waiting reports whether a network has a deposit that needs more blocks.
func (s *portal) waiting(ctx context.Context, network string) bool {
	for _, a := range accounts {
		all, err := s.p.Deposits(ctx, a.account(), payments.DepositKey{}, 1_000)
		if err != nil {
			return false
		}
		for _, d := range all {
			open := d.State == payments.StateSeen || d.State == payments.StateConfirming
			if open && d.Key.Network == network && d.Confirmations < d.Required {
				return true
			}
		}
	}
	return false
}

func depositHref(k payments.DepositKey) string {
	return "/deposit?" + url.Values{"network": {k.Network}, "id": {k.ID}}.Encode()
}

func (s *portal) depositView(ctx context.Context, d payments.DepositView) depositView {
	n, _ := s.networkNamed(d.Key.Network)
	c, _ := coinNamed(string(d.Amount.Asset().Coin))
	v := depositView{
		Href: depositHref(d.Key), Coin: coinText(d.Amount), CoinName: c.Name, Glyph: c.Glyph(), Network: networkTitle(n, d.Amount.Asset().Coin),
		Confirmations: min(d.Confirmations, d.Required), Required: d.Required,
		TxID: d.TxID.String(), TxShort: short(d.TxID.String()), SeenAt: clockText(d.SeenAt),
		Explorer: explorer(n.ID, d.TxID.String()),
	}
	if a, err := accountNamed(d.Owner.Name); err == nil {
		v.Account = a.Title
	}
	for i := range d.Required {
		v.Segments = append(v.Segments, i < v.Confirmations)
	}
	if d.Valued() {
		v.Value = fiat(d.Value)
		v.Rate = "1" + thin + string(d.Amount.Asset().Coin) + " = " + price(d.Rate)
		v.RateAt = dayText(d.ReceivedAt) + ", " + clockText(d.ReceivedAt)
	}
	if now, ok := s.quotes.latest(ctx, c.Code); ok && !d.Valued() {
		if value, err := now.Rate.Value(d.Amount, currency); err == nil {
			v.Value, v.Rough = "≈"+thin+fiat(value), true
		}
	}
	s.standing(d, &v, s.world.blockTime(n))
	return v
}

// standing says in words where a deposit stands.
func (s *portal) standing(d payments.DepositView, v *depositView, block time.Duration) {
	v.Headline = fmt.Sprintf("%d of %d confirmations", v.Confirmations, d.Required)
	v.Title = v.Coin + " received"
	left := about(time.Duration(d.Required-v.Confirmations) * block)
	switch {
	case d.Hold != "":
		v.wrong("Under review", "Your payment arrived and is safe.", "Someone looks at it before it is credited. You need not send anything again.")
	case d.State == payments.StateSeen:
		v.Pill, v.PillKind, v.Headline = "Seen", "accent", "Payment seen"
		v.Title = v.Coin + " on its way"
		v.Estimate = "the first block usually takes " + about(block)
	case d.State == payments.StateConfirming && v.Confirmations < d.Required:
		v.Pill, v.PillKind, v.Estimate = "Confirming", "accent", left+" left"
	case d.State == payments.StateConfirming && !d.Valued():
		v.Pill, v.PillKind = "Waiting for a price", "warn"
		v.Sentence, v.Next = "Your payment is confirmed.", "Prices are unavailable; it is credited at the rate of its receipt as soon as they are back."
	case d.State == payments.StateConfirming:
		v.Pill, v.PillKind, v.Estimate = "Confirming", "accent", "being credited now"
	case d.State == payments.StateGathered:
		v.wrong("Below the minimum", "This payment is below the least that is credited.",
			"It keeps the value of its receipt and is credited together with your next payments.")
	case d.State == payments.StateInternal:
		v.wrong("Moved", "These are our own coins moving to this address.", "Nothing is credited for them.")
	case settled(d):
		v.Pill, v.PillKind, v.Headline, v.Credited = "Credited", "good", "Credited", true
		v.CreditedAt = dayText(d.CreditedAt) + ", " + clockText(d.CreditedAt)
	case d.State == payments.StateReversed:
		v.wrong("Reversed", "The network replaced the block that held this payment, so its credit of "+v.Value+" was taken back.",
			"You need not do anything: once the payment is in a block again and has "+fmt.Sprint(d.Required)+" confirmations, it is credited again at the same rate.")
	case d.State == payments.StateOrphaned:
		v.wrong("Back in the queue", "The network replaced the block that held this payment.", "You need not do anything: it counts again as soon as it is in a block.")
	case d.State == payments.StateReplaced:
		v.wrong("Replaced", "Your wallet replaced this payment by another one.", "Nothing is credited for it; the other one is shown on its own.")
	case d.State == payments.StateDropped:
		v.wrong("Not on the network", "The network no longer holds this payment.", "Your wallet can send it again to the same address.")
	}
	v.Steps = steps(d)
}

func (v *depositView) wrong(pill, sentence, next string) {
	v.Pill, v.PillKind, v.Headline, v.Sentence, v.Next, v.Wrong = pill, "warn", pill, sentence, next, true
}

func steps(d payments.DepositView) []stepView {
	reached := 2 // sent and seen
	switch {
	case settled(d):
		reached = 5
	case d.Included() && d.Confirmations >= d.Required:
		reached = 4
	case d.Included():
		reached = 3
	}
	return stations(reached, "Sent", "Seen", "In a block", "Confirmed", "Credited")
}

// stations says of each name how a payment that passed the first ones stands to it.
func stations(reached int, names ...string) []stepView {
	out := make([]stepView, len(names))
	for i, name := range names {
		switch {
		case i < reached:
			out[i] = stepView{name, "done"}
		case i == reached:
			if name == "Confirmed" {
				name = "Confirming"
			}
			out[i] = stepView{name, "now"}
		default:
			out[i] = stepView{name, "next"}
		}
	}
	return out
}
