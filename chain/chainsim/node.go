package chainsim

import (
	"context"
	"sync"

	"github.com/cointill/cointill/chain"
)

// Node is one node's view of a chain, with the faults a real one has. Sources
// and RPC faces are nodes; several of one chain may see it differently. All
// methods may be called from several goroutines.
type Node struct {
	chain *Chain

	mu        sync.Mutex
	behind    int
	frozen    *view
	failures  uint
	syncing   bool
	loading   bool
	intercept func(method string) error
	traceless bool
	indexed   bool
	omitted   []chain.Hash
	keep      int
	own       *ownBranch
	// seen is the last change that an answer took into account.
	seen uint64
}

// ServeBehind makes the node lag by so many blocks; zero ends it. Transactions
// of blocks it does not show yet are still in its mempool.
func (n *Node) ServeBehind(blocks int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.behind = blocks
}

// Freeze makes the node keep its present view, whatever happens to the chain,
// so that two nodes disagree. [Node.Thaw] ends it.
func (n *Node) Freeze() {
	v := n.chain.view()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.frozen = &v
}

// Thaw ends [Node.Freeze].
func (n *Node) Thaw() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.frozen = nil
}

// Fail makes the next calls fail as if the node were down.
func (n *Node) Fail(calls uint) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.failures = calls
}

// Intercept sets a function that runs before each call and may refuse it; nil
// ends it. It is given the name of the source's method or of the RPC method. It
// may act upon the chain, for instance mine or reorganise between two calls of
// the program under test. An error that wraps none of package chain's is taken
// for [chain.ErrUnavailable].
func (n *Node) Intercept(hook func(method string) error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.intercept = hook
}

// ReportSyncing makes the node say that it is catching up, or no longer.
func (n *Node) ReportSyncing(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.syncing = on
}

// ReportLoading makes a node of a UTXO chain one that was just restarted: its
// mempool is empty and it says, where nodes do, that it is not loaded yet.
func (n *Node) ReportLoading(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.loading = on
}

// Index gives a node of a UTXO chain an index of mined transactions, or takes it
// away: without one, getrawtransaction and Inspect know the mempool alone. At
// first sources and [UTXO.Btcd] have it, the other faces have not.
func (n *Node) Index(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.indexed = on
}

func (n *Node) index() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.indexed
}

// down reports whether this call is one of those told to fail, and counts it.
func (n *Node) down() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.failures == 0 {
		return false
	}
	n.failures--
	return true
}

// hooked runs the hook without a lock, so that it may act upon the chain.
func (n *Node) hooked(method string) error {
	n.mu.Lock()
	hook := n.intercept
	n.mu.Unlock()
	if hook == nil {
		return nil
	}
	return hook(method)
}

// view returns what the node sees now.
func (n *Node) view() view {
	n.mu.Lock()
	behind, frozen, syncing, loading := n.behind, n.frozen, n.syncing, n.loading
	omitted, own, keep := n.omitted, n.own, n.keep
	n.mu.Unlock()
	v := n.chain.view()
	if frozen != nil {
		v = *frozen
	}
	v.syncing = syncing
	if own != nil {
		v.blocks = own.follow(n.chain, v.blocks)
	}
	v = v.behind(behind).without(omitted)
	if keep > 0 && len(v.blocks) > keep {
		v.kept = uint64(len(v.blocks) - keep)
	}
	if v.loading = loading; loading {
		v.pool = nil
	}
	return v
}

// wait blocks until the chain changes from what the node last answered about.
func (n *Node) wait(ctx context.Context) {
	n.chain.mu.Lock()
	changed, changes := n.chain.changed, n.chain.changes
	n.chain.mu.Unlock()
	n.mu.Lock()
	news := changes != n.seen
	n.seen = changes
	n.mu.Unlock()
	if news {
		return
	}
	select {
	case <-changed:
	case <-ctx.Done():
	}
}

func (n *Node) saw(v view) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen = v.changes
}

// block returns a block by its hash, stale ones too, or nil if the node has
// not seen it.
func (n *Node) block(v view, hash chain.Hash) *block {
	n.mu.Lock()
	omitted, own := n.omitted, n.own
	n.mu.Unlock()
	n.chain.mu.Lock()
	defer n.chain.mu.Unlock()
	if own != nil && own.known[hash] != nil {
		return own.known[hash].without(omitted)
	}
	b := n.chain.mined[hash]
	if b == nil || v.onBest(b) {
		return b.without(omitted)
	}
	hidden := b.Height < uint64(len(n.chain.blocks)) && n.chain.blocks[b.Height] == b
	if hidden || b.serial > v.serial {
		return nil
	}
	return b.without(omitted)
}
