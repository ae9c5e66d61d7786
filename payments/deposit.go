package payments

import (
	"context"
	"slices"
	"time"

	"github.com/cointill/cointill/chain"
)

// commitStep commits a step and everything that follows from it: the trail,
// what was detached, what arrived, and the credits that fall due. When the
// host's InTx fails, the step is committed without the credits, which are then
// tried one by one: recording never waits for the host.
func (p *Processor) commitStep(ctx context.Context, r *rail, step chain.Step, found chain.Found) error {
	now := p.now()
	run := func(settle bool) error {
		var out *outcome
		err := p.update(ctx, func(tx Tx) error {
			out = &outcome{now: now}
			if err := p.applyStep(ctx, tx, r, step, found, out); err != nil {
				return err
			}
			if settle {
				if err := p.settle(ctx, tx, r, settleAll, out); err != nil {
					return err
				}
			}
			if settle {
				return p.publish(ctx, tx, out)
			}
			return p.publishReversals(ctx, tx, out)
		})
		if err == nil {
			p.notify(out)
		}
		return err
	}
	err := run(true)
	if !isHostError(ctx, err) {
		return err
	}
	p.cfg.Log.Warn("InTx failed; committing the step without its credits", "network", r.Network.ID, "error", err)
	if err := run(false); err != nil {
		return err
	}
	return p.settleEach(ctx, r)
}

// applyStep records one step: it touches only tx and out.
func (p *Processor) applyStep(ctx context.Context, tx Tx, r *rail, step chain.Step, found chain.Found, out *outcome) error {
	if err := tx.SaveTrail(ctx, step.Move); err != nil {
		return err
	}
	if err := p.breakOn(ctx, tx, r, step.Move, out); err != nil {
		return err
	}
	book, err := p.openBook(ctx, tx, r, step, found, out)
	if err != nil {
		return err
	}
	if err := p.detach(ctx, tx, r, step, book); err != nil {
		return err
	}
	for _, t := range found.Transfers {
		p.record(r, step, t, book)
	}
	p.replace(found.Spends, book)
	return book.save(ctx, tx)
}

// book is the deposits a step touches, read once and written once.
type book struct {
	out      *outcome
	progress chain.Progress
	owners   map[chain.Address]IssuedAddress
	rows     map[DepositKey]*Deposit
	fresh    map[DepositKey]bool
	order    []DepositKey
	changed  map[DepositKey]bool
	spent    map[chain.Outpoint]*Deposit // by input: the earliest seen deposit in no block
}

// openBook reads, in a constant number of calls, every row the step may change.
func (p *Processor) openBook(ctx context.Context, tx Tx, r *rail, step chain.Step, found chain.Found, out *outcome) (*book, error) {
	b := &book{
		out: out, owners: map[chain.Address]IssuedAddress{}, rows: map[DepositKey]*Deposit{},
		fresh: map[DepositKey]bool{}, changed: map[DepositKey]bool{}, spent: map[chain.Outpoint]*Deposit{},
	}
	progress, err := tx.ProgressOf(ctx, []string{r.Network.ID})
	if err != nil {
		return nil, err
	}
	if len(progress) > 0 {
		b.progress = progress[0]
	}
	var addresses []chain.Address
	var keys []DepositKey
	seen := map[chain.Address]bool{}
	for _, t := range found.Transfers {
		keys = append(keys, DepositKey{Network: r.Network.ID, ID: t.ID})
		if !seen[t.To] {
			seen[t.To] = true
			addresses = append(addresses, t.To)
		}
	}
	issued, err := tx.AddressesByRaw(ctx, addresses)
	if err != nil {
		return nil, err
	}
	for _, a := range issued {
		b.owners[a.Address] = a
	}
	known, err := tx.DepositsByKey(ctx, keys)
	if err != nil {
		return nil, err
	}
	b.add(known)
	if len(found.Spends) > 0 {
		pending, err := tx.Deposits(ctx, DepositQuery{Network: r.Network.ID, States: waiting})
		if err != nil {
			return nil, err
		}
		b.add(pending)
	}
	if step.Move.Keep < step.Move.From.Height {
		gone, err := tx.Deposits(ctx, DepositQuery{
			Network: r.Network.ID, Included: true, MinHeight: step.Move.Keep + 1, MaxHeight: step.Move.From.Height,
		})
		if err != nil {
			return nil, err
		}
		b.add(gone)
	}
	return b, nil
}

