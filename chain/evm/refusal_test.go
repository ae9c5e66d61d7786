package evm_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
)

// capped makes eth_getLogs refuse ranges of more than so many blocks, and counts.
func capped(n *node, blocks int, e rpcError) *atomic.Int32 {
	refused := new(atomic.Int32)
	n.override = func(method string, params []any) (any, *rpcError, bool) {
		if method != "eth_getLogs" {
			return nil, nil, false
		}
		f := params[0].(obj)
		if f["fromBlock"] == nil || number(f["toBlock"])-number(f["fromBlock"]) < blocks {
			return nil, nil, false
		}
		refused.Add(1)
		return nil, &e, true
	}
	return refused
}

// payments makes a chain whose every block pays alice, block n n millionths.
func payments(t testing.TB, blocks int) *node {
	n := newNode(t)
	n.bloom = fullBloom
	for i := range blocks {
		n.add(tx{to: usdt, logs: []obj{log(usdt, alice, int64(i+1))}})
	}
	return n
}

func requireAllFound(t *testing.T, run chain.Run, err error, blocks int) {
	t.Helper()
	require.NoError(t, err)
	found, err := run.Match(t.Context(), watching(alice))
	require.NoError(t, err)
	require.Len(t, found.Transfers, blocks)
	for i, x := range found.Transfers {
		require.EqualValues(t, i+1, x.Amount.Units().Int64())
	}
}

// Every provider's way to say that a range of logs is too wide, as its users
// quote it: the range is read all the same, whole and in order.
func TestEveryProvidersRefusalOfARange(t *testing.T) {
	for _, c := range []struct {
		who    string
		blocks int
		error  rpcError
	}{
		{"Infura, results", 10, rpcError{-32005, "query returned more than 10000 results. Try with this block range [0x1, 0x5]."}},
		{"Infura, time", 10, rpcError{-32005, "query timeout exceeded"}},
		{"Alchemy, free", 10, rpcError{-32600, "Under the Free tier plan, you can make eth_getLogs requests with up to a 10 block range. Based on your parameters, this block range should work: [0x1, 0xa]. Upgrade to PAYG for expanded block range."}},
		{"Alchemy, size", 10, rpcError{-32602, "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the response size, or you can request any block range with a cap of 10K logs in the response."}},
		{"QuickNode, trial", 5, rpcError{-32614, "eth_getLogs is limited to a 5 range"}},
		{"QuickNode, paid", 20, rpcError{-32614, "eth_getLogs is limited to a 10,000 range"}},
		{"Ankr", 20, rpcError{-32062, "Block range is too large"}},
		{"Ankr, logs", 20, rpcError{-32000, "the number of logs exceeds limit of 200000"}},
		{"BlockPI", 20, rpcError{-32602, "eth_getLogs block range limit exceeded, max range: 1024"}},
		{"Chainstack", 20, rpcError{-32000, "Block range limit exceeded. See more details at our documentation"}},
		{"dRPC", 20, rpcError{35, "ranges over 10000 blocks are not supported on freetier"}},
		{"PublicNode", 20, rpcError{-32701, "exceed maximum block range: 50000"}},
		{"BNB Smart Chain's node", 20, rpcError{-32000, "exceed maximum block range: 5000"}},
		{"BNB Smart Chain's node, wide", 20, rpcError{-32000, "block range is too wide"}},
		{"BNB Smart Chain's public nodes", 20, rpcError{-32005, "limit exceeded"}},
		{"1RPC", 20, rpcError{-32001, "eth_getLogs range is too large, max is 1k blocks"}},
		{"coreth", 20, rpcError{-32000, "requested too many blocks from 0 to 40, maximum is set to 20"}},
		{"OP proxyd", 20, rpcError{-32020, "backend response too large"}},
		{"Polygon's node", 20, rpcError{-32005, "logs matched by query exceeds limit of 10000"}},
		{"go-ethereum", 20, rpcError{-32602, "exceed max block range: 20"}},
		{"go-ethereum, time", 20, rpcError{-32002, "request timed out"}},
		{"Nethermind", 20, rpcError{-32005, "Too many logs requested. Max logs per response is 20000."}},
		{"Erigon", 20, rpcError{-32000, "query exceeds max block range 20"}},
		{"one block only", 1, rpcError{-32000, "block range is too wide"}},
	} {
		t.Run(c.who, func(t *testing.T) {
			n := payments(t, 80)
			refused := capped(n, c.blocks, c.error)
			s := n.source(t)
			run, err := s.Range(t.Context(), 1, 80)
			requireAllFound(t, run, err, 80)
			first := refused.Load()
			require.Positive(t, first)
			require.Zero(t, n.calls["eth_getBlockReceipts"], "all were told by logs")
			run, err = s.Range(t.Context(), 1, 80)
			requireAllFound(t, run, err, 80)
			require.Less(t, refused.Load()-first, int32(12), "what was refused is remembered")
		})
	}
}

