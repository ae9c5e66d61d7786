package payments

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// Contracts pay the native coin of an EVM network without a trace that every node
// can show. Where the followed node can, chain.Progress.AuditedTo goes along with
// the trail. Where it cannot, balances are compared with what is
// recorded, once an hour by the network's own clock, at a block that is final (or
// as deep as Rail.Final): what an address holds must be what arrived at it less
// what left it, withdrawals, fee income and gas included. What nothing explains is
// an open item for the operator (item.go).
//
// An audit asks for the balances of all addresses reserved so far, in batches of
// 500, one in each pass, so that new blocks never wait for it. It reads the books
// only of addresses whose balance or books changed since the last audit of this
// process.

const (
	auditPause = time.Hour
	auditRetry = time.Minute // after a node or the store refused
	auditBatch = 500
)

// balances is what a rail keeps of its audits in memory.
type balances struct {
	// to is the height of the last audit of this process, zero if there was none,
	// and explained the balances then, but those of zero.
	to        uint64
	explained map[chain.Address]money.Amount
	notBefore time.Time
	running   *audit
}

// audit is one comparison, over several passes.
type audit struct {
	at       chain.Anchor
	after    uint64 // chain.Progress.AuditedTo when it began
	next     uint32 // leaf
	leaves   uint32
	touched  map[chain.Address]bool
	found    map[chain.Address]money.Amount
	suspects []chain.Address
}

// auditBalances does one batch of a due audit, and reports whether there are more.
// A node that cannot answer is asked again later: the chain is followed without.
func (p *Processor) auditBalances(ctx context.Context, r *rail, step chain.Step, progress chain.Progress) (more bool) {
	source, ok := r.source().(chain.Balancer)
	now := p.now()
	if r.Network.UTXO() || !ok || step.Head.Syncing || now.Before(r.balances.notBefore) {
		return false
	}
	err := p.auditStep(ctx, r, source, step, progress)
	if err != nil {
		r.balances.running = nil
		r.balances.notBefore = now.Add(auditRetry)
		p.cfg.Log.Warn("balances not audited", "network", r.Network.ID, "error", err)
	}
	return r.balances.running != nil
}

func (p *Processor) auditStep(ctx context.Context, r *rail, source chain.Balancer, step chain.Step, progress chain.Progress) error {
	if r.balances.running == nil {
		a, err := p.beginAudit(ctx, r, step, progress)
		if err != nil || a == nil {
			return err
		}
		r.balances.running = a
	}
	a := r.balances.running
	if a.next < a.leaves {
		return p.auditLeaves(ctx, r, source, a)
	}
	r.balances.running = nil
	return p.endAudit(ctx, r, a)
}

// beginAudit decides whether an audit is due; nil if none is.
func (p *Processor) beginAudit(ctx context.Context, r *rail, step chain.Step, progress chain.Progress) (*audit, error) {
	b := &r.balances
	if progress.AuditedTo < b.to { // taken back: a block went, or more became known
		b.to, b.explained = 0, nil
	}
	height := auditHeight(r, step)
	if height == 0 {
		return nil, nil
	}
	a := &audit{after: progress.AuditedTo,
		touched: map[chain.Address]bool{}, found: map[chain.Address]money.Amount{}}
	err := p.view(ctx, func(tx Tx) error {
		anchors, err := tx.Anchors(ctx, r.Network.ID, height, 1)
		if err != nil || len(anchors) == 0 || anchors[0].Height < progress.AuditedTo+auditBlocks(r.Network) {
			return err
		}
		a.at = anchors[0]
		from := a.after + 1
		if b.to > 0 { // another process may have audited since, and recorded items
			from = min(from, b.to+1)
		}
		deposits, err := tx.Deposits(ctx, DepositQuery{Network: r.Network.ID, Included: true, MinHeight: from, MaxHeight: a.at.Height})
		if err != nil {
			return err
		}
		for _, d := range deposits {
			a.touched[d.To] = true
		}
		spends, err := tx.Spends(ctx, SpendQuery{Network: r.Network.ID, Included: true, MinHeight: from, MaxHeight: a.at.Height})
		for _, s := range spends {
			a.touched[s.From] = true
		}
		return err
	})
	if err != nil || a.at.IsZero() {
		return nil, err
	}
	// A process that has just begun may not have matched a block yet.
	if err := p.extendSet(ctx, r, chain.TrailMove{}); err != nil {
		return nil, err
	}
	a.leaves = r.derived
	return a, nil
}

