package evm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

func inspect(t *testing.T, n *node, id string) (chain.Inspection, error) {
	t.Helper()
	h, err := chain.ParseHash(id)
	require.NoError(t, err)
	return n.source(t).Inspect(t.Context(), h, watching(alice))
}

func TestInspect(t *testing.T) {
	nft := obj{"address": foreign, "topics": []string{transfer, pad(fees), pad(alice), uint256(7)}, "data": "0x"}
	for _, c := range []struct {
		name       string
		tx         tx
		state      chain.TxState
		found      []string
		contract   string
		unlisted   []string
		recipients []string
	}{
		{"the native coin", tx{to: alice, value: "0x5"}, chain.TxMined,
			[]string{"tx:eth:" + alice + ":0 0.000000000000000005 ETH@testnet"}, "", nil, []string{alice}},
		{"a listed token", tx{to: usdt, data: call(alice, 5), logs: []obj{log(usdt, bob, 3), log(usdt, alice, 5)}}, chain.TxMined,
			[]string{"tx:log:1 0.000005 USDT@testnet"}, "", nil, []string{bob, alice}},
		{"failed", tx{to: alice, value: "0x5", failed: true}, chain.TxFailed, nil, "", nil, nil},
		{"failed, to a token contract", tx{to: usdt, data: call(usdt, 5), failed: true}, chain.TxFailed, nil, "", nil, nil},
		{"a contract nobody lists", tx{to: foreign, data: call(alice, 5), logs: []obj{log(foreign, alice, 5), log(foreign, alice, 6)}}, chain.TxMined,
			nil, "", []string{foreign}, []string{alice}},
		{"an NFT", tx{to: foreign, logs: []obj{nft}}, chain.TxMined, nil, "", []string{foreign}, []string{alice}},
		{"a native log of EIP-7708 is no token", tx{to: foreign, logs: []obj{log(system, alice, 5)}}, chain.TxMined, nil, "", nil, []string{alice}},
		{"a contract nobody lists, to a stranger", tx{to: foreign, logs: []obj{log(foreign, bob, 5)}}, chain.TxMined, nil, "", nil, []string{bob}},
		{"the native coin to a token's contract", tx{to: dai, value: "0x5"}, chain.TxMined, nil, "DAI", nil, []string{dai}},
		{"a token to its own contract", tx{to: usdt, data: call(usdt, 5), logs: []obj{log(usdt, usdt, 5)}}, chain.TxMined, nil, "USDT", nil, []string{usdt}},
		{"a token to another's contract", tx{to: usdt, data: call(dai, 5), logs: []obj{log(usdt, dai, 5)}}, chain.TxMined, nil, "DAI", nil, []string{dai}},
		{"by transferFrom", tx{to: usdt, data: "23b872dd" + pad(bob)[2:] + call(dai, 5)[8:], logs: []obj{log(usdt, dai, 5)}}, chain.TxMined, nil, "DAI", nil, []string{dai}},
		{"a contract that gives something for the coin", tx{to: dai, value: "0x5", logs: []obj{log(dai, bob, 5)}}, chain.TxMined, nil, "", nil, []string{dai, bob}},
		{"data cut short", tx{to: usdt, data: call(dai, 5)[:60]}, chain.TxMined, nil, "", nil, nil},
		{"a creation", tx{to: nil, value: "0x5", data: "a9059cbb"}, chain.TxMined, nil, "", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t).add(c.tx, tx{to: alice, value: "0x9"}).add()
			n.bloom = fullBloom
			got, err := inspect(t, n, txid)
			require.NoError(t, err)
			require.Equal(t, c.state, got.State)
			require.EqualValues(t, 1, got.Block.Height)
			require.ElementsMatch(t, c.found, lines(got.Found))
			require.Equal(t, c.contract, string(got.Contract.Asset.Coin))
			var unlisted []string
			for _, u := range got.Unlisted {
				require.Equal(t, addr(alice), u.To)
				unlisted = append(unlisted, "0x"+u.Contract.String()[4:])
			}
			require.Equal(t, c.unlisted, unlisted)
			var recipients []string
			for _, r := range got.Recipients {
				recipients = append(recipients, "0x"+r.String()[4:])
			}
			require.Equal(t, c.recipients, recipients)
		})
	}
}

