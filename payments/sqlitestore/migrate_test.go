package sqlitestore_test

import (
	"context"
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/sqlitestore"
)

func TestNew_unmigratedDatabaseIsErrSchema(t *testing.T) {
	_, err := sqlitestore.New(openDB(t, filepath.Join(t.TempDir(), "shop.db")))
	require.ErrorIs(t, err, payments.ErrSchema)
}

func TestNew_tablesOfANewerLibraryAreErrSchema(t *testing.T) {
	_, db := openFile(t)
	_, err := db.Exec("INSERT INTO cointill_migrations (version, name) VALUES (9999, 'later')")
	require.NoError(t, err)
	_, err = sqlitestore.New(db)
	require.ErrorIs(t, err, payments.ErrSchema)
	require.ErrorIs(t, sqlitestore.Migrate(context.Background(), db), payments.ErrSchema)
}

func TestNew_memoryDatabaseWithManyConnectionsIsRefused(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	var bad *payments.ConfigError
	require.ErrorAs(t, sqlitestore.Migrate(context.Background(), db), &bad)
	require.Contains(t, bad.Reason, "SetMaxOpenConns(1)")
}

func TestNew_rollbackJournalInMemoryIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(memory)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	var bad *payments.ConfigError
	require.ErrorAs(t, sqlitestore.Migrate(context.Background(), db), &bad)
}

func TestMigrate_twiceKeepsRowsAndSetsWAL(t *testing.T) {
	store, db := openFile(t)
	ctx := context.Background()
	update(t, store, func(tx payments.Tx) error {
		_, err := tx.ReserveIndexes(ctx, "k", 3)
		return err
	})
	require.NoError(t, sqlitestore.Migrate(ctx, db))
	update(t, store, func(tx payments.Tx) error {
		first, err := tx.ReserveIndexes(ctx, "k", 1)
		require.Equal(t, uint32(3), first)
		return err
	})
	var mode string
	require.NoError(t, db.QueryRow("PRAGMA journal_mode").Scan(&mode))
	require.Equal(t, "wal", mode)
}

func TestMigrate_twoInstancesAtOnceRunEachMigrationOnce(t *testing.T) {
	for range 5 {
		path := filepath.Join(t.TempDir(), "shop.db")
		var g errgroup.Group
		for range 4 {
			db := openDB(t, path)
			g.Go(func() error { return sqlitestore.Migrate(context.Background(), db) })
		}
		require.NoError(t, g.Wait())
		names, err := fs.Glob(sqlitestore.Migrations, "migrations/*.sql")
		require.NoError(t, err)
		var recorded int
		require.NoError(t, openDB(t, path).QueryRow("SELECT COUNT(*) FROM cointill_migrations").Scan(&recorded))
		require.Equal(t, len(names), recorded)
	}
}

func TestMigrate_everyTableIsStrictAndNoColumnIsReal(t *testing.T) {
	_, db := openFile(t)
	var loose int
	require.NoError(t, db.QueryRow(`SELECT COUNT(*) FROM pragma_table_list
		WHERE name LIKE 'cointill_%' AND type = 'table' AND strict = 0`).Scan(&loose))
	require.Zero(t, loose)
	var floating int
	require.NoError(t, db.QueryRow(`SELECT COUNT(*) FROM pragma_table_list t, pragma_table_info(t.name) c
		WHERE t.name LIKE 'cointill_%' AND c.type NOT IN ('TEXT', 'INTEGER')`).Scan(&floating))
	require.Zero(t, floating)
}
