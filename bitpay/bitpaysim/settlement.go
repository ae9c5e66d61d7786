package bitpaysim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// settlement is a transfer of a ledger's balance to the merchant's bank.
type settlement struct {
	id       string
	currency string
	opened   time.Time
	closed   time.Time
	amount   decimal.Decimal
	entries  []entry
	status   string
	ended    time.Time // zero while processing
}

// The statuses of a settlement, as BitPay's Node client 8.0.4 lists them.
const (
	settlementProcessing = "processing"
	settlementCompleted  = "completed"
	settlementFailed     = "failed"
)

// ErrUnknownSettlement is returned for an id that is no settlement's.
var ErrUnknownSettlement = errors.New("bitpaysim: unknown settlement")

// Settle begins to pay a ledger's balance out to the merchant's bank and gives the
// settlement's id: it is processing until [Server.CompleteSettlement] or
// [Server.FailSettlement]. The error is [ErrState] if the balance is not positive.
func (s *Server) Settle(currency string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	sum := s.balance(currency)
	if !sum.IsPositive() {
		return "", fmt.Errorf("%w: balance of %s is %s", ErrState, currency, sum)
	}
	set := &settlement{id: s.fresh("settlement", 22), currency: currency, closed: s.now(), amount: sum, status: settlementProcessing}
	for _, old := range s.settlements {
		if old.currency == currency {
			set.opened = old.closed
		}
	}
	for _, e := range slices.Backward(s.entries) { // those since the last settlement
		if e.currency != currency {
			continue
		}
		if e.code == codeSettlement && e.amount.IsNegative() {
			break
		}
		set.entries = append(set.entries, e)
	}
	slices.Reverse(set.entries)
	if set.opened.IsZero() {
		set.opened = set.entries[0].at
	}
	s.settlements = append(s.settlements, set)
	s.book(entry{code: codeSettlement, kind: "Settlement", currency: currency, amount: sum.Neg()})
	return set.id, nil
}

// CompleteSettlement is the bank's having taken a settlement. Errors:
// [ErrUnknownSettlement], [ErrState] if it is not processing.
func (s *Server) CompleteSettlement(id string) error { return s.endSettlement(id, settlementCompleted) }

// FailSettlement is the bank's having refused one: its amount comes back to the ledger.
// Errors: [ErrUnknownSettlement], [ErrState] if it is not processing.
func (s *Server) FailSettlement(id string) error { return s.endSettlement(id, settlementFailed) }

func (s *Server) endSettlement(id, to string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	for _, set := range s.settlements {
		switch {
		case set.id != id:
			continue
		case set.status != settlementProcessing:
			return fmt.Errorf("%w: settlement is %s, not %s", ErrState, set.status, settlementProcessing)
		case to == settlementFailed:
			s.book(entry{code: codeSettlement, kind: "Settlement", currency: set.currency, amount: set.amount})
		}
		set.status, set.ended = to, s.now()
		return nil
	}
	return fmt.Errorf("%w: %q", ErrUnknownSettlement, id)
}

func (s *Server) settlementView(set *settlement, t *token) object {
	o := object{
		"id": set.id, "accountId": name(22, "account", s.opts.Seed), "currency": set.currency, "status": set.status,
		"payoutInfo":  object{"name": "Simulated Bank", "account": "NL85ABNA0000000000", "merchantEIN": "00-0000000"},
		"dateCreated": isoTime(set.closed), "dateExecuted": isoTime(set.closed), "openingDate": isoTime(set.opened), "closingDate": isoTime(set.closed),
		"openingBalance": 0, "ledgerEntriesSum": number(set.amount), "withholdings": []any{}, "withholdingsSum": 0,
		"totalAmount": number(set.amount), "token": t.resourceToken(set.id),
	}
	if set.status == settlementCompleted {
		o["dateCompleted"] = isoTime(set.ended)
	}
	return o
}

// listSettlements is GET /settlements?startDate=&endDate=[&status=&currency=].
func (s *Server) listSettlements(c *call) (any, *failure) {
	if f := c.allow(Merchant); f != nil {
		return nil, f
	}
	start, end, f := c.dates("startDate", "endDate")
	if f != nil {
		return nil, f
	}
	list := []any{}
	for _, set := range s.settlements {
		status, currency := c.query.Get("status"), c.query.Get("currency")
		if !set.closed.Before(start) && set.closed.Before(end) && (status == "" || status == set.status) && (currency == "" || currency == set.currency) {
			list = append(list, s.settlementView(set, c.token))
		}
	}
	list, f = page(c, list)
	if f != nil {
		return nil, f
	}
	return envelope{Data: list}, nil
}

func (s *Server) getSettlement(c *call) (any, *failure) {
	if f := c.allow(Merchant); f != nil {
		return nil, f
	}
	for _, set := range s.settlements {
		if set.id == c.args[0] {
			return envelope{Data: s.settlementView(set, c.token)}, nil
		}
	}
	return nil, c.coded("0001", "Settlement not found")
}

// getReport is the settlement with its entries; it wants the settlement's own
// token.
func (s *Server) getReport(c *call) (any, *failure) {
	for _, set := range s.settlements {
		for _, t := range s.tokens {
			if set.id != c.args[0] || t.facade != Merchant || c.text("token") != t.resourceToken(set.id) {
				continue
			}
			if f := c.allowResource(c.text("token"), t); f != nil {
				return nil, f
			}
			o := s.settlementView(set, t)
			lines := []any{}
			for _, e := range set.entries {
				lines = append(lines, e.reportLine())
			}
			o["ledgerEntries"] = lines
			return envelope{Data: o}, nil
		}
	}
	return nil, c.coded("0001", "Settlement not found")
}

func (e entry) reportLine() object {
	o := object{"code": e.code, "amount": number(e.amount), "timestamp": isoTime(e.at), "description": e.kind}
	if e.inv != nil {
		o["invoiceId"], o["reference"] = e.inv.id, e.inv.order
		o["invoiceData"] = object{"orderId": e.inv.order, "date": isoTime(e.inv.made), "price": number(e.inv.price), "currency": e.inv.currency, "transactionCurrency": e.inv.coin}
	}
	return o
}
