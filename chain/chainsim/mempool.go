package chainsim

import (
	"slices"

	"github.com/cointill/cointill/chain"
)

// Pay puts one transaction with the given payments into the mempool and
// returns its id. On UTXO chains payment i is output i, change comes last. On
// EVM chains a single payment is a plain transfer, of the coin or of a token;
// several are made by a batch contract within one transaction, in the order
// given, so coins arrive as internal transfers and tokens as logs.
func (c *Chain) Pay(payments ...Payment) chain.Hash {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.accept(c.family.transaction("Pay", c.next(), payments, nil, 0))
}

// Replace puts a transaction into the mempool that consumes what the unmined
// transaction id consumes (its inputs, or its sender's nonce) and pays
// otherwise. The old one leaves the mempool, with all that builds on it.
func (c *Chain) Replace(id chain.Hash, payments ...Payment) chain.Hash {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.pending("Replace", id)
	return c.accept(c.family.transaction("Replace", c.next(), payments, old.claims, old.bump+1))
}

// FeeBump replaces an unmined transaction by one that does the same for a
// higher fee, hence under another id.
func (c *Chain) FeeBump(id chain.Hash) chain.Hash {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.pending("FeeBump", id)
	return c.accept(c.family.bumped(c.next(), old))
}

// Drop makes an unmined transaction leave the mempool, as if nodes had
// forgotten it. [Chain.Resend] brings it back.
func (c *Chain) Drop(id chain.Hash) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.evict([]*tx{c.pending("Drop", id)})
	c.change()
}

// Resend puts a transaction that was dropped or replaced back into the
// mempool; what consumes the same leaves it. A mined transaction stays mined.
func (c *Chain) Resend(id chain.Hash) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.transactionByID("Resend", id)
	if !c.onBest(id) && !slices.Contains(c.pool, t) {
		c.mustFit("Resend", t)
		c.accept(t)
	}
}

// accept adds t to the mempool in the place of its rivals.
func (c *Chain) accept(t *tx) chain.Hash {
	t = c.remember(t)
	c.evict(c.rivals(t))
	c.pool = append(slices.Clip(c.pool), t)
	c.change()
	return t.id
}

// remember records a new transaction and returns the one to use: making the
// same again, as replacing twice by the same can, gives the first.
func (c *Chain) remember(t *tx) *tx {
	if old := c.made[t.id]; old != nil {
		return old
	}
	c.made[t.id] = t
	return t
}

// rivals returns the unmined transactions that cannot be mined beside t.
func (c *Chain) rivals(t *tx) []*tx {
	var out []*tx
	for _, p := range c.pool {
		if p != t && p.rivals(t) {
			out = append(out, p)
		}
	}
	return out
}

// evict removes transactions from the mempool, and those that spend from them.
func (c *Chain) evict(gone []*tx) {
	gone = c.withDescendants(gone)
	c.pool = slices.DeleteFunc(slices.Clone(c.pool), func(t *tx) bool { return slices.Contains(gone, t) })
}

// withDescendants adds to txs the unmined transactions that spend from them.
func (c *Chain) withDescendants(txs []*tx) []*tx {
	out := slices.Clone(txs)
	for i := 0; i < len(out); i++ {
		for _, p := range c.pool {
			if !slices.Contains(out, p) && p.spendsFrom(out[i].id) {
				out = append(out, p)
			}
		}
	}
	return out
}

// mustFit refuses a transaction whose rival is mined.
func (c *Chain) mustFit(act string, t *tx) {
	for _, b := range c.blocks {
		for _, m := range b.txs {
			if m != t && m.rivals(t) {
				misuse(act, "what transaction %s consumes is consumed by %s in block %s; use Reorg", t.id, m.id, b.Anchor)
			}
		}
	}
}

func (c *Chain) pending(act string, id chain.Hash) *tx {
	i := slices.IndexFunc(c.pool, func(t *tx) bool { return t.id == id })
	if i < 0 {
		misuse(act, "transaction %s is not in the mempool; see Pending", id)
	}
	return c.pool[i]
}

func (c *Chain) transactionByID(act string, id chain.Hash) *tx {
	t := c.made[id]
	if t == nil {
		misuse(act, "transaction %s was never made on this chain", id)
	}
	return t
}

func (c *Chain) onBest(id chain.Hash) bool {
	for _, b := range c.blocks {
		if b.holds(id) {
			return true
		}
	}
	return false
}
