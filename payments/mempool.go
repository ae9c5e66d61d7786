package payments

import (
	"context"
	"time"

	"github.com/cointill/cointill/chain"
)

// droppedAfter is how long a transaction must be missing from a synced node's
// mempool before it counts as dropped: never one poll.
const droppedAfter = 2 * time.Hour

// mempoolRun is how many unmined transactions one pass fetches, so that a node
// with a full mempool does not keep a new block waiting.
const mempoolRun = 1_000

// lookAtMempool records transfers not mined yet. It inserts by key and never
// moves the trail. It reports whether some were left for the next pass.
func (p *Processor) lookAtMempool(ctx context.Context, r *rail, step chain.Step) (more bool, err error) {
	pool, ok := r.source().(chain.Mempooler)
	if !ok || step.Head.Syncing {
		return false, nil
	}
	ids, err := pool.Mempool(ctx)
	if err != nil {
		return false, err
	}
	now := make(map[chain.Hash]bool, len(ids))
	for _, id := range ids {
		now[id] = true
	}
	// What a node that hangs does not hold says nothing.
	if age := p.now().Sub(step.Head.Time); r.Stale == 0 || age <= r.Stale {
		if err := p.markMissing(ctx, r, now); err != nil {
			return false, err
		}
	}
	r.forgetMined(now)
	for op, before := range r.flying {
		if r.flying[op] = now[op.TxID]; !now[op.TxID] && !before {
			delete(r.flying, op)
		}
	}
	fresh, left := r.unlooked(ids, mempoolRun)
	more = left > 0
	if len(fresh) == 0 {
		return false, nil
	}
	run, err := pool.Unmined(ctx, fresh)
	if err != nil {
		return false, err
	}
	found, err := p.match(ctx, r, chain.Step{Run: run})
	if err != nil {
		return false, err
	}
	for _, t := range found.Transfers {
		if op, ok := outpointOf(t.TxID, t.ID); ok {
			r.flying[op] = true
		}
	}
	if len(found.Transfers) > 0 {
		if err := p.commitUnmined(ctx, r, step, found); err != nil {
			return false, err
		}
	}
	r.statusMu.Lock()
	defer r.statusMu.Unlock()
	for _, id := range fresh { // only after they were recorded
		r.looked[id] = true
	}
	return more, nil
}

// forgetMined forgets the looked-at transactions that left the mempool.
func (r *rail) forgetMined(mempool map[chain.Hash]bool) {
	r.statusMu.Lock()
	defer r.statusMu.Unlock()
	for id := range r.looked {
		if !mempool[id] {
			delete(r.looked, id)
		}
	}
}

// unlooked returns the first transactions of a mempool that were not matched yet,
// and how many more there are.
func (r *rail) unlooked(ids []chain.Hash, most int) (fresh []chain.Hash, left int) {
	r.statusMu.Lock()
	defer r.statusMu.Unlock()
	for _, id := range ids {
		switch {
		case r.looked[id]:
		case len(fresh) == most:
			left++
		default:
			fresh = append(fresh, id)
		}
	}
	return fresh, left
}

func (p *Processor) commitUnmined(ctx context.Context, r *rail, step chain.Step, found chain.Found) error {
	var out *outcome
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		out = &outcome{now: now}
		b, err := p.openBook(ctx, tx, r, step, found, out)
		if err != nil {
			return err
		}
		for _, t := range found.Transfers {
			if d, ok := b.rows[DepositKey{Network: r.Network.ID, ID: t.ID}]; !ok || !d.Included() {
				p.record(r, step, t, b)
			}
		}
		if err := b.save(ctx, tx); err != nil {
			return err
		}
		return p.publish(ctx, tx, out)
	})
	if err == nil {
		p.notify(out)
	}
	return err
}

// markMissing notes which unmined deposits are gone from the mempool, and drops
// those gone for long. A dropped deposit is revived when it is seen or mined.
func (p *Processor) markMissing(ctx context.Context, r *rail, mempool map[chain.Hash]bool) error {
	now := p.now()
	changed := func(rows []Deposit) []Deposit {
		var out []Deposit
		for _, d := range rows {
			switch gone := !mempool[d.TxID]; {
			case gone && d.Missing.IsZero():
				d.Missing = now
			case gone && now.Sub(d.Missing) >= droppedAfter:
				d.State = StateDropped
			case !gone && !d.Missing.IsZero():
				d.Missing = time.Time{}
			default:
				continue
			}
			out = append(out, d)
		}
		return out
	}
	q := DepositQuery{Network: r.Network.ID, States: []DepositState{StateSeen}}
	var rows []Deposit
	err := p.view(ctx, func(tx Tx) (err error) {
		rows, err = tx.Deposits(ctx, q)
		return err
	})
	if err != nil || len(changed(rows)) == 0 {
		return err
	}
	var out *outcome
	err = p.update(ctx, func(tx Tx) error {
		out = &outcome{now: now}
		rows, err := tx.Deposits(ctx, q)
		if err != nil {
			return err
		}
		rows = changed(rows)
		for i := range rows {
			if rows[i].State == StateDropped {
				out.event(EventDepositDropped, &rows[i])
			}
		}
		if err := tx.SaveDeposits(ctx, rows); err != nil {
			return err
		}
		return p.publish(ctx, tx, out)
	})
	if err == nil {
		p.notify(out)
	}
	return err
}
