package torture_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/payments/sqlitestore"
)

func open(t testing.TB, path string) (*sqlitestore.Store, *sql.DB) {
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	if path == ":memory:" {
		db.SetMaxOpenConns(1)
	}
	require.NoError(t, sqlitestore.Migrate(context.Background(), db))
	s, err := sqlitestore.New(db)
	require.NoError(t, err)
	return s, db
}

func credit(key string) ledger.Entry {
	return ledger.Entry{Key: key, Kind: ledger.KindDeposit, At: time.Unix(1, 0).UTC(),
		Postings: []ledger.Posting{{From: ledger.Clearing, To: ledger.Customer("acme", "voice"), Amount: money.USD.Cents(100)}}}
}

// delayed cancels at a random instant.
func delayed(us int) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		end := time.Now().Add(time.Duration(rand.IntN(us)) * time.Microsecond)
		for time.Now().Before(end) {
		}
		cancel()
	}()
	return ctx, cancel
}

func cancelStorm(t *testing.T, path string) {
	s, db := open(t, path)
	bg := context.Background()
	require.NoError(t, s.Update(bg, func(tx payments.Tx) error {
		_, err := tx.InsertEntries(bg, []ledger.Entry{credit("first")})
		return err
	}))
	var wg sync.WaitGroup
	for w := range 3 {
		wg.Go(func() {
			for i := range 400 {
				ctx, cancel := delayed(1500)
				if w == 0 {
					_ = s.Update(ctx, func(tx payments.Tx) error {
						_, err := tx.InsertEntries(ctx, []ledger.Entry{credit(fmt.Sprint(w, "/", i))})
						return err
					})
				} else {
					_ = s.View(ctx, func(tx payments.Tx) error { _, err := tx.EntriesByKey(ctx, []string{"first"}); return err })
				}
				cancel()
			}
		})
	}
	wg.Wait()
	var bad []string
	var conns []*sql.Conn
	for range max(1, db.Stats().OpenConnections) {
		ctx, c := context.WithTimeout(bg, 3*time.Second)
		conn, err := db.Conn(ctx)
		c()
		require.NoError(t, err)
		conns = append(conns, conn)
		var q int
		require.NoError(t, conn.QueryRowContext(bg, "PRAGMA query_only").Scan(&q))
		if q != 0 {
			bad = append(bad, "query_only stays on")
		}
		if _, err := conn.ExecContext(bg, "BEGIN DEFERRED"); err != nil {
			bad = append(bad, "begin: "+err.Error())
		} else {
			conn.ExecContext(bg, "ROLLBACK")
		}
	}
	for _, c := range conns {
		c.Close()
	}
	require.Empty(t, bad)
	require.NoError(t, s.Update(bg, func(tx payments.Tx) error { _, err := tx.InsertEntries(bg, []ledger.Entry{credit("last")}); return err }))
	require.NoError(t, s.View(bg, func(tx payments.Tx) error {
		got, err := tx.EntriesByKey(bg, []string{"first", "last"})
		require.Len(t, got, 2)
		return err
	}))
}

func TestCancelStormFile(t *testing.T)   { cancelStorm(t, filepath.Join(t.TempDir(), "a.db")) }
func TestCancelStormMemory(t *testing.T) { cancelStorm(t, ":memory:") }

// An interrupted INSERT makes SQLite roll the whole transaction back. What is
// written after it must not be committed piecemeal.
func TestInterruptedStatementInsideASavepointDoesNotLeaveAutocommit(t *testing.T) {
	s, db := open(t, filepath.Join(t.TempDir(), "a.db"))
	bg := context.Background()
	_, err := db.Exec("CREATE TABLE host (x INTEGER)")
	require.NoError(t, err)
	runs := 0
	uerr := s.Update(bg, func(tx payments.Tx) error {
		runs++
		if runs > 1 {
			return fmt.Errorf("second run")
		}
		_, err := tx.InsertEntries(bg, []ledger.Entry{credit("before")})
		require.NoError(t, err)
		err = tx.Savepoint(bg, func(tx payments.Tx) error {
			ctx, cancel := context.WithTimeout(bg, 50*time.Millisecond)
			defer cancel()
			h, _ := sqlitestore.Unwrap(tx)
			_, err := h.ExecContext(ctx, "INSERT INTO host WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 30000000) SELECT x FROM c")
			require.Error(t, err)
			return err
		})
		t.Log("savepoint:", err)
		// the engine goes on without the credits
		_, err = tx.InsertEntries(bg, []ledger.Entry{credit("after")})
		t.Log("after:", err)
		return nil
	})
	t.Log("update:", uerr, "runs", runs)
	var n int
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM cointill_entries").Scan(&n))
	require.Zero(t, n, "rows of a failed transaction were committed")
}

