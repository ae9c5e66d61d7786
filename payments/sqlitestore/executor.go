package sqlitestore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/internal/sqltx"
)

// Executor runs the host's own statements inside a transaction. It is used by
// one goroutine, and not after the function it was given to returned.
type Executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx joins a transaction of the host's: what is written through the result is
// committed or rolled back by the host. The result is used by one goroutine, and
// not after the host ended tx. Methods fail with a *payments.ConfigError if the
// connection's synchronous is below FULL, because a commit that may vanish with
// the power must not hold a credit; set it before the transaction begins.
func (s *Store) Tx(tx *sql.Tx) payments.Tx {
	return sqltx.New(&joined{executor: &executor{db: tx}}, sqltx.Dialect{MaxParams: maxParams, IndexedBy: true})
}

// Unwrap returns an executor bound to the transaction behind tx, so that rows of
// the host's join its commit. It looks through wrappers (payments.TxWrapper), and
// answers false if the transaction is not of this package.
func Unwrap(tx payments.Tx) (Executor, bool) {
	for {
		switch t := tx.(type) {
		case *sqltx.Tx:
			switch e := t.Executor().(type) {
			case *executor:
				return shared{e}, true
			case *joined:
				return shared{e.executor}, true
			}
			return nil, false
		case payments.TxWrapper:
			tx = t.Unwrap()
		default:
			return nil, false
		}
	}
}

// executor gives database/sql the shape sqltx works on, and names conflicts.
type executor struct {
	db Executor
	guard
}

func (e *executor) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := e.open(ctx, e.db); err != nil {
		return 0, err
	}
	res, err := e.db.ExecContext(ctx, unnumbered(query), args...)
	if err != nil {
		e.doubtful = true
		return 0, conflict(err)
	}
	return res.RowsAffected()
}

func (e *executor) Query(ctx context.Context, query string, args ...any) (sqltx.Rows, error) {
	if err := e.open(ctx, e.db); err != nil {
		return nil, err
	}
	r, err := e.db.QueryContext(ctx, unnumbered(query), args...)
	if err != nil {
		e.doubtful = true
		return nil, conflict(err)
	}
	return rows{r, &e.guard}, nil
}

// unnumbered turns $1, $2, … into ?. The rows number their placeholders in
// ascending order, each once, so nothing changes but the speed:
// modernc.org/sqlite finds a numbered parameter by writing out the number of every
// argument and comparing texts.
func unnumbered(query string) string {
	first := strings.IndexByte(query, '$')
	if first < 0 {
		return query
	}
	out := make([]byte, 0, len(query))
	out = append(out, query[:first]...)
	for i := first; i < len(query); i++ {
		if query[i] != '$' {
			out = append(out, query[i])
			continue
		}
		out = append(out, '?')
		for i+1 < len(query) && query[i+1] >= '0' && query[i+1] <= '9' {
			i++
		}
	}
	return string(out)
}

type rows struct {
	*sql.Rows
	guard *guard
}

func (r rows) Err() error {
	err := r.Rows.Err()
	if err != nil {
		r.guard.doubtful = true
	}
	return conflict(err)
}

// Close implements sqltx.Rows. What it could report, Err has reported.
func (r rows) Close() { _ = r.Rows.Close() }

// joined is an executor on a connection the store did not prepare: before its
// first statement it looks whether commits there last.
type joined struct {
	*executor
	checked bool
}

func (j *joined) check(ctx context.Context) error {
	if j.checked {
		return nil
	}
	level, err := synchronous(ctx, j.db)
	if err != nil {
		return err
	}
	if level < synchronousFull {
		return &payments.ConfigError{Field: "Store", Reason: "the joined transaction's connection has synchronous below FULL; " +
			"set PRAGMA synchronous = FULL on the host's connections"}
	}
	j.checked = true
	return nil
}

func (j *joined) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := j.check(ctx); err != nil {
		return 0, err
	}
	return j.executor.Exec(ctx, query, args...)
}

func (j *joined) Query(ctx context.Context, query string, args ...any) (sqltx.Rows, error) {
	if err := j.check(ctx); err != nil {
		return nil, err
	}
	return j.executor.Query(ctx, query, args...)
}

// release gives a connection back to the pool. Closing one that was discarded
// fails, and does no harm.
func release(conn *sql.Conn) { _ = conn.Close() }

// discard takes a connection out of the pool for good.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}
