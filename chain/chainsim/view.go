package chainsim

import (
	"slices"

	"github.com/cointill/cointill/chain"
)

// view is a consistent state of the chain. It never changes.
type view struct {
	blocks  []*block
	pool    []*tx
	final   uint64
	serial  uint64
	changes uint64
	syncing bool
	loading bool
	// kept is the lowest height whose content or state the node still has.
	kept uint64
}

func (c *Chain) view() view {
	c.mu.Lock()
	defer c.mu.Unlock()
	return view{
		blocks: c.blocks, pool: c.pool, serial: c.serial, changes: c.changes,
		final: c.finalHeight(c.tip().Height),
	}
}

// behind returns the view of a node that has not seen the last n blocks.
func (v view) behind(n int) view {
	n = min(n, len(v.blocks)-1)
	if n <= 0 {
		return v
	}
	keep := len(v.blocks) - n
	var pool []*tx
	for _, b := range v.blocks[keep:] {
		for _, t := range b.txs {
			if !t.ofBlock() {
				pool = append(pool, t)
			}
		}
	}
	v.pool = append(pool, v.pool...)
	v.blocks = slices.Clip(v.blocks[:keep])
	v.final = min(v.final, v.tip().Height)
	return v
}

func (v view) tip() *block { return v.blocks[len(v.blocks)-1] }

// at returns the block at a height of the best chain, or nil above the head.
func (v view) at(height uint64) *block {
	if height >= uint64(len(v.blocks)) {
		return nil
	}
	return v.blocks[height]
}

// onBest reports whether a block is on the view's best chain.
func (v view) onBest(b *block) bool {
	at := v.at(b.Height)
	return at != nil && at.Hash == b.Hash
}

// unmined returns an unmined transaction, or nil.
func (v view) unmined(id chain.Hash) *tx {
	for _, t := range v.pool {
		if t.id == id {
			return t
		}
	}
	return nil
}