func TestAWholeRequestRefusedByStatusIsAskedForLess(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
	}{
		{"413", http.StatusRequestEntityTooLarge, "too large"},
		{"413 with JSON", http.StatusRequestEntityTooLarge, `{"error":{"code":-32000,"message":"nope"}}`},
		{"400 with JSON", http.StatusBadRequest, `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"You can make eth_getLogs requests with up to a 10 block range"}}`},
		{"400 with a JSON batch", http.StatusBadRequest, `[{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"block range is too wide"}}]`},
		{"504", http.StatusGatewayTimeout, "<html>"},
		{"524", 524, "<html>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := payments(t, 40)
			left := 3
			n.serve = func(w http.ResponseWriter, r *http.Request) bool {
				if n.calls["eth_getBlockByNumber"] == 0 || left == 0 {
					return false
				}
				left--
				return respond(c.status, "", c.body)(w, r)
			}
			run, err := n.source(t).Range(t.Context(), 1, 40)
			requireAllFound(t, run, err, 40)
			require.Zero(t, left)
		})
	}
}

func TestLogsRefusedEvenForOneBlockAreReadFromReceipts(t *testing.T) {
	for _, c := range []struct {
		name  string
		error rpcError
	}{
		{"BNB Smart Chain's public nodes", rpcError{-32005, "limit exceeded"}},
		{"no such method", rpcError{-32601, "the method eth_getLogs does not exist/is not available"}},
		{"switched off", rpcError{-32000, "eth_getLogs is disabled on this node"}},
		{"not for this key", rpcError{-32000, "method eth_getLogs not whitelisted"}},
	} {
		for _, receipts := range []string{"eth_getBlockReceipts", "eth_getTransactionReceipt"} {
			t.Run(c.name+", "+receipts, func(t *testing.T) {
				n := payments(t, 40)
				asked := 0
				n.override = func(method string, params []any) (any, *rpcError, bool) {
					if method == "eth_getLogs" {
						asked++
						return nil, &c.error, true
					}
					return nil, &rpcError{-32601, "no such method"}, method == "eth_getBlockReceipts" && receipts != method
				}
				s := n.source(t)
				run, err := s.Range(t.Context(), 1, 40)
				requireAllFound(t, run, err, 40)
				before := asked
				for h := range uint64(40) { // as at the tip
					run, err := s.Linked(t.Context(), h+1, h+1)
					require.NoError(t, err)
					found, err := run.Match(t.Context(), watching(alice))
					require.NoError(t, err)
					require.Len(t, found.Transfers, 1)
				}
				require.Less(t, asked-before, 20, "a refused method is not asked for each block")
				require.Positive(t, n.calls[receipts])

				n.override = nil
				before = n.calls["eth_getLogs"]
				for range 600 {
					_, err := s.Linked(t.Context(), 1, 1)
					require.NoError(t, err)
				}
				require.Positive(t, n.calls["eth_getLogs"]-before, "asked again in the end")
			})
		}
	}
	for _, fetch := range []string{"linked", "range"} {
		t.Run("also where filters are not filled in, "+fetch, func(t *testing.T) {
			n := newNode(t) // its filters are empty
			for i := range 20 {
				n.add(tx{to: usdt, logs: []obj{log(usdt, alice, int64(i+1))}})
			}
			n.override = failMethod("eth_getLogs", rpcError{-32601, "no such method"})
			get := n.source(t).Linked
			if fetch == "range" {
				get = n.source(t).Range
			}
			run, err := get(t.Context(), 1, 20)
			requireAllFound(t, run, err, 20)
		})
	}
	t.Run("and a block that the node does not have is not proved by silence", func(t *testing.T) {
		n := payments(t, 3)
		n.override = failMethod("eth_getLogs", rpcError{-32000, "unknown block"})
		_, err := n.source(t).Linked(t.Context(), 1, 3)
		require.ErrorIs(t, err, chain.ErrUnavailable)
	})
}

