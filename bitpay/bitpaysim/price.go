package bitpaysim

import (
	"math/big"

	"github.com/shopspring/decimal"
)

// quote prices an invoice in a coin: rounded to the nearest at the digits the
// coin is displayed with, plus its miner fee. What rounds to nothing cannot be
// paid in that coin.
func (s *Server) quote(price decimal.Decimal, currency, coin string) quote {
	m := s.prices[coin]
	q := quote{rate: s.rate(coin, currency)}
	if q.rate.IsZero() {
		q.total = new(big.Int)
		return q
	}
	q.subtotal = price.DivRound(q.rate, m.precision)
	units := m.smallest(q.subtotal)
	q.total = new(big.Int).Add(units, big.NewInt(m.fee))
	q.base = m.whole(q.total)
	q.enabled = units.Sign() > 0
	return q
}

// feeIn is the coin's miner fee in a currency, rounded up to its minor unit.
func (s *Server) feeIn(coin, currency string) decimal.Decimal {
	m := s.prices[coin]
	fee := m.whole(big.NewInt(m.fee)).Mul(s.rate(coin, currency))
	return fee.RoundUp(max(s.prices[currency].precision, 2))
}

// setPrices fills the members of an answer that speak of coins.
func (s *Server) setPrices(inv *invoice, o object) {
	subtotals, totals := object{}, object{}
	shownSubs, shownTotals := object{}, object{}
	rates, fees, supported, codes := object{}, object{}, object{}, object{}
	for coin, q := range inv.quotes {
		m := s.prices[coin]
		subtotals[coin], totals[coin] = integer(m.smallest(q.subtotal)), integer(q.total)
		shownSubs[coin], shownTotals[coin] = q.subtotal.StringFixed(m.precision), q.base.StringFixed(m.precision)
		fees[coin] = object{
			"satoshisPerByte": number(decimal.RequireFromString(m.perByte)), "totalFee": m.fee,
			"fiatAmount": number(m.whole(big.NewInt(m.fee)).Mul(s.rate(coin, "USD")).Round(2)),
		}
		supported[coin] = object{"enabled": true}
		if !q.enabled {
			supported[coin] = object{"enabled": false, "reason": "invoice price is below minimum threshold"}
		}
		rates[coin] = s.rateTable(coin, inv, q)
		codes[coin] = paymentCodes(inv, coin, m)
	}
	o["paymentSubtotals"], o["paymentTotals"] = subtotals, totals
	o["paymentDisplaySubTotals"], o["paymentDisplayTotals"] = shownSubs, shownTotals
	o["exchangeRates"], o["minerFees"], o["supportedTransactionCurrencies"], o["paymentCodes"] = rates, fees, supported, codes
}

// rateTable is one coin's line of exchangeRates; the invoice's own currency
// stands at the locked rate.
func (s *Server) rateTable(coin string, inv *invoice, q quote) object {
	line := object{}
	for _, c := range append(append([]string{}, fiats...), "BTC", "BCH", "ETH", "USDC") {
		if c != coin {
			line[c] = number(s.rate(coin, c))
		}
	}
	line[inv.currency] = number(q.rate)
	return line
}

func paymentCodes(inv *invoice, coin string, m market) object {
	page := inv.base + "/i/" + inv.id
	switch m.chain {
	case "ETH", "MATIC":
		scheme, key := m.scheme, "EIP681b"
		if coin == m.chain {
			key = "EIP681"
		}
		return object{key: scheme + ":?r=" + page}
	case "XRP":
		return object{"BIP72b": "ripple:?r=" + page, "BIP73": page, "RIP681": page}
	}
	return object{"BIP72b": m.scheme + ":?r=" + page, "BIP73": page}
}
