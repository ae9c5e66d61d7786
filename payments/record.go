package payments

import (
	"time"

	"github.com/cointill/cointill/chain"
)

// record notes one transfer of a step, in a block or in the mempool. Our own
// coins moving are noted when they are mined.
func (p *Processor) record(r *rail, step chain.Step, t chain.Transfer, b *book) {
	key := DepositKey{Network: r.Network.ID, ID: t.ID}
	d, known := b.rows[key]
	if r.registered[t.To] || known && d.State == StateTreasury {
		b.keep(r, step, t)
		return
	}
	giver, internal := r.internal(t, b)
	if internal && t.Block.IsZero() {
		return
	}
	if !known {
		d = b.begin(r, step, t, internal)
	}
	b.changed[key] = true
	switch {
	case t.Block.IsZero():
		if d.State == StateReplaced || d.State == StateDropped {
			d.State, d.Missing = StateSeen, time.Time{}
			b.out.event(EventDepositSeen, d)
		}
	case d.Block.Hash != t.Block.Hash:
		d.Block, d.Missing = t.Block, time.Time{}
		if t.Block.Height <= step.Move.Keep {
			b.late = append(b.late, find{t.To, t.Amount.Asset(), t.Block.Height})
		}
		if d.IncludedAt.IsZero() {
			d.IncludedAt, d.FirstBlock = b.out.now, t.Block
		}
		if internal {
			b.makeInternal(d, giver)
			return
		}
		if d.State == StateOrphaned {
			b.holdAfresh(r, d)
		}
		if d.ReceivedAt.IsZero() {
			receive(d, b.live(step), b.progress.LiveAt, r.Window, b.over[d.Owner.Profile])
		}
		if !d.booked() {
			d.State = StateConfirming
		}
		b.out.event(EventDepositConfirming, d)
	}
}

// keep notes a coin of the treasury when a block holds it. It stays the treasury's
// although its address is a leaf by now: whoever was given that did not pay it.
func (b *book) keep(r *rail, step chain.Step, t chain.Transfer) {
	if t.Block.IsZero() {
		return
	}
	key := DepositKey{Network: r.Network.ID, ID: t.ID}
	d, known := b.rows[key]
	if !known {
		d = &Deposit{Key: key, TxID: t.TxID, To: t.To, Amount: t.Amount, Origin: t.Origin, State: StateTreasury,
			SeenAt: b.out.now, IncludedAt: b.out.now, FirstBlock: t.Block}
		b.rows[key], b.fresh[key] = d, true
		b.order = append(b.order, key)
	}
	if d.Block.Hash == t.Block.Hash {
		return
	}
	if d.Block, b.changed[key] = t.Block, true; t.Block.Height <= step.Move.Keep {
		b.late = append(b.late, find{t.To, t.Amount.Asset(), t.Block.Height})
	}
}

// begin makes the row of a transfer never seen before.
func (b *book) begin(r *rail, step chain.Step, t chain.Transfer, internal bool) *Deposit {
	d := &Deposit{Key: DepositKey{Network: r.Network.ID, ID: t.ID}, TxID: t.TxID, To: t.To, Amount: t.Amount,
		Inputs: t.Inputs, From: t.From, Origin: t.Origin,
		State: StateSeen, SeenAt: b.out.now, SeenLive: b.live(step), LiveBefore: b.progress.LiveAt}
	b.rows[d.Key], b.fresh[d.Key] = d, true
	b.order = append(b.order, d.Key)
	if d.Owner = b.owners[t.To].Owner; internal {
		return d
	}
	b.inherit(d, b.sight(step, t))
	d.Hold = r.holdOf(d)
	if t.Block.IsZero() {
		b.out.event(EventDepositSeen, d)
	}
	b.tellHold(d)
	return d
}

// holdOf says why only an operator can credit a deposit, empty if it needs none.
func (r *rail) holdOf(d *Deposit) HoldReason {
	switch {
	case d.Origin == chain.OriginWithdrawal || d.Origin == chain.OriginFees:
		return HoldOrigin
	case d.Owner.IsZero():
		return HoldUnassigned
	case !r.accepts(d.Amount.Asset()):
		return HoldAsset
	}
	return ""
}

// holdAfresh holds what was internal, so that nobody had to own it, and comes back
// as a payment, because the treasury that made it is not registered any more.
func (b *book) holdAfresh(r *rail, d *Deposit) {
	if d.Hold == "" && (d.ReceivedAt.IsZero() || d.Owner.IsZero()) {
		d.Hold = r.holdOf(d)
		b.tellHold(d)
	}
}

func (b *book) tellHold(d *Deposit) {
	switch d.Hold {
	case "":
	case HoldUnassigned:
		b.out.event(EventDepositUnassigned, d)
	default:
		b.out.event(EventDepositHeld, d)
	}
}

// sight is when a transfer first met counts as first seen: now, or its block's time
// when it is found while catching up.
func (b *book) sight(step chain.Step, t chain.Transfer) time.Time {
	if t.Block.IsZero() || b.live(step) {
		return b.out.now
	}
	return clamp(t.Block.Time, b.progress.LiveAt, b.out.now)
}

// live reports whether the watcher was up to date when the step began.
func (b *book) live(step chain.Step) bool {
	age := b.out.now.Sub(b.progress.LiveAt) // negative: a clock went back
	return !step.Head.Syncing && step.Lag() <= liveLag && age <= liveAge && age >= -liveAge
}
