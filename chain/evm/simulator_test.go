package evm_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/payments/money"
)

// The simulator's own source knows what happened; reading the same chain over
// JSON-RPC must tell the same, id by id, before and after a reorganisation.
func TestSimulatorTellsTheSame(t *testing.T) {
	sim := chainsim.NewEVM(chain.Ethereum, chainsim.Options{})
	face := sim.Geth()
	server := httptest.NewServer(face)
	t.Cleanup(server.Close)
	src, err := evm.NewSource(chain.Ethereum, evm.RPC{URL: server.URL})
	require.NoError(t, err)

	watched := chain.NewWatched()
	to := chainsim.Address(chain.Ethereum, 0)
	watched.AddAddress(to)
	pay := func(a money.Asset, units int64) chainsim.Payment {
		return chainsim.Payment{To: to, Amount: money.Units(a, units)}
	}
	usdc := chain.Ethereum.Tokens[0].Asset
	for _, a := range chain.Ethereum.Assets() {
		sim.Pay(pay(a, 1234))
		sim.Pay(pay(a, 0))
	}
	sim.PayFailed(pay(chain.Ethereum.Native, 5))
	sim.PayFailed(pay(usdc, 5))
	sim.PayForeign(pay(usdc, 5))
	sim.PayNFT(pay(usdc, 5))
	sim.PayMultiToken(pay(usdc, 5))
	sim.Rebase(usdc)
	sim.DestroyBlackFunds(to, money.Units(usdc, 5))
	sim.PayTaxed(pay(usdc, 500), money.Units(usdc, 7))
	sim.Pay(pay(usdc, 77))
	sim.Mine(40)

	compare := func(want int, fetch func(from, to uint64) (chain.Run, error)) {
		t.Helper()
		head, err := src.Head(t.Context())
		require.NoError(t, err)
		truth, err := sim.Source("truth").Linked(t.Context(), 0, head.Height)
		require.NoError(t, err)
		wanted, err := truth.Match(t.Context(), watched)
		require.NoError(t, err)
		run, err := fetch(0, head.Height)
		require.NoError(t, err)
		require.Equal(t, truth.Anchors(), run.Anchors())
		found, err := run.Match(t.Context(), watched)
		require.NoError(t, err)
		require.Equal(t, wanted.Transfers, found.Transfers)
		require.Len(t, found.Transfers, want)
	}
	linked := func(from, to uint64) (chain.Run, error) { return src.Linked(t.Context(), from, to) }
	ranged := func(from, to uint64) (chain.Run, error) { return src.Range(t.Context(), from, to) }

	compare(7, linked)
	face.LimitRange(10)
	compare(7, ranged)
	sim.Finalize(20)
	head, err := src.Head(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 20, head.Final)
	sim.Reorg(5, chainsim.Branch{})
	compare(7, linked)
	sim.MineTx(sim.Pay(pay(usdc, 78)))
	compare(8, linked)
}
