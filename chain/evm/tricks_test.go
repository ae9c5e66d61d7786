package evm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/evm"
)

// Every trick is told by a node that traces, in both dialects, and by one that
// logs native transfers: alice, who is ours, gets what wants says and no more.
func trick(t *testing.T, x tx, want ...string) {
	t.Helper()
	if want == nil {
		want = []string{}
	}
	for name, set := range map[string]func(n *node){
		"callTracer":  func(n *node) { n.offers = byCalls },
		"trace_block": func(n *node) { n.offers = byFlat },
		"EIP-7708":    func(n *node) { n.native, n.bloom = true, fullBloom },
	} {
		n := newNode(t)
		set(n)
		// The other transaction makes sure that EIP-7708 is seen to be active.
		n.add(x, tx{to: bob, value: "0x1"})
		found, err := matched(t, n.source(t), 1, 1)
		require.NoError(t, err, name)
		require.True(t, found.Internal, name)
		require.Equal(t, want, lines(found), name)
	}
}

const wei = " 0.000000000000000003 ETH@testnet"

func TestADelegateCallNeverCredits(t *testing.T) {
	trick(t, tx{to: carol, value: "0x3", calls: []frame{{kind: "DELEGATECALL", from: carol, to: alice, value: 3}}})
	trick(t, tx{to: carol, value: "0x3", calls: []frame{{kind: "CALLCODE", from: carol, to: alice, value: 3}}})
	trick(t, tx{to: carol, value: "0x3", calls: []frame{{kind: "STATICCALL", from: carol, to: alice}}})
}

func TestTheCallsOfADelegateDoCredit(t *testing.T) {
	trick(t, tx{to: carol, calls: []frame{{kind: "DELEGATECALL", from: carol, to: dave, calls: []frame{{from: carol, to: alice, value: 3}}}}},
		"tx:eth:"+alice+":0"+wei)
}

func TestAnInternalTransferInsideARevertedSubcallDoesNotCredit(t *testing.T) {
	trick(t, tx{to: carol, calls: []frame{{from: carol, to: dave, failed: true, calls: []frame{
		{from: dave, to: alice, value: 3},
		{from: dave, to: bob, calls: []frame{{from: bob, to: alice, value: 4}}},
	}}}})
}

func TestATransferBesideARevertedSubcallCredits(t *testing.T) {
	trick(t, tx{to: carol, calls: []frame{
		{from: carol, to: alice, value: 9, failed: true},
		{from: carol, to: alice, value: 3},
	}}, "tx:eth:"+alice+":0"+wei)
}

func TestAFailedTransactionMovesNothingInsideIt(t *testing.T) {
	trick(t, tx{to: carol, value: "0x9", failed: true, calls: []frame{{from: carol, to: alice, value: 3}}})
	trick(t, tx{to: alice, value: "0x9", failed: true})
}

func TestASelfDestructionInOurFavourCredits(t *testing.T) {
	trick(t, tx{to: carol, calls: []frame{{kind: "SELFDESTRUCT", from: carol, to: alice, value: 3}}}, "tx:eth:"+alice+":0"+wei)
	trick(t, tx{to: carol, calls: []frame{{kind: "SELFDESTRUCT", from: carol, to: alice}}})
}

func TestAContractCreatedAtOurAddressCredits(t *testing.T) {
	trick(t, tx{to: carol, calls: []frame{{kind: "CREATE2", from: carol, to: alice, value: 3}}}, "tx:eth:"+alice+":0"+wei)
	trick(t, tx{to: carol, calls: []frame{{kind: "CREATE", from: carol, to: alice, value: 3, failed: true}}})
}

func TestAZeroValueCallDoesNotCredit(t *testing.T) {
	trick(t, tx{to: carol, calls: []frame{{from: carol, to: alice}}})
}

func TestAPayerBehindARelayerIsTheContract(t *testing.T) {
	// EIP-7702: the payer's own address runs code, somebody else sends for it.
	n := newNode(t).add(tx{from: bob, to: dave, kind: "0x4", calls: []frame{{from: dave, to: alice, value: 3}}})
	n.offers = byCalls
	found, err := matched(t, n.source(t), 1, 1)
	require.NoError(t, err)
	require.Len(t, found.Transfers, 1)
	require.Equal(t, addr(dave), found.Transfers[0].From)
}

