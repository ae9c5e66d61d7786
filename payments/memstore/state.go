package memstore

import (
	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

// state is everything a store holds.
type state struct {
	trails   trails
	progress *table[string, chain.Progress]
	book     *book
	prices   *prices
	people   *people
	issued   *issued
	deposits *deposits
	spends   *spends
	hosted   *hosted
	invoices *invoices
	outbox   *outbox
	audit    *audit
	stamp    payments.Stamp
	stamped  bool
}

func newState() *state {
	return &state{
		trails: newTrails(),
		progress: &table[string, chain.Progress]{
			rows:   make(map[string]chain.Progress),
			key:    func(p chain.Progress) string { return p.Network },
			copied: func(p chain.Progress) chain.Progress { p.LiveAt = instant(p.LiveAt); return p },
		},
		book:     newBook(),
		prices:   newPrices(),
		people:   newPeople(),
		issued:   newIssued(),
		deposits: newDeposits(),
		spends:   newSpends(),
		hosted:   newHosted(),
		invoices: newInvoices(),
		outbox:   newOutbox(),
		audit:    newAudit(),
	}
}
