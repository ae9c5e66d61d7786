package chaintest_test

import (
	"fmt"
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

// faces are all forms in which a simulated node can be read.
func TestUTXOAdapterOnEveryFace(t *testing.T) {
	for _, c := range []struct {
		name    string
		network chain.Network
		options chainsim.Options
		face    func(*chainsim.UTXO) *chainsim.Face
	}{
		{"core", chain.Bitcoin, chainsim.Options{}, (*chainsim.UTXO).Core},
		{"btcd", chain.Bitcoin, chainsim.Options{}, (*chainsim.UTXO).Btcd},
		{"litecoin", chain.Litecoin, chainsim.Options{}, (*chainsim.UTXO).Litecoin},
		{"dogecoin114", chain.Dogecoin, chainsim.Options{}, (*chainsim.UTXO).Dogecoin114},
		{"dogecoin114 merge-mined", chain.Dogecoin, chainsim.Options{MergeMined: true}, (*chainsim.UTXO).Dogecoin114},
		{"dogecoin121", chain.Dogecoin, chainsim.Options{}, (*chainsim.UTXO).Dogecoin121},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sim := chainsim.NewUTXO(c.network, c.options)
			server := httptest.NewServer(c.face(sim))
			t.Cleanup(server.Close)
			open := func(n chain.Network) chain.Source {
				src, err := utxo.NewSource(n, utxo.RPC{URL: server.URL})
				require.NoError(t, err)
				return src
			}
			w := chaintest.OnUTXO(sim, open(sim.Network()))
			w.Other, w.Unindexed = open, c.name != "btcd"
			chaintest.Run(t, w)
		})
	}
}

func TestEVMAdapterOnEveryFace(t *testing.T) {
	faces := map[string]func(*chainsim.EVM) *chainsim.EVMFace{
		"geth": (*chainsim.EVM).Geth, "erigon": (*chainsim.EVM).Erigon, "anvil": (*chainsim.EVM).Anvil,
		"geth without traces": func(e *chainsim.EVM) *chainsim.EVMFace { f := e.Geth(); f.Trace(false); return f },
	}
	for _, n := range []chain.Network{chain.Ethereum, chain.BSC} {
		for name, face := range faces {
			for _, native := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/native logs %t", n.ID, name, native), func(t *testing.T) {
					t.Parallel()
					sim := chainsim.NewEVM(n, chainsim.Options{NativeLogs: native})
					server := httptest.NewServer(face(sim))
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
	}
}