// An interrupted write ends the transaction by itself; the connection, which in
// memory is the whole database, stays.
func TestInterruptedWriteDoesNotLoseADatabaseInMemory(t *testing.T) {
	s, db := open(t, ":memory:")
	bg := context.Background()
	_, err := db.Exec("CREATE TABLE host (x INTEGER)")
	require.NoError(t, err)
	insert := func(key string) error {
		return s.Update(bg, func(tx payments.Tx) error { _, err := tx.InsertEntries(bg, []ledger.Entry{credit(key)}); return err })
	}
	require.NoError(t, insert("first"))
	ctx, cancel := context.WithTimeout(bg, 50*time.Millisecond)
	defer cancel()
	require.Error(t, s.Update(ctx, func(tx payments.Tx) error {
		h, _ := sqlitestore.Unwrap(tx)
		_, err := h.ExecContext(ctx, "INSERT INTO host WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 30000000) SELECT x FROM c")
		return err
	}))
	require.NoError(t, insert("second"))
	require.NoError(t, s.View(bg, func(tx payments.Tx) error {
		got, err := tx.EntriesByKey(bg, []string{"first", "second"})
		require.Len(t, got, 2)
		return err
	}))
}

// A host's statement that rolls the whole transaction back, and a host that
// hides it: nothing of the step is committed on its own.
func TestHostThatRollsBackInsideInTxCommitsNothingPiecemeal(t *testing.T) {
	s, db := open(t, filepath.Join(t.TempDir(), "a.db"))
	bg := context.Background()
	_, err := db.Exec("CREATE TABLE host (x INTEGER PRIMARY KEY); INSERT INTO host VALUES (1)")
	require.NoError(t, err)
	err = s.Update(bg, func(tx payments.Tx) error {
		if _, err := tx.InsertEntries(bg, []ledger.Entry{credit("before")}); err != nil {
			return err
		}
		h, _ := sqlitestore.Unwrap(tx)
		_, _ = h.ExecContext(bg, "INSERT OR ROLLBACK INTO host VALUES (1)")
		_, herr := h.ExecContext(bg, "INSERT INTO host VALUES (2)")
		require.Error(t, herr)
		var n int
		require.Error(t, h.QueryRowContext(bg, "SELECT COUNT(*) FROM host").Scan(&n))
		_, err := tx.InsertEntries(bg, []ledger.Entry{credit("after")})
		require.ErrorIs(t, err, payments.ErrConflict)
		return nil // hidden
	})
	require.ErrorIs(t, err, payments.ErrConflict)
	var entries, rows int
	require.NoError(t, db.QueryRow("SELECT (SELECT COUNT(*) FROM cointill_entries), (SELECT COUNT(*) FROM host)").Scan(&entries, &rows))
	require.Equal(t, []int{0, 1}, []int{entries, rows})
}

// tardy is a driver whose calls are cancelled at the worst instant: the statement
// took effect, and the error of the context is returned, as modernc.org/sqlite
// does when the cancellation meets the end of a statement.
type tardy struct {
	driver.Driver
	on     *string // the statement, and after it
	cancel *func()
}

type tardyConn struct {
	driver.Conn
	d tardy
}

func (d tardy) Open(name string) (driver.Conn, error) {
	c, err := d.Driver.Open(name)
	return tardyConn{c, d}, err
}
func (c tardyConn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	r, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, q, args)
	if err == nil && q == *c.d.on {
		(*c.d.cancel)()
		return nil, ctx.Err()
	}
	return r, err
}
func (c tardyConn) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, q, args)
}

func TestCancelAtTheEndOfAStatementLeavesTheConnectionClean(t *testing.T) {
	for i, statement := range []string{"BEGIN IMMEDIATE", "BEGIN DEFERRED", "PRAGMA query_only = ON", "PRAGMA synchronous = FULL"} {
		on, cancel := "", func() {}
		plain, err := sql.Open("sqlite", "")
		require.NoError(t, err)
		name := fmt.Sprint("tardy", i, t.TempDir()) // drivers are registered for good
		sql.Register(name, tardy{plain.Driver(), &on, &cancel})
		db, err := sql.Open(name, filepath.Join(t.TempDir(), "a.db"))
		require.NoError(t, err)
		db.SetMaxOpenConns(1)
		bg := context.Background()
		require.NoError(t, sqlitestore.Migrate(bg, db))
		s, err := sqlitestore.New(db)
		require.NoError(t, err)
		ctx, stop := context.WithCancel(bg)
		on, cancel = statement, stop
		nothing := func(payments.Tx) error { return nil }
		if statement == "BEGIN IMMEDIATE" {
			require.Error(t, s.Update(ctx, nothing))
		} else {
			_ = s.View(ctx, nothing)
		}
		on = ""
		require.NoError(t, s.View(bg, nothing), statement)
		require.NoError(t, s.Update(bg, func(tx payments.Tx) error { _, err := tx.ReserveIndexes(bg, "k", 1); return err }), statement)
		require.NoError(t, db.Close())
	}
}
