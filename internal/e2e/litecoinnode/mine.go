package litecoinnode

import (
	"crypto/rand"
	"encoding/hex"

	"github.com/stretchr/testify/require"
)

// Mine mines n blocks; the first holds what is in the mempool.
func (n *Node) Mine(blocks int) {
	n.t.Helper()
	for range blocks {
		n.Call(nil, "generatetodescriptor", 1, burnt())
	}
}

// MineEmpty mines n blocks without any payment; the mempool stays as it is.
// generateblock would do it, but Litecoin's fails once MWEB is active.
func (n *Node) MineEmpty(blocks int) {
	n.t.Helper()
	const worthless = -1_000_000_000 // added to a fee, in litoshi
	waiting := n.Mempool()
	for _, id := range waiting {
		n.Call(nil, "prioritisetransaction", id, 0, worthless)
	}
	n.Mine(blocks)
	require.ElementsMatch(n.t, waiting, n.Mempool())
	for _, id := range waiting {
		n.Call(nil, "prioritisetransaction", id, 0, -worthless)
	}
}

// Mempool lists the ids of what the node would mine.
func (n *Node) Mempool() (ids []string) {
	n.t.Helper()
	n.Call(&ids, "getrawmempool")
	return ids
}

// HogEx returns the id of the best block's last transaction, and the ids of all
// of the block's.
func (n *Node) HogEx() (id string, all []string) {
	n.t.Helper()
	var block struct{ Tx []string }
	n.Call(&block, "getblock", n.HashAt(n.Height()), 1)
	require.Greater(n.t, len(block.Tx), 1)
	return block.Tx[len(block.Tx)-1], block.Tx
}

// burnt is a descriptor of a script that nobody can spend and no other coinbase
// has, so that no block is like one that was undone.
func burnt() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // it never fails
	return "raw(6a10" + hex.EncodeToString(b) + ")"
}
