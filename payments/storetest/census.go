package storetest

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/rates"
)

// writer is one method that writes, with a row for it.
type writer struct {
	name string
	do   func(ctx context.Context, tx payments.Tx) error
}

// writers returns a call of every method that writes. The save methods find no
// row of theirs unless one was inserted before.
func writers() []writer {
	answers := func(_ any, err error) error { return err }
	snapshot := rates.Snapshot{ID: "s1", Pair: pair, Rate: live(0, "1.5").Rate, AsOf: noon, Method: rates.MethodFixed}
	return []writer{
		{"Stamp", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.Stamp(ctx, payments.Stamp{Kind: "test"}))
		}},
		{"SaveTrail", func(ctx context.Context, tx payments.Tx) error {
			return tx.SaveTrail(ctx, chain.TrailMove{Network: "bitcoin", Attach: blocks(0, 1, 3)})
		}},
		{"SaveProgress", func(ctx context.Context, tx payments.Tx) error {
			return tx.SaveProgress(ctx, []chain.Progress{{Network: "bitcoin", LiveAt: noon, Halted: "why"}})
		}},
		{"InsertEntries", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertEntries(ctx, []ledger.Entry{move("e1", noon, voice, 500)}))
		}},
		{"InsertSnapshots", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertSnapshots(ctx, []rates.Snapshot{snapshot}))
		}},
		{"InsertPoints", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertPoints(ctx, []rates.Point{live(0, "1.5"), candle(0, "2")}))
		}},
		{"InsertAccounts", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertAccounts(ctx, []payments.AccountRecord{accountRow(voice)}))
		}},
		{"SaveAccounts", func(ctx context.Context, tx payments.Tx) error {
			return tx.SaveAccounts(ctx, []payments.AccountRecord{accountRow(voice)})
		}},
		{"InsertTerms", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertTerms(ctx, []payments.TermsAcceptance{{Profile: "acme", Version: "1", At: noon}}))
		}},
		{"ReserveIndexes", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.ReserveIndexes(ctx, "key", 5))
		}},
		{"InsertAddresses", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertAddresses(ctx, []payments.IssuedAddress{issuedRow(1, voice)}))
		}},
		{"InsertDeposits", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertDeposits(ctx, []payments.Deposit{deposit(1)}))
		}},
		{"SaveDeposits", func(ctx context.Context, tx payments.Tx) error {
			d := deposit(1)
			d.Version, d.State = 1, payments.StateDropped
			return tx.SaveDeposits(ctx, []payments.Deposit{d})
		}},
		{"InsertSpends", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertSpends(ctx, []payments.Spend{spend(1)}))
		}},
		{"SaveSpends", func(ctx context.Context, tx payments.Tx) error {
			r := spend(1)
			r.Version, r.Place = 1, "fee"
			return tx.SaveSpends(ctx, []payments.Spend{r})
		}},
		{"InsertHosted", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertHosted(ctx, []payments.HostedInvoice{hosted(1)}))
		}},
		{"SaveHosted", func(ctx context.Context, tx payments.Tx) error {
			r := hosted(1)
			r.Version, r.State, r.Refunds = 1, payments.HostedPaid, fullHosted().Refunds
			return tx.SaveHosted(ctx, []payments.HostedInvoice{r})
		}},
		{"InsertInvoices", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertInvoices(ctx, []payments.InvoiceRecord{invoiceRow(1)}))
		}},
		{"SaveInvoices", func(ctx context.Context, tx payments.Tx) error {
			r := invoiceRow(1)
			r.Version, r.Standing = 1, fullInvoice().Standing
			return tx.SaveInvoices(ctx, []payments.InvoiceRecord{r})
		}},
		{"InsertEvents", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertEvents(ctx, []payments.Event{event(1, "acme")}))
		}},
		{"SaveDeliveries", func(ctx context.Context, tx payments.Tx) error {
			return tx.SaveDeliveries(ctx, []payments.Delivery{{Event: event(1, "acme"), Tries: 1, NextAt: after(9), Version: 1}})
		}},
		{"InsertAudit", func(ctx context.Context, tx payments.Tx) error {
			return answers(tx.InsertAudit(ctx, []payments.AuditRow{auditRow("a1", `{"n":1}`)}))
		}},
	}
}

