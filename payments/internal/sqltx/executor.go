package sqltx

import "context"

// Executor runs statements inside one transaction. An adapter maps what its
// database calls a conflict (serialization failure, deadlock, busy) to an error
// that wraps payments.ErrConflict. Arguments are string, int64 or nil; results
// are scanned into *string, *int64 and *sql.NullInt64. Placeholders stand in
// ascending order, each once, so an adapter may rewrite them to another form.
type Executor interface {
	// Exec runs a statement and returns how many rows it changed.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	// Query runs a statement that returns rows. The caller closes them.
	Query(ctx context.Context, query string, args ...any) (Rows, error)
}

// Rows are the results of a query, in the manner of database/sql.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	// Err returns what ended the iteration, if not the end of the rows.
	Err() error
	Close()
}

// Dialect is what differs between databases.
type Dialect struct {
	// Lock is appended to a SELECT whose rows must stay as read until the commit:
	// " FOR UPDATE", or empty where one writer at a time has the database.
	Lock string
	// MaxParams bounds the parameters of one statement. At least 64.
	MaxParams int
	// IndexedBy says that queries may name their index, as SQLite allows: without
	// statistics its planner reads a whole network in the order asked for rather
	// than sort a few rows.
	IndexedBy bool
	// ReadOnly makes every write fail with payments.ErrReadOnly, and takes no
	// locks.
	ReadOnly bool
}
