package evm_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
)

// internally pays alice from a contract.
func internally() tx {
	return tx{to: carol, calls: []frame{{from: carol, to: alice, value: 3}}}
}

func matched(t *testing.T, s *evm.Source, from, to uint64) (chain.Found, error) {
	t.Helper()
	run, err := s.Linked(t.Context(), from, to)
	if err != nil {
		return chain.Found{}, err
	}
	return run.Match(t.Context(), watching(alice))
}

func TestTheDialectIsWhatTheNodeAnswers(t *testing.T) {
	absent := rpcError{-32601, "the method does not exist/is not available"}
	for _, c := range []struct {
		name     string
		offers   string
		refusals map[string]rpcError
		internal bool
	}{
		{"callTracer", byCalls, nil, true},
		{"trace_block, the other absent", byFlat, map[string]rpcError{byCalls: absent}, true},
		{"trace_block, the other not whitelisted", byFlat, map[string]rpcError{byCalls: {-32000, "method debug_traceBlockByHash not whitelisted"}}, true},
		{"trace_block, the other's plan", byFlat, map[string]rpcError{byCalls: {-32600, "debug_traceBlockByHash is not available on the Free tier - upgrade to Pay As You Go"}}, true},
		{"trace_block, no such tracer", byFlat, map[string]rpcError{byCalls: {-32000, "ReferenceError: callTracer is not defined"}}, true},
		{"neither", "", nil, false},
		{"neither, in other words", "", map[string]rpcError{byCalls: {-32004, "Method not supported"}, byFlat: {-32600, "unsupported method: trace_block"}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t).add(internally())
			n.offers = c.offers
			n.override = func(method string, _ []any) (any, *rpcError, bool) {
				e, ok := c.refusals[method]
				return nil, &e, ok
			}
			s := n.source(t)
			for range 2 {
				found, err := matched(t, s, 1, 1)
				require.NoError(t, err)
				require.Equal(t, c.internal, found.Internal)
				require.Equal(t, c.internal, len(found.Transfers) == 1)
			}
			asked := 1
			if c.offers == byCalls {
				asked = 2
			}
			require.Equal(t, asked, n.calls[byCalls], "the node is asked once which it speaks")
		})
	}
	t.Run("another tracer answered", func(t *testing.T) {
		n := newNode(t).add(internally())
		n.offers = byFlat
		n.override = answer(byCalls, []obj{{"result": obj{"gas": 21000, "failed": false, "structLogs": []obj{}}}})
		found, err := matched(t, n.source(t), 1, 1)
		require.NoError(t, err)
		require.True(t, found.Internal)
		require.Len(t, found.Transfers, 1)
	})
	t.Run("found out again after a failure", func(t *testing.T) {
		n := newNode(t).add(internally())
		s := n.source(t)
		found, err := matched(t, s, 1, 1)
		require.NoError(t, err)
		require.False(t, found.Internal)
		n.offers = byCalls
		found, err = matched(t, s, 1, 1)
		require.NoError(t, err)
		require.False(t, found.Internal, "not asked at every block")
		n.override = failMethod("eth_getLogs", rpcError{-32000, "internal error"})
		_, err = matched(t, s, 1, 1)
		require.ErrorIs(t, err, chain.ErrUnavailable)
		n.override = nil
		found, err = matched(t, s, 1, 1)
		require.NoError(t, err)
		require.True(t, found.Internal)
	})
	t.Run("turned off", func(t *testing.T) {
		n := newNode(t).add(internally())
		n.offers = byCalls
		s, err := evm.NewSource(network(), evm.RPC{URL: n.URL, NoTraces: true})
		require.NoError(t, err)
		found, err := matched(t, s, 1, 1)
		require.NoError(t, err)
		require.False(t, found.Internal)
		require.Zero(t, n.calls[byCalls])
	})
	t.Run("nothing to trace", func(t *testing.T) {
		n := newNode(t).add().add()
		found, err := matched(t, n.source(t), 0, 2)
		require.NoError(t, err)
		require.True(t, found.Internal, "blocks without transactions move nothing")
		require.Zero(t, n.calls[byCalls])
	})
}

