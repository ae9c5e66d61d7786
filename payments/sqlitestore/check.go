package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/cointill/cointill/payments"
)

// oldest is the first release without the WAL-reset corruption
// (sqlite.org/wal.html, "The WAL-Reset Bug").
var oldest = [3]int{3, 51, 3}

// checkDatabase refuses databases that could lose or change committed rows, and
// returns the path of the file, "" in memory.
func checkDatabase(ctx context.Context, db *sql.DB, conn *sql.Conn) (path string, err error) {
	refuse := func(format string, args ...any) (string, error) {
		return "", &payments.ConfigError{Field: "Store", Reason: fmt.Sprintf(format, args...)}
	}
	var version, encoding, journal string
	for query, dest := range map[string]*string{
		"SELECT sqlite_version()": &version,
		"PRAGMA encoding":         &encoding,
		"PRAGMA journal_mode":     &journal,
	} {
		if err := conn.QueryRowContext(ctx, query).Scan(dest); err != nil {
			return "", fmt.Errorf("sqlitestore: %s: %w", query, err)
		}
	}
	var seq int
	var name string
	if err := conn.QueryRowContext(ctx, "SELECT seq, name, file FROM pragma_database_list WHERE name = 'main'").
		Scan(&seq, &name, &path); err != nil {
		return "", fmt.Errorf("sqlitestore: database_list: %w", err)
	}
	switch {
	case olderThan(version, oldest):
		return refuse("SQLite %s may corrupt a database in WAL mode; use a driver with 3.51.3 or newer", version)
	case encoding != "UTF-8":
		return refuse("the database's encoding is %s, which orders keys in another way; use UTF-8", encoding)
	case path == "" && db.Stats().MaxOpenConnections != 1:
		return refuse("a database in memory exists once per connection; call db.SetMaxOpenConns(1)")
	case path != "" && (journal == "off" || journal == "memory"):
		return refuse("journal_mode is %s, which a crash turns into a corrupt database; use WAL", journal)
	}
	return path, nil
}

// olderThan reports whether a version such as "3.51.2" is below a bound. What
// cannot be read counts as older.
func olderThan(version string, bound [3]int) bool {
	parts := strings.SplitN(version, ".", 4)
	for i, want := range bound {
		if i >= len(parts) {
			return true
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < want {
			return true
		}
		if n > want {
			return false
		}
	}
	return false
}

// checkSchema compares the recorded migrations with those of this package.
func checkSchema(ctx context.Context, conn *sql.Conn) error {
	known, err := readMigrations()
	if err != nil {
		return err
	}
	var tables int
	if err := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'cointill_migrations'").
		Scan(&tables); err != nil {
		return fmt.Errorf("sqlitestore: read schema: %w", err)
	}
	if tables == 0 {
		return fmt.Errorf("%w: call sqlitestore.Migrate", payments.ErrSchema)
	}
	var last sql.NullInt64
	err = conn.QueryRowContext(ctx, "SELECT MAX(version) FROM cointill_migrations").Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("sqlitestore: read schema: %w", err)
	}
	return compareSchema(last.Int64, known[len(known)-1].version)
}

func compareSchema(stored, known int64) error {
	switch {
	case stored < known:
		return fmt.Errorf("%w: tables are of version %d, not %d: call sqlitestore.Migrate", payments.ErrSchema, stored, known)
	case stored > known:
		return fmt.Errorf("%w: tables are of version %d, this library knows %d: use the newer library", payments.ErrSchema, stored, known)
	}
	return nil
}
