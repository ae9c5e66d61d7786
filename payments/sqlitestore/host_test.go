package sqlitestore_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/sqlitestore"
)

func hostTable(t testing.TB, db *sql.DB) {
	t.Helper()
	_, err := db.Exec("CREATE TABLE orders (id TEXT PRIMARY KEY)")
	require.NoError(t, err)
}

// stored counts the host's orders and our entries.
func stored(t testing.TB, db *sql.DB) (orders, entries int) {
	t.Helper()
	require.NoError(t, db.QueryRow("SELECT (SELECT COUNT(*) FROM orders), (SELECT COUNT(*) FROM cointill_entries)").
		Scan(&orders, &entries))
	return orders, entries
}

func insertCredit(t testing.TB, tx payments.Tx, key string) {
	t.Helper()
	_, err := tx.InsertEntries(context.Background(), []ledger.Entry{credit(t, key, "7")})
	require.NoError(t, err)
}

func TestTx_ourRowsFollowTheHostsCommitAndRollback(t *testing.T) {
	store, db := openFile(t)
	hostTable(t, db)
	for _, commit := range []bool{false, true} {
		host, err := db.Begin()
		require.NoError(t, err)
		_, err = host.Exec("INSERT INTO orders VALUES ('o1')")
		require.NoError(t, err)
		insertCredit(t, store.Tx(host), "a")
		want := 0
		if commit {
			require.NoError(t, host.Commit())
			want = 1
		} else {
			require.NoError(t, host.Rollback())
		}
		orders, entries := stored(t, db)
		require.Equal(t, want, orders)
		require.Equal(t, want, entries)
	}
}

func TestTx_connectionThatMayLoseCommitsIsRefused(t *testing.T) {
	store, db := openFile(t)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	_, err = conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL")
	require.NoError(t, err)
	host, err := conn.BeginTx(ctx, nil)
	require.NoError(t, err)
	_, err = store.Tx(host).ReserveIndexes(ctx, "k", 1)
	var bad *payments.ConfigError
	require.ErrorAs(t, err, &bad)
	require.NoError(t, host.Rollback())
}

// wrapped is a Tx in a host's own wrapper.
type wrapped struct{ payments.Tx }

func (w wrapped) Unwrap() payments.Tx { return w.Tx }

func TestUnwrap_hostRowsFollowOurCommitAndRollback(t *testing.T) {
	store, db := openFile(t)
	hostTable(t, db)
	ctx := context.Background()
	failed := errors.New("host said no")
	for _, result := range []error{failed, nil} {
		err := store.Update(ctx, func(tx payments.Tx) error {
			insertCredit(t, tx, "a")
			host, ok := sqlitestore.Unwrap(wrapped{wrapped{tx}})
			require.True(t, ok)
			if _, err := host.ExecContext(ctx, "INSERT INTO orders VALUES ('o1')"); err != nil {
				return err
			}
			return result
		})
		require.ErrorIs(t, err, result)
		orders, entries := stored(t, db)
		require.Equal(t, orders, entries)
		require.Equal(t, result == nil, entries == 1)
	}
}

func TestUnwrap_hostRowsFollowASavepoint(t *testing.T) {
	store, db := openFile(t)
	hostTable(t, db)
	ctx := context.Background()
	failed := errors.New("host said no")
	update(t, store, func(tx payments.Tx) error {
		insertCredit(t, tx, "kept")
		err := tx.Savepoint(ctx, func(tx payments.Tx) error {
			host, _ := sqlitestore.Unwrap(tx)
			_, err := host.ExecContext(ctx, "INSERT INTO orders VALUES ('o1')")
			require.NoError(t, err)
			insertCredit(t, tx, "undone")
			return failed
		})
		require.ErrorIs(t, err, failed)
		return nil
	})
	orders, entries := stored(t, db)
	require.Equal(t, []int{0, 1}, []int{orders, entries})
}

func TestUnwrap_insideViewTheHostCannotWriteAndThePoolStaysWritable(t *testing.T) {
	store, db := openFile(t)
	db.SetMaxOpenConns(1)
	hostTable(t, db)
	ctx := context.Background()
	require.NoError(t, store.View(ctx, func(tx payments.Tx) error {
		host, ok := sqlitestore.Unwrap(tx)
		require.True(t, ok)
		_, err := host.ExecContext(ctx, "INSERT INTO orders VALUES ('o1')")
		require.Error(t, err)
		_, err = tx.ReserveIndexes(ctx, "k", 1)
		require.ErrorIs(t, err, payments.ErrReadOnly)
		return nil
	}))
	_, err := db.Exec("INSERT INTO orders VALUES ('o1')")
	require.NoError(t, err)
}

func TestUnwrap_transactionOfAnotherStoreIsNotOurs(t *testing.T) {
	_, ok := sqlitestore.Unwrap(wrapped{})
	require.False(t, ok)
}

func TestUpdate_panicRollsBackAndGoesOn(t *testing.T) {
	store, db := openFile(t)
	db.SetMaxOpenConns(1)
	hostTable(t, db)
	require.PanicsWithValue(t, "boom", func() {
		_ = store.Update(context.Background(), func(tx payments.Tx) error {
			insertCredit(t, tx, "a")
			panic("boom")
		})
	})
	_, entries := stored(t, db)
	require.Zero(t, entries)
	update(t, store, func(tx payments.Tx) error { insertCredit(t, tx, "a"); return nil })
	_, entries = stored(t, db)
	require.Equal(t, 1, entries)
}

func TestUpdate_cancelledContextCommitsNothing(t *testing.T) {
	store, db := openFile(t)
	hostTable(t, db)
	ctx, cancel := context.WithCancel(context.Background())
	err := store.Update(ctx, func(tx payments.Tx) error {
		insertCredit(t, tx, "a")
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	_, entries := stored(t, db)
	require.Zero(t, entries)
}
