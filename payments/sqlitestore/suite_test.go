package sqlitestore_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/storetest"
)

func TestStore_onFile(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) payments.Store {
		store, _ := openFile(t)
		return store
	})
}

func TestStore_inMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) payments.Store {
		db, err := sql.Open("sqlite", ":memory:")
		require.NoError(t, err)
		db.SetMaxOpenConns(1)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return newStore(t, db)
	})
}
