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

// The ways nodes answer eth_getBalance for a block's hash.
func TestBalancesAfterABlock(t *testing.T) {
	object := func(params []any) (string, bool) {
		at, ok := params[1].(obj)
		hash, _ := at["blockHash"].(string)
		return hash, ok
	}
	for _, c := range []struct {
		name   string
		answer func(n *node, hash string) (any, *rpcError, bool)
		hashes bool // the balances were asked for by hash
	}{
		{"EIP-1898", func(*node, string) (any, *rpcError, bool) { return nil, nil, false }, true},
		{"no objects", func(*node, string) (any, *rpcError, bool) {
			return nil, &rpcError{-32602, "invalid argument 1: json: cannot unmarshal object into Go value of type string"}, true
		}, false},
		{"no objects, in other words", func(*node, string) (any, *rpcError, bool) {
			return nil, &rpcError{-32000, "expected a string as block number"}, true
		}, false},
		{"objects taken for the latest block", func(n *node, _ string) (any, *rpcError, bool) {
			return n.balance(alice, 9000), nil, true
		}, false},
		{"null for what it does not know", func(n *node, hash string) (any, *rpcError, bool) {
			return nil, nil, hash[:6] == "0xffff"
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t).add().add().add()
			n.balances = map[string]int{alice: 100, bob: 0}
			byNumber := 0
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				if method != "eth_getBalance" {
					return nil, nil, false
				}
				if hash, ok := object(params); ok {
					require.Equal(t, true, params[1].(obj)["requireCanonical"])
					return c.answer(n, hash)
				}
				byNumber++
				return nil, nil, false
			}
			s := n.source(t)
			at, err := s.AnchorAt(t.Context(), 2)
			require.NoError(t, err)
			var asked []chain.Address
			for range 20 {
				asked = append(asked, addr(alice), addr(bob))
			}
			got, err := s.Balances(t.Context(), at, asked)
			require.NoError(t, err)
			require.Len(t, got, 40)
			for i, b := range got {
				require.Equal(t, []string{"0.000000000000000102 ETH@testnet", "0.000000000000000002 ETH@testnet"}[i%2], b.String())
			}
			require.Equal(t, c.hashes, byNumber == 0)
			none, err := s.Balances(t.Context(), at, nil)
			require.NoError(t, err)
			require.Empty(t, none)
		})
	}
}

func TestBalancesAreNotToldOfAnotherBlock(t *testing.T) {
	noObjects := &rpcError{-32602, "cannot unmarshal object"}
	for _, c := range []struct {
		name string
		set  func(n *node, at *chain.Anchor)
		want error
	}{
		{"a hash the node does not know", func(_ *node, at *chain.Anchor) { at.Hash[0] = 0xee }, chain.ErrUnavailable},
		{"a block that is no longer the best", func(n *node, _ *chain.Anchor) {
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				return nil, &rpcError{-32000, "hash is not currently canonical"}, method == "eth_getBalance"
			}
		}, chain.ErrUnavailable},
		{"state that was pruned", func(n *node, _ *chain.Anchor) {
			n.override = failMethod("eth_getBalance", rpcError{-32000, "missing trie node 1234 (path ) state is not available"})
		}, chain.ErrUnavailable},
		{"by number, another block from the beginning", func(n *node, at *chain.Anchor) {
			at.Hash[0] = 0xee
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				if method != "eth_getBalance" {
					return nil, nil, false
				}
				_, object := params[1].(obj)
				return nil, noObjects, object
			}
		}, chain.ErrUnavailable},
		{"by number, another block while they are read", func(n *node, _ *chain.Anchor) {
			reads := 0
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				switch method {
				case "eth_getBalance":
					_, object := params[1].(obj)
					return nil, noObjects, object
				case "eth_getBlockByNumber":
					if reads++; reads == 2 {
						other := mined(n.blocks[1], n.blocks[1])
						other["hash"] = "0x" + txid
						return other, nil, true
					}
				}
				return nil, nil, false
			}
		}, chain.ErrUnavailable},
		{"null", func(n *node, _ *chain.Anchor) {
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				if method != "eth_getBalance" || params[1].(obj)["blockHash"] != n.blocks[1]["hash"] {
					return nil, nil, false
				}
				return nil, nil, true
			}
		}, chain.ErrUnavailable},
		{"no number", func(n *node, _ *chain.Anchor) {
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				if method != "eth_getBalance" || params[1].(obj)["blockHash"] != n.blocks[1]["hash"] {
					return nil, nil, false
				}
				return "12", nil, true
			}
		}, chain.ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t).add()
			s := n.source(t)
			at, err := s.AnchorAt(t.Context(), 1)
			require.NoError(t, err)
			c.set(n, &at)
			got, err := s.Balances(t.Context(), at, []chain.Address{addr(alice)})
			require.ErrorIs(t, err, c.want)
			require.Empty(t, got)
		})
	}
	t.Run("an address of another family", func(t *testing.T) {
		_, err := newNode(t).source(t).Balances(t.Context(), chain.Anchor{}, []chain.Address{{Family: chain.FamilyBitcoin, Raw: raw(alice)}})
		require.ErrorIs(t, err, chain.ErrNotFound)
	})
}

func TestBalancesOfTheSimulator(t *testing.T) {
	sim := chainsim.NewEVM(chain.Ethereum, chainsim.Options{})
	server := httptest.NewServer(sim.Geth())
	t.Cleanup(server.Close)
	s, err := evm.NewSource(chain.Ethereum, evm.RPC{URL: server.URL})
	require.NoError(t, err)
	to := chainsim.Address(chain.Ethereum, 3)
	for range 3 {
		sim.MineTx(sim.Pay(chainsim.Payment{To: to, Amount: money.Units(chain.Ethereum.Native, 7)}))
	}
	for height := range uint64(4) {
		at, err := s.AnchorAt(t.Context(), height)
		require.NoError(t, err)
		got, err := s.Balances(t.Context(), at, []chain.Address{to})
		require.NoError(t, err)
		require.Equal(t, []money.Amount{money.Units(chain.Ethereum.Native, 7*int64(height))}, got)
	}
}
