package payments

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cointill/cointill/chain"
)

// agreePass asks the sources, outside any transaction, about deposits that wait
// for nothing but their agreement, and credits those that enough of them see. It
// is a gate of the credit and never of the watcher: what arrives is on record
// whether or not anybody agrees. What is not agreed is asked again by the next
// pass.
func (p *Processor) agreePass(ctx context.Context) (more bool, err error) {
	if !p.agreeMu.TryLock() {
		return false, nil
	}
	defer p.agreeMu.Unlock()
	var errs []error
	for _, r := range p.ordered() {
		if err := p.agreeOn(ctx, r); err != nil {
			errs = append(errs, fmt.Errorf("payments: agreement on %s: %w", r.Network.ID, err))
		}
	}
	return false, errors.Join(errs...)
}

func (p *Processor) agreeOn(ctx context.Context, r *rail) error {
	if len(r.Sources) < 2 {
		return nil
	}
	q := &poll{rail: r, now: p.now(), down: map[int]bool{}, doubt: map[string]string{}}
	agreed := false
	page, err := undecided{}, error(nil)
	for !page.last && err == nil && ctx.Err() == nil {
		if err = p.view(ctx, func(tx Tx) (err error) {
			page, err = p.undecided(ctx, tx, r, page.next)
			return err
		}); err != nil {
			break
		}
		if seen := q.ask(ctx, page); len(seen) > 0 {
			agreed, err = true, p.saveAgreement(ctx, r, seen, page.need)
		}
	}
	if ctx.Err() == nil {
		r.statusMu.Lock()
		r.doubt = q.doubt
		r.statusMu.Unlock()
	}
	if !agreed {
		return err
	}
	return errors.Join(err, p.settleDue(ctx, r))
}

// undecided is a page of deposits that lack only agreement.
type undecided struct {
	rows []Deposit
	need int // sources
	next DepositKey
	last bool
}

func (p *Processor) undecided(ctx context.Context, tx Tx, r *rail, after DepositKey) (undecided, error) {
	none := undecided{last: true}
	o, ok, err := p.outlook(ctx, tx, r, p.now())
	pol := newPolicy(r, o.tiers)
	if err != nil || !ok || len(o.closed) > 0 || pol.agree() < 2 || o.tip.Height+1 < r.Confirmations {
		return none, err
	}
	found, err := tx.Deposits(ctx, DepositQuery{Network: r.Network.ID, States: []DepositState{StateConfirming}, NotHeld: true,
		Included: true, MaxHeight: o.tip.Height + 1 - r.Confirmations, After: after, Limit: valueBatch})
	if err != nil {
		return none, err
	}
	if err := pol.weigh(ctx, tx, found); err != nil {
		return none, err
	}
	page := undecided{need: pol.agree(), last: len(found) < valueBatch}
	for _, d := range found {
		page.next = d.Key
		if want := pol.demand(d); p.ready(d) && want.deep(d, o) && !want.agreed(d) {
			page.rows = append(page.rows, d)
		}
	}
	return page, nil
}

// saveAgreement notes that enough sources saw deposits where they are, unless
// they moved, or more sources are asked for, meanwhile.
func (p *Processor) saveAgreement(ctx context.Context, r *rail, seen []Deposit, need int) error {
	block := map[DepositKey]chain.Hash{}
	var keys []DepositKey
	for _, d := range seen {
		block[d.Key] = d.Block.Hash
		keys = append(keys, d.Key)
	}
	sortKeys(keys)
	return p.update(ctx, func(tx Tx) error {
		tiers, err := tiersInForce(ctx, tx, r)
		if err != nil || newPolicy(r, tiers).agree() > need {
			return err
		}
		rows, err := tx.DepositsByKey(ctx, keys)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(d Deposit) bool {
			return d.State != StateConfirming || d.Block.Hash != block[d.Key]
		})
		for i := range rows {
			rows[i].Agreed = rows[i].Block.Hash
		}
		return tx.SaveDeposits(ctx, rows)
	})
}

// forgetAgreement makes the sources be asked again about all that is not
// credited.
func forgetAgreement(ctx context.Context, tx Tx, r *rail) error {
	rows, err := tx.Deposits(ctx, DepositQuery{Network: r.Network.ID, States: []DepositState{StateConfirming}})
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(d Deposit) bool { return d.Agreed.IsZero() })
	for i := range rows {
		rows[i].Agreed = chain.Hash{}
	}
	return tx.SaveDeposits(ctx, rows)
}
