package payments

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cointill/cointill/chain"
)

// liveLag is how many blocks a watcher may be behind and still count as live;
// liveAge how old its heartbeat may be; heartbeatEvery how often it is saved.
const (
	liveLag        = 2
	liveAge        = 30 * time.Second
	heartbeatEvery = 10 * time.Second
)

// rail is a configured network and what following it needs in memory.
type rail struct {
	Rail
	mu      sync.Mutex      // one pass at a time
	current atomic.Uint32   // the source that is followed
	deep    map[uint32]bool // sources, by place, that saw no anchor stand
	failing int             // passes in a row that a source failed
	set     *chain.Watched
	derived uint32 // leaves of the wallet below this index are in set
	coins   coins
	// balances is what the audit of an EVM network keeps.
	balances balances
	// registered are the treasury's addresses whose coins are watched: those of a
	// UTXO network which are no leaf of the wallet. flying are outpoints that unmined
	// transactions make at them, or at leaves: false for one whose transaction was
	// gone at the last look, mined perhaps in a block to be followed before the next.
	registered map[chain.Address]bool
	flying     map[chain.Outpoint]bool

	statusMu  sync.Mutex
	looked    map[chain.Hash]bool // unmined transactions already matched
	following string
	head      chain.Head
	tip       chain.Anchor
	final     uint64       // called final by the source whose branch holds proof:
	proof     chain.Anchor // it says nothing of another branch's blocks
	err       error
	asked     []answer          // by each source, in their order
	doubt     map[string]string // by source: why it does not agree
}

func newRail(r Rail) *rail {
	out := &rail{Rail: r, set: chain.NewWatched(), deep: map[uint32]bool{}, looked: map[chain.Hash]bool{},
		registered: map[chain.Address]bool{}, flying: map[chain.Outpoint]bool{}, asked: make([]answer, len(r.Sources))}
	if r.Network.UTXO() {
		for _, t := range r.Treasury {
			out.registered[t.Address] = true
			out.set.AddAddress(t.Address)
		}
	}
	return out
}

// source returns the source now followed.
func (r *rail) source() chain.Source { return r.Sources[int(r.current.Load())%len(r.Sources)] }

// pass takes one step of a network if there is one, else looks at the mempool
// and saves the heartbeat. It reports whether there may be more to do at once.
func (p *Processor) pass(ctx context.Context, r *rail) (more bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, err := r.pick(p.now())
	if err == nil {
		more, err = p.passLocked(ctx, r)
		if ctx.Err() == nil && (err == nil || sourceFailed(err)) {
			r.answered(i, err, p.now())
		}
	}
	if err != nil && ctx.Err() == nil {
		if errors.Is(err, chain.ErrTrailMoved) {
			more, err = true, nil
		} else if sourceFailed(err) {
			r.failing++
			r.current.Add(1) // another source may answer
		}
	}
	if err == nil {
		r.failing = 0
	}
	r.statusMu.Lock()
	r.err = err
	r.statusMu.Unlock()
	return more, err
}

func (p *Processor) passLocked(ctx context.Context, r *rail) (bool, error) {
	src := r.source()
	var since time.Time
	trail := func(ctx context.Context, atOrBelow uint64, limit int) (anchors []chain.Anchor, err error) {
		err = p.view(ctx, func(tx Tx) error {
			anchors, err = tx.Anchors(ctx, r.Network.ID, atOrBelow, limit)
			return err
		})
		return anchors, err
	}
	progress, err := p.progress(ctx, r)
	if err != nil {
		return false, err
	}
	if since = progress.LiveAt; since.IsZero() {
		since = p.now()
	}
	step, ok, err := chain.Next(ctx, src, trail, since)
	if errors.Is(err, chain.ErrDeepReorg) {
		r.deep[r.current.Load()] = true
		if len(r.deep) >= len(r.Sources) { // not on one node's word
			err = errors.Join(err, p.halt(ctx, r, err.Error()))
		}
		return false, err
	}
	if err != nil {
		r.headSeen(src, step.Head)
		return false, p.stuck(ctx, r, err)
	}
	clear(r.deep)
	p.saw(r, src, step, ok)
	if !ok {
		return p.idle(ctx, r, step, progress)
	}
	found, err := p.match(ctx, r, step)
	if err != nil {
		return false, p.stuck(ctx, r, err)
	}
	if err := p.commitStep(ctx, r, r, step, found); err != nil {
		return false, err
	}
	p.watchers.notify(r.Network.ID)
	p.wakeUp()
	return true, nil
}

