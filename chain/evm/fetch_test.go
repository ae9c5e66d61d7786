package evm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

var fullBloom = "0x" + strings.Repeat("ff", 256)

func TestLinkedRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(n *node)
		want error
	}{
		{"a null block", func(n *node) { n.blocks[2] = nil }, chain.ErrUnavailable},
		{"another height", func(n *node) { n.blocks[2]["number"] = "0x9" }, chain.ErrUnavailable},
		{"mixed branches", func(n *node) { n.blocks[2]["parentHash"] = "0x" + strings.Repeat("ee", 32) }, chain.ErrUnavailable},
		{"transactions by hash only", func(n *node) { n.blocks[2]["transactions"] = []string{"0x" + txid} }, chain.ErrMalformed},
		{"no transactions", func(n *node) { delete(n.blocks[2], "transactions") }, chain.ErrMalformed},
		{"a broken recipient", func(n *node) { n.blocks[1]["transactions"].([]obj)[0]["to"] = "0x12" }, chain.ErrMalformed},
		{"no value", func(n *node) { delete(n.blocks[1]["transactions"].([]obj)[0], "value") }, chain.ErrMalformed},
		{"logs of an unknown block", func(n *node) { delete(n.logs, n.blocks[2]["hash"].(string)) }, chain.ErrUnavailable},
		{"null logs", func(n *node) { n.override = answer("eth_getLogs", nil) }, chain.ErrUnavailable},
		{"logs of another block", func(n *node) {
			n.logs[n.blocks[1]["hash"].(string)][0]["blockHash"] = "0x" + strings.Repeat("ee", 32)
		}, chain.ErrUnavailable},
		{"logs of a height outside", func(n *node) { n.logs[n.blocks[1]["hash"].(string)][0]["blockNumber"] = "0xffffffffffffffff" }, chain.ErrUnavailable},
		{"removed logs", func(n *node) { n.logs[n.blocks[1]["hash"].(string)][0]["removed"] = true }, chain.ErrUnavailable},
		{"logs without topics", func(n *node) { delete(n.logs[n.blocks[1]["hash"].(string)][0], "topics") }, chain.ErrMalformed},
		{"logs that are no array", func(n *node) { n.override = answer("eth_getLogs", "0x") }, chain.ErrMalformed},
		{"an error to one call of a batch", func(n *node) { n.override = fail("0x2", rpcError{-32000, "internal error"}) }, chain.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t).add(tx{to: usdt, logs: []obj{log(usdt, alice, 5)}}).add().add()
			c.set(n)
			_, err := n.source(t).Linked(t.Context(), 1, 3)
			require.ErrorIs(t, err, c.want)
		})
	}
	t.Run("blocks above the head", func(t *testing.T) {
		_, err := newNode(t).source(t).Linked(t.Context(), 1, 1)
		require.ErrorIs(t, err, chain.ErrUnavailable)
	})
	t.Run("no blocks", func(t *testing.T) {
		s := newNode(t).source(t)
		_, err := s.Linked(t.Context(), 1, 0)
		require.ErrorIs(t, err, chain.ErrNotFound)
		_, err = s.Range(t.Context(), 1, 0)
		require.ErrorIs(t, err, chain.ErrNotFound)
	})
}

