package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/internal/sqltx"
)

// busyTimeout is how long a statement waits for another process's lock, in
// milliseconds.
const busyTimeout = 5000

// maxParams bounds the parameters of one statement. SQLite allows 32,766, but
// modernc.org/sqlite compares each parameter with every argument, so the cost of
// a statement grows with the square of their number.
const maxParams = 200

// Store implements payments.Store and payments.RunLocker on a SQLite database.
// Make it with [New]. Its methods may be called from several goroutines.
type Store struct {
	db *sql.DB
	// writer is held by the one goroutine that writes: others wait here in
	// turn, instead of polling SQLite's lock.
	writer chan struct{}
	// path is the database file, "" for one in memory.
	path string
}

var (
	_ payments.Store     = (*Store)(nil)
	_ payments.RunLocker = (*Store)(nil)
)

// New returns a store on a database that [Migrate] prepared, else
// payments.ErrSchema. It refuses, with a *payments.ConfigError, what could lose
// or change a committed row: SQLite before 3.51.3, a text encoding other than
// UTF-8, a rollback journal that is off or in memory, and a database in memory
// whose pool may open a second, empty one. The host keeps and closes db.
func New(db *sql.DB) (*Store, error) {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("sqlitestore: connect: %w", err)
	}
	defer release(conn)
	path, err := checkDatabase(ctx, db, conn)
	if err != nil {
		return nil, err
	}
	if err := checkSchema(ctx, conn); err != nil {
		return nil, err
	}
	return &Store{db: db, writer: make(chan struct{}, 1), path: path}, nil
}

// Update implements payments.Store.
func (s *Store) Update(ctx context.Context, fn func(tx payments.Tx) error) error {
	return payments.Retry(ctx, func() error { return s.update(ctx, fn) })
}

func (s *Store) update(ctx context.Context, fn func(tx payments.Tx) error) error {
	select {
	case s.writer <- struct{}{}:
		defer func() { <-s.writer }()
	case <-ctx.Done():
		return ctx.Err()
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("sqlitestore: connect: %w", conflict(err))
	}
	defer release(conn)
	if err := prepare(ctx, conn); err != nil {
		return err
	}
	t := &transaction{conn: conn}
	defer t.abandon(ctx)
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("sqlitestore: begin: %w", conflict(err))
	}
	if err := fn(sqltx.New(&executor{db: conn}, sqltx.Dialect{MaxParams: maxParams, IndexedBy: true})); err != nil {
		return conflict(err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return t.commit(ctx)
}

// View implements payments.Store. The snapshot is taken at the first read.
func (s *Store) View(ctx context.Context, fn func(tx payments.Tx) error) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("sqlitestore: connect: %w", err)
	}
	defer release(conn)
	if err := prepare(ctx, conn); err != nil {
		return err
	}
	t := &transaction{conn: conn}
	defer t.abandon(ctx)
	if _, err := conn.ExecContext(ctx, "BEGIN DEFERRED"); err != nil {
		return fmt.Errorf("sqlitestore: begin: %w", err)
	}
	// A cancelled call may have had its effect, so this stands first.
	defer func() {
		if _, err := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only = OFF"); err != nil {
			discard(conn)
		}
	}()
	// What the host runs through Unwrap must not write either.
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only = ON"); err != nil {
		return fmt.Errorf("sqlitestore: query_only: %w", err)
	}
	return fn(sqltx.New(&executor{db: conn}, sqltx.Dialect{MaxParams: maxParams, IndexedBy: true, ReadOnly: true}))
}

// prepare sets up a connection that may have come fresh from the host's pool.
func prepare(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", busyTimeout)); err != nil {
		return fmt.Errorf("sqlitestore: busy_timeout: %w", conflict(err))
	}
	level, err := synchronous(ctx, conn)
	if err != nil || level >= synchronousFull {
		return err
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = FULL"); err != nil {
		return fmt.Errorf("sqlitestore: synchronous: %w", conflict(err))
	}
	if level, err = synchronous(ctx, conn); err == nil && level < synchronousFull {
		err = &payments.ConfigError{Field: "Store", Reason: "SQLite does not let synchronous be FULL on this connection"}
	}
	return err
}

const synchronousFull = 2

func synchronous(ctx context.Context, db Executor) (level int, err error) {
	if err := db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&level); err != nil {
		return 0, fmt.Errorf("sqlitestore: synchronous: %w", conflict(err))
	}
	return level, nil
}

// transaction ends what BEGIN began. Abandon is deferred before BEGIN: a call that
// was cancelled may have begun one all the same.
type transaction struct {
	conn *sql.Conn
	done bool
}

// commit makes the transaction permanent. Any failure is a conflict: either
// nothing was committed, or it is not known, and in both cases the function is to
// run again, which its keys make harmless.
func (t *transaction) commit(ctx context.Context) error {
	if _, err := t.conn.ExecContext(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return fmt.Errorf("sqlitestore: commit: %w", errors.Join(payments.ErrConflict, err))
	}
	t.done = true
	return nil
}

// abandon rolls back what was not committed, also on the way of a panic. Where
// there is nothing to roll back, because SQLite did so itself or never began, the
// connection is proved to be free. One that is not leaves the pool: nobody may
// inherit an open transaction.
func (t *transaction) abandon(ctx context.Context) {
	if t.done {
		return
	}
	end := context.WithoutCancel(ctx)
	for _, statement := range []string{"ROLLBACK", "BEGIN", "ROLLBACK"} {
		_, err := t.conn.ExecContext(end, statement)
		switch {
		case statement == "ROLLBACK" && err == nil:
			return
		case statement == "BEGIN" && err != nil:
			discard(t.conn)
			return
		}
	}
	discard(t.conn)
}