// auditHeight is the highest block that an audit may look at, 0 for none.
func auditHeight(r *rail, step chain.Step) uint64 {
	tip := step.Move.From.Height
	if step.Head.Final > 0 {
		return min(step.Head.Final, tip)
	}
	return tip + 1 - min(tip+1, r.Final)
}

// auditBlocks is how many blocks lie between two audits.
func auditBlocks(n chain.Network) uint64 {
	if n.BlockTime <= 0 {
		return 300
	}
	return max(1, uint64(auditPause/n.BlockTime))
}

// auditLeaves compares one batch of addresses.
func (p *Processor) auditLeaves(ctx context.Context, r *rail, source chain.Balancer, a *audit) error {
	n := min(a.leaves-a.next, auditBatch)
	leaves, err := r.Wallet.Leaves(a.next, int(n))
	if err != nil {
		return fmt.Errorf("derive audited addresses: %w", err)
	}
	a.next += n
	addresses := make([]chain.Address, len(leaves))
	for i, leaf := range leaves {
		addresses[i] = leaf.Address
	}
	held, err := balancesAt(ctx, source, a.at, addresses)
	if err != nil {
		return err
	}
	var changed []chain.Address
	for i, at := range addresses {
		before, known := r.balances.explained[at]
		if !known {
			before = money.Units(r.Network.Native, 0)
		}
		if r.balances.to == 0 || a.touched[at] || !before.Equal(held[i]) {
			changed = append(changed, at)
		}
		if held[i].Sign() != 0 {
			a.found[at] = held[i]
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return p.view(ctx, func(tx Tx) error {
		gaps, err := p.unexplained(ctx, tx, r, a, changed)
		for _, g := range gaps {
			a.suspects = append(a.suspects, g.address)
		}
		return err
	})
}

// balancesAt asks for balances and refuses an answer of another length.
func balancesAt(ctx context.Context, source chain.Balancer, at chain.Anchor, addresses []chain.Address) ([]money.Amount, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	held, err := source.Balances(ctx, at, addresses)
	if err == nil && len(held) != len(addresses) {
		err = fmt.Errorf("%w: %d balances for %d addresses", chain.ErrMalformed, len(held), len(addresses))
	}
	return held, err
}

// gap is an address whose balance is not what is recorded: by is what it holds
// too much, negative if too little.
type gap struct {
	address chain.Address
	by      money.Amount
}

// unexplained compares the balances an audit found with what is recorded up to
// its block.
func (p *Processor) unexplained(ctx context.Context, tx Tx, r *rail, a *audit, addresses []chain.Address) ([]gap, error) {
	expected := map[chain.Address]money.Amount{}
	count := func(at chain.Address, x money.Amount) error {
		if x.Asset() != r.Network.Native {
			return nil
		}
		sum, ok := expected[at]
		if !ok {
			sum = money.Units(r.Network.Native, 0)
		}
		sum, err := sum.Add(x)
		expected[at] = sum
		return err
	}
	arrived, err := tx.Deposits(ctx, DepositQuery{Network: r.Network.ID, To: addresses, Included: true, MaxHeight: a.at.Height})
	if err != nil {
		return nil, err
	}
	for _, d := range arrived {
		if err := count(d.To, d.Amount); err != nil {
			return nil, err
		}
	}
	left, err := tx.Spends(ctx, SpendQuery{Network: r.Network.ID, From: addresses, Included: true, MaxHeight: a.at.Height})
	if err != nil {
		return nil, err
	}
	for _, s := range left {
		if err := count(s.From, s.Amount.Neg()); err != nil {
			return nil, err
		}
	}
	var gaps []gap
	for _, at := range addresses {
		by, want := money.Units(r.Network.Native, 0), expected[at]
		if held, ok := a.found[at]; ok {
			by = held
		}
		if want.Sign() != 0 {
			if by, err = by.Sub(want); err != nil {
				return nil, err
			}
		}
		if by.Sign() != 0 {
			gaps = append(gaps, gap{at, by})
		}
	}
	return gaps, nil
}
