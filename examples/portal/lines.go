package main

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

// underWay fills in the payments of all accounts that need attention, newest first,
// and keeps the selected account's for the statement.
func (s *portal) underWay(r *http.Request, v *pageView) error {
	v.byTx, v.byHosted = map[string]payments.DepositView{}, map[string]payments.HostedInvoice{}
	for _, a := range accounts {
		all, err := s.deposits(r, a)
		if err != nil {
			return err
		}
		for _, d := range all {
			if a == v.Account {
				v.byTx[d.TxID.String()] = d
			}
			if !settled(d) {
				v.UnderWay = append(v.UnderWay, depositRow(s.depositView(r.Context(), d), d.SeenAt))
			}
		}
		hosted, err := s.hosted(r.Context(), a)
		if err != nil {
			return err
		}
		for _, h := range hosted {
			if a == v.Account {
				v.byHosted[h.ID] = h
			}
			if hostedOpen(h) {
				v.UnderWay = append(v.UnderWay, hostedRow(s.hostedView(h), h.CreatedAt))
			}
		}
	}
	slices.SortStableFunc(v.UnderWay, func(a, b rowView) int { return b.at.Compare(a.at) })
	return nil
}

func depositRow(d depositView, at time.Time) rowView {
	row := rowView{Href: d.Href, Glyph: d.Glyph, What: d.Coin, Account: d.Account, Value: d.Value,
		Pill: d.Pill, PillKind: d.PillKind, How: d.Headline, at: at}
	if d.Wrong {
		row.How = "see what happens next"
	}
	return row
}

func hostedRow(h hostedView, at time.Time) rowView {
	row := rowView{Href: h.Href, Glyph: "bitpay", What: h.Price, Account: h.Account, Value: "by BitPay",
		Pill: h.Pill, PillKind: h.PillKind, How: cmp.Or(h.How, "see what happens next"), at: at}
	return row
}

// settled says that a deposit needs nobody's attention any more.
func settled(d payments.DepositView) bool {
	return d.State == payments.StateCredited || d.State == payments.StateFinal
}

// line makes a line of the statement.
func (v *pageView) line(l payments.Line) lineView {
	out := lineView{
		Day: dayText(l.At), Clock: l.At.UTC().Format("15:04"), At: l.At.UTC().Format(time.RFC3339),
		Kind: "Top-up", Method: "Crypto direct", Reference: short(l.Reference), TxID: l.Reference,
		Coin: coinText(l.Coin), Amount: signed(l.Amount), Balance: fiat(l.Balance),
		BalanceBad: l.Balance.Sign() < 0,
	}
	switch l.Kind {
	case ledger.KindReversal:
		out.Kind, out.Reversal, out.Minus = "Reversed", true, l.Amount.Sign() < 0
	case ledger.KindRefund:
		out.Kind = "Refund"
	}
	if id := hostedOf(l.Entry); id != "" {
		out.Method, out.Href = "BitPay", hostedHref(id)
		if h := v.byHosted[id]; l.Kind == ledger.KindHosted && h.Coin != "" {
			out.Coin = grouped(h.CoinAmount) + thin + h.Coin
		}
	}
	if d, ok := v.byTx[l.Reference]; ok {
		out.Href = depositHref(d.Key)
		if d.Valued() {
			out.Rate = "1" + thin + string(d.Amount.Asset().Coin) + " = " + price(d.Rate)
		}
	}
	return out
}
