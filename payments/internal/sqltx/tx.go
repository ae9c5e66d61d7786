package sqltx

import (
	"context"
	"errors"
	"fmt"

	"github.com/cointill/cointill/payments"
)

// Tx implements payments.Tx on an Executor. It is used by one goroutine.
type Tx struct {
	db      Executor
	dialect Dialect
	depth   int // of nested savepoints
}

var _ payments.Tx = (*Tx)(nil)

// New returns the rows of one open transaction. It neither commits nor rolls
// back.
func New(db Executor, dialect Dialect) *Tx { return &Tx{db: db, dialect: dialect} }

// Executor returns what New was given, so that an adapter can find its own.
func (x *Tx) Executor() Executor { return x.db }

// Savepoint implements payments.Tx. A panic in fn undoes what fn wrote as well.
func (x *Tx) Savepoint(ctx context.Context, fn func(tx payments.Tx) error) (err error) {
	x.depth++
	defer func() { x.depth-- }()
	name := fmt.Sprintf("cointill_%d", x.depth) // a constant and a counter, nothing from outside
	if _, err := x.db.Exec(ctx, "SAVEPOINT "+name); err != nil {
		return fmt.Errorf("payments: savepoint: %w", err)
	}
	// Undoing must not fail because the caller's context ended.
	end := context.WithoutCancel(ctx)
	undo := func() error {
		if _, err := x.db.Exec(end, "ROLLBACK TO SAVEPOINT "+name); err != nil {
			return fmt.Errorf("payments: roll back to savepoint: %w", err)
		}
		_, err := x.db.Exec(end, "RELEASE SAVEPOINT "+name)
		return err
	}
	returned := false
	defer func() {
		if !returned {
			_ = undo() // the panic goes on, and with it the whole transaction
		}
	}()
	err = fn(x)
	returned = true
	if err != nil {
		return errors.Join(err, undo())
	}
	if _, err := x.db.Exec(end, "RELEASE SAVEPOINT "+name); err != nil {
		return fmt.Errorf("payments: release savepoint: %w", err)
	}
	return nil
}

// Stamp implements payments.Tx.
func (x *Tx) Stamp(ctx context.Context, want payments.Stamp) (payments.Stamp, error) {
	read := func() (string, bool, error) {
		var kind string
		found := false
		err := x.each(ctx, []any{&kind}, func() error { found = true; return nil },
			"SELECT kind FROM cointill_stamp WHERE id = 1")
		return kind, found, err
	}
	kind, found, err := read()
	if err != nil || found {
		return payments.Stamp{Kind: kind}, err
	}
	if err := x.write(ctx, "INSERT INTO cointill_stamp (id, kind) VALUES (1, $1) ON CONFLICT DO NOTHING", want.Kind); err != nil {
		return payments.Stamp{}, err
	}
	kind, _, err = read()
	return payments.Stamp{Kind: kind}, err
}

// lock returns the clause that keeps read rows as they are until the commit.
func (x *Tx) lock() string {
	if x.dialect.ReadOnly {
		return ""
	}
	return x.dialect.Lock
}

func (x *Tx) writable() error {
	if x.dialect.ReadOnly {
		return payments.ErrReadOnly
	}
	return nil
}

// write runs a statement that changes rows.
func (x *Tx) write(ctx context.Context, query string, args ...any) error {
	if err := x.writable(); err != nil {
		return err
	}
	if _, err := x.db.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("payments: store: %w", err)
	}
	return nil
}

// each runs a query and calls fn after every row was scanned into dest.
func (x *Tx) each(ctx context.Context, dest []any, fn func() error, query string, args ...any) error {
	rows, err := x.db.Query(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("payments: store: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("payments: store: %w", err)
		}
		if err := fn(); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("payments: store: %w", err)
	}
	return nil
}
