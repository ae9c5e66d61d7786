package bitpaysim

import (
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/shopspring/decimal"
)

// Refund statuses in the service's words. Canceled is also written "cancelled":
// by the answer of the cancelling call.
const (
	refundPreview  = "preview"
	refundCreated  = "created"
	refundPending  = "pending"
	refundSuccess  = "success"
	refundFailure  = "failure"
	refundCanceled = "canceled"
)

type refund struct {
	id, guid  string
	inv       *invoice
	auto      bool // made by the service: no call, no ledger entry
	kind      string
	status    string
	amount    decimal.Decimal // in the invoice's currency
	fee       decimal.Decimal // the same
	coins     decimal.Decimal // what the buyer gets, in base units of the coin
	coinFee   decimal.Decimal
	reference string
	immediate bool
	buyerPays bool
	forced    bool // of a confirmed invoice, which it declined
	made      time.Time
	notified  time.Time // last e-mail to the buyer
	address   string
	txid      string
}

// ErrUnknownRefund is returned for an id that is no refund's.
var ErrUnknownRefund = errors.New("bitpaysim: unknown refund")

// open says whether another refund of the invoice has to wait for this one.
func (r *refund) open() bool {
	return !r.auto && (r.status == refundCreated || r.status == refundPending)
}

// used says whether the refund's amount is gone or going.
func (r *refund) used() bool { return r.open() || !r.auto && r.status == refundSuccess }

// activate promotes a preview: money of an immediate refund leaves the ledger,
// the buyer is asked for an address.
func (s *Server) activate(r *refund) {
	r.status = refundCreated
	r.notified = s.now()
	if r.forced {
		s.become(r.inv, StatusDeclined)
	}
	if r.immediate {
		s.bookRefund(r, codeImmediateRefund)
	}
	s.announceRefund(r, eventRefundCreated)
}

// refundSurplus is the service's own refund of what was paid too little or too
// much.
func (s *Server) refundSurplus(inv *invoice, kind string, units *big.Int) {
	m, q := s.prices[inv.coin], inv.quotes[inv.coin]
	whole := m.whole(units)
	r := &refund{
		id: s.fresh("refund", 22), inv: inv, auto: true, kind: kind, status: refundCreated, made: s.now(), notified: s.now(),
		amount: whole.Mul(q.rate).Truncate(max(s.prices[inv.currency].precision, 2)), coins: whole,
	}
	s.refunds = append(s.refunds, r)
	s.announceRefund(r, eventRefundCreated)
}

// GiveAddress is the buyer answering the e-mail of a refund: it becomes pending.
// Errors: [ErrUnknownRefund], [ErrState].
func (s *Server) GiveAddress(id, address string) error {
	return s.moveRefund(id, refundCreated, func(r *refund) {
		r.address, r.status = address, refundPending
		s.announceRefund(r, eventRefundPending)
	})
}

// PayOutRefund executes a pending refund. Errors: [ErrUnknownRefund],
// [ErrState].
func (s *Server) PayOutRefund(id string) error {
	return s.moveRefund(id, refundPending, func(r *refund) {
		r.status, r.txid = refundSuccess, s.txid()
		if !r.immediate && !r.forced && !r.auto {
			s.bookRefund(r, codeRefund)
		}
		s.announceRefund(r, eventRefundSucceeded)
		if r.inv.extended {
			s.notify(r.inv, nil, eventRefunded)
		}
	})
}

// FailRefund ends a pending refund in failure; money taken from the ledger comes
// back. Errors: [ErrUnknownRefund], [ErrState].
func (s *Server) FailRefund(id string) error {
	return s.moveRefund(id, refundPending, func(r *refund) {
		r.status = refundFailure
		if r.immediate && !r.forced {
			s.bookReturn(r)
		}
		s.announceRefund(r, eventRefundFailed)
	})
}

func (s *Server) moveRefund(id, from string, do func(*refund)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	defer s.nudge()
	r := s.refund(func(r *refund) bool { return r.id == id })
	switch {
	case r == nil:
		return fmt.Errorf("%w: %q", ErrUnknownRefund, id)
	case r.status != from:
		return fmt.Errorf("%w: refund is %s, not %s", ErrState, r.status, from)
	}
	do(r)
	return nil
}

func (s *Server) refund(is func(*refund) bool) *refund {
	for _, r := range s.refunds {
		if is(r) {
			return r
		}
	}
	return nil
}

// Refund is what the simulator knows of a refund.
type Refund struct {
	ID, Invoice, Status, Type string
	Amount, Currency          string // what the merchant gives back, decimal
}

// Refunds are all refunds, the service's own included, the oldest first.
func (s *Server) Refunds() []Refund {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Refund, 0, len(s.refunds))
	for _, r := range s.refunds {
		list = append(list, Refund{r.id, r.inv.id, r.status, r.kind, r.amount.String(), r.inv.currency})
	}
	return list
}
