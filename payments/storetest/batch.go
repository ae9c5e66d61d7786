package storetest

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

var batchCases = cases{
	{"empty batches do nothing", func(s *suite) {
		empty := s.census()
		s.write(func(tx payments.Tx) error {
			ctx := s.Context()
			none := func(n int, err error) { require.NoError(s, err); require.Zero(s, n) }
			a, err := tx.InsertDeposits(ctx, nil)
			none(len(a), err)
			b, err := tx.InsertEntries(ctx, nil)
			none(len(b), err)
			c, err := tx.InsertEvents(ctx, nil)
			none(len(c), err)
			d, err := tx.InsertPoints(ctx, nil)
			none(len(d), err)
			e, err := tx.InsertAddresses(ctx, nil)
			none(len(e), err)
			f, err := tx.InsertAccounts(ctx, nil)
			none(len(f), err)
			g, err := tx.InsertTerms(ctx, nil)
			none(len(g), err)
			h, err := tx.InsertSnapshots(ctx, nil)
			none(len(h), err)
			i, err := tx.InsertAudit(ctx, nil)
			none(len(i), err)
			j, err := tx.DepositsByKey(ctx, nil)
			none(len(j), err)
			k, err := tx.Balances(ctx, nil)
			none(len(k), err)
			l, err := tx.IndexCounters(ctx, nil)
			none(len(l), err)
			m, err := tx.ProgressOf(ctx, nil)
			none(len(m), err)
			n, err := tx.AddressesOf(ctx, chain.FamilyBitcoin, nil)
			none(len(n), err)
			o, err := tx.InsertSpends(ctx, nil)
			none(len(o), err)
			p, err := tx.SpendsByKey(ctx, nil)
			none(len(p), err)
			q, err := tx.InsertHosted(ctx, nil)
			none(len(q), err)
			r, err := tx.InsertInvoices(ctx, nil)
			none(len(r), err)
			require.NoError(s, tx.SaveHosted(ctx, nil))
			require.NoError(s, tx.SaveInvoices(ctx, nil))
			require.NoError(s, tx.SaveSpends(ctx, nil))
			require.NoError(s, tx.SaveDeposits(ctx, nil))
			require.NoError(s, tx.SaveAccounts(ctx, nil))
			require.NoError(s, tx.SaveDeliveries(ctx, nil))
			return tx.SaveProgress(ctx, nil)
		})
		require.Equal(s, empty, s.census())
	}},
	{"rows passed and returned are not shared with the caller", func(s *suite) {
		given := fullDeposit()
		kept := content(s, []payments.Deposit{given})
		note := event(1, "acme")
		entry := move("e1", noon, voice, 5)
		act := auditRow("a1", `{"confirmations":12}`)
		s.write(func(tx payments.Tx) error {
			done := func(_ any, err error) { require.NoError(s, err) }
			done(tx.InsertDeposits(s.Context(), []payments.Deposit{given}))
			done(tx.InsertEvents(s.Context(), []payments.Event{note}))
			done(tx.InsertEntries(s.Context(), []ledger.Entry{entry}))
			done(tx.InsertAudit(s.Context(), []payments.AuditRow{act}))
			return nil
		})
		given.Inputs[0].Vout = 99
		note.Data[1], act.Data[1] = 'X', 'X'
		entry.Postings[0].To = "elsewhere"
		got := ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{given.Key})
		require.Equal(s, kept, content(s, got))
		got[0].Inputs[0].Vout = 98
		ask(s, payments.Tx.EventsOf, "subject acme")[0].Data[1] = 'Y'
		ask(s, payments.Tx.AuditOf, act.Subject)[0].Data[1] = 'Y'
		ask(s, payments.Tx.EntriesByKey, []string{"e1"})[0].Postings[0].To = "nowhere"
		require.Equal(s, kept, content(s, ask(s, payments.Tx.DepositsByKey, []payments.DepositKey{given.Key})))
		same(s, []payments.Event{event(1, "acme")}, ask(s, payments.Tx.EventsOf, "subject acme"))
		same(s, []ledger.Entry{move("e1", noon, voice, 5)}, ask(s, payments.Tx.EntriesByKey, []string{"e1"}))
		same(s, []payments.AuditRow{auditRow("a1", `{"confirmations":12}`)}, ask(s, payments.Tx.AuditOf, act.Subject))
	}},
	{"ten thousand rows of a kind in one batch", func(s *suite) {
		const n = 10_000
		var deposits []payments.Deposit
		var keys []payments.DepositKey
		var events []payments.Event
		var entries []ledger.Entry
		for i := range n {
			d := deposit(i)
			deposits, keys = append(deposits, d), append(keys, d.Key)
			events = append(events, event(i, fmt.Sprint(i%7)))
			entries = append(entries, credit(d, 1))
		}
		s.write(func(tx payments.Tx) error {
			got, err := tx.InsertDeposits(s.Context(), backwards(deposits))
			require.NoError(s, err)
			require.Equal(s, backwards(keys), got)
			ids, err := tx.InsertEvents(s.Context(), events)
			require.NoError(s, err)
			require.Len(s, ids, n)
			ids, err = tx.InsertEntries(s.Context(), entries)
			require.Len(s, ids, n)
			return err
		})
		got := ask(s, payments.Tx.DepositsByKey, keys)
		require.Len(s, got, n)
		for i := range got {
			require.Equal(s, keys[i], got[i].Key)
			got[i].State = payments.StateDropped
		}
		require.NoError(s, save(s, payments.Tx.SaveDeposits, got))
		require.Len(s, ask(s, payments.Tx.Deposits, payments.DepositQuery{States: []payments.DepositState{payments.StateDropped}}), n)
		same(s, []ledger.Balance{{Account: voice.Ledger(), Amount: money.USD.Cents(n)}},
			ask(s, payments.Tx.Balances, []ledger.Account{voice.Ledger()}))
	}},
	{"text of any kind is kept as it is", func(s *suite) {
		long := strings.Repeat("漢'", 2_000)
		for i, text := range []string{odd, long, " ", "NULL", "'; DROP TABLE x; --", "$1 ? :a @b"} {
			put(s, payments.Tx.InsertAudit, []payments.AuditRow{{
				ID: fmt.Sprint(i), Subject: text, Action: text, Actor: payments.Actor{ID: text, Reason: text}, At: noon,
			}})
			rows := ask(s, payments.Tx.AuditOf, text)
			require.Len(s, rows, 1)
			require.Equal(s, payments.Actor{ID: text, Reason: text}, rows[0].Actor)
		}
	}},
}
