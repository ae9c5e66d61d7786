package payments

import (
	"context"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
)

// commitStep commits a step and everything that follows from it: the trail,
// what was detached, what arrived, and the credits that fall due. When the
// host's InTx fails, the step is committed without the credits, which are then
// tried one by one: recording never waits for the host. by is the rail whose
// watched set the blocks were matched with: r, or that of a rescan, which comes to
// blocks that were passed before.
func (p *Processor) commitStep(ctx context.Context, r, by *rail, step chain.Step, found chain.Found) error {
	now := p.now()
	run := func(settle bool) error {
		var out *outcome
		err := p.update(ctx, func(tx Tx) error {
			out = &outcome{now: now, past: by != r}
			if err := p.applyStep(ctx, tx, by, step, found, out); err != nil {
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
	if err := p.recordSpends(ctx, tx, r, step, found.Spends, book); err != nil {
		return err
	}
	if err := p.closeItems(ctx, tx, r, step, book); err != nil {
		return err
	}
	if err := p.undo(ctx, tx, book); err != nil {
		return err
	}
	if len(book.late) > 0 {
		if err := countBackfill(ctx, tx, r.Network.ID); err != nil {
			return err
		}
	}
	if err := tracedTo(ctx, tx, r, step, found); err != nil {
		return err
	}
	return book.save(ctx, tx)
}

// countBackfill says that a commit recorded something below the trail's tip.
func countBackfill(ctx context.Context, tx Tx, network string) error {
	rows, err := tx.ProgressOf(ctx, []string{network})
	if err != nil {
		return err
	}
	row := chain.Progress{Network: network}
	if len(rows) > 0 {
		row = rows[0]
	}
	row.Backfills++
	return tx.SaveProgress(ctx, []chain.Progress{row})
}

// book is the deposits and spends a step touches, read once and written once.
type book struct {
	out      *outcome
	progress chain.Progress
	owners   map[chain.Address]IssuedAddress
	rows     map[DepositKey]*Deposit
	fresh    map[DepositKey]bool
	order    []DepositKey
	changed  map[DepositKey]bool
	spent    map[chain.Outpoint][]*Deposit // by input: a deposit of each transaction in no block
	pegOuts  []*Deposit                    // payments out of MWEB whose block is gone
	leaving  spendBook
	own      map[chain.Hash]bool // transactions that only we can have signed
	over     map[string]bool     // profiles whose first sight does not count
	entries  []ledger.Entry
	undone   []Deposit // as they were when their credit was found to be wrong
	late     []find    // recorded below the trail's tip
}

// openBook reads, in a constant number of calls, every row the step may change.
func (p *Processor) openBook(ctx context.Context, tx Tx, r *rail, step chain.Step, found chain.Found, out *outcome) (*book, error) {
	b := &book{
		out: out, owners: map[chain.Address]IssuedAddress{}, rows: map[DepositKey]*Deposit{},
		fresh: map[DepositKey]bool{}, changed: map[DepositKey]bool{}, spent: map[chain.Outpoint][]*Deposit{},
		own: map[chain.Hash]bool{}, over: map[string]bool{},
	}
	progress, err := tx.ProgressOf(ctx, []string{r.Network.ID})
	if err != nil {
		return nil, err
	}
	if len(progress) > 0 && !out.past {
		b.progress = progress[0]
	}
	var addresses []chain.Address
	var keys []DepositKey
	seen := map[chain.Address]bool{}
	replaceable := len(found.Spends) > 0
	for _, t := range found.Transfers {
		replaceable = replaceable || t.Origin == chain.OriginPegOut
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
	if replaceable {
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
	if err := b.openSpends(ctx, tx, r, step, found); err != nil {
		return nil, err
	}
	b.findOwn(r, found)
	return b, p.weighUnmined(ctx, tx, r, found, b)
}

func (b *book) add(rows []Deposit) {
	for i := range rows {
		if _, ok := b.rows[rows[i].Key]; !ok {
			b.rows[rows[i].Key] = &rows[i]
			b.order = append(b.order, rows[i].Key)
			if rows[i].Origin == chain.OriginPegOut {
				b.pegOuts = append(b.pegOuts, &rows[i])
				continue
			}
			for _, in := range rows[i].Inputs {
				same := func(d *Deposit) bool { return d.TxID == rows[i].TxID }
				if !slices.ContainsFunc(b.spent[in], same) {
					b.spent[in] = append(b.spent[in], &rows[i])
				}
			}
		}
	}
}

// save writes the book back: a constant number of calls, whatever it holds.
func (b *book) save(ctx context.Context, tx Tx) error {
	if err := b.leaving.save(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.InsertEntries(ctx, b.entries); err != nil {
		return err
	}
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