// fill calls every method that writes.
func fill(ctx context.Context, tx payments.Tx) error {
	for _, w := range writers() {
		if err := w.do(ctx, tx); err != nil {
			return errors.Join(errors.New(w.name), err)
		}
	}
	return nil
}

// census reads back all that fill wrote, and writes it down.
func census(ctx context.Context, tx payments.Tx) (string, error) {
	var rows []any
	var failed error
	keep := func(v any, err error) { rows, failed = append(rows, v), errors.Join(failed, err) }
	anchors, err := tx.Anchors(ctx, "bitcoin", 1_000, 1_000)
	keep(anchors, err)
	progress, err := tx.ProgressOf(ctx, []string{"bitcoin"})
	keep(progress, err)
	entries, err := tx.EntriesByKey(ctx, []string{"e1"})
	keep(entries, err)
	balances, err := tx.Balances(ctx, []ledger.Account{voice.Ledger(), ledger.Clearing})
	keep(balances, err)
	statement, err := tx.EntriesOf(ctx, ledger.Clearing, ledger.Cursor{}, 10)
	keep(statement, err)
	snapshots, err := tx.SnapshotsByID(ctx, []string{"s1"})
	keep(snapshots, err)
	points, err := tx.PointsBetween(ctx, pair, noon, noon)
	keep(len(points), err) // two of one instant: their order is free
	accounts, err := tx.AccountsByKey(ctx, []payments.Account{voice})
	keep(accounts, err)
	terms, err := tx.TermsOf(ctx, "acme")
	keep(terms, err)
	counters, err := tx.IndexCounters(ctx, []string{"key"})
	keep(counters, err)
	addresses, err := tx.AddressesByRaw(ctx, []chain.Address{address(1)})
	keep(addresses, err)
	owned, err := tx.AddressesOf(ctx, chain.FamilyBitcoin, []payments.Owner{{Account: voice}})
	keep(owned, err)
	deposits, err := tx.DepositsByKey(ctx, []payments.DepositKey{deposit(1).Key})
	for i := range deposits {
		deposits[i].Inputs = nil
	}
	keep(deposits, err)
	dropped, err := tx.Deposits(ctx, payments.DepositQuery{States: []payments.DepositState{payments.StateDropped}})
	keep(len(dropped), err)
	coins, err := tx.Deposits(ctx, payments.DepositQuery{To: []chain.Address{address(1)}})
	keep(len(coins), err)
	spends, err := tx.SpendsByKey(ctx, []payments.SpendKey{spend(1).Key})
	keep(spends, err)
	gone, err := tx.Spends(ctx, payments.SpendQuery{From: []chain.Address{address(1)}})
	keep(len(gone), err)
	hosted, err := tx.Hosted(ctx, payments.HostedQuery{})
	keep(hosted, err)
	polled, err := tx.Hosted(ctx, payments.HostedQuery{DueBy: after(1_000)})
	keep(len(polled), err)
	paid, err := tx.Hosted(ctx, payments.HostedQuery{States: []payments.HostedState{payments.HostedPaid}})
	keep(len(paid), err)
	invoices, err := tx.Invoices(ctx, payments.InvoiceQuery{})
	keep(invoices, err)
	processing, err := tx.Invoices(ctx, payments.InvoiceQuery{Statuses: []invoice.Status{invoice.Processing}})
	keep(len(processing), err)
	events, err := tx.EventsOf(ctx, "subject acme")
	keep(events, err)
	due, err := tx.DeliveriesDue(ctx, after(1_000), 10)
	keep(len(due), err)
	audit, err := tx.AuditOf(ctx, "policy")
	keep(audit, err)
	if failed != nil {
		return "", failed
	}
	text, err := json.MarshalIndent(rows, "", " ")
	return string(text), err
}

// census reads in a View of its own.
func (s *suite) census() (text string) {
	s.Helper()
	s.read(func(tx payments.Tx) (err error) {
		text, err = census(s.Context(), tx)
		return err
	})
	return text
}
