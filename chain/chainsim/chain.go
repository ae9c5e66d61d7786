package chainsim

import (
	"slices"
	"sync"
	"time"

	"github.com/cointill/cointill/chain"
)

// Chain is what a [UTXO] and an [EVM] chain have in common: a best chain of
// blocks, a mempool, and the acts of payers and miners. All methods may be
// called from several goroutines; each takes effect at once for every source
// and face. They panic with a [*MisuseError] when asked for nonsense.
type Chain struct {
	network chain.Network
	opts    Options
	family  family

	mu sync.Mutex
	// blocks is the best chain by height. Elements are never overwritten, so a
	// view may keep the slice.
	blocks []*block
	// pool holds the unmined transactions in order of arrival. Like blocks, it is
	// never changed in place.
	pool []*tx
	// due are the grants that wait for a block.
	due []grant
	// mined holds every block ever mined, stale ones too.
	mined map[chain.Hash]*block
	// made holds every transaction ever made.
	made map[chain.Hash]*tx
	// final is the height set by Finalize.
	final uint64
	// serial numbers everything made, so that no two things are equal.
	serial uint64
	// changes counts what sources can see change; changed is closed at the next.
	changes uint64
	changed chan struct{}
}

// family is what UTXO and EVM chains do differently. Its methods are called
// with the chain's lock held.
type family interface {
	// transaction makes a transaction that consumes claims (nil: a new one of its
	// own). Each bump pays a higher fee than the one before.
	transaction(act string, serial uint64, payments []Payment, claims []chain.Outpoint, bump int) *tx
	// bumped makes the transaction of a higher fee that does what old does.
	bumped(serial uint64, old *tx) *tx
	// seal makes the block that holds txs and makes grants on top of parent (nil:
	// block 0).
	seal(serial uint64, parent *block, at time.Time, txs []*tx, grants []grant) *block
}

// tx is one transaction of either family.
type tx struct {
	id chain.Hash
	// claims are what only one mined transaction can consume: outpoints, or on
	// EVM chains (sender, nonce) written as an outpoint.
	claims   []chain.Outpoint
	payments []Payment
	bump     int
	coinbase bool
	hogEx    bool
	utxo     *wireTx
	evm      *evmTx
}

// block is one block of either family. It never changes.
type block struct {
	chain.Anchor
	serial uint64
	txs    []*tx
	grants []grant
	// miner proposed an EVM block. It was paid the fees, unless unpaid.
	miner  account
	unpaid bool
	// baseFee is what a unit of gas costs in an EVM block that nobody gets
	// (EIP-1559), in wei.
	baseFee uint64
	// header is the 80 bytes of a UTXO block.
	header []byte
	// auxPoW stands behind the header of a merge-mined block.
	auxPoW []byte
}

func (b *block) holds(id chain.Hash) bool {
	return slices.ContainsFunc(b.txs, func(t *tx) bool { return t.id == id })
}

// ofBlock reports whether a block made the transaction itself: it has no life
// outside.
func (t *tx) ofBlock() bool { return t.coinbase || t.hogEx }

// rivals reports whether only one of two transactions can be mined.
func (t *tx) rivals(o *tx) bool {
	return slices.ContainsFunc(t.claims, func(c chain.Outpoint) bool { return slices.Contains(o.claims, c) })
}

func (t *tx) spendsFrom(id chain.Hash) bool {
	return slices.ContainsFunc(t.claims, func(c chain.Outpoint) bool { return c.TxID == id })
}

func newChain(n chain.Network, o Options) *Chain {
	return &Chain{
		network: n,
		opts:    o.withDefaults(n.BlockTime),
		mined:   make(map[chain.Hash]*block),
		made:    make(map[chain.Hash]*tx),
		changed: make(chan struct{}),
	}
}

// Network returns the network that hosts must use with this chain: the one
// given, with Genesis set to the simulated block 0 on UTXO chains.
func (c *Chain) Network() chain.Network { return c.network }

// Head returns the tip of the best chain.
func (c *Chain) Head() chain.Anchor {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tip().Anchor
}

// Pending returns the ids of the unmined transactions in order of arrival.
func (c *Chain) Pending() []chain.Hash {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := make([]chain.Hash, len(c.pool))
	for i, t := range c.pool {
		ids[i] = t.id
	}
	return ids
}

// BlockOf returns the block of the best chain that holds a transaction, and
// false if none does.
func (c *Chain) BlockOf(id chain.Hash) (chain.Anchor, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range slices.Backward(c.blocks) {
		if b.holds(id) {
			return b.Anchor, true
		}
	}
	return chain.Anchor{}, false
}

func (c *Chain) tip() *block { return c.blocks[len(c.blocks)-1] }

func (c *Chain) next() uint64 {
	c.serial++
	return c.serial
}

// change wakes everybody who waits for news.
func (c *Chain) change() {
	c.changes++
	close(c.changed)
	c.changed = make(chan struct{})
}

// finalHeight returns the height that counts as final at a head.
func (c *Chain) finalHeight(head uint64) uint64 {
	final := c.final
	if lag := c.opts.FinalLag; lag > 0 && head > lag {
		final = max(final, head-lag)
	}
	return min(final, head)
}