func TestTheWindowGrowsBackAfterARefusal(t *testing.T) {
	const blocks = 400
	n := payments(t, blocks)
	refused := capped(n, 10, rpcError{-32000, "block range is too wide"})
	widest := 0
	stub := n.override
	n.override = func(method string, params []any) (any, *rpcError, bool) {
		if method == "eth_getLogs" {
			f := params[0].(obj)
			if f["fromBlock"] == nil {
				return stub(method, params)
			}
			widest = max(widest, number(f["toBlock"])-number(f["fromBlock"])+1)
		}
		return stub(method, params)
	}
	s := n.source(t)
	run, err := s.Range(t.Context(), 1, blocks)
	requireAllFound(t, run, err, blocks)
	require.Less(t, refused.Load(), int32(10), "a cap is learned, not run into")

	stub = func(string, []any) (any, *rpcError, bool) { return nil, nil, false } // the cap is gone
	widest = 0
	for range 4 {
		run, err := s.Range(t.Context(), 1, blocks)
		requireAllFound(t, run, err, blocks)
	}
	require.Greater(t, widest, 100)
}

func TestARefusalOffersARange(t *testing.T) {
	n := payments(t, 33)
	refused := capped(n, 5, rpcError{-32005, "query returned more than 10000 results. Try with this block range [0x1, 0x5]."})
	run, err := n.source(t).Range(t.Context(), 1, 32)
	requireAllFound(t, run, err, 32)
	require.EqualValues(t, 1, refused.Load(), "the offer was taken")
}

func TestThrottlingInsideABatchSaysHowLong(t *testing.T) {
	for message, wait := range map[string]time.Duration{
		"Too many requests, retry after 30s":                    30 * time.Second,
		"rate limit exceeded, try again in 2 minutes":           2 * time.Minute,
		"Your app has exceeded its compute units per second":    0,
		"50/second request limit reached - retry after 1500 ms": 1500 * time.Millisecond,
	} {
		n := payments(t, 3)
		n.override = failMethod("eth_getLogs", rpcError{-32005, message})
		_, err := n.source(t).Linked(t.Context(), 1, 3)
		require.ErrorIs(t, err, chain.ErrUnavailable)
		var throttled *evm.ThrottledError
		require.ErrorAs(t, err, &throttled, message)
		require.Equal(t, wait, chain.RetryAfter(err), message)
		require.Zero(t, n.calls["eth_getBlockReceipts"], "a node that asks for rest is given it")
	}
}

func TestAHalfToldBlockIsReadFromItsReceipts(t *testing.T) {
	for _, c := range []struct {
		name  string
		bloom string
		want  []string
		reads int
	}{
		{"where its filter leaves room", fullBloom, []string{"tx:log:0 0.000005 USDT@testnet", "tx:log:1 0.000000000000000007 DAI@testnet"}, 1},
		{"not where the filter says that all was told", fmt.Sprintf("0x%0512x", 0), []string{"tx:log:0 0.000005 USDT@testnet"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t)
			n.bloom = c.bloom
			n.add(tx{to: usdt, logs: []obj{log(usdt, alice, 5), log(dai, alice, 7)}})
			hash := n.blocks[1]["hash"].(string)
			n.logs[hash] = n.logs[hash][:1] // the node's index has the first log only
			run, err := n.source(t).Linked(t.Context(), 1, 1)
			require.NoError(t, err)
			found, err := run.Match(t.Context(), watching(alice))
			require.NoError(t, err)
			require.Equal(t, c.want, lines(found))
			require.Equal(t, c.reads, n.calls["eth_getBlockReceipts"])
		})
	}
}

func TestNativeLogsThatAreNotToldAreReadFromReceipts(t *testing.T) {
	n := newNode(t)
	n.native, n.bloom = true, fullBloom
	n.add(tx{to: foreign, value: "0x9", calls: []frame{{from: foreign, to: alice, value: 4}}, logs: []obj{log(usdt, alice, 5)}})
	find := func() chain.Found {
		run, err := n.source(t).Linked(t.Context(), 0, 1)
		require.NoError(t, err)
		found, err := run.Match(t.Context(), watching(alice))
		require.NoError(t, err)
		return found
	}
	want := find()
	require.Len(t, want.Transfers, 2)
	require.True(t, want.Internal)
	n.override = failMethod("eth_getLogs", rpcError{-32005, "limit exceeded"})
	require.Equal(t, want, find())
}
