package evm_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

const txid = "000000000000000000000000000000000000000000000000000000007a0003e8" // first of block 1

// lines tells found transfers in words.
func lines(f chain.Found) []string {
	out := []string{}
	for _, t := range f.Transfers {
		out = append(out, strings.Replace(t.ID, txid, "tx", 1)+" "+t.Amount.String())
	}
	return out
}

func TestMatch(t *testing.T) {
	nft := obj{"address": usdt, "topics": []string{transfer, pad(fees), pad(alice), uint256(7)}, "data": "0x"}
	short := obj{"address": usdt, "topics": []string{transfer, pad(fees), pad(alice)}, "data": "0x01"}
	long := obj{"address": usdt, "topics": []string{transfer, pad(fees), pad(alice)}, "data": uint256(1) + "00"}
	approval := obj{"address": usdt, "topics": []string{"0x" + strings.Repeat("8c", 32), pad(fees), pad(alice)}, "data": uint256(1)}
	dirty := obj{"address": usdt, "topics": []string{transfer, pad(fees), "0x01" + pad(alice)[4:]}, "data": uint256(1)}
	for _, c := range []struct {
		name string
		tx   tx
		want []string
	}{
		{"native coin", tx{to: alice, value: "0xde0b6b3a7640000"}, []string{"tx:eth:" + alice + ":0 1.000000000000000000 ETH@testnet"}},
		{"native coin, 200 bits", tx{to: alice, value: "0x" + strings.Repeat("f", 50)}, []string{"tx:eth:" + alice + ":0 1606938044258990275541962092341162602522202.993782792835301375 ETH@testnet"}},
		{"native coin in a transaction of unknown type", tx{to: alice, value: "0x1", kind: "0x7f"}, []string{"tx:eth:" + alice + ":0 0.000000000000000001 ETH@testnet"}},
		{"native coin to somebody else", tx{to: bob, value: "0x1"}, nil},
		{"native coin in a failed transaction", tx{to: alice, value: "0x1", failed: true}, nil},
		{"native coin, value 0", tx{to: alice, value: "0x0"}, nil},
		{"contract creation", tx{to: nil, value: "0x1"}, nil},
		{"token of 6 decimals", tx{to: usdt, logs: []obj{log(usdt, alice, 1_500_000)}}, []string{"tx:log:0 1.500000 USDT@testnet"}},
		{"token of 18 decimals", tx{to: dai, logs: []obj{log(dai, alice, 1_500_000)}}, []string{"tx:log:0 0.000000000001500000 DAI@testnet"}},
		{"token of 2 decimals", tx{to: gusd, logs: []obj{log(gusd, alice, 150)}}, []string{"tx:log:0 1.50 GUSD@testnet"}},
		{"token paid by a contract wallet", tx{to: foreign, logs: []obj{log(usdt, alice, 1)}}, []string{"tx:log:0 0.000001 USDT@testnet"}},
		{"token, value 0", tx{to: usdt, logs: []obj{log(usdt, alice, 0)}}, nil},
		{"contract that is not listed", tx{to: foreign, logs: []obj{log(foreign, alice, 1)}}, nil},
		{"native log of EIP-7708", tx{to: foreign, logs: []obj{log(system, alice, 1)}}, nil},
		{"four topics as of ERC-721", tx{to: usdt, logs: []obj{nft}}, nil},
		{"data of 1 byte", tx{to: usdt, logs: []obj{short}}, nil},
		{"data of 33 bytes", tx{to: usdt, logs: []obj{long}}, nil},
		{"another event", tx{to: usdt, logs: []obj{approval}}, nil},
		{"recipient that is no address", tx{to: usdt, logs: []obj{dirty}}, nil},
		{"two logs to one address", tx{to: usdt, logs: []obj{log(usdt, alice, 1), log(foreign, alice, 9), log(usdt, alice, 2)}},
			[]string{"tx:log:0 0.000001 USDT@testnet", "tx:log:2 0.000002 USDT@testnet"}},
		{"fee on transfer", tx{to: usdt, logs: []obj{log(usdt, fees, 3), log(usdt, alice, 97)}}, []string{"tx:log:1 0.000097 USDT@testnet"}},
		{"native coin and token in one transaction", tx{to: alice, value: "0x2", logs: []obj{log(usdt, alice, 1)}},
			[]string{"tx:eth:" + alice + ":0 0.000000000000000002 ETH@testnet", "tx:log:0 0.000001 USDT@testnet"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t).add(c.tx).add()
			want := c.want
			if want == nil {
				want = []string{}
			}
			s := n.source(t)
			for name, fetch := range map[string]func() (chain.Run, error){
				"linked": func() (chain.Run, error) { return s.Linked(t.Context(), 0, 2) },
				"range":  func() (chain.Run, error) { return s.Range(t.Context(), 0, 2) },
			} {
				run, err := fetch()
				require.NoError(t, err, name)
				require.Len(t, run.Anchors(), 3)
				for range 2 { // the same answer twice
					found, err := run.Match(t.Context(), watching(alice))
					require.NoError(t, err, name)
					require.Equal(t, want, lines(found), name)
					for _, x := range found.Transfers {
						require.Equal(t, run.Anchors()[1], x.Block)
						require.Equal(t, addr(alice), x.To)
						require.Equal(t, txid, x.TxID.String())
					}
				}
			}
		})
	}
}

