package bitpaysim

import (
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Payment is what a simulated payer sends.
type Payment struct {
	// Coin is what is paid with; empty takes the coin paid with before, else the
	// first the invoice offers. One invoice is paid in one coin.
	Coin string
	// Units is the amount in the coin's smallest unit. Nil pays exactly what is
	// left.
	Units *big.Int
	// LowFee marks a payment whose miner fee is low.
	LowFee bool
	// PeerToPeer marks a payment made without BitPay's payment protocol.
	PeerToPeer bool
}

var (
	// ErrUnknownInvoice is returned for an id that is no invoice's.
	ErrUnknownInvoice = errors.New("bitpaysim: unknown invoice")
	// ErrPayment is returned for a payment no payer could make: in a coin the
	// invoice does not offer, in a second coin, of nothing.
	ErrPayment = errors.New("bitpaysim: impossible payment")
	// ErrState is returned for a hook that does not fit the present status.
	ErrState = errors.New("bitpaysim: not possible in this status")
)

// Pay sends a payment to an invoice. Enough makes it paid (confirmed, for speed
// high); too little leaves it new with exceptionStatus paidPartial; a payment
// after its end is kept as paidLate and changes no status.
// Errors: [ErrUnknownInvoice], [ErrPayment].
func (s *Server) Pay(id string, p Payment) error {
	return s.act(id, func(inv *invoice) error { return s.pay(inv, p) })
}

// PayExact pays what is left, in the coin named (empty as for [Payment]).
func (s *Server) PayExact(id, coin string) error { return s.Pay(id, Payment{Coin: coin}) }

// PayPart pays half of what is left, rounded down.
func (s *Server) PayPart(id, coin string) error {
	return s.payShare(id, coin, 1, 2)
}

// PayOver pays what is left and a tenth more.
func (s *Server) PayOver(id, coin string) error {
	return s.payShare(id, coin, 11, 10)
}

func (s *Server) payShare(id, coin string, times, of int64) error {
	return s.act(id, func(inv *invoice) error {
		if coin == "" {
			coin = inv.firstCoin()
		}
		if !inv.quotes[coin].enabled {
			return fmt.Errorf("%w: %s is not offered", ErrPayment, coin)
		}
		units := inv.due(coin)
		units.Mul(units, big.NewInt(times)).Quo(units, big.NewInt(of))
		return s.pay(inv, Payment{Coin: coin, Units: units})
	})
}

// act runs a hook on one invoice, on time.
func (s *Server) act(id string, do func(*invoice) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	defer s.nudge()
	inv := s.invoices[id]
	if inv == nil {
		return fmt.Errorf("%w: %q", ErrUnknownInvoice, id)
	}
	return do(inv)
}

func (s *Server) pay(inv *invoice, p Payment) error {
	if p.Coin == "" {
		p.Coin = inv.firstCoin()
	}
	q := inv.quotes[p.Coin]
	switch {
	case !q.enabled:
		return fmt.Errorf("%w: %s is not offered", ErrPayment, p.Coin)
	case inv.coin != "" && inv.coin != p.Coin:
		return fmt.Errorf("%w: %s after %s", ErrPayment, p.Coin, inv.coin)
	}
	units := p.Units
	if units == nil {
		if units = inv.due(p.Coin); units.Sign() == 0 {
			return fmt.Errorf("%w: nothing is left to pay", ErrPayment)
		}
	}
	if units.Sign() <= 0 {
		return fmt.Errorf("%w: an amount of nothing", ErrPayment)
	}
	inv.coin = p.Coin
	inv.paid = new(big.Int).Add(inv.paid, units)
	inv.lowFee, inv.peerToo = inv.lowFee || p.LowFee, inv.peerToo || p.PeerToPeer
	inv.txs = append(inv.txs, &transaction{units: units, txid: s.txid(), at: s.now()})
	s.judge(inv, q)
	return nil
}

// judge applies what has arrived by now.
func (s *Server) judge(inv *invoice, q quote) {
	switch enough := inv.paid.Cmp(q.total); {
	case inv.status != StatusNew:
		inv.exception = PaidOver
		if inv.status == StatusExpired || inv.status == StatusDeclined {
			inv.exception = PaidLate
		}
		s.refundSurplus(inv, "overpayment", inv.txs[len(inv.txs)-1].units)
	case enough < 0:
		inv.exception = PaidPartial
	default:
		inv.exception = ""
		if enough > 0 {
			inv.exception = PaidOver
			s.refundSurplus(inv, "overpayment", new(big.Int).Sub(inv.paid, q.total))
		}
		inv.fullAt, inv.needed = s.now(), len(inv.txs)
		inv.nextBlock = inv.fullAt.Add(s.opts.BlockTime)
		if inv.speed == "high" {
			s.become(inv, StatusConfirmed)
		} else {
			s.become(inv, StatusPaid)
		}
	}
}

func (s *Server) txid() string { return hexName(s.fresh("transaction", 44)) }

// Confirm mines n blocks over the invoice's payments: one makes it confirmed at
// speed medium, six make it complete at any speed, an invalid one too. The
// error is [ErrUnknownInvoice], or [ErrState] if nothing waits for blocks.
func (s *Server) Confirm(id string, n int) error {
	return s.act(id, func(inv *invoice) error {
		if !inv.mining() {
			return fmt.Errorf("%w: %s waits for no block", ErrState, inv.status)
		}
		for range n {
			if inv.mining() {
				s.addConfirmation(inv)
			}
		}
		return nil
	})
}

// Expire ends the time to pay of one new invoice now; [Server.Advance] ends it by
// the clock, of all. Errors: [ErrUnknownInvoice], [ErrState].
func (s *Server) Expire(id string) error {
	return s.act(id, func(inv *invoice) error {
		if inv.status != StatusNew {
			return fmt.Errorf("%w: %s does not expire", ErrState, inv.status)
		}
		inv.expires = s.now()
		s.expire(inv)
		return nil
	})
}

// Complete lets BitPay credit a paid, confirmed or invalid invoice at once: a
// client never sees what lay between. Errors: [ErrUnknownInvoice], [ErrState].
func (s *Server) Complete(id string) error { return s.force(id, StatusComplete) }

// Decline ends a paid or confirmed invoice for reasons of compliance. Errors:
// [ErrUnknownInvoice], [ErrState].
func (s *Server) Decline(id string) error { return s.force(id, StatusDeclined) }

func (s *Server) force(id string, to Status) error {
	return s.act(id, func(inv *invoice) error {
		from := inv.status
		if s.become(inv, to); inv.status != to || from == to {
			return fmt.Errorf("%w: %s to %s", ErrState, from, to)
		}
		return nil
	})
}

// Invoice is what the simulator knows of an invoice.
type Invoice struct {
	ID, GUID, OrderID string
	Status            Status
	History           []Status // all statuses it had, in order
	Exception         string   // exceptionStatus; empty is false
	Price             string   // decimal, in Currency
	Currency          string
	Coin              string              // paid with; empty: not paid
	Paid              *big.Int            // smallest units
	Totals            map[string]*big.Int // to pay, by coin, smallest units
	Expires           time.Time
	URL               string // the hosted page
	NotificationURL   string
}

// Invoices are all invoices as they are now, the oldest first.
func (s *Server) Invoices() []Invoice {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	list := make([]Invoice, 0, len(s.order))
	for _, inv := range s.order {
		list = append(list, inv.snapshot())
	}
	return list
}

// Invoice is one invoice as it is now. The error is [ErrUnknownInvoice].
func (s *Server) Invoice(id string) (Invoice, error) {
	var found Invoice
	err := s.act(id, func(inv *invoice) error {
		found = inv.snapshot()
		return nil
	})
	return found, err
}

func (inv *invoice) snapshot() Invoice {
	totals := map[string]*big.Int{}
	for coin, q := range inv.quotes {
		totals[coin] = new(big.Int).Set(q.total)
	}
	return Invoice{
		ID: inv.id, GUID: inv.guid, OrderID: inv.order, Status: inv.status, History: append([]Status{}, inv.history...),
		Exception: inv.exception, Price: inv.price.String(), Currency: inv.currency, Coin: inv.coin, Paid: new(big.Int).Set(inv.paid),
		Totals: totals, Expires: inv.expires, URL: inv.base + "/invoice?id=" + inv.id, NotificationURL: inv.notifyURL,
	}
}