func TestSpendsOfASender(t *testing.T) {
	spent := func(t *testing.T, x tx, offers string) []string {
		t.Helper()
		n := newNode(t).add(x)
		n.offers = offers
		found, err := matched(t, n.source(t), 1, 1)
		require.NoError(t, err)
		out := []string{}
		for _, s := range found.Spends {
			require.Equal(t, addr(alice), s.From)
			require.Equal(t, txid, s.TxID.String())
			require.EqualValues(t, 1, s.Block.Height)
			require.Equal(t, s.Kind == chain.SpendGas || x.to == nil, s.To.IsZero())
			out = append(out, string(s.Kind)+" "+s.ID[len(txid):]+" "+s.Amount.Units().String())
		}
		return out
	}
	const gas = "gas :gas 21000000147000" // 21,000 × 1,000,000,007
	token := obj{"address": usdt, "topics": []string{transfer, pad(alice), pad(bob)}, "data": uint256(7)}
	for _, c := range []struct {
		name string
		tx   tx
		want []string
	}{
		{"coin", tx{from: alice, to: bob, value: "0x5"}, []string{"native :out:" + alice + ":0 5", gas}},
		{"coin, failed", tx{from: alice, to: bob, value: "0x5", failed: true}, []string{gas}},
		{"nothing but gas", tx{from: alice, to: bob}, []string{gas}},
		{"a contract is created", tx{from: alice, to: nil, value: "0x5"}, []string{"native :out:" + alice + ":0 5", gas}},
		{"token", tx{from: alice, to: usdt, logs: []obj{log(foreign, bob, 1), token}}, []string{"token :log:1 7", gas}},
		{"token, pulled by another", tx{from: bob, to: usdt, logs: []obj{token}}, []string{"token :log:0 7"}},
		{"a blob", tx{from: alice, to: bob, kind: "0x3", gas: obj{"blobGasUsed": "0x20000", "blobGasPrice": "0x3"}}, []string{"gas :gas 21000000540216"}},
		{"gas for nothing", tx{from: alice, to: bob, value: "0x1", gas: obj{"effectiveGasPrice": "0x0"}}, []string{"native :out:" + alice + ":0 1"}},
		{"by delegated code (EIP-7702)", tx{from: bob, to: alice, calls: []frame{{from: alice, to: bob, value: 4}, {from: alice, to: carol, value: 6}}},
			[]string{"native :out:" + alice + ":0 4", "native :out:" + alice + ":1 6"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, spent(t, c.tx, byCalls))
		})
	}
	t.Run("to itself", func(t *testing.T) {
		n := newNode(t).add(tx{from: alice, to: alice, value: "0x5"})
		found, err := matched(t, n.source(t), 1, 1)
		require.NoError(t, err)
		require.Len(t, found.Transfers, 1)
		require.Equal(t, addr(alice), found.Transfers[0].From)
		require.Len(t, found.Spends, 2)
	})
	t.Run("a receipt without its price is malformed", func(t *testing.T) {
		for _, x := range []obj{{"effectiveGasPrice": nil}, {"gasUsed": nil}, {"gasUsed": "21000"}, {"blobGasUsed": "0x1"}} {
			n := newNode(t).add(tx{from: alice, to: bob, gas: x})
			_, err := matched(t, n.source(t), 1, 1)
			require.ErrorIs(t, err, chain.ErrMalformed, x)
		}
	})
}

func TestSenderOfATransfer(t *testing.T) {
	n := newNode(t).add(tx{from: bob, to: alice, value: "0x5"}, tx{from: bob, to: usdt, logs: []obj{log(usdt, alice, 5)}})
	found, err := matched(t, n.source(t), 1, 1)
	require.NoError(t, err)
	require.Len(t, found.Transfers, 2)
	require.Equal(t, addr(bob), found.Transfers[0].From)
	require.Equal(t, addr(fees), found.Transfers[1].From, "the log's own sender, not the transaction's")
}

