package payments

import (
	"slices"

	"github.com/cointill/cointill/payments/money"
)

// Offers returns what may be chosen in a currency, ascending: those of BitPay.Amounts
// that are in it. There are none without BitPay.
func (p *Processor) Offers(currency money.Currency) []money.Amount {
	if p.cfg.BitPay == nil {
		return nil
	}
	var out []money.Amount
	for _, a := range p.cfg.BitPay.Amounts {
		if a.Asset() == currency.Asset() {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b money.Amount) int {
		order, _ := a.Cmp(b) // one asset: cannot fail
		return order
	})
	return out
}

// offered reports whether an amount may be chosen.
func (p *Processor) offered(amount money.Amount) bool {
	return slices.ContainsFunc(p.cfg.BitPay.Amounts, amount.Equal)
}
