package utxo_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
)

func TestACancelledContextEndsACall(t *testing.T) {
	asked := make(chan struct{})
	n := &stub{blocks: utxo.ChainOf(3)}
	s := open(t, n)
	r, err := s.Linked(t.Context(), 0, 2)
	require.NoError(t, err)

	ended, end := context.WithCancel(t.Context())
	end()
	_, err = s.Head(ended)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, chain.ErrUnavailable)
	_, err = r.Match(ended, everything{})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, chain.ErrUnavailable)

	n.before = func(_ http.ResponseWriter, r *http.Request, _ []call) bool { // a node that never answers
		asked <- struct{}{}
		<-r.Context().Done()
		return true
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	_, err = s.Linked(ctx, 0, 2)
	require.ErrorIs(t, err, context.Canceled)
	require.NotContains(t, err.Error(), canary)

	n.before = nil
	_, err = s.Linked(t.Context(), 0, 2)
	require.NoError(t, err, "the next question is put as if nothing had been")
}

func TestManyMayAskAtOnce(t *testing.T) {
	inEachDialect(t, 12, func(t *testing.T, n *stub, s *utxo.Source) {
		ctx := t.Context()
		want, err := openOn(t, n, s.Network()).Linked(ctx, 0, 11) // s itself knows nothing yet
		require.NoError(t, err)
		wanted, err := want.Match(ctx, everything{})
		require.NoError(t, err)
		var wait sync.WaitGroup
		errs := make(chan error, 8*4)
		for range 8 {
			wait.Go(func() {
				_, err := s.Head(ctx)
				errs <- err
				_, err = s.AnchorAt(ctx, 99) // an error forgets nothing the others know
				assert.ErrorIs(t, err, chain.ErrNotFound)
				_, err = s.Mempool(ctx)
				errs <- err
				r, err := s.Linked(ctx, 0, 11)
				errs <- err
				if err == nil {
					found, err := r.Match(ctx, everything{})
					errs <- err
					assert.Equal(t, wanted, found)
				}
			})
		}
		wait.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
	})
}