func TestATransientRefusalIsNotNotOffered(t *testing.T) {
	for _, method := range []string{byCalls, byFlat} {
		for _, e := range []rpcError{{-32000, "internal error"}, {-32000, "block 0x12 not found"}, {-32603, "resource exhausted"}, {429, "rate limit"}} {
			n := newNode(t).add(internally())
			n.offers = method
			s := n.source(t)
			n.override = failMethod(method, e)
			_, err := matched(t, s, 1, 1)
			require.ErrorIs(t, err, chain.ErrUnavailable, e.Message)
			n.override = nil
			found, err := matched(t, s, 1, 1)
			require.NoError(t, err)
			require.True(t, found.Internal)
			require.Len(t, found.Transfers, 1)
		}
	}
	t.Run("the connection breaks", func(t *testing.T) {
		n := newNode(t).add(internally())
		n.offers = byCalls
		s := n.source(t)
		_, err := s.Head(t.Context())
		require.NoError(t, err)
		n.override = func(method string, _ []any) (any, *rpcError, bool) {
			if method == byCalls {
				panic(http.ErrAbortHandler)
			}
			return nil, nil, false
		}
		_, err = matched(t, s, 1, 1)
		require.ErrorIs(t, err, chain.ErrUnavailable)
	})
	t.Run("a refusal that lasts does not stop the network", func(t *testing.T) {
		n := newNode(t).add(internally(), tx{to: alice, value: "0x1"})
		s := n.source(t)
		n.override = failMethod(byCalls, rpcError{-32000, "computer says no"})
		for range 5 {
			_, err := matched(t, s, 1, 1)
			require.ErrorIs(t, err, chain.ErrUnavailable)
		}
		found, err := matched(t, s, 1, 1)
		require.NoError(t, err)
		require.False(t, found.Internal)
		require.Len(t, found.Transfers, 1, "the transaction's own")
	})
}

func TestAPrunedBlockIsDeliveredWithoutItsInternals(t *testing.T) {
	gone := []rpcError{
		{-32000, "required historical state unavailable (reexec=128)"},
		{-32000, "missing trie node 2361beab (path )"},
		{-32000, "historical state 12ab is not available"},
		{-32001, "Cannot trace block, state pruned"},
		{-32000, "execution timeout"},
	}
	for _, e := range gone {
		n := newNode(t).add(internally(), tx{to: alice, value: "0x1"}).add(internally()).add(internally())
		n.offers = byCalls
		pruned := n.blocks[1]["hash"]
		n.override = func(method string, params []any) (any, *rpcError, bool) {
			return nil, &e, method == byCalls && params[0] == pruned
		}
		found, err := matched(t, n.source(t), 1, 3)
		require.NoError(t, err, e.Message)
		require.False(t, found.Internal, e.Message)
		require.Len(t, found.Transfers, 3, "what can be known is told")
	}
	t.Run("the tracer gave up on a transaction", func(t *testing.T) {
		n := newNode(t).add(internally())
		n.override = answer(byCalls, []obj{{"txHash": "0x" + txid, "error": "execution timeout"}})
		found, err := matched(t, n.source(t), 1, 1)
		require.NoError(t, err)
		require.False(t, found.Internal)
	})
	t.Run("the answer is too large", func(t *testing.T) {
		n := newNode(t).add(internally())
		n.override = failMethod(byCalls, rpcError{-32000, "response too large"})
		found, err := matched(t, n.source(t), 1, 1)
		require.NoError(t, err)
		require.False(t, found.Internal)
	})
	t.Run("all of a run", func(t *testing.T) {
		n := newNode(t)
		for range 20 {
			n.add(internally())
		}
		n.override = failMethod(byCalls, gone[0])
		found, err := matched(t, n.source(t), 1, 20)
		require.NoError(t, err)
		require.False(t, found.Internal)
		require.Equal(t, 1, n.calls[byCalls], "the highest has none, so the others have none")
	})
}

func TestLongRunsAreTracedInSmallerRequestsWhereTheNodeSaysSo(t *testing.T) {
	n := newNode(t)
	for range 20 {
		n.add(internally())
	}
	n.offers = byCalls
	last := n.blocks[20]["hash"].(string)
	asked := map[string]bool{last: true}
	n.override = func(method string, params []any) (any, *rpcError, bool) {
		if method != byCalls || asked[params[0].(string)] {
			return nil, nil, false
		}
		asked[params[0].(string)] = true
		return nil, &rpcError{-32003, "response size exceeded"}, true
	}
	found, err := matched(t, n.source(t), 1, 20)
	require.NoError(t, err)
	require.True(t, found.Internal)
	require.Len(t, found.Transfers, 20)
}

