package chainsim

import (
	"slices"

	"github.com/cointill/cointill/chain"
)

// Trace says whether an EVM node can trace calls, as it can at first. A node
// that cannot does not see the coins that contracts pay, unless the chain logs
// them ([Options.NativeLogs]).
func (n *Node) Trace(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.traceless = !on
}

func (n *Node) traces() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !n.traceless
}

// Omit makes the node leave transactions out of its blocks, whose hashes stay as
// they are: it lies. No ids end it. Faces of UTXO chains betray it, as their
// blocks no longer hash to the merkle root.
func (n *Node) Omit(ids ...chain.Hash) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.omitted = slices.Clone(ids)
}

// without returns the view of a node that omits transactions.
func (v view) without(ids []chain.Hash) view {
	if len(ids) == 0 {
		return v
	}
	v.blocks = slices.Clone(v.blocks)
	for i, b := range v.blocks {
		v.blocks[i] = b.without(ids)
	}
	return v
}

func (b *block) without(ids []chain.Hash) *block {
	if b == nil || !slices.ContainsFunc(ids, b.holds) {
		return b
	}
	c := *b
	c.txs = slices.DeleteFunc(slices.Clone(b.txs), func(t *tx) bool { return slices.Contains(ids, t.id) })
	return &c
}

// Diverge makes the node follow a branch of its own: in the place of the last
// depth blocks, and of all that come, it has others with the same transactions,
// so that it agrees with no other node on any of their hashes. [Node.Rejoin]
// ends it.
func (n *Node) Diverge(depth int) {
	n.chain.mu.Lock()
	height, salt := len(n.chain.blocks)-1, n.chain.next()
	n.chain.mu.Unlock()
	if depth < 0 || depth > height {
		misuse("Diverge", "%d blocks of a chain of height %d; block 0 always stands", depth, height)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.own = &ownBranch{above: height - depth, salt: salt, twins: make(map[chain.Hash]*block), known: make(map[chain.Hash]*block)}
}

// Rejoin ends [Node.Diverge].
func (n *Node) Rejoin() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.own = nil
}

// ownBranch holds the blocks of a node that follows a branch of its own. The
// chain's lock guards the maps.
type ownBranch struct {
	above int
	salt  uint64                // no two branches are equal
	twins map[chain.Hash]*block // by the hash of the real one
	known map[chain.Hash]*block // by their own
}

// follow returns the branch in the place of the best chain.
func (o *ownBranch) follow(c *Chain, blocks []*block) []*block {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := slices.Clone(blocks)
	for h := o.above + 1; h < len(out); h++ {
		theirs := out[h]
		// The twin of a block whose parent was displaced is another one.
		if t := o.twins[theirs.Hash]; t != nil && t.Parent == out[h-1].Hash {
			out[h] = t
			continue
		}
		txs := slices.DeleteFunc(slices.Clone(theirs.txs), (*tx).ofBlock)
		twin := c.family.seal(o.salt<<40|theirs.serial, out[h-1], theirs.Time, txs, theirs.grants)
		o.twins[theirs.Hash], o.known[twin.Hash] = twin, twin
		out[h] = twin
	}
	return out
}