// idle is what a pass does at the tip: heartbeat, mempool, and a part of an audit
// of balances that is due.
func (p *Processor) idle(ctx context.Context, r *rail, step chain.Step, progress chain.Progress) (more bool, err error) {
	now := p.now()
	behind := step.Head.Height+liveLag < step.Move.From.Height
	due := now.Sub(progress.LiveAt) >= heartbeatEvery || progress.LiveAt.After(now) // a clock went back
	if !step.Head.Syncing && !behind && due {
		if err := p.changeProgress(ctx, r, func(row *chain.Progress) { row.LiveAt = now }); err != nil {
			return false, err
		}
	}
	if more, err = p.lookAtMempool(ctx, r, step); err != nil {
		return false, err
	}
	return p.auditBalances(ctx, r, step, progress) || more, nil
}

// progress reads what is remembered of a network.
func (p *Processor) progress(ctx context.Context, r *rail) (chain.Progress, error) {
	row := chain.Progress{Network: r.Network.ID}
	err := p.view(ctx, func(tx Tx) error {
		rows, err := tx.ProgressOf(ctx, []string{r.Network.ID})
		if err == nil && len(rows) > 0 {
			row = rows[0]
		}
		return err
	})
	return row, err
}

// match brings the watched set up to date and matches a fetched run. The run was
// fetched before the counters are read here: an address issued anywhere before
// its payment was mined is below the counter read after the block.
func (p *Processor) match(ctx context.Context, r *rail, step chain.Step) (chain.Found, error) {
	if step.Run == nil {
		return chain.Found{}, nil
	}
	if err := p.extendSet(ctx, r, step.Move); err != nil {
		return chain.Found{}, err
	}
	found, err := step.Run.Match(ctx, r.set)
	if err == nil && r.learn(found.Transfers) {
		found, err = step.Run.Match(ctx, r.set)
	}
	return found, err
}

// extendSet adds the leaves reserved and the coins recorded since the last time,
// and watches the inputs of deposits in no block, or in one that the move
// detaches: another transaction in the run may spend them.
func (p *Processor) extendSet(ctx context.Context, r *rail, move chain.TrailMove) error {
	if err := p.watchCoins(ctx, r); err != nil {
		return err
	}
	var counters []uint32
	var pending []chain.Outpoint
	err := p.view(ctx, func(tx Tx) error {
		var err error
		if counters, err = tx.IndexCounters(ctx, []string{r.Wallet.Fingerprint()}); err != nil {
			return err
		}
		pending = nil
		if !r.Network.UTXO() {
			return nil
		}
		open, err := tx.Deposits(ctx, DepositQuery{Network: r.Network.ID, States: waiting})
		if err != nil {
			return err
		}
		if move.Keep < move.From.Height {
			gone, err := tx.Deposits(ctx, DepositQuery{Network: r.Network.ID,
				Included: true, MinHeight: move.Keep + 1, MaxHeight: move.From.Height})
			if err != nil {
				return err
			}
			open = append(open, gone...)
		}
		for _, d := range open {
			pending = append(pending, d.Inputs...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.set.SetOutpoints(pending)
	for r.derived < counters[0] {
		n := min(counters[0]-r.derived, 1024)
		leaves, err := r.Wallet.Leaves(r.derived, int(n))
		if err != nil {
			return fmt.Errorf("payments: derive watched addresses: %w", err)
		}
		for _, leaf := range leaves {
			r.set.AddAddress(leaf.Address)
			delete(r.registered, leaf.Address)
		}
		r.derived += n
	}
	return nil
}

// changeProgress reads, changes and saves what is remembered of a network.
func (p *Processor) changeProgress(ctx context.Context, r *rail, change func(*chain.Progress)) error {
	return p.update(ctx, func(tx Tx) error {
		rows, err := tx.ProgressOf(ctx, []string{r.Network.ID})
		if err != nil {
			return err
		}
		row := chain.Progress{Network: r.Network.ID}
		if len(rows) > 0 {
			row = rows[0]
		}
		change(&row)
		return tx.SaveProgress(ctx, []chain.Progress{row})
	})
}

// sourceFailed reports whether an error is the source's: another one may do
// better. The store's errors are not.
func sourceFailed(err error) bool {
	for _, e := range []error{chain.ErrUnavailable, chain.ErrNotFound, chain.ErrWrongNetwork, chain.ErrMalformed, chain.ErrDeepReorg} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
