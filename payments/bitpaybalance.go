package payments

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

// codeSettlement is BitPay's ledger entry of a settlement.
const codeSettlement = 1006

// receivables sets what the books say BitPay owes beside what BitPay says it holds. A
// currency whose balance cannot be read is left out: nothing is held is another answer.
// all says that no balance is missing.
func (r *reconciliation) receivables(ctx context.Context, lines []ledgerLine, balances []bitpay.Balance, all bool) error {
	owed, err := r.owedByBitPay(ctx)
	if err != nil {
		return err
	}
	held := map[money.Currency]money.Amount{}
	for _, b := range balances {
		currency := money.Currency(b.Currency)
		if !currency.Valid() {
			continue
		}
		amount, err := b.Balance.Amount(currency.Asset())
		if err != nil {
			all = false
			r.unread = append(r.unread, fmt.Errorf("balance of %s is not compared: %w", currency, err))
			continue
		}
		held[currency] = amount
	}
	for currency := range owed {
		if _, ok := held[currency]; !ok && all {
			held[currency] = currency.Cents(0)
		}
	}
	known, err := r.hostedByRemote(ctx, lines)
	if err != nil {
		return err
	}
	settled, err := r.settled(ctx)
	if err != nil {
		return err
	}
	for _, currency := range sortedCurrencies(held) {
		x := BitPayReceivable{Owed: currency.Cents(0), Held: held[currency]}
		if amount, ok := owed[currency]; ok {
			x.Owed = amount
		}
		sums := newExplanations(currency)
		sums.add(explainSettled, settled[currency].Neg())
		sums.ledger(lines, known)
		for what, amounts := range r.oneSided {
			sums.add(what, amounts[currency])
		}
		if x.Unexplained, err = x.Held.Sub(x.Owed); err != nil {
			return err
		}
		for _, what := range explanations {
			if amount := sums.of[what]; !amount.IsZero() {
				x.Explained = append(x.Explained, BitPayExplanation{What: what, Amount: amount})
				x.Unexplained, _ = x.Unexplained.Sub(amount) // of one currency: cannot fail
			}
		}
		r.report.Receivables = append(r.report.Receivables, x)
	}
	return nil
}

// owedByBitPay is the receivable by currency, positive if BitPay owes the host.
func (r *reconciliation) owedByBitPay(ctx context.Context) (owed map[money.Currency]money.Amount, err error) {
	err = r.view(ctx, func(tx Tx) error {
		owed = map[money.Currency]money.Amount{}
		found, err := tx.Balances(ctx, []ledger.Account{ledger.Receivable(bitpayBooks)})
		for _, b := range found {
			if currency := b.Amount.Asset().Currency(); currency.Valid() {
				owed[currency] = b.Amount.Neg()
			}
		}
		return err
	})
	return owed, err
}

// settled sums what BitPay paid out to the host in the days compared.
func (r *reconciliation) settled(ctx context.Context) (map[money.Currency]money.Amount, error) {
	sums := map[money.Currency]money.Amount{money.USD: money.USD.Cents(0), money.EUR: money.EUR.Cents(0)}
	seen := map[string]bool{}
	err := r.pages(func(offset int) (length int, ids []string, err error) {
		page, err := r.cfg.BitPay.Client.Settlements(ctx, bitpay.SettlementQuery{
			From: r.report.From, To: r.report.To, Limit: reconcilePage, Offset: offset})
		r.heard(ctx, err)
		for _, s := range page {
			ids = append(ids, s.ID)
			currency := money.Currency(s.Currency)
			if seen[s.ID] || !currency.Valid() || s.Status == "failed" || s.Status == "rejected" { // the latter of older pages
				continue
			}
			seen[s.ID] = true
			amount, unread := s.TotalAmount.Amount(currency.Asset())
			if unread == nil {
				sums[currency], unread = sums[currency].Add(amount)
			}
			if unread != nil {
				r.unread = append(r.unread, fmt.Errorf("settlement %.40q is not counted: %w", s.ID, unread))
			}
		}
		return len(page), ids, err
	})
	return sums, err
}

