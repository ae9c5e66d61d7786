package bitpaysim

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// Codes of ledger entries.
const (
	codeSale            = 1000
	codeDeposit         = 1025
	codeRefund          = 1020
	codeFee             = 1023
	codeSettlement      = 1006
	codeImmediateRefund = 1050
)

// entryScale divides the integer amounts of ledger entries.
const entryScale = 100_000_000

// feeRate is BitPay's charge on a sale.
var feeRate = decimal.New(1, -2)

type entry struct {
	id       string
	code     int
	kind     string
	currency string
	amount   decimal.Decimal // negative: out of the ledger
	inv      *invoice        // nil: a settlement
	support  string
	at       time.Time
}

func (s *Server) book(e entry) {
	e.id, e.at = s.fresh("entry", 22), s.now()
	s.entries = append(s.entries, e)
}

// bookSale credits a complete invoice: its price, less the fee rounded to the
// minor unit.
func (s *Server) bookSale(inv *invoice) {
	s.book(entry{code: codeSale, kind: "Invoice", currency: inv.currency, amount: inv.price, inv: inv})
	fee := inv.price.Mul(feeRate).Round(max(s.prices[inv.currency].precision, 2))
	if fee.IsPositive() {
		s.book(entry{code: codeFee, kind: "Invoice Fee", currency: inv.currency, amount: fee.Neg(), inv: inv})
	}
}

// cost is what a refund takes from the merchant.
func (r *refund) cost() decimal.Decimal {
	if r.buyerPays {
		return r.amount
	}
	return r.amount.Add(r.fee)
}

func (s *Server) bookRefund(r *refund, code int) {
	s.book(entry{code: code, kind: "Invoice Refund", currency: r.inv.currency, amount: r.cost().Neg(), inv: r.inv, support: name(22, "support", r.id)})
}

// bookReturn takes back what an immediate refund that failed had taken.
func (s *Server) bookReturn(r *refund) {
	s.book(entry{code: codeImmediateRefund, kind: "Invoice Refund", currency: r.inv.currency, amount: r.cost(), inv: r.inv, support: name(22, "support", r.id)})
}

func (s *Server) balance(currency string) decimal.Decimal {
	sum := decimal.Zero
	for _, e := range s.entries {
		if e.currency == currency {
			sum = sum.Add(e.amount)
		}
	}
	return sum
}

// Fund puts money on the merchant's ledger: refunds need more of it than one
// sale leaves. amount is a positive decimal number. Errors:
// [ErrUnknownCurrency], and what the number is refused with.
func (s *Server) Fund(currency, amount string) error {
	d, err := money.ParseDecimal(amount)
	if err != nil {
		return fmt.Errorf("bitpaysim: fund ledger of %s: %w", currency, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.prices[currency]; !ok {
		return fmt.Errorf("%w: %q", ErrUnknownCurrency, currency)
	}
	s.book(entry{code: codeDeposit, kind: "Deposit", currency: currency, amount: d})
	return nil
}

// getLedgers is GET /ledgers: USD and every currency that moved.
func (s *Server) getLedgers(c *call) (any, *failure) {
	if f := c.allow(Merchant); f != nil {
		return nil, f
	}
	moved := []string{"USD"}
	for _, e := range s.entries {
		if !slices.Contains(moved, e.currency) {
			moved = append(moved, e.currency)
		}
	}
	list := []any{}
	for _, currency := range moved {
		list = append(list, object{"currency": currency, "balance": number(s.balance(currency))})
	}
	return envelope{Data: list}, nil
}

// getEntries is GET /ledgers/:currency?startDate=&endDate=.
func (s *Server) getEntries(c *call) (any, *failure) {
	if f := c.allow(Merchant); f != nil {
		return nil, f
	}
	start, end, f := c.dates("startDate", "endDate")
	if f != nil {
		return nil, f
	}
	if _, ok := s.prices[c.args[0]]; !ok {
		return nil, c.coded("0001", "Ledger not found")
	}
	list := []any{}
	for _, e := range s.entries {
		if e.currency == c.args[0] && !e.at.Before(start) && e.at.Before(end) {
			list = append(list, e.view())
		}
	}
	if s.quirks.BareLists {
		return list, nil
	}
	return envelope{Data: list}, nil
}

func (e entry) view() object {
	o := object{
		"id": e.id, "type": e.kind, "txType": e.kind, "code": e.code, "description": e.kind, "timestamp": isoTime(e.at),
		"amount": integer(e.amount.Mul(decimal.New(entryScale, 0)).BigInt()), "scale": entryScale, "currency": e.currency,
	}
	if e.inv != nil {
		o["description"] = e.inv.order
		o["invoiceId"], o["invoiceAmount"], o["invoiceCurrency"] = e.inv.id, number(e.inv.price), e.inv.currency
		o["transactionCurrency"], o["buyerFields"] = e.inv.coin, buyerFields(e.inv)
	}
	if e.support != "" {
		o["supportRequest"] = e.support
	}
	return o
}
