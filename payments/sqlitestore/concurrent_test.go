package sqlitestore_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/sqlitestore"
)

func TestUpdate_twoStoresOnOneFileReserveDisjointIndexes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	stores := []*sqlitestore.Store{newStore(t, openDB(t, path)), newStore(t, openDB(t, path))}
	const workers, rounds = 3, 20
	ctx := context.Background()
	var mu sync.Mutex
	given := make(map[uint32]bool)
	var g errgroup.Group
	for _, s := range stores {
		for range workers {
			g.Go(func() error {
				for range rounds {
					var first uint32
					err := s.Update(ctx, func(tx payments.Tx) (err error) {
						first, err = tx.ReserveIndexes(ctx, "k", 2)
						return err
					})
					if err != nil {
						return err
					}
					mu.Lock()
					given[first], given[first+1] = true, true
					mu.Unlock()
				}
				return nil
			})
		}
	}
	require.NoError(t, g.Wait())
	require.Len(t, given, 2*workers*rounds*2)
}

func TestUpdate_waitsForATransactionOfTheHosts(t *testing.T) {
	store, db := openFile(t)
	host, err := db.Begin() // holds the write lock
	require.NoError(t, err)
	// The update waits for the lock, and goes through once the host lets go.
	started := make(chan struct{})
	done := make(chan error, 1)
	go func() {
		close(started)
		done <- store.Update(context.Background(), func(tx payments.Tx) error {
			_, err := tx.ReserveIndexes(context.Background(), "k", 1)
			return err
		})
	}()
	<-started
	require.NoError(t, host.Commit())
	require.NoError(t, <-done)
}

func TestView_seesOneSnapshotWhileOthersCommit(t *testing.T) {
	store, _ := openFile(t)
	ctx := context.Background()
	next := func(tx payments.Tx) uint32 {
		n, err := tx.IndexCounters(ctx, []string{"k"})
		require.NoError(t, err)
		return n[0]
	}
	require.NoError(t, store.View(ctx, func(tx payments.Tx) error {
		require.Zero(t, next(tx))
		update(t, store, func(tx payments.Tx) error {
			_, err := tx.ReserveIndexes(ctx, "k", 1)
			return err
		})
		require.Zero(t, next(tx))
		return nil
	}))
}

func TestTx_deferredHostTransactionThatLostItsSnapshotIsAConflict(t *testing.T) {
	store, db := openFile(t)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	_, err = conn.ExecContext(ctx, "BEGIN DEFERRED")
	require.NoError(t, err)
	var n int
	require.NoError(t, conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM cointill_counters").Scan(&n))
	update(t, store, func(tx payments.Tx) error {
		_, err := tx.ReserveIndexes(ctx, "k", 1)
		return err
	})
	_, err = conn.ExecContext(ctx, "DELETE FROM cointill_counters")
	require.ErrorIs(t, sqlitestore.Conflict(err), payments.ErrConflict)
	_, err = conn.ExecContext(ctx, "ROLLBACK")
	require.NoError(t, err)
}
