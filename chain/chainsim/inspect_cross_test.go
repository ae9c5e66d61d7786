package chainsim_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The adapter tells of one transaction, and of balances, what the in-process
// source tells.
func TestEVMAdapterInspectsWhatTheSourceInspects(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := newEthereum()
		face := rapid.SampledFrom([]func() *chainsim.EVMFace{c.Geth, c.Erigon, c.Anvil}).Draw(r, "face")()
		server := httptest.NewServer(face)
		defer server.Close()
		adapter, err := evm.NewSource(c.Network(), evm.RPC{URL: server.URL})
		require.NoError(r, err)
		for range rapid.IntRange(1, 8).Draw(r, "acts") {
			actOnEVM(r, c)
		}
		asked := append(c.Pending(), chain.Hash{1})
		c.Mine(1)
		asked = append(asked, c.Pay(pay(c.Network(), 1, 0, 5)), c.Pay(pay(c.Network(), 1, 1, 5)))
		source := c.Source("in process")
		w := chain.NewWatched()
		var addresses []chain.Address
		for i := range 10 {
			addresses = append(addresses, chainsim.Address(c.Network(), i))
			w.AddAddress(addresses[i])
		}
		for _, id := range asked {
			want, wantErr := source.Inspect(t.Context(), id, w)
			got, err := adapter.Inspect(t.Context(), id, w)
			if wantErr != nil {
				require.Equal(r, errors.Is(wantErr, chain.ErrNotFound), errors.Is(err, chain.ErrNotFound))
				continue
			}
			require.NoError(r, err)
			require.Equal(r, want.State, got.State)
			require.Equal(r, want.Block, got.Block)
			require.Equal(r, want.Contract, got.Contract)
			require.Equal(r, want.Unlisted, got.Unlisted)
			require.Equal(r, want.Recipients, got.Recipients)
		}
		want, err := source.Balances(t.Context(), c.Head(), addresses)
		require.NoError(r, err)
		got, err := adapter.Balances(t.Context(), c.Head(), addresses)
		require.NoError(r, err)
		for i := range want {
			require.Equal(r, want[i].String(), got[i].String())
		}
	})
}
