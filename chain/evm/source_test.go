package evm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
)

func TestNewSourceRefuses(t *testing.T) {
	token := func(contract chain.Address) chain.Network {
		n := network()
		n.Tokens = append(n.Tokens, chain.Token{Asset: asset("XXX", 6), Contract: contract})
		return n
	}
	noID := network()
	noID.ChainID = 0
	for _, c := range []struct {
		name    string
		network chain.Network
		url     string
		field   string
	}{
		{"a UTXO network", chain.Bitcoin, "http://node", "Network"},
		{"no chain id", noID, "http://node", "Network"},
		{"contract of 19 bytes", token(chain.Address{Family: chain.FamilyEVM, Raw: raw(usdt)[1:]}), "http://node", "Network.Tokens"},
		{"contract of another family", token(chain.Address{Family: chain.FamilyBitcoin, Raw: raw(usdt)}), "http://node", "Network.Tokens"},
		{"one contract twice", token(addr(usdt)), "http://node", "Network.Tokens"},
		{"the contract of EIP-7708", token(addr(system)), "http://node", "Network.Tokens"},
		{"no URL", network(), "", "URL"},
		{"another scheme", network(), "ipc:///secretkey", "URL"},
		{"no host", network(), "https:///secretkey", "URL"},
		{"a broken URL", network(), "http://node/secretkey\x7f", "URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := evm.NewSource(c.network, evm.RPC{URL: c.url})
			var refused *evm.ConfigError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, c.field, refused.Field)
			require.NotContains(t, err.Error(), "secretkey")
		})
	}
}

func TestNewSourceDoesNoIO(t *testing.T) {
	n := newNode(t)
	s := n.source(t)
	require.Empty(t, n.calls)
	require.Equal(t, "127.0.0.1", s.Name())
	require.Equal(t, network(), s.Network())
}

func TestHead(t *testing.T) {
	for _, c := range []struct {
		name    string
		set     func(n *node)
		final   uint64
		syncing bool
	}{
		{"finalized", func(n *node) { n.final = 1 }, 1, false},
		{"finalized is null", func(*node) {}, 0, false},
		{"finalized is not supported", func(n *node) { n.override = fail("finalized", rpcError{-32602, "unknown block tag"}) }, 0, false},
		{"no block is final yet", func(n *node) { n.override = fail("finalized", rpcError{-39001, "Unknown block"}) }, 0, false},
		{"finalized block is not found", func(n *node) { n.override = fail("finalized", rpcError{-32000, "finalized block not found"}) }, 0, false},
		{"finalized is no argument", func(n *node) {
			n.override = fail("finalized", rpcError{-32602, "invalid argument 0: hex string without 0x prefix"})
		}, 0, false},
		{"finalized and safe are unsupported tags", func(n *node) {
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				return nil, &rpcError{-32000, "tag is not supported"}, len(params) > 0 && (params[0] == "finalized" || params[0] == "safe")
			}
		}, 0, false},
		{"syncing", func(n *node) { n.override = answer("eth_syncing", obj{"currentBlock": "0x1"}) }, 0, true},
		{"syncing, as true", func(n *node) { n.override = answer("eth_syncing", true) }, 0, true},
		{"eth_syncing is not supported", func(n *node) { n.override = failMethod("eth_syncing", rpcError{-32601, "no such method"}) }, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t).add().add()
			c.set(n)
			head, err := n.source(t).Head(t.Context())
			require.NoError(t, err)
			require.EqualValues(t, 2, head.Height)
			require.Equal(t, time.Unix(1_700_000_024, 0).UTC(), head.Time)
			require.Equal(t, c.final, head.Final)
			require.Equal(t, c.syncing, head.Syncing)
		})
	}
	t.Run("a node in trouble about finalized does not make blocks be counted instead", func(t *testing.T) {
		for _, e := range []rpcError{{-32000, "internal error"}, {-32603, "upstream connection reset"}, {-32005, "limit exceeded"}} {
			n := newNode(t).add()
			n.override = fail("finalized", e)
			_, err := n.source(t).Head(t.Context())
			require.ErrorIs(t, err, chain.ErrUnavailable, e.Message)
		}
	})
	t.Run("finalized of a node ahead", func(t *testing.T) {
		n := newNode(t).add().add()
		n.final = 2
		n.override = func(method string, params []any) (any, *rpcError, bool) {
			if method == "eth_getBlockByNumber" && params[0] == "latest" {
				return n.blocks[1], nil, true
			}
			return nil, nil, false
		}
		head, err := n.source(t).Head(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1, head.Final)
	})
}

// fail answers requests for one block tag with an error.
func fail(tag string, e rpcError) func(string, []any) (any, *rpcError, bool) {
	return func(method string, params []any) (any, *rpcError, bool) {
		return nil, &e, method == "eth_getBlockByNumber" && params[0] == tag
	}
}

func failMethod(name string, e rpcError) func(string, []any) (any, *rpcError, bool) {
	return func(method string, _ []any) (any, *rpcError, bool) { return nil, &e, method == name }
}

