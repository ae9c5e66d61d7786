package chaintest_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/chaintest"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/chain/utxo"
)

func TestSimulatedSources(t *testing.T) {
	for _, n := range []chain.Network{chain.Bitcoin, chain.Litecoin, chain.Dogecoin} {
		t.Run(n.ID, func(t *testing.T) {
			sim := chainsim.NewUTXO(n, chainsim.Options{})
			chaintest.Run(t, chaintest.OnUTXO(sim, sim.Source("memory")))
		})
	}
	for _, n := range []chain.Network{chain.Ethereum, chain.BSC} {
		t.Run(n.ID, func(t *testing.T) {
			sim := chainsim.NewEVM(n, chainsim.Options{})
			chaintest.Run(t, chaintest.OnEVM(sim, sim.Source("memory")))
		})
	}
}

func TestUTXOAdapter(t *testing.T) {
	for name, face := range map[string]func(*chainsim.UTXO) *chainsim.Face{
		"core": (*chainsim.UTXO).Core, "btcd": (*chainsim.UTXO).Btcd,
	} {
		t.Run(name, func(t *testing.T) {
			sim := chainsim.NewUTXO(chain.Bitcoin, chainsim.Options{})
			server := httptest.NewServer(face(sim))
			t.Cleanup(server.Close)
			open := func(n chain.Network) chain.Source {
				src, err := utxo.NewSource(n, utxo.RPC{URL: server.URL})
				require.NoError(t, err)
				return src
			}
			w := chaintest.OnUTXO(sim, open(sim.Network()))
			w.Other = open
			chaintest.Run(t, w)
		})
	}
}

func TestEVMAdapter(t *testing.T) {
	for _, n := range []chain.Network{chain.Ethereum, chain.BSC} {
		t.Run(n.ID, func(t *testing.T) {
			sim := chainsim.NewEVM(n, chainsim.Options{})
			server := httptest.NewServer(sim.Geth())
			t.Cleanup(server.Close)
			open := func(n chain.Network) chain.Source {
				src, err := evm.NewSource(n, evm.RPC{URL: server.URL})
				require.NoError(t, err)
				return src
			}
			w := chaintest.OnEVM(sim, open(n))
			w.Other = open
			chaintest.Run(t, w)
		})
	}
}