func TestInspectTellsTheIDsOfLinked(t *testing.T) {
	n := newNode(t).add(tx{to: bob, value: "0x1"}, tx{to: alice, value: "0x2", logs: []obj{log(gusd, bob, 1), log(gusd, alice, 2)}})
	s := n.source(t)
	run, err := s.Linked(t.Context(), 1, 1)
	require.NoError(t, err)
	want, err := run.Match(t.Context(), watching(alice))
	require.NoError(t, err)
	require.Len(t, want.Transfers, 2)
	got, err := s.Inspect(t.Context(), want.Transfers[0].TxID, watching(alice))
	require.NoError(t, err)
	require.Equal(t, want, got.Found)
	require.Equal(t, run.Anchors()[0], got.Block)
}

func TestInspectUnmined(t *testing.T) {
	hash := func(c string) string { return "0x" + strings.Repeat(c, 32) }
	n := newNode(t)
	n.pool = []obj{
		{"hash": hash("01"), "from": bob, "to": alice, "value": "0x5", "input": "0x", "blockHash": nil, "blockNumber": nil},
		{"hash": hash("02"), "to": usdt, "value": "0x0", "data": "0x" + call(alice, 5)},
		{"hash": hash("03"), "to": usdt, "value": "0x0", "input": "0x" + call(usdt, 5)},
	}
	got, err := inspect(t, n, hash("01"))
	require.NoError(t, err)
	require.Equal(t, chain.TxUnmined, got.State)
	require.True(t, got.Block.IsZero())
	require.Len(t, got.Found.Transfers, 1)
	require.Equal(t, hash("01")[2:]+":eth:"+alice+":0", got.Found.Transfers[0].ID)
	require.True(t, got.Found.Transfers[0].Block.IsZero())
	require.Equal(t, addr(bob), got.Found.Transfers[0].From)
	require.Equal(t, []chain.Address{addr(alice)}, got.Recipients)

	got, err = inspect(t, n, hash("02"))
	require.NoError(t, err)
	require.Empty(t, got.Found.Transfers, "a token moves by a log, which does not exist yet")
	require.Equal(t, []chain.Address{addr(alice)}, got.Recipients)
	require.Zero(t, got.Contract)

	got, err = inspect(t, n, hash("03"))
	require.NoError(t, err)
	require.EqualValues(t, "USDT", got.Contract.Asset.Coin)
}

func TestInspectTellsAtMostTwentyRecipients(t *testing.T) {
	var logs []obj
	for i := range 50 {
		logs = append(logs, log(foreign, fmt.Sprintf("0x%040x", 1000+i), 1))
	}
	got, err := inspect(t, newNode(t).add(tx{to: foreign, logs: logs}), txid)
	require.NoError(t, err)
	require.Len(t, got.Recipients, 20)
}

func TestInspectRefuses(t *testing.T) {
	hash := "0x" + txid
	for _, c := range []struct {
		name string
		set  func(n *node)
		want error
	}{
		{"a transaction the node does not know", func(n *node) { n.blocks[1]["transactions"] = []obj{} }, chain.ErrNotFound},
		{"another transaction", func(n *node) {
			n.override = answer("eth_getTransactionByHash", obj{"hash": "0x" + strings.Repeat("ee", 32), "to": alice, "value": "0x1"})
		}, chain.ErrUnavailable},
		{"no receipt of a mined one", func(n *node) { delete(n.receipts, hash) }, chain.ErrUnavailable},
		{"a receipt of another block", func(n *node) { n.receipts[hash]["blockHash"] = hash }, chain.ErrUnavailable},
		{"a block off the best chain", func(n *node) {
			n.receipts[hash]["blockHash"] = hash
			n.override = func(method string, _ []any) (any, *rpcError, bool) {
				x := mined(n.blocks[1], n.blocks[1]["transactions"].([]obj)[0])
				x["blockHash"] = hash
				return x, nil, method == "eth_getTransactionByHash"
			}
		}, chain.ErrUnavailable},
		{"a malformed transaction", func(n *node) { n.override = answer("eth_getTransactionByHash", obj{"hash": hash}) }, chain.ErrMalformed},
		{"a malformed receipt", func(n *node) { delete(n.receipts[hash], "logs") }, chain.ErrMalformed},
		{"a refusal", func(n *node) { n.override = failMethod("eth_getTransactionByHash", rpcError{-32000, "busy"}) }, chain.ErrUnavailable},
		{"the wrong network", func(n *node) { n.override = answer("eth_chainId", "0x1") }, chain.ErrWrongNetwork},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t).add(tx{to: alice, value: "0x1"})
			c.set(n)
			_, err := inspect(t, n, txid)
			require.ErrorIs(t, err, c.want)
		})
	}
}