func TestATraceIsOfThisBlock(t *testing.T) {
	spoilt := func(offers string, change func(list []obj) []obj) error {
		n := newNode(t).add(internally(), tx{to: bob, value: "0x2"})
		n.offers = offers
		list := change(n.traceOf(n.blocks[1]))
		n.override = answer(offers, list)
		_, err := matched(t, n.source(t), 1, 1)
		return err
	}
	other := "0x" + strings.Repeat("ee", 32)
	for _, offers := range []string{byCalls, byFlat} {
		require.NoError(t, spoilt(offers, func(l []obj) []obj { return l }))
		require.ErrorIs(t, spoilt(offers, func(l []obj) []obj { return nil }), chain.ErrUnavailable)
		require.ErrorIs(t, spoilt(offers, func(l []obj) []obj { return []obj{} }), chain.ErrUnavailable)
	}
	require.ErrorIs(t, spoilt(byCalls, func(l []obj) []obj { return l[1:] }), chain.ErrUnavailable)
	require.ErrorIs(t, spoilt(byFlat, func(l []obj) []obj { return l[2:] }), chain.ErrUnavailable)
	require.ErrorIs(t, spoilt(byFlat, func(l []obj) []obj { return l[1:] }), chain.ErrMalformed)
	require.ErrorIs(t, spoilt(byCalls, func(l []obj) []obj { l[1]["txHash"] = other; return l }), chain.ErrUnavailable)
	require.ErrorIs(t, spoilt(byCalls, func(l []obj) []obj { return append(l, l[1]) }), chain.ErrUnavailable)
	require.ErrorIs(t, spoilt(byCalls, func(l []obj) []obj { l[1]["result"].(obj)["value"] = "0x3"; return l }), chain.ErrUnavailable)
	require.ErrorIs(t, spoilt(byCalls, func(l []obj) []obj { delete(l[1]["result"].(obj), "value"); return l }), chain.ErrMalformed)
	require.ErrorIs(t, spoilt(byCalls, func(l []obj) []obj { l[1]["result"].(obj)["type"] = "AUTHCALL"; return l }), chain.ErrMalformed)
	require.ErrorIs(t, spoilt(byFlat, func(l []obj) []obj { l[0]["blockHash"] = other; return l }), chain.ErrUnavailable)
	require.ErrorIs(t, spoilt(byFlat, func(l []obj) []obj { l[0]["transactionHash"] = other; return l }), chain.ErrUnavailable)
	require.ErrorIs(t, spoilt(byFlat, func(l []obj) []obj { l[0]["transactionPosition"] = 9; return l }), chain.ErrUnavailable)
	require.ErrorIs(t, spoilt(byFlat, func(l []obj) []obj { delete(l[1], "traceAddress"); return l }), chain.ErrMalformed)
	require.ErrorIs(t, spoilt(byFlat, func(l []obj) []obj { return append(l, l[1]) }), chain.ErrMalformed)
	require.ErrorIs(t, spoilt(byFlat, func(l []obj) []obj { l[1]["action"].(obj)["callType"] = "authcall"; return l }), chain.ErrMalformed)
}

func TestAnInternalTransferNeedsAReceiptOfSuccess(t *testing.T) {
	n := newNode(t).add(internally())
	n.offers = byCalls
	n.receipts["0x"+txid]["status"] = "0x0"
	_, err := matched(t, n.source(t), 1, 1)
	require.ErrorIs(t, err, chain.ErrUnavailable)

	n = newNode(t)
	n.native, n.bloom = true, fullBloom
	n.add(internally())
	n.receipts["0x"+txid]["logs"] = []obj{}
	_, err = matched(t, n.source(t), 1, 1)
	require.ErrorIs(t, err, chain.ErrUnavailable)
}

func TestLogsOfNativeTransfersSpareTheTrace(t *testing.T) {
	n := newNode(t)
	n.native, n.bloom, n.offers = true, fullBloom, byCalls
	n.add(internally())
	hash := n.blocks[1]["hash"].(string)
	s := n.source(t)
	found, err := matched(t, s, 1, 1)
	require.NoError(t, err)
	require.True(t, found.Internal)
	require.Zero(t, n.calls[byCalls])
	require.Len(t, found.Transfers, 1)

	// A node may list a log twice.
	n.logs[hash] = append(n.logs[hash], n.logs[hash][0])
	again, err := matched(t, s, 1, 1)
	require.NoError(t, err)
	require.Equal(t, found, again)

	// A lagging index leaves the logs out: then the block is traced.
	n.logs[hash] = []obj{}
	again, err = matched(t, s, 1, 1)
	require.NoError(t, err)
	require.Equal(t, found, again)
	require.Equal(t, 1, n.calls[byCalls])

	for _, broken := range []obj{
		{"address": system, "topics": []string{transfer, pad(carol)}, "data": uint256(3)},
		{"address": system, "topics": []string{transfer, pad(carol), pad(alice)}, "data": "0x03"},
		{"address": system, "topics": []string{transfer, pad(carol), "0x01" + pad(alice)[4:]}, "data": uint256(3)},
	} {
		n := newNode(t)
		n.bloom = fullBloom
		n.add(tx{to: carol, logs: []obj{broken}})
		_, err := matched(t, n.source(t), 1, 1)
		require.ErrorIs(t, err, chain.ErrMalformed)
	}
	t.Run("after an active block, a filter without them excludes transfers", func(t *testing.T) {
		n := newNode(t)
		n.native, n.bloom = true, fullBloom
		n.add(internally())
		n.bloom = "0x" + strings.Repeat("00", 256)
		n.add(tx{to: carol})
		s := n.source(t)
		found, err := matched(t, s, 1, 2)
		require.NoError(t, err)
		require.True(t, found.Internal)
		found, err = matched(t, s, 2, 2)
		require.NoError(t, err)
		require.False(t, found.Internal, "alone, the block says nothing of EIP-7708")
	})
}
