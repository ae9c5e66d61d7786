// Package sqlitestore keeps a processor's rows in the host's SQLite database,
// beside the host's own tables: every table's name begins with "cointill_". It
// takes an open *sql.DB and imports no driver; modernc.org/sqlite is the one it
// is tested with.
//
//	db, err := sql.Open("sqlite", "file:/var/lib/shop/shop.db")
//	err = sqlitestore.Migrate(ctx, db)      // at every start; safe from two instances
//	store, err := sqlitestore.New(db)
//
// What it promises:
//
//   - A transaction that writes begins IMMEDIATE, one at a time in this process,
//     so it never finds half-way that another one was faster. Other processes
//     wait for the lock for up to five seconds, and after that the transaction
//     is tried again.
//   - A commit that was reported is on disk: connections the store writes on run
//     with synchronous=FULL (raised if lower, and left so in the pool). Databases
//     are in WAL mode, set by [Migrate].
//   - Amounts are text and added up in Go. Nothing is ever a floating point
//     number; all tables are STRICT.
//   - SQLite older than 3.51.3 is refused: its WAL may be corrupted by a reset
//     while another connection writes.
//
// The host's own rows can share a commit with the store's, in both directions:
// [Store.Tx] joins a transaction of the host's, and [Unwrap] gives the host's
// code inside Config.InTx an executor on the store's transaction. A transaction
// of the host's should begin IMMEDIATE as well (modernc: "_txlock=immediate" in
// the data source name); a deferred one that reads first may fail with a
// conflict when it comes to write.
//
// Inside the function given to [Store.Update], other calls that write to the same
// database wait for a lock that the function itself holds. Use tx, or [Unwrap].
//
// A database in memory lives on one connection: call db.SetMaxOpenConns(1).
package sqlitestore
