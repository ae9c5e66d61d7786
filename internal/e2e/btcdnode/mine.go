package btcdnode

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"time"

	"github.com/btcsuite/btcd/btcutil/v2"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/integration/rpctest"
	"github.com/btcsuite/btcd/wire/v2"
	"github.com/stretchr/testify/require"
)

// Mine mines n blocks; the first holds what is in the mempool.
func (n *Node) Mine(blocks int) {
	n.t.Helper()
	for range blocks {
		n.MineOnly(n.Mempool()...)
	}
}

// MineEmpty mines n blocks without any payment; the mempool stays as it is.
func (n *Node) MineEmpty(blocks int) {
	n.t.Helper()
	for range blocks {
		n.MineOnly()
	}
}

// MineOnly mines a block that holds exactly these payments, in the mempool or not.
func (n *Node) MineOnly(payments ...Payment) {
	n.t.Helper()
	height := n.Height()
	parent := n.block(n.HashAt(height))
	parent.SetHeight(int32(height))
	var txs []*btcutil.Tx
	for _, p := range payments {
		txs = append(txs, btcutil.NewTx(p.MsgTx))
	}
	block, err := rpctest.CreateBlock(parent, txs, 4, time.Time{}, addressOf(freshHash()), nil, &chaincfg.RegressionNetParams)
	require.NoError(n.t, err)
	raw, err := block.Bytes()
	require.NoError(n.t, err)
	var refused *string
	n.Call(&refused, "submitblock", hex.EncodeToString(raw))
	require.Nil(n.t, refused, "the node refuses the block")
	require.Equal(n.t, height+1, n.Height())
}

// Mempool returns what the node would mine, each payment after those it spends
// from: the node lists them in any order, and a block must not.
func (n *Node) Mempool() []Payment {
	n.t.Helper()
	var ids []string
	n.Call(&ids, "getrawmempool")
	var out []Payment
	for _, id := range ids {
		var text string
		n.Call(&text, "getrawtransaction", id)
		raw, err := hex.DecodeString(text)
		require.NoError(n.t, err)
		tx, err := btcutil.NewTxFromBytes(raw)
		require.NoError(n.t, err)
		out = append(out, Payment{MsgTx: tx.MsgTx()})
	}
	return parentsFirst(out)
}

func parentsFirst(all []Payment) (out []Payment) {
	waiting := map[chainhash.Hash]bool{}
	for _, p := range all {
		waiting[p.TxHash()] = true
	}
	for len(out) < len(all) {
		for _, p := range all {
			early := slices.ContainsFunc(p.TxIn, func(in *wire.TxIn) bool { return waiting[in.PreviousOutPoint.Hash] })
			if id := p.TxHash(); waiting[id] && !early {
				delete(waiting, id)
				out = append(out, p)
			}
		}
	}
	return out
}

// freshHash is the key hash of nobody, so that no two coinbases are alike.
func freshHash() []byte {
	b := make([]byte, 20)
	_, _ = rand.Read(b) // it never fails
	return b
}
