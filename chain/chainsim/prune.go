package chainsim

import (
	"fmt"

	"github.com/cointill/cointill/chain"
)

// Prune makes the node forget what is older than its last blocks: on UTXO chains
// the blocks themselves, on EVM chains the states, without which it can neither
// trace nor tell balances. Zero ends it.
func (n *Node) Prune(keep int) {
	if keep < 0 {
		misuse("Prune", "%d blocks", keep)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.keep = keep
}

func (v view) keeps(b *block) bool { return b.Height >= v.kept }

// errPruned is the answer of a source whose node has forgotten a block.
func errPruned(b *block) error {
	return fmt.Errorf("chainsim: block %s is pruned: %w", b.Anchor, chain.ErrUnavailable)
}
