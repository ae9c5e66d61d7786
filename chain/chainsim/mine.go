package chainsim

import (
	"slices"
	"time"

	"github.com/cointill/cointill/chain"
)

// Mine mines n blocks and returns them. The first takes the whole mempool, the
// others are empty.
func (c *Chain) Mine(n int) []chain.Anchor {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n < 1 {
		misuse("Mine", "%d blocks; mine at least one", n)
	}
	out := make([]chain.Anchor, n)
	for i := range out {
		out[i] = c.extend(c.pool, c.due).Anchor
	}
	c.change()
	return out
}

// MineTx mines one block with just the named transactions, in that order; none
// makes an empty block, in which everything unmined stays unmined, withdrawals
// and payments out of MWEB included. A dropped or
// replaced transaction may be named too: what consumes the same then leaves the
// mempool, as when a miner prefers the other side of a double spend.
func (c *Chain) MineTx(ids ...chain.Hash) chain.Anchor {
	c.mu.Lock()
	defer c.mu.Unlock()
	txs := make([]*tx, len(ids))
	for i, id := range ids {
		txs[i] = c.transactionByID("MineTx", id)
		if c.onBest(id) || slices.Contains(ids[:i], id) {
			misuse("MineTx", "transaction %s is mined already", id)
		}
		c.mustFit("MineTx", txs[i])
	}
	b := c.extend(txs, nil)
	c.change()
	return b.Anchor
}

// extend puts a block with txs and grants on the tip and takes them, and what
// conflicts with them, out of the mempool.
func (c *Chain) extend(txs []*tx, grants []grant) *block {
	var parent *block
	height := uint64(len(c.blocks))
	if height > 0 {
		parent = c.tip()
	}
	b := c.family.seal(c.next(), parent, c.blockTime(parent, height), txs, grants)
	c.mined[b.Hash] = b
	c.blocks = append(c.blocks, b)
	c.settle(grants)
	for _, t := range txs {
		c.evict(c.rivals(t))
	}
	c.pool = slices.DeleteFunc(slices.Clone(c.pool), func(t *tx) bool { return slices.Contains(txs, t) })
	return b
}

func (c *Chain) blockTime(parent *block, height uint64) time.Time {
	at := c.opts.Start.Add(time.Duration(height) * c.opts.BlockTime)
	if c.opts.Now != nil && parent != nil {
		at = c.opts.Now()
	}
	at = at.UTC().Truncate(time.Second)
	if parent != nil && at.Before(parent.Time) {
		at = parent.Time
	}
	return at
}