func (b *book) add(rows []Deposit) {
	for i := range rows {
		if _, ok := b.rows[rows[i].Key]; !ok {
			b.rows[rows[i].Key] = &rows[i]
			b.order = append(b.order, rows[i].Key)
			for _, in := range rows[i].Inputs {
				if old, ok := b.spent[in]; !ok || rows[i].SeenAt.Before(old.SeenAt) {
					b.spent[in] = &rows[i]
				}
			}
		}
	}
}

// record notes one transfer of a step, in a block or in the mempool.
func (p *Processor) record(r *rail, step chain.Step, t chain.Transfer, b *book) {
	key := DepositKey{Network: r.Network.ID, ID: t.ID}
	d, known := b.rows[key]
	if !known {
		d = &Deposit{Key: key, TxID: t.TxID, To: t.To, Amount: t.Amount, Inputs: t.Inputs,
			State: StateSeen, SeenAt: b.out.now, SeenLive: b.live(step), LiveBefore: b.progress.LiveAt}
		b.inherit(d)
		if owner, ok := b.owners[t.To]; ok {
			d.Owner = owner.Owner
		} else {
			d.Hold = HoldUnassigned
		}
		if d.Hold == "" && !r.accepts(t.Amount.Asset()) {
			d.Hold = HoldAsset
		}
		b.rows[key], b.fresh[key] = d, true
		b.order = append(b.order, key)
		if t.Block.IsZero() {
			b.out.event(EventDepositSeen, d)
		}
		switch d.Hold {
		case HoldUnassigned:
			b.out.event(EventDepositUnassigned, d)
		case HoldAsset:
			b.out.event(EventDepositHeld, d)
		}
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
		if d.IncludedAt.IsZero() {
			d.IncludedAt, d.FirstBlock = b.out.now, t.Block
			receive(d, b.live(step), b.progress.LiveAt, r.Window)
		}
		if d.State != StateCredited && d.State != StateFinal {
			d.State = StateConfirming
		}
		b.out.event(EventDepositConfirming, d)
	}
}

// inherit gives a transaction that spends the inputs of an earlier one its first
// sight: whoever replaces a payment, for whomever, gains no later price by it. On
// Litecoin only the same recipient inherits: there all payments out of MWEB in a
// block share the inputs of one transaction.
func (b *book) inherit(d *Deposit) {
	for _, in := range d.Inputs {
		old, ok := b.spent[in]
		if ok && d.To.Family == chain.FamilyLitecoin && old.To != d.To {
			continue
		}
		if ok && old.TxID != d.TxID && old.SeenAt.Before(d.SeenAt) {
			d.SeenAt, d.SeenLive, d.LiveBefore = old.SeenAt, old.SeenLive, old.LiveBefore
		}
	}
}

// live reports whether the watcher was up to date when the step began.
func (b *book) live(step chain.Step) bool {
	age := b.out.now.Sub(b.progress.LiveAt) // negative: a clock went back
	return !step.Head.Syncing && step.Lag() <= liveLag && age <= liveAge && age >= -liveAge
}

// waiting are the states of deposits in no block that may be mined any time. A
// deposit taken back stays orphaned or reversed until it is mined again, although
// its transaction is back in the mempool.
var waiting = []DepositState{StateSeen, StateOrphaned, StateReversed}

// replace marks pending deposits whose inputs another mined transaction spent.
func (p *Processor) replace(spends []chain.Spend, b *book) {
	byInput := map[chain.Outpoint]chain.Spend{}
	for _, s := range spends {
		if !s.Block.IsZero() {
			byInput[s.Outpoint] = s
		}
	}
	for _, key := range b.order {
		d := b.rows[key]
		if d.Included() || !slices.Contains(waiting, d.State) {
			continue
		}
		for _, in := range d.Inputs {
			if s, ok := byInput[in]; ok && s.TxID != d.TxID {
				d.State = StateReplaced
				b.changed[key] = true
				b.out.event(EventDepositReplaced, d)
				break
			}
		}
	}
}

// save writes the book back: two calls, whatever it holds.
func (b *book) save(ctx context.Context, tx Tx) error {
	var insert, update []Deposit
	for _, key := range b.order {
		switch {
		case b.fresh[key]:
			insert = append(insert, *b.rows[key])
		case b.changed[key]:
			update = append(update, *b.rows[key])
		}
	}
	if _, err := tx.InsertDeposits(ctx, insert); err != nil {
		return err
	}
	return tx.SaveDeposits(ctx, update)
}
