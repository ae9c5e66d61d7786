package utxo_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments/money"
)

func TestAURLThatServesAnotherChainWithoutAnyFailure(t *testing.T) {
	inEachDialect(t, 3, func(t *testing.T, n *stub, s *utxo.Source) {
		for name, ask := range questions(s) {
			if name == "unmined" {
				continue // asks for what the mempool named, and proves it by its id
			}
			_, err := s.Head(t.Context())
			require.NoError(t, err)
			n.genesis = strings.Repeat("42", 32) // behind a load balancer, between two calls
			require.ErrorIs(t, ask(t.Context()), chain.ErrWrongNetwork, name)
			for next, ask := range questions(s) {
				require.ErrorIs(t, ask(t.Context()), chain.ErrWrongNetwork, "%s: nothing is asked until it proves its network", next)
			}
			n.genesis = ""
		}
		_, err := s.AnchorAt(t.Context(), 1)
		require.NoError(t, err)
	})
}

// A chain of another genesis may have the same addresses, as test networks do:
// its coins are not the network's.
func TestPaymentsOnAnotherChainBehindTheSameURLAreNotSeen(t *testing.T) {
	for name, f := range faces {
		t.Run(name, func(t *testing.T) {
			ours := chainsim.NewUTXO(f.network, chainsim.Options{})
			theirs := chainsim.NewUTXO(f.network, chainsim.Options{Start: time.Date(2009, 1, 9, 0, 0, 0, 0, time.UTC)})
			require.NotEqual(t, ours.Network().Genesis, theirs.Network().Genesis)
			nodes := []http.Handler{f.face(ours), f.face(theirs)}
			var turn atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				nodes[turn.Load()].ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			s, err := utxo.NewSource(ours.Network(), utxo.RPC{URL: server.URL})
			require.NoError(t, err)
			ctx, to := t.Context(), chainsim.Address(f.network, 0)
			ours.Mine(3)
			head, err := s.Head(ctx)
			require.NoError(t, err)

			theirs.Pay(chainsim.Payment{To: to, Amount: money.Units(f.network.Native, 5)})
			theirs.Mine(5)
			theirs.Pay(chainsim.Payment{To: to, Amount: money.Units(f.network.Native, 7)})
			turn.Store(1)
			_, err = s.Mempool(ctx)
			require.ErrorIs(t, err, chain.ErrWrongNetwork)
			for _, ask := range questions(s) {
				require.ErrorIs(t, ask(ctx), chain.ErrWrongNetwork)
			}
			turn.Store(0)
			again, err := s.Head(ctx)
			require.NoError(t, err)
			require.Equal(t, head, again)
			ids, err := s.Mempool(ctx)
			require.NoError(t, err)
			require.Empty(t, ids)
		})
	}
}
