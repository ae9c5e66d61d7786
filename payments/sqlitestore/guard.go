package sqlitestore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/cointill/cointill/payments"
)

// errEnded says that SQLite rolled the transaction back on its own.
var errEnded = fmt.Errorf("sqlitestore: a failed statement made SQLite roll the whole transaction back: %w", payments.ErrConflict)

// guard keeps statements from running behind the end of their transaction. An
// interrupted write, a full disk or a host's INSERT OR ROLLBACK make SQLite roll
// everything back; each later statement would then be committed on its own.
type guard struct {
	doubtful bool // a statement failed, or may have failed unseen
	ended    bool
}

// open returns errEnded if the transaction has ended. It asks SQLite only after a
// failure: inside a transaction another one cannot begin.
func (g *guard) open(ctx context.Context, db Executor) error {
	if g.doubtful && !g.ended {
		end := context.WithoutCancel(ctx)
		if _, err := db.ExecContext(end, "BEGIN"); err == nil {
			g.ended = true
			if _, err := db.ExecContext(end, "ROLLBACK"); err != nil {
				return fmt.Errorf("%w: %w", errEnded, err)
			}
		}
		g.doubtful = false
	}
	if g.ended {
		return errEnded
	}
	return nil
}

// shared is the executor in the host's hands.
type shared struct{ e *executor }

func (s shared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := s.e.open(ctx, s.e.db); err != nil {
		return nil, err
	}
	res, err := s.e.db.ExecContext(ctx, query, args...)
	s.e.doubtful = s.e.doubtful || err != nil
	return res, err
}

func (s shared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := s.e.open(ctx, s.e.db); err != nil {
		return nil, err
	}
	s.e.doubtful = true // what ends the rows is seen by the host alone
	return s.e.db.QueryContext(ctx, query, args...)
}

func (s shared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := s.e.open(ctx, s.e.db); err != nil {
		refused, cancel := context.WithCancelCause(ctx)
		cancel(err) // the only way to give a *sql.Row an error
		ctx = refused
	}
	s.e.doubtful = true
	return s.e.db.QueryRowContext(ctx, query, args...)
}
