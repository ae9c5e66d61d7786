package chainsim

import (
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// Branch says how the branch of a reorganisation differs from the one it
// displaces. The zero value is one block longer and mines each transaction
// again at its old height and in its old order.
type Branch struct {
	// Blocks is the branch's length. Zero: one more than the depth. A shorter
	// branch than the depth makes the head go back.
	Blocks int
	// Reverse turns the order of transactions within each block round.
	Reverse bool
	// Crowd puts so many transactions of strangers at the beginning of each
	// block, so that every position and log index moves.
	Crowd int
	// Later lists transactions that go back to the mempool instead of into the
	// branch, with all that spends from them. The next Mine takes them. A HogEx
	// stands for the payments out of MWEB that it makes.
	Later []chain.Hash
	// Vanish lists transactions that are mined nowhere and leave the mempool,
	// with all that spends from them.
	Vanish []chain.Hash
	// Replace maps a transaction to the payments of the one that takes its place
	// in the branch by consuming the same inputs or nonce.
	Replace map[chain.Hash][]Payment
}

// Reorg replaces the last depth blocks by another branch in one step and
// returns the branch's blocks. Transactions of displaced blocks that fit the
// branch nowhere, because it is shorter, go back to the mempool. Block 0 always
// stands. The simulator permits what networks forbid: final blocks go as well,
// and the final height falls to the fork.
func (c *Chain) Reorg(depth int, b Branch) []chain.Anchor {
	c.mu.Lock()
	defer c.mu.Unlock()
	dropped := c.cut("Reorg", depth)
	n := b.Blocks
	if n == 0 {
		n = depth + 1
	}
	if n < 0 {
		misuse("Reorg", "a branch of %d blocks", n)
	}
	for id := range b.Replace {
		if !slices.ContainsFunc(dropped, func(d *block) bool { return d.holds(id) }) {
			misuse("Reorg", "transaction %s to replace is not in the last %d blocks", id, depth)
		}
	}
	c.evict(c.named("Reorg", b.Vanish))
	later := c.withDescendants(c.named("Reorg", b.Later))
	out := make([]chain.Anchor, 0, n)
	for i := range n {
		var txs []*tx
		var grants []grant
		for range b.Crowd {
			txs = append(txs, c.stranger())
		}
		if i < len(dropped) {
			txs = append(txs, c.remined(dropped[i], b, later)...)
			grants = c.regranted(dropped[i], b)
		}
		out = append(out, c.extend(txs, grants).Anchor)
	}
	c.change()
	return out
}

// Rewind takes the last depth blocks away, as a node does that was told they
// are invalid. The head goes back; their transactions return to the mempool.
func (c *Chain) Rewind(depth int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut("Rewind", depth)
	c.change()
}

// cut takes blocks off the tip, puts their transactions in front of the
// mempool and returns the blocks, lowest first.
func (c *Chain) cut(act string, depth int) []*block {
	keep := len(c.blocks) - depth
	if depth < 1 || keep < 1 {
		misuse(act, "%d blocks of a chain of height %d; block 0 always stands", depth, len(c.blocks)-1)
	}
	dropped := c.blocks[keep:]
	c.blocks = slices.Clip(c.blocks[:keep])
	c.final = min(c.final, c.tip().Height)
	var back, gone []*tx
	var due []grant
	for _, b := range dropped {
		due = append(due, b.grants...)
		for _, t := range b.txs {
			if t.ofBlock() {
				gone = append(gone, t)
			} else {
				back = append(back, t)
			}
		}
	}
	c.pool = append(back, c.pool...)
	c.due = append(due, c.due...)
	// What spends newly mined coins goes with their block.
	c.evict(gone)
	return dropped
}

// remined returns what a branch makes of a displaced block's transactions.
func (c *Chain) remined(old *block, b Branch, later []*tx) []*tx {
	var txs []*tx
	for _, t := range old.txs {
		if payments, ok := b.Replace[t.id]; ok {
			txs = append(txs, c.remember(c.family.transaction("Reorg", c.next(), payments, t.claims, t.bump+1)))
		} else if slices.Contains(c.pool, t) && !slices.Contains(later, t) {
			txs = append(txs, t)
		}
	}
	if b.Reverse {
		slices.Reverse(txs)
	}
	return txs
}

// stranger makes a transaction that concerns nobody.
func (c *Chain) stranger() *tx {
	n := c.next()
	amount := money.Units(c.network.Native, int64(n))
	if len(c.network.Tokens) > 0 {
		amount = money.Units(c.network.Tokens[0].Asset, int64(n))
	}
	to := madeUp(c.network, "stranger", n)
	return c.remember(c.family.transaction("Reorg", n, []Payment{{To: to, Amount: amount}}, nil, 0))
}

func (c *Chain) named(act string, ids []chain.Hash) []*tx {
	out := make([]*tx, len(ids))
	for i, id := range ids {
		out[i] = c.transactionByID(act, id)
	}
	return out
}
