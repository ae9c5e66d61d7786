package sqlitestore_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

// A plan of SQLite's without statistics depends on tables and indexes alone, not
// on how many rows there are.
func TestPlan_everyQuestionOfTheEngineIsAnsweredByAnIndex(t *testing.T) {
	store, _ := openFile(t)
	ctx := context.Background()
	some := []chain.Address{{Family: chain.FamilyEVM, Raw: "a"}, {Family: chain.FamilyEVM, Raw: "b"}}
	txids := []chain.Hash{{1}, {2}}
	deposits := func(q payments.DepositQuery) func(payments.Tx) error {
		return func(tx payments.Tx) error { _, err := tx.Deposits(ctx, q); return err }
	}
	spends := func(q payments.SpendQuery) func(payments.Tx) error {
		return func(tx payments.Tx) error { _, err := tx.Spends(ctx, q); return err }
	}
	hosted := func(q payments.HostedQuery) func(payments.Tx) error {
		return func(tx payments.Tx) error { _, err := tx.Hosted(ctx, q); return err }
	}
	invoices := func(q payments.InvoiceQuery) func(payments.Tx) error {
		return func(tx payments.Tx) error { _, err := tx.Invoices(ctx, q); return err }
	}
	unknown := []payments.HostedState{payments.HostedOpening, payments.HostedFailed}
	unpaid := []invoice.Status{invoice.Unpaid, invoice.Processing}
	two := []string{"a", "b"}
	waiting := []payments.DepositState{payments.StateSeen, payments.StateConfirming}
	for name, tt := range map[string]struct {
		ask    func(payments.Tx) error
		index  string
		sorted bool // the index has the rows in order already
	}{
		"deposits of a state": {deposits(payments.DepositQuery{Network: "n", States: waiting, NotHeld: true}),
			"cointill_deposits_by_state (network=? AND state=?)", false},
		"deposits of a state at heights": {deposits(payments.DepositQuery{Network: "n", States: waiting, Included: true, MaxHeight: 9}),
			"cointill_deposits_by_state (network=? AND state=?)", false},
		"deposits of transactions": {deposits(payments.DepositQuery{Network: "n", TxIDs: txids}),
			"cointill_deposits_by_txid (txid=? AND network=?)", false},
		"deposits at heights": {deposits(payments.DepositQuery{Network: "n", Included: true, MinHeight: 4, MaxHeight: 9}),
			"cointill_deposits_by_height (network=? AND block_height>? AND block_height<?)", false},
		"the next page of deposits of a state": {deposits(payments.DepositQuery{Network: "n", States: waiting,
			After: payments.DepositKey{Network: "n", ID: "i"}}), "cointill_deposits_by_state (network=? AND state=? AND id>?)", false},
		"deposits of an account": {deposits(payments.DepositQuery{Profiles: []string{"acme"}, Account: "voice", Limit: 10}),
			"cointill_deposits_by_owner (profile=? AND account=?)", false},
		"deposits of profiles, not final": {deposits(payments.DepositQuery{Network: "n", Profiles: []string{"a", "b"}, States: waiting}),
			"cointill_deposits_by_owner (profile=?)", false},
		"deposits without a value": {deposits(payments.DepositQuery{Unvalued: true, Limit: 10}),
			"cointill_deposits_unvalued", true},
		"deposits to screen": {deposits(payments.DepositQuery{Unscreened: true, NotHeld: true, States: waiting, Limit: 10}),
			"cointill_deposits_unscreened", true},
		"held deposits": {deposits(payments.DepositQuery{Held: true, Limit: 10}),
			"cointill_deposits_held", true},
		"seen deposits of all networks": {deposits(payments.DepositQuery{States: waiting[:1], NotHeld: true, Limit: 10}),
			"cointill_deposits_by_state", false},
		"deposits credited since": {deposits(payments.DepositQuery{Network: "n", CreditedFrom: time.UnixMilli(1)}),
			"cointill_deposits_by_credit (network=? AND credited_at>?)", false},
		"deposits of receivers": {deposits(payments.DepositQuery{To: some}),
			"cointill_deposits_by_address (to_raw=? AND to_family=?)", false},
		"deposits of receivers of a network": {deposits(payments.DepositQuery{Network: "n", To: some, Limit: 10}),
			"cointill_deposits_by_address (to_raw=? AND to_family=?)", false},
		"deposits of receivers in a state": {deposits(payments.DepositQuery{Network: "n", To: some, States: waiting}),
			"cointill_deposits_by_address (to_raw=? AND to_family=?)", false},
		"unspent coins of receivers": {deposits(payments.DepositQuery{Network: "n", To: some, Unspent: true}),
			"cointill_deposits_by_address (to_raw=? AND to_family=?)", false},
		"unspent coins": {deposits(payments.DepositQuery{Network: "n", Unspent: true}),
			"cointill_deposits_unspent (network=?)", true},
		"unspent coins deep enough": {deposits(payments.DepositQuery{Network: "n", Unspent: true, Included: true, MaxHeight: 9, Limit: 100}),
			"cointill_deposits_unspent (network=?)", true},
		"the next page of unspent coins": {deposits(payments.DepositQuery{Network: "n", Unspent: true,
			After: payments.DepositKey{Network: "n", ID: "i"}, Limit: 100}), "cointill_deposits_unspent (network=? AND id>?)", true},
		"spends of transactions": {spends(payments.SpendQuery{Network: "n", TxIDs: txids}),
			"cointill_spends_by_txid (txid=? AND network=?)", false},
		"spends of senders": {spends(payments.SpendQuery{From: some}),
			"cointill_spends_by_address (from_raw=? AND from_family=?)", false},
		"spends of senders of a network": {spends(payments.SpendQuery{Network: "n", From: some, Limit: 10}),
			"cointill_spends_by_address (from_raw=? AND from_family=?)", false},
		"spends of senders at heights": {spends(payments.SpendQuery{Network: "n", From: some, Included: true, MaxHeight: 9}),
			"cointill_spends_by_address (from_raw=? AND from_family=?)", false},
		"spends at heights": {spends(payments.SpendQuery{Network: "n", Included: true, MinHeight: 4, MaxHeight: 9}),
			"cointill_spends_by_height (network=? AND block_height>? AND block_height<?)", false},
		"the next page of spends": {spends(payments.SpendQuery{Network: "n", After: payments.SpendKey{Network: "n", ID: "i"}, Limit: 100}),
			"sqlite_autoindex_cointill_spends_1 (network=? AND id>?)", true},
		"deposits by key": {func(tx payments.Tx) error {
			_, err := tx.DepositsByKey(ctx, []payments.DepositKey{{Network: "n", ID: "i"}, {Network: "n", ID: "j"}})
			return err
		}, "sqlite_autoindex_cointill_deposits_1 (network=? AND id=?)", false},
		"spends by key": {func(tx payments.Tx) error {
			_, err := tx.SpendsByKey(ctx, []payments.SpendKey{{Network: "n", ID: "i"}, {Network: "n", ID: "j"}})
			return err
		}, "sqlite_autoindex_cointill_spends_1 (network=? AND id=?)", false},
		"hosted invoices by id": {hosted(payments.HostedQuery{IDs: two}),
			"sqlite_autoindex_cointill_hosted_1 (id=?)", false},
		"hosted invoices by id, in a state": {hosted(payments.HostedQuery{IDs: two, States: unknown}),
			"sqlite_autoindex_cointill_hosted_1 (id=?)", false},
		"hosted invoices by id, of an account": {hosted(payments.HostedQuery{IDs: two, Profiles: two, Account: "voice"}),
			"sqlite_autoindex_cointill_hosted_1 (id=?)", false},
		"a hosted invoice by BitPay's id": {hosted(payments.HostedQuery{RemoteIDs: two[:1]}),
			"cointill_hosted_by_remote_id (remote_id=?)", false},
		"hosted invoices by BitPay's ids": {hosted(payments.HostedQuery{RemoteIDs: two}),
			"cointill_hosted_by_remote_id (remote_id=?)", false},
		"hosted invoices that are due": {hosted(payments.HostedQuery{DueBy: time.UnixMilli(1), Limit: 50}),
			"cointill_hosted_due (poll_at<?)", false},
		"hosted invoices that are due, in a state": {hosted(payments.HostedQuery{DueBy: time.UnixMilli(1), States: unknown, Limit: 50}),
			"cointill_hosted_due (poll_at<?)", false},
		"the next hosted invoices that are due": {hosted(payments.HostedQuery{DueBy: time.UnixMilli(1), After: "a", Limit: 50}),
			"cointill_hosted_due (poll_at<?)", false},
		"hosted invoices of an account": {hosted(payments.HostedQuery{Profiles: two[:1], Account: "voice", Limit: 50}),
			"cointill_hosted_by_account (profile=? AND account=?)", true},
		"the next page of hosted invoices of an account": {hosted(payments.HostedQuery{Profiles: two[:1], Account: "voice", After: "a", Limit: 50}),
			"cointill_hosted_by_account (profile=? AND account=? AND id>?)", true},
		"hosted invoices of an account, in a state": {hosted(payments.HostedQuery{Profiles: two[:1], Account: "invoice/1", States: unknown}),
			"cointill_hosted_by_account (profile=? AND account=?)", true},
		"hosted invoices of profiles": {hosted(payments.HostedQuery{Profiles: two}),
			"cointill_hosted_by_account (profile=?)", false},
		"hosted invoices of a state": {hosted(payments.HostedQuery{States: unknown[:1], Limit: 50}),
			"cointill_hosted_by_state (state=?)", true},
		"hosted invoices of states": {hosted(payments.HostedQuery{States: unknown, Limit: 50}),
			"cointill_hosted_by_state (state=?)", false},
		"the next page of hosted invoices of a state": {hosted(payments.HostedQuery{States: unknown[:1], After: "a", Limit: 50}),
			"cointill_hosted_by_state (state=? AND id>?)", true},
		"the next page of hosted invoices": {hosted(payments.HostedQuery{After: "a", Limit: 50}),
			"sqlite_autoindex_cointill_hosted_1 (id>?)", true},
		"the first page of hosted invoices": {hosted(payments.HostedQuery{Limit: 50}),
			"sqlite_autoindex_cointill_hosted_1", true},
		"invoices by number": {invoices(payments.InvoiceQuery{Numbers: two}),
			"sqlite_autoindex_cointill_invoices_1 (number=?)", false},
		"invoices by number, of a status": {invoices(payments.InvoiceQuery{Numbers: two, Statuses: unpaid}),
			"sqlite_autoindex_cointill_invoices_1 (number=?)", false},
		"invoices of a profile": {invoices(payments.InvoiceQuery{Profiles: two[:1], Limit: 50}),
			"cointill_invoices_by_profile (profile=?)", true},
		"the next page of invoices of a profile": {invoices(payments.InvoiceQuery{Profiles: two[:1], After: "a", Limit: 50}),
			"cointill_invoices_by_profile (profile=? AND number>?)", true},
		"invoices of profiles, not paid": {invoices(payments.InvoiceQuery{Profiles: two, Statuses: unpaid}),
			"cointill_invoices_by_profile (profile=?)", false},
		"invoices of a status": {invoices(payments.InvoiceQuery{Statuses: unpaid[:1], Limit: 50}),
			"cointill_invoices_by_status (status=?)", true},
		"the next page of invoices not paid": {invoices(payments.InvoiceQuery{Statuses: unpaid, After: "a", Limit: 50}),
			"cointill_invoices_by_status (status=? AND number>?)", false},
		"the next page of invoices": {invoices(payments.InvoiceQuery{After: "a", Limit: 50}),
			"sqlite_autoindex_cointill_invoices_1 (number>?)", true},
		"the first page of invoices": {invoices(payments.InvoiceQuery{Limit: 50}),
			"sqlite_autoindex_cointill_invoices_1", true},
	} {
		t.Run(name, func(t *testing.T) {
			plans, err := store.Explain(ctx, tt.ask)
			require.NoError(t, err)
			require.Len(t, plans, 1)
			require.Contains(t, plans[0], "INDEX "+tt.index)
			if tt.sorted {
				require.False(t, strings.Contains(plans[0], "TEMP B-TREE"), plans[0])
			}
		})
	}
}

// A treasury's coins are never screened: they would be read again by every pass, for
// ever.
func TestWhatIsToBeScreenedIsFoundWithoutReadingWhatNobodyOwns(t *testing.T) {
	_, db := openFile(t)
	var rows int
	err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM cointill_deposits INDEXED BY cointill_deposits_unscreened"+
		" WHERE screened = 0 AND hold = ''").Scan(&rows)
	require.ErrorContains(t, err, "no query solution", "the index leaves out what nobody owns")
}