func TestWithdrawalsFromStaking(t *testing.T) {
	with := func(list any) (*node, func() (chain.Found, error)) {
		n := newNode(t).add(tx{to: alice, value: "0x1"})
		n.blocks[1]["withdrawals"], n.blocks[1]["withdrawalsRoot"] = list, "0x"+txid
		return n, func() (chain.Found, error) { return matched(t, n.source(t), 1, 1) }
	}
	entry := func(index, to, gwei string) obj {
		return obj{"index": index, "validatorIndex": "0x1", "address": to, "amount": gwei}
	}
	n, read := with([]obj{entry("0xff", bob, "0x1"), entry("0x100", alice, "0x77359400"), entry("0x101", alice, "0x0"), entry("0x102", alice, "0xffffffffffffffff")})
	found, err := read()
	require.NoError(t, err)
	require.Equal(t, []string{
		"tx:eth:" + alice + ":0 0.000000000000000001 ETH@testnet",
		"withdrawal:256 2.000000000000000000 ETH@testnet",
		"withdrawal:258 18446744073.709551615000000000 ETH@testnet",
	}, lines(found))
	w := found.Transfers[1]
	require.Equal(t, chain.OriginWithdrawal, w.Origin)
	require.True(t, w.TxID.IsZero())
	require.True(t, w.From.IsZero())
	require.EqualValues(t, 1, w.Block.Height)
	require.Equal(t, 1, n.calls["eth_getTransactionReceipt"], "a withdrawal has no receipt")

	for _, bad := range []any{
		[]obj{entry("0x1", alice, "1")}, []obj{entry("0x1", "0x12", "0x1")}, []obj{entry("", alice, "0x1")},
		[]obj{{"index": "0x1"}}, "0x", []any{1},
	} {
		_, read := with(bad)
		_, err := read()
		require.ErrorIs(t, err, chain.ErrMalformed, bad)
	}
	for _, absent := range []any{nil, []obj{}} {
		_, read := with(absent)
		_, err := read()
		require.ErrorIs(t, err, chain.ErrUnavailable, "a root of withdrawals and no withdrawals")
	}
}

func TestFeeIncomeOfAProposer(t *testing.T) {
	block := func() *node {
		n := newNode(t).add(tx{to: bob, value: "0x1"}, tx{to: bob, failed: true, gas: obj{"gasUsed": "0x7530", "effectiveGasPrice": "0x3b9aca00"}})
		n.blocks[1]["miner"], n.blocks[1]["baseFeePerGas"] = alice, "0x3b9ac9ff" // 1 gwei - 1
		return n
	}
	n := block()
	found, err := matched(t, n.source(t), 1, 1)
	require.NoError(t, err)
	hash := n.blocks[1]["hash"].(string)[2:]
	require.Equal(t, []string{hash + ":fees 0.000000000000198000 ETH@testnet"}, lines(found)) // 21,000 × 8 + 30,000 × 1
	require.Equal(t, chain.OriginFees, found.Transfers[0].Origin)
	require.True(t, found.Transfers[0].TxID.IsZero())
	require.True(t, found.Transfers[0].From.IsZero())
	require.Empty(t, found.Spends)

	t.Run("nothing above the base fee", func(t *testing.T) {
		n := block()
		for _, r := range n.receipts {
			r["effectiveGasPrice"] = "0x3b9ac9ff"
		}
		found, err := matched(t, n.source(t), 1, 1)
		require.NoError(t, err)
		require.Empty(t, found.Transfers)
	})
	t.Run("less than the base fee is a contradiction", func(t *testing.T) {
		n := block()
		n.blocks[1]["baseFeePerGas"] = "0x4000000000"
		_, err := matched(t, n.source(t), 1, 1)
		require.ErrorIs(t, err, chain.ErrUnavailable)
	})
	t.Run("no price", func(t *testing.T) {
		n := block()
		delete(n.receipts["0x"+txid], "effectiveGasPrice")
		_, err := matched(t, n.source(t), 1, 1)
		require.ErrorIs(t, err, chain.ErrMalformed)
	})
	t.Run("on BNB Smart Chain they go to a contract first", func(t *testing.T) {
		for _, id := range []uint64{56, 97} {
			n := block()
			n.override = answer("eth_chainId", hexValue(int64(id)))
			bsc := network()
			bsc.ChainID = id
			s, err := evm.NewSource(bsc, evm.RPC{URL: n.URL})
			require.NoError(t, err)
			found, err := matched(t, s, 1, 1)
			require.NoError(t, err)
			require.Empty(t, found.Transfers)
		}
	})
}
