package evm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
)

const (
	wbtc = "0x00000000000000000000000000000000000000b1" // 8 decimals, unaccepted
	busd = "0x00000000000000000000000000000000000000b2" // 18 decimals, unaccepted
)

// withUnaccepted is the test network and two tokens that nobody accepts.
func withUnaccepted(t testing.TB, n *node) *evm.Source {
	net := network()
	net.Unaccepted = []chain.Token{
		{Asset: asset("WBTC", 8), Contract: addr(wbtc)},
		{Asset: asset("BUSD", 18), Contract: addr(busd)},
	}
	s, err := evm.NewSource(net, evm.RPC{URL: n.URL})
	require.NoError(t, err)
	return s
}

func TestUnacceptedTokensAreReadAndABadRowOfThemIsLeftOut(t *testing.T) {
	both := []string{"tx:log:0 0.00000005 WBTC@testnet", "tx:log:1 0.000000000000000006 BUSD@testnet", "tx:log:2 0.000007 USDT@testnet"}
	one := []string{both[0], both[2]}
	for _, c := range []struct {
		name   string
		set    func(n *node)
		reason string
		want   []string
	}{
		{"as listed", func(*node) {}, "", both},
		{"other decimals", func(n *node) { n.decimals[busd] = 6 }, "decimals() is 6, the asset has 18", one},
		{"no code", func(n *node) { delete(n.decimals, busd) }, "there is no contract", one},
		{"decimals() reverts", func(n *node) {
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				return nil, &rpcError{3, "execution reverted"}, method == "eth_call" && params[0].(obj)["to"] == busd
			}
		}, "decimals() fails", one},
		{"the node cannot say", func(n *node) {
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				return nil, &rpcError{-32000, "missing trie node"}, method == "eth_call" && params[0].(obj)["to"] == busd
			}
		}, "", both},
	} {
		for _, refused := range []bool{false, true} {
			t.Run(c.name+map[bool]string{true: ", read from receipts"}[refused], func(t *testing.T) {
				n := newNode(t)
				n.bloom = fullBloom
				n.decimals[wbtc], n.decimals[busd] = 8, 18
				n.add(tx{to: foreign, logs: []obj{log(wbtc, alice, 5), log(busd, alice, 6), log(usdt, alice, 7)}})
				c.set(n)
				if refused {
					stub := n.override
					n.override = func(method string, params []any) (any, *rpcError, bool) {
						if method == "eth_getLogs" || stub == nil {
							return nil, &rpcError{-32601, "no such method"}, method == "eth_getLogs"
						}
						return stub(method, params)
					}
				}
				s := withUnaccepted(t, n)
				require.Empty(t, s.LeftOut(), "nothing is known yet")
				_, err := s.Head(t.Context())
				require.NoError(t, err)
				run, err := s.Linked(t.Context(), 1, 1)
				require.NoError(t, err)
				found, err := run.Match(t.Context(), watching(alice))
				require.NoError(t, err)
				require.Equal(t, c.want, lines(found))
				if c.reason == "" {
					require.Empty(t, s.LeftOut())
					return
				}
				require.Len(t, s.LeftOut(), 1)
				require.Equal(t, c.reason, s.LeftOut()[0].Reason)
				require.EqualValues(t, "BUSD", s.LeftOut()[0].Token.Asset.Coin)
				require.Len(t, s.Notes(), 1)
				require.Contains(t, s.Notes()[0], c.reason)
			})
		}
	}
}

func TestALeftOutTokenIsLookedAtAgainWithTheNode(t *testing.T) {
	n := newNode(t).add()
	n.decimals[wbtc] = 8
	s := withUnaccepted(t, n)
	_, err := s.Head(t.Context())
	require.NoError(t, err)
	require.Len(t, s.LeftOut(), 1)
	n.decimals[busd] = 18
	n.override = fail("latest", rpcError{-32000, "internal error"})
	_, err = s.Head(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)
	n.override = nil
	_, err = s.Head(t.Context())
	require.NoError(t, err)
	require.Empty(t, s.LeftOut())
}

func TestUnacceptedTokensAreCheckedAsConfiguration(t *testing.T) {
	for name, contract := range map[string]chain.Address{
		"of 19 bytes": {Family: chain.FamilyEVM, Raw: raw(usdt)[1:]}, "accepted too": addr(usdt), "of EIP-7708": addr(system),
	} {
		n := network()
		n.Unaccepted = []chain.Token{{Asset: asset("XXX", 6), Contract: contract}}
		_, err := evm.NewSource(n, evm.RPC{URL: "http://node"})
		var refused *evm.ConfigError
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, "Network.Unaccepted", refused.Field)
	}
}

// One transaction signed without a chain id (before EIP-155) can be mined on both
// networks, with one hash: two payments, of different assets.
func TestALegacyTransactionReplayedOnBothChainsIsTwoTransfers(t *testing.T) {
	found := map[string]chain.Transfer{}
	for _, net := range []chain.Network{chain.Ethereum, chain.BSC} {
		n := newNode(t)
		n.decimals = map[string]int{}
		for _, token := range net.Listed() {
			n.decimals["0x"+token.Contract.String()[len("evm:"):]] = int(token.Asset.Decimals)
		}
		n.override = answer("eth_chainId", map[uint64]string{1: "0x1", 56: "0x38"}[net.ChainID])
		n.add(tx{to: alice, value: "0x5", hash: "0x" + txid, kind: "0x0"})
		s, err := evm.NewSource(net, evm.RPC{URL: n.URL})
		require.NoError(t, err)
		run, err := s.Linked(t.Context(), 1, 1)
		require.NoError(t, err)
		got, err := run.Match(t.Context(), watching(alice))
		require.NoError(t, err)
		require.Len(t, got.Transfers, 1)
		require.Empty(t, s.LeftOut())
		found[net.ID] = got.Transfers[0]
	}
	require.Equal(t, found["ethereum"].ID, found["bsc"].ID)
	require.Equal(t, found["ethereum"].TxID, found["bsc"].TxID)
	require.NotEqual(t, found["ethereum"].Amount.Asset(), found["bsc"].Amount.Asset())
	require.Equal(t, "ethereum", found["ethereum"].Amount.Asset().Network)
	require.Equal(t, "bsc", found["bsc"].Amount.Asset().Network)
}