func TestEmptyLogsAgainstTheBloomFilter(t *testing.T) {
	// The node's log index lags: it knows the block and answers with no logs.
	lagging := func(t *testing.T, bloom string) *node {
		n := newNode(t)
		n.bloom = bloom
		n.add(tx{to: usdt, logs: []obj{log(usdt, alice, 5)}}, tx{to: bob})
		n.logs[n.blocks[1]["hash"].(string)] = []obj{}
		return n
	}
	want := []string{"tx:log:0 0.000005 USDT@testnet"}
	for _, c := range []struct {
		name string
		set  func(n *node)
		want []string
		err  error
	}{
		{"receipts hold the logs", func(*node) {}, want, nil},
		{"no eth_getBlockReceipts", func(n *node) {
			n.override = failMethod("eth_getBlockReceipts", rpcError{-32601, "the method does not exist"})
		}, want, nil},
		{"null receipts", func(n *node) { n.override = answer("eth_getBlockReceipts", nil) }, nil, chain.ErrUnavailable},
		{"too few receipts", func(n *node) { n.override = answer("eth_getBlockReceipts", []obj{}) }, nil, chain.ErrUnavailable},
		{"receipts refused", func(n *node) { n.override = failMethod("eth_getBlockReceipts", rpcError{-32000, "internal error"}) }, nil, chain.ErrUnavailable},
		{"receipts of another block", func(n *node) { n.receipts["0x"+txid]["blockHash"] = "0x" + strings.Repeat("ee", 32) }, nil, chain.ErrUnavailable},
		{"malformed receipts", func(n *node) { n.override = answer("eth_getBlockReceipts", []obj{{}}) }, nil, chain.ErrMalformed},
	} {
		for _, fetch := range []string{"linked", "range"} {
			t.Run(c.name+", "+fetch, func(t *testing.T) {
				n := lagging(t, fullBloom)
				c.set(n)
				get := n.source(t).Linked
				if fetch == "range" {
					get = n.source(t).Range
				}
				run, err := get(t.Context(), 1, 1)
				if c.err != nil {
					require.ErrorIs(t, err, c.err)
					return
				}
				require.NoError(t, err)
				found, err := run.Match(t.Context(), watching(alice))
				require.NoError(t, err)
				require.Equal(t, c.want, lines(found))
			})
		}
	}
	t.Run("a filter without the tokens spares the receipts", func(t *testing.T) {
		n := lagging(t, "0x"+strings.Repeat("00", 256))
		_, err := n.source(t).Linked(t.Context(), 1, 1)
		require.NoError(t, err)
		require.Zero(t, n.calls["eth_getBlockReceipts"])
	})
	t.Run("a block without a filter proves nothing", func(t *testing.T) {
		n := lagging(t, "")
		delete(n.blocks[1], "logsBloom")
		_, err := n.source(t).Linked(t.Context(), 1, 1)
		require.NoError(t, err)
		require.Equal(t, 1, n.calls["eth_getBlockReceipts"])
	})
}

func TestBatchesAreBounded(t *testing.T) {
	n := newNode(t)
	for range 99 {
		n.add()
	}
	run, err := n.source(t).Linked(t.Context(), 0, 99)
	require.NoError(t, err)
	anchors := run.Anchors()
	require.Len(t, anchors, 100)
	for i, a := range anchors {
		require.EqualValues(t, i, a.Height)
	}
}

func TestRangeHalves(t *testing.T) {
	for _, refusal := range []rpcError{
		{-32005, "query returned more than 10000 results"},
		{-32005, "whatever"},
		{-32602, "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range"},
		{-32600, "You can make eth_getLogs requests with up to a 10 block range"},
		{-32000, "exceed maximum block range: 5000"},
		{-32614, "eth_getLogs is limited to a 10,000 block range"},
		{-32003, "response too large"},
	} {
		t.Run(fmt.Sprint(refusal.Code, refusal.Message), func(t *testing.T) {
			n := newNode(t)
			for i := range 40 {
				n.add(tx{to: usdt, logs: []obj{log(usdt, alice, int64(i+1))}})
			}
			refused := 0
			n.override = func(method string, params []any) (any, *rpcError, bool) {
				if method != "eth_getLogs" {
					return nil, nil, false
				}
				f := params[0].(obj)
				if number(f["toBlock"])-number(f["fromBlock"]) < 10 {
					return nil, nil, false
				}
				refused++
				return nil, &refusal, true
			}
			run, err := n.source(t).Range(t.Context(), 0, 40)
			require.NoError(t, err)
			require.Positive(t, refused)
			found, err := run.Match(t.Context(), watching(alice))
			require.NoError(t, err)
			require.Len(t, found.Transfers, 40)
		})
	}
}

func TestRangeProvesItsEnd(t *testing.T) {
	n := newNode(t).add().add()
	reads := 0
	n.override = func(method string, params []any) (any, *rpcError, bool) {
		if method != "eth_getBlockByNumber" || params[0] != "0x2" || params[1] != false {
			return nil, nil, false
		}
		if reads++; reads == 1 {
			return nil, nil, false
		}
		other := obj{}
		for k, v := range n.blocks[2] {
			other[k] = v
		}
		other["hash"] = "0x" + strings.Repeat("ee", 32)
		return other, nil, true
	}
	_, err := n.source(t).Range(t.Context(), 1, 2)
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.Equal(t, 2, reads)
}
