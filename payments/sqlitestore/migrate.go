package sqlitestore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/cointill/cointill/payments"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations holds the migrations as numbered SQL files, for hosts that run them
// with a tool of their own. Such a host also records each one as [Migrate] does:
// a row (version, name) in cointill_migrations.
var Migrations fs.FS = migrations

// migration is one numbered file.
type migration struct {
	version int64
	name    string
	sql     string
}

// Migrate brings the store's tables to the version of this library and sets WAL
// mode. Each migration is one transaction and is recorded with it; calling
// Migrate again does nothing, and two instances may call it at once. Tables of a
// newer version are payments.ErrSchema.
func Migrate(ctx context.Context, db *sql.DB) error {
	list, err := readMigrations()
	if err != nil {
		return err
	}
	// WAL mode can only be set while nobody else uses the database, so a second
	// instance may find it busy for a moment.
	return payments.Retry(ctx, func() error {
		conn, err := db.Conn(ctx)
		if err != nil {
			return fmt.Errorf("sqlitestore: connect: %w", conflict(err))
		}
		defer release(conn)
		return migrate(ctx, db, conn, list)
	})
}

func migrate(ctx context.Context, db *sql.DB, conn *sql.Conn, list []migration) error {
	path, err := checkDatabase(ctx, db, conn)
	if err != nil {
		return conflict(err)
	}
	if err := prepare(ctx, conn); err != nil {
		return err
	}
	if path != "" {
		var mode string
		if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
			return fmt.Errorf("sqlitestore: set WAL mode: %w", conflict(err))
		}
		if mode != "wal" {
			return &payments.ConfigError{Field: "Store", Reason: "the database cannot be in WAL mode (it stays " + mode +
				"); keep it on a local disk"}
		}
	}
	for _, m := range list {
		if err := apply(ctx, conn, m); err != nil {
			return err
		}
	}
	return checkSchema(ctx, conn)
}

// apply runs one migration unless it is recorded. The check is inside the
// transaction that runs it: of two instances the second one waits and finds it
// done.
func apply(ctx context.Context, conn *sql.Conn, m migration) error {
	t := &transaction{conn: conn}
	defer t.abandon(ctx)
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("sqlitestore: begin: %w", conflict(err))
	}
	if _, err := conn.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS cointill_migrations (
		version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT`); err != nil {
		return fmt.Errorf("sqlitestore: migrate: %w", conflict(err))
	}
	var done int
	if err := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM cointill_migrations WHERE version >= $1", m.version).
		Scan(&done); err != nil {
		return fmt.Errorf("sqlitestore: migrate: %w", conflict(err))
	}
	if done > 0 {
		return nil
	}
	if _, err := conn.ExecContext(ctx, m.sql); err != nil {
		return fmt.Errorf("sqlitestore: migrate %s: %w", m.name, conflict(err))
	}
	if _, err := conn.ExecContext(ctx, "INSERT INTO cointill_migrations (version, name) VALUES ($1, $2)",
		m.version, m.name); err != nil {
		return fmt.Errorf("sqlitestore: migrate %s: %w", m.name, conflict(err))
	}
	return t.commit(ctx)
}

// readMigrations returns the embedded files in ascending order of number.
func readMigrations() ([]migration, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return nil, fmt.Errorf("sqlitestore: list migrations: %w", err)
	}
	list := make([]migration, 0, len(names))
	for _, path := range names {
		body, err := fs.ReadFile(migrations, path)
		if err != nil {
			return nil, fmt.Errorf("sqlitestore: read migration: %w", err)
		}
		name := strings.TrimPrefix(path, "migrations/")
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("sqlitestore: migration %s has no number: %w", name, err)
		}
		list = append(list, migration{version: version, name: name, sql: string(body)})
	}
	return list, nil
}
