package sqlitestore_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/payments/sqlitestore"
)

var (
	noon  = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	wei   = money.Asset{Coin: "ETH", Network: "ethereum", Decimals: 18}
	voice = payments.Account{Profile: "acme", Name: "voice"}
)

// openDB opens a database file as a host would, with transactions of its own
// begun IMMEDIATE.
func openDB(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func newStore(t testing.TB, db *sql.DB) *sqlitestore.Store {
	t.Helper()
	require.NoError(t, sqlitestore.Migrate(context.Background(), db))
	store, err := sqlitestore.New(db)
	require.NoError(t, err)
	return store
}

func openFile(t testing.TB) (*sqlitestore.Store, *sql.DB) {
	t.Helper()
	db := openDB(t, filepath.Join(t.TempDir(), "shop.db"))
	return newStore(t, db), db
}

func update(t testing.TB, s payments.Store, fn func(tx payments.Tx) error) {
	t.Helper()
	require.NoError(t, s.Update(context.Background(), fn))
}

// credit is an entry that moves a number of atomic units to the voice account.
func credit(t testing.TB, key, units string) ledger.Entry {
	t.Helper()
	amount, err := money.ParseUnits(wei, units)
	require.NoError(t, err)
	return ledger.Entry{Key: key, Kind: ledger.KindDeposit, At: noon, Postings: []ledger.Posting{
		{From: ledger.Clearing, To: voice.Ledger(), Amount: amount},
	}}
}

func TestBalances_integersAboveInt64AddUpExactly(t *testing.T) {
	store, db := openFile(t)
	ctx := context.Background()
	update(t, store, func(tx payments.Tx) error {
		_, err := tx.InsertEntries(ctx, []ledger.Entry{
			credit(t, "a", "100000000000000000001"), credit(t, "b", "100000000000000000001"),
		})
		return err
	})
	require.NoError(t, store.View(ctx, func(tx payments.Tx) error {
		rows, err := tx.Balances(ctx, []ledger.Account{voice.Ledger(), ledger.Clearing})
		require.NoError(t, err)
		require.Len(t, rows, 2)
		require.Equal(t, "200000000000000000002", rows[0].Amount.UnitsText())
		require.Equal(t, "-200000000000000000002", rows[1].Amount.UnitsText(), "summed from postings")
		return nil
	}))
	var kind string
	require.NoError(t, db.QueryRow("SELECT typeof(units) FROM cointill_balances").Scan(&kind))
	require.Equal(t, "text", kind)
}

func TestBalances_aRowEditedToAFloatIsAnErrorAndNoNumber(t *testing.T) {
	store, db := openFile(t)
	ctx := context.Background()
	update(t, store, func(tx payments.Tx) error {
		_, err := tx.InsertEntries(ctx, []ledger.Entry{credit(t, "a", "5")})
		return err
	})
	_, err := db.Exec("UPDATE cointill_balances SET units = '1e20'")
	require.NoError(t, err)
	err = store.View(ctx, func(tx payments.Tx) error {
		_, err := tx.Balances(ctx, []ledger.Account{voice.Ledger()})
		return err
	})
	require.ErrorIs(t, err, money.ErrBadNumber)
}

// fullDeposit has every field set.
func fullDeposit(t testing.TB, n int) payments.Deposit {
	t.Helper()
	rate, err := money.ParseRate("64000.123456789012345678901234567890123")
	require.NoError(t, err)
	amount, err := money.ParseUnits(wei, "123456789012345678901234567890")
	require.NoError(t, err)
	block := chain.Anchor{Height: 840_000, Hash: chain.Hash{1}, Parent: chain.Hash{2}, Time: noon}
	first := block
	first.Height--
	return payments.Deposit{
		Key: payments.DepositKey{Network: "bitcoin", ID: fmt.Sprintf("%064x:0", n)}, TxID: chain.Hash{3, byte(n)},
		To:     chain.Address{Family: chain.FamilyBitcoin, Raw: "\x00\x14\xff"},
		Amount: amount, From: chain.Address{Family: chain.FamilyEVM, Raw: "\x00\xfesender"}, Origin: chain.OriginCoinbase,
		Agreed: chain.Hash{6}, Spent: chain.Hash{7, byte(n)}, Owner: payments.Owner{Account: voice}, State: payments.StateCredited,
		Hold: payments.HoldHost, Inputs: []chain.Outpoint{{TxID: chain.Hash{4}, Vout: 7}},
		Block: block, SeenAt: noon, SeenLive: true, LiveBefore: noon.Add(-time.Second),
		IncludedAt: noon.Add(time.Minute), FirstBlock: first, ReceivedAt: noon.Add(time.Millisecond),
		Basis: payments.BasisFirstSeen, Rate: rate, Currency: money.USD, Snapshot: "snap",
		Exact:    decimal.RequireFromString("-0.000000000000000000000000000000000000000000000000000001"),
		Screened: true, Incarnation: 2, Changes: 5, Credited: money.USD.Cents(6400), CreditedAt: noon.Add(time.Hour),
		Missing: noon.Add(2 * time.Hour), Version: 1,
	}
}

// fullSpend has every field set.
func fullSpend(t testing.TB, n int) payments.Spend {
	t.Helper()
	amount, err := money.ParseUnits(wei, "123456789012345678901234567890")
	require.NoError(t, err)
	return payments.Spend{
		Key: payments.SpendKey{Network: "bitcoin", ID: fmt.Sprintf("%064x:in:0", n)}, Kind: chain.SpendOutpoint,
		TxID: chain.Hash{3, byte(n)}, From: chain.Address{Family: chain.FamilyBitcoin, Raw: "\x00\x14" + fmt.Sprint(n)},
		To: chain.Address{Family: chain.FamilyEVM, Raw: "\xfe\x00"}, Amount: amount,
		Outpoint: chain.Outpoint{TxID: chain.Hash{4, byte(n)}, Vout: 1<<32 - 1}, Place: "treasury:cold",
		Block:       chain.Anchor{Height: 840_000, Hash: chain.Hash{1}, Parent: chain.Hash{2}, Time: noon},
		Incarnation: 2, Booked: true, Version: 1,
	}
}

func TestSpends_everyFieldComesBackAlsoInBatchesOfManyStatements(t *testing.T) {
	store, _ := openFile(t)
	ctx := context.Background()
	var want []payments.Spend
	var keys []payments.SpendKey
	for n := range 700 {
		r := fullSpend(t, n)
		want, keys = append(want, r), append(keys, r.Key)
	}
	update(t, store, func(tx payments.Tx) error {
		fresh, err := tx.InsertSpends(ctx, want)
		require.Equal(t, keys, fresh)
		return err
	})
	update(t, store, func(tx payments.Tx) error {
		again, err := tx.InsertSpends(ctx, want)
		require.Empty(t, again)
		return err
	})
	update(t, store, func(tx payments.Tx) error {
		got, err := tx.SpendsByKey(ctx, keys)
		require.NoError(t, err)
		require.Equal(t, want, got)
		return tx.SaveSpends(ctx, got)
	})
	require.NoError(t, store.View(ctx, func(tx payments.Tx) error {
		got, err := tx.Spends(ctx, payments.SpendQuery{Network: "bitcoin", From: []chain.Address{want[9].From}, Limit: 1})
		require.NoError(t, err)
		require.Equal(t, int64(2), got[0].Version)
		require.Equal(t, want[9].Key, got[0].Key)
		return nil
	}))
}

func TestSpends_aRowEditedByHandIsAnErrorAndNoNumber(t *testing.T) {
	for column, bad := range map[string]string{
		"amount": "'1e20'", "outpoint_vout": "4294967296", "outpoint_txid": "'beef'", "from_raw": "'xy'",
	} {
		t.Run(column, func(t *testing.T) {
			store, db := openFile(t)
			ctx := context.Background()
			update(t, store, func(tx payments.Tx) error {
				_, err := tx.InsertSpends(ctx, []payments.Spend{fullSpend(t, 1)})
				return err
			})
			_, err := db.Exec("UPDATE cointill_spends SET " + column + " = " + bad)
			require.NoError(t, err)
			require.Error(t, store.View(ctx, func(tx payments.Tx) error {
				_, err := tx.Spends(ctx, payments.SpendQuery{})
				return err
			}))
		})
	}
}

func TestDeposits_everyFieldComesBackAlsoInBatchesOfManyStatements(t *testing.T) {
	store, _ := openFile(t)
	ctx := context.Background()
	var want []payments.Deposit
	var keys []payments.DepositKey
	for n := range 700 {
		d := fullDeposit(t, n)
		want, keys = append(want, d), append(keys, d.Key)
	}
	update(t, store, func(tx payments.Tx) error {
		fresh, err := tx.InsertDeposits(ctx, want)
		require.Equal(t, keys, fresh)
		return err
	})
	update(t, store, func(tx payments.Tx) error {
		again, err := tx.InsertDeposits(ctx, want)
		require.Empty(t, again)
		return err
	})
	update(t, store, func(tx payments.Tx) error {
		got, err := tx.DepositsByKey(ctx, keys)
		require.NoError(t, err)
		require.Equal(t, want, got)
		return tx.SaveDeposits(ctx, got)
	})
	require.NoError(t, store.View(ctx, func(tx payments.Tx) error {
		got, err := tx.Deposits(ctx, payments.DepositQuery{Network: "bitcoin", TxIDs: []chain.Hash{want[9].TxID}, Limit: 1})
		require.NoError(t, err)
		require.Equal(t, int64(2), got[0].Version)
		require.Equal(t, want[9].Key, got[0].Key)
		return nil
	}))
}

func TestUpdate_amountAbove320BitsIsRefusedBeforeItIsStored(t *testing.T) {
	store, _ := openFile(t)
	d := fullDeposit(t, 1)
	huge := d.Amount.Units()
	d.Amount = money.NewAmount(wei, huge.Lsh(huge, 300))
	err := store.Update(context.Background(), func(tx payments.Tx) error {
		_, err := tx.InsertDeposits(context.Background(), []payments.Deposit{d})
		return err
	})
	require.ErrorIs(t, err, money.ErrBadNumber)
}