func answer(name string, result any) func(string, []any) (any, *rpcError, bool) {
	return func(method string, _ []any) (any, *rpcError, bool) { return result, nil, method == name }
}

func TestAnchorAt(t *testing.T) {
	n := newNode(t).add()
	s := n.source(t)
	a, err := s.AnchorAt(t.Context(), 1)
	require.NoError(t, err)
	require.EqualValues(t, 1, a.Height)
	require.Equal(t, n.blocks[1]["hash"], "0x"+a.Hash.String())
	require.Equal(t, n.blocks[0]["hash"], "0x"+a.Parent.String())

	_, err = s.AnchorAt(t.Context(), 2)
	require.ErrorIs(t, err, chain.ErrNotFound)
	require.Equal(t, 1, n.calls["eth_chainId"], "an absent block is no failure")

	n.override = failMethod("eth_getBlockByNumber", rpcError{-32000, "header not found"})
	_, err = s.AnchorAt(t.Context(), 2)
	require.ErrorIs(t, err, chain.ErrNotFound)

	n.override = answer("eth_getBlockByNumber", n.blocks[0])
	_, err = s.AnchorAt(t.Context(), 1)
	require.ErrorIs(t, err, chain.ErrUnavailable)

	n.override = answer("eth_getBlockByNumber", obj{"number": "0x1"})
	_, err = s.AnchorAt(t.Context(), 1)
	require.ErrorIs(t, err, chain.ErrMalformed)
}

func TestCheckRefusesTheWrongNode(t *testing.T) {
	t.Run("chain id", func(t *testing.T) {
		n := newNode(t)
		n.override = answer("eth_chainId", "0x1")
		_, err := n.source(t).Head(t.Context())
		require.ErrorIs(t, err, chain.ErrWrongNetwork)
		require.ErrorContains(t, err, "chain id 1, testnet has 1337")
	})
	for _, c := range []struct {
		name   string
		set    func(n *node)
		reason string
	}{
		{"decimals differ", func(n *node) { n.decimals[dai] = 6 }, "decimals() is 6, the asset has 18"},
		{"no code", func(n *node) { delete(n.decimals, dai) }, "there is no contract"},
		{"decimals() reverts", func(n *node) {
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				return nil, &rpcError{3, "execution reverted"}, method == "eth_call" && params[0].(obj)["to"] == dai
			}
		}, "decimals() fails"},
		{"no decimals()", func(n *node) {
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				return "0x", nil, method == "eth_call" && params[0].(obj)["to"] == dai
			}
		}, "decimals() returns 0 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t)
			c.set(n)
			s := n.source(t)
			for range 2 { // the refusal lasts
				_, err := s.Head(t.Context())
				require.ErrorIs(t, err, chain.ErrWrongNetwork)
				var token *evm.TokenError
				require.ErrorAs(t, err, &token)
				require.EqualValues(t, "DAI", token.Token.Asset.Coin)
				require.Equal(t, c.reason, token.Reason)
			}
		})
	}
	t.Run("a syncing node without state is not blamed", func(t *testing.T) {
		n := newNode(t)
		delete(n.decimals, dai)
		n.override = answer("eth_syncing", obj{})
		s := n.source(t)
		head, err := s.Head(t.Context())
		require.NoError(t, err)
		require.True(t, head.Syncing)
		n.override = nil
		_, err = s.Head(t.Context())
		require.ErrorIs(t, err, chain.ErrWrongNetwork, "asked again once synced")
	})
}

func TestCheckIsRepeatedAfterFailure(t *testing.T) {
	n := newNode(t).add()
	s := n.source(t)
	for range 3 {
		_, err := s.Head(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, len(network().Tokens), n.calls["eth_getCode"], "the contracts are looked at once")
	require.Equal(t, 1+3, n.calls["eth_chainId"], "the chain with every head")

	n.override = failMethod("eth_getLogs", rpcError{-32000, "unknown block"})
	_, err := s.Linked(t.Context(), 0, 1)
	require.ErrorIs(t, err, chain.ErrUnavailable)

	n.override = answer("eth_chainId", "0x38") // another node behind the same URL
	_, err = s.Head(t.Context())
	require.ErrorIs(t, err, chain.ErrWrongNetwork)
}

func TestAURLThatServesAnotherChainWithoutAnyFailure(t *testing.T) {
	n := newNode(t).add()
	s := n.source(t)
	_, err := s.Head(t.Context())
	require.NoError(t, err)
	n.override = answer("eth_chainId", "0x38") // behind a load balancer, between two calls
	_, err = s.Head(t.Context())
	require.ErrorIs(t, err, chain.ErrWrongNetwork)
	_, err = s.Linked(t.Context(), 0, 1)
	require.ErrorIs(t, err, chain.ErrWrongNetwork, "and nothing else is asked until it proves its network")
	_, err = s.AnchorAt(t.Context(), 1)
	require.ErrorIs(t, err, chain.ErrWrongNetwork)
	n.override = nil
	_, err = s.AnchorAt(t.Context(), 1)
	require.NoError(t, err)
}