// What may lie between the books and BitPay's ledger.
const (
	explainSettled  = "settlements paid out in these days"
	explainForeign  = "invoices that are not ours"
	explainOther    = "other entries of BitPay's ledger in these days, such as deposits"
	explainDeducted = "refunds that BitPay has deducted and not paid out yet"
	explainEarly    = "credited here before BitPay credits it"
	explainHeld     = "credited by BitPay and held here"
	explainSwapped  = "sales and refunds that BitPay settled in another currency than the price: each stands at its own amount"
)

var explanations = []string{explainSettled, explainForeign, explainOther, explainDeducted, explainEarly, explainHeld, explainSwapped}

// explanationSums are the explanations of one currency.
type explanationSums struct {
	asset money.Asset
	of    map[string]money.Amount
}

func newExplanations(c money.Currency) explanationSums {
	s := explanationSums{asset: c.Asset(), of: map[string]money.Amount{}}
	for _, what := range explanations {
		s.of[what] = c.Cents(0)
	}
	return s
}

// add adds an amount if it is of the currency.
func (s explanationSums) add(what string, x money.Amount) {
	if x.Asset() == s.asset {
		s.of[what], _ = s.of[what].Add(x) // of one currency: cannot fail
	}
}

// ledger adds what the lines of BitPay's ledger explain.
func (s explanationSums) ledger(lines []ledgerLine, ours map[string]HostedInvoice) {
	open, paid := map[string][]HostedRefund{}, map[string][]HostedRefund{} // booked refunds, by BitPay's invoice
	for id, h := range ours {
		for _, f := range h.Refunds {
			switch {
			case f.Paid:
				paid[id] = append(paid[id], f)
			case f.Reserved:
				open[id] = append(open[id], f)
			}
		}
	}
	for _, l := range lines {
		h, known := ours[l.Invoice]
		if known && l.Value.Asset() != h.Price.Asset() {
			s.swapped(l, h, paid)
			continue
		}
		switch {
		case l.Value.Asset() != s.asset || l.Code == codeSettlement:
		case l.Invoice != "" && !known:
			s.add(explainForeign, l.Value)
		case l.Code == codeImmediateRefund:
			i := slices.IndexFunc(open[l.Invoice], func(f HostedRefund) bool {
				cost, err := f.Amount.Add(f.Fee)
				return err == nil && cost.Equal(l.Value.Neg())
			})
			if i >= 0 {
				s.add(explainDeducted, l.Value)
				open[l.Invoice] = slices.Delete(open[l.Invoice], i, i+1)
			}
		case l.Code != codeSale && l.Code != codeFee && l.Code != codeRefund:
			s.add(explainOther, l.Value)
		}
	}
}

// swapped explains a line of ours that is in another currency than the price: there it
// is nothing the books know of, and the price's own currency never sees it. Fees are
// booked in the line's currency, so they need no explanation.
func (s explanationSums) swapped(l ledgerLine, h HostedInvoice, paid map[string][]HostedRefund) {
	switch l.Code {
	case codeSale:
		s.add(explainSwapped, l.Value)
		s.add(explainSwapped, h.Price.Neg())
	case codeRefund, codeImmediateRefund:
		s.add(explainSwapped, l.Value)
		if of := paid[l.Invoice]; len(of) > 0 {
			s.add(explainSwapped, of[0].Amount)
			s.add(explainSwapped, of[0].Fee)
			paid[l.Invoice] = of[1:]
		}
	case codeFee, codeSettlement:
	default:
		s.add(explainOther, l.Value)
	}
}

func sortedCurrencies(held map[money.Currency]money.Amount) []money.Currency {
	list := make([]money.Currency, 0, len(held))
	for c := range held {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b money.Currency) int { return strings.Compare(string(a), string(b)) })
	return list
}
