package chaintest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments/money"
)

// stalling is a node that does not answer one request, at which the caller gives
// up.
type stalling struct {
	http.Handler
	asked, stall atomic.Int64
	giveUp       context.CancelFunc
}

func (s *stalling) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.asked.Add(1) == s.stall.Load() {
		_, _ = io.Copy(io.Discard, r.Body) // only then does a server notice that a caller left
		s.giveUp()
		<-r.Context().Done()
		return
	}
	s.Handler.ServeHTTP(w, r)
}

// everything asks a source all that it can be asked.
func everything(ctx context.Context, src chain.Source, m chain.Matcher, id chain.Hash) error {
	head, err := src.Head(ctx)
	if err != nil {
		return err
	}
	run, err := src.Linked(ctx, 1, head.Height)
	if err != nil {
		return err
	}
	if _, err := run.Match(ctx, m); err != nil {
		return err
	}
	if s, ok := src.(chain.Ranger); ok {
		if run, err = s.Range(ctx, 1, head.Height); err != nil {
			return err
		}
		if _, err := run.Match(ctx, m); err != nil {
			return err
		}
	}
	if s, ok := src.(chain.Balancer); ok {
		if _, err := s.Balances(ctx, head.Anchor, []chain.Address{chainsim.Address(src.Network(), 0)}); err != nil {
			return err
		}
	}
	if s, ok := src.(chain.Mempooler); ok {
		if _, err := s.Mempool(ctx); err != nil {
			return err
		}
		if run, err = s.Unmined(ctx, []chain.Hash{id}); err != nil {
			return err
		}
		if _, err := run.Match(ctx, m); err != nil {
			return err
		}
	}
	_, err = src.(chain.Inspector).Inspect(ctx, id, m)
	return err
}

func TestACallGivenUpAtAnyRequestEndsAndLeavesNothingBehind(t *testing.T) {
	for _, n := range []chain.Network{chain.Bitcoin, chain.Ethereum, chain.BSC} {
		t.Run(n.ID, func(t *testing.T) {
			here := goleak.IgnoreCurrent()
			node := &stalling{}
			server := httptest.NewServer(node)
			keeping := &http.Transport{}
			src, id := halfMinedWorld(t, n, node, server.URL, &http.Client{Transport: keeping})
			m := watch(chainsim.Address(src.Network(), 0))

			node.stall.Store(-1)
			require.NoError(t, everything(t.Context(), src, m, id))
			for i := int64(1); ; i++ {
				ctx, cancel := context.WithCancel(t.Context())
				node.giveUp = cancel
				node.asked.Store(0)
				node.stall.Store(i)
				err := everything(ctx, src, m, id)
				if err == nil {
					cancel()
					require.Less(t, node.asked.Load(), i)
					require.Greater(t, i, int64(8), "many requests were given up")
					break
				}
				require.ErrorIs(t, err, context.Canceled, "request %d", i)
				require.ErrorIs(t, err, chain.ErrUnavailable)
				cancel()
				node.stall.Store(-1)
				require.NoError(t, everything(t.Context(), src, m, id), "asked again after request %d", i)
			}
			server.Close()
			keeping.CloseIdleConnections()
			goleak.VerifyNone(t, here)
		})
	}
}

func watch(addresses ...chain.Address) *chain.Watched {
	w := chain.NewWatched()
	for _, a := range addresses {
		w.AddAddress(a)
	}
	return w
}

// halfMinedWorld is a chain of payments to address 0, the last one unmined on
// networks with a mempool, and a source that reads it.
func halfMinedWorld(t *testing.T, n chain.Network, node *stalling, url string, h *http.Client) (chain.Source, chain.Hash) {
	pay := func(c *chainsim.Chain) chain.Hash {
		return c.Pay(chainsim.Payment{To: chainsim.Address(n, 0), Amount: money.Units(n.Native, 5)})
	}
	if n.UTXO() {
		sim := chainsim.NewUTXO(n, chainsim.Options{})
		node.Handler = sim.Core()
		pay(sim.Chain)
		sim.Mine(40)
		src, err := utxo.NewSource(sim.Network(), utxo.RPC{URL: url, HTTP: h})
		require.NoError(t, err)
		return src, pay(sim.Chain)
	}
	sim := chainsim.NewEVM(n, chainsim.Options{})
	node.Handler = sim.Erigon()
	for range 6 {
		pay(sim.Chain)
		sim.PayInternal(chainsim.Payment{To: chainsim.Address(n, 0), Amount: money.Units(n.Native, 6)})
		sim.Pay(chainsim.Payment{To: chainsim.Address(n, 0), Amount: money.Units(n.Tokens[0].Asset, 7)})
		sim.Mine(7)
	}
	id := pay(sim.Chain)
	sim.Mine(1)
	sim.Finalize(sim.Head().Height)
	src, err := evm.NewSource(n, evm.RPC{URL: url, HTTP: h})
	require.NoError(t, err)
	return src, id
}