func TestMatchOrderAndPlace(t *testing.T) {
	// The place of a log is counted in its own receipt, not in its block.
	n := newNode(t).
		add(tx{to: usdt, logs: []obj{log(usdt, bob, 5), log(usdt, bob, 6)}}, tx{to: alice, value: "0x9"}, tx{to: dai, logs: []obj{log(foreign, bob, 1), log(dai, alice, 7)}}).
		add(tx{to: bob, value: "0x1"})
	run, err := n.source(t).Linked(t.Context(), 1, 2)
	require.NoError(t, err)
	found, err := run.Match(t.Context(), watching(alice, bob))
	require.NoError(t, err)
	var ids []string
	for _, x := range found.Transfers {
		ids = append(ids, x.ID[60:])
	}
	require.Equal(t, []string{"03e8:log:0", "03e8:log:1", "03e9:eth:" + alice + ":0", "03ea:log:1", "07d0:eth:" + bob + ":0"}, ids)
	require.Empty(t, found.Spends)
}

func TestMatchCountsARepeatedLogOnce(t *testing.T) {
	n := newNode(t).add(tx{to: usdt, logs: []obj{log(usdt, alice, 5)}})
	hash := n.blocks[1]["hash"].(string)
	n.logs[hash] = append(n.logs[hash], n.logs[hash][0])
	run, err := n.source(t).Linked(t.Context(), 1, 1)
	require.NoError(t, err)
	found, err := run.Match(t.Context(), watching(alice))
	require.NoError(t, err)
	require.Equal(t, []string{"tx:log:0 0.000005 USDT@testnet"}, lines(found))
}

func TestMatchBelievesNothingWithoutReceipt(t *testing.T) {
	pay := func() tx { return tx{to: usdt, logs: []obj{log(usdt, alice, 5)}} }
	hash := "0x" + txid
	for _, c := range []struct {
		name  string
		tx    tx
		spoil func(n *node)
		want  error
	}{
		{"receipt missing", tx{to: alice, value: "0x1"}, func(n *node) { delete(n.receipts, hash) }, chain.ErrUnavailable},
		{"receipt of another block", tx{to: alice, value: "0x1"}, func(n *node) { n.receipts[hash]["blockHash"] = "0x" + strings.Repeat("ee", 32) }, chain.ErrUnavailable},
		{"receipt of another transaction", tx{to: alice, value: "0x1"}, func(n *node) { n.receipts[hash]["transactionHash"] = "0x" + strings.Repeat("ee", 32) }, chain.ErrUnavailable},
		{"status 2", tx{to: alice, value: "0x1"}, func(n *node) { n.receipts[hash]["status"] = "0x2" }, chain.ErrMalformed},
		{"no status", tx{to: alice, value: "0x1"}, func(n *node) { delete(n.receipts[hash], "status") }, chain.ErrMalformed},
		{"log of a failed transaction", pay(), func(n *node) { n.receipts[hash]["status"] = "0x0" }, chain.ErrUnavailable},
		{"log not in the receipt", pay(), func(n *node) { n.receipts[hash]["logs"] = []obj{} }, chain.ErrUnavailable},
		{"log of another amount in the receipt", pay(), func(n *node) {
			l := log(usdt, alice, 6)
			for k, v := range n.logs[n.blocks[1]["hash"].(string)][0] {
				if k != "data" {
					l[k] = v
				}
			}
			n.receipts[hash]["logs"] = []obj{l}
		}, chain.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t).add(c.tx)
			run, err := n.source(t).Linked(t.Context(), 1, 1)
			require.NoError(t, err)
			c.spoil(n)
			found, err := run.Match(t.Context(), watching(alice))
			require.ErrorIs(t, err, c.want)
			require.Empty(t, found.Transfers)
		})
	}
}
