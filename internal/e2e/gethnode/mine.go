package gethnode

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

// Height returns the height of the best block.
func (n *Node) Height() uint64 { return n.eth.BlockChain().CurrentBlock().Number.Uint64() }

// Finalized returns the height the node calls final.
func (n *Node) Finalized() uint64 {
	if b := n.eth.BlockChain().CurrentFinalBlock(); b != nil {
		return b.Number.Uint64()
	}
	return 0
}

// Mine makes n blocks; the first holds what is pending, and what Undo took off
// the chain.
func (n *Node) Mine(blocks int) {
	n.t.Helper()
	for _, tx := range n.withheld {
		n.send(tx)
	}
	n.withheld = nil
	n.MineEmpty(blocks)
}

// MineEmpty makes n blocks without what Undo took off the chain.
func (n *Node) MineEmpty(blocks int) {
	n.t.Helper()
	for range blocks {
		before := n.Height()
		n.beacon.Commit()
		require.Equal(n.t, before+1, n.Height(), "no block was made")
	}
	n.settle()
}

// settle waits until the pool has learnt of the last block. It does so behind our
// back, and a transaction that is added meanwhile may stay queued behind a sender's
// earlier one for ever. The first call has the pool notice the block at the latest,
// the second waits for what that began, and one more costs nothing.
func (n *Node) settle() {
	n.t.Helper()
	for range 3 {
		require.NoError(n.t, n.eth.TxPool().Sync())
	}
}

// Undo takes the last blocks off the chain and empties the node's pool. Mine puts
// their transactions into a block again, unless Forget is called before.
func (n *Node) Undo(depth int) {
	n.t.Helper()
	chain, height := n.eth.BlockChain(), n.Height()
	base := height - uint64(depth)
	for h := base + 1; h <= height; h++ {
		n.withheld = append(n.withheld, chain.GetBlockByNumber(h).Transactions()...)
	}
	require.NoError(n.t, n.eth.TxPool().Sync())
	pending, queued := n.eth.TxPool().Content()
	for _, bySender := range []map[common.Address][]*types.Transaction{pending, queued} {
		for _, txs := range bySender {
			n.withheld = append(n.withheld, txs...)
		}
	}
	n.beacon.Rollback() // Fork wants an empty pool
	require.NoError(n.t, n.beacon.Fork(chain.GetCanonicalHash(base)))
	n.beacon.Rollback() // the pool had taken the transactions back
	n.settle()
	require.Equal(n.t, base, n.Height())
}

// Forget makes what Undo took off the chain vanish.
func (n *Node) Forget() { n.withheld = nil }

// Receipt returns a mined transaction's receipt.
func (n *Node) Receipt(tx *types.Transaction) *types.Receipt {
	n.t.Helper()
	chain := n.eth.BlockChain()
	for h := n.Height(); h > 0; h-- {
		for _, r := range chain.GetReceiptsByHash(chain.GetCanonicalHash(h)) {
			if r.TxHash == tx.Hash() {
				return r
			}
		}
	}
	require.Fail(n.t, "not mined", "transaction %s", tx.Hash())
	return nil
}
