package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cointill/cointill/ledger"
)

// settleBatch bounds what one commit credits, so that a day's backlog does not
// become one giant transaction.
const settleBatch = 2_000

// settleAll is the filter of a pass over everything due.
var settleAll DepositKey

// settle is the one place that credits. It reads from the store what is due on a
// network, so the same function serves a step, a late rate, a raised policy, a
// released hold and a restart: deposits as deep as the policy asks, agreed,
// valued, screened and not held. What it decides by is read in the same
// transaction. With a key it settles that deposit alone.
func (p *Processor) settle(ctx context.Context, tx Tx, r *rail, only DepositKey, out *outcome) error {
	o, ok, err := p.outlook(ctx, tx, r, out.now)
	if err != nil || !ok || len(o.closed) > 0 {
		return err
	}
	pol := newPolicy(r, o.tiers)
	if o.tip.Height+1 >= r.Confirmations {
		if err := p.creditDue(ctx, tx, pol, o, only, out); err != nil {
			return err
		}
	}
	height, ok := pol.finalBelow(o)
	if !ok || only != settleAll {
		return nil
	}
	return finalize(ctx, tx, r, height, out)
}

// creditDue credits what the policy lets through.
func (p *Processor) creditDue(ctx context.Context, tx Tx, pol *policy, o outlook, only DepositKey, out *outcome) error {
	rows, err := p.readyDeposits(ctx, tx, pol, o, only)
	if err != nil {
		return err
	}
	out.more = out.more || len(rows) >= settleBatch
	gathered, err := p.gather(ctx, tx, pol.rail, rows, only, out.full)
	if err != nil {
		return err
	}
	released, err := gathered.release(ctx, tx, o, out)
	if err != nil || len(rows)+len(released) == 0 {
		return err
	}
	rows = append(rows, released...)
	accounts, err := lockAccounts(ctx, tx, rows)
	if err != nil {
		return err
	}
	today := newAllowance(pol.rail, out.now)
	entries := make([]ledger.Entry, 0, len(rows))
	for i := range rows {
		d := &rows[i]
		var e ledger.Entry
		if !gathered.reached(*d) {
			if e, err = toDust(d, out); err != nil {
				return err
			}
			entries = append(entries, e)
			continue
		}
		if fits, err := today.take(ctx, tx, *d); err != nil {
			return err
		} else if !fits {
			d.Hold = HoldCap
			out.event(EventDepositHeld, d)
			continue
		}
		if e, err = credit(d, accounts, out.now); err != nil {
			return err
		}
		entries = append(entries, e)
		if d.Hold == "" {
			out.money(EventDepositCredited, d)
		}
	}
	if _, err := tx.InsertEntries(ctx, entries); err != nil {
		return err
	}
	if err := tx.SaveDeposits(ctx, rows); err != nil {
		return err
	}
	return tx.SaveAccounts(ctx, accounts.changed())
}

// readyDeposits returns up to settleBatch deposits that can be booked now: those
// to be credited, and those to be put into suspense. It pages, so that deposits
// waiting for a price, for a depth of their own or for an operator never hide the
// ones behind them.
func (p *Processor) readyDeposits(ctx context.Context, tx Tx, pol *policy, o outlook, only DepositKey) ([]Deposit, error) {
	q := DepositQuery{Network: pol.rail.Network.ID, States: []DepositState{StateConfirming},
		Included: true, MaxHeight: o.tip.Height + 1 - pol.rail.Confirmations, Limit: settleBatch}
	var rows []Deposit
	for {
		page, err := tx.Deposits(ctx, q)
		if err != nil {
			return nil, err
		}
		var candidates []Deposit
		for _, d := range page {
			suspense := d.Hold.suspends()
			if (p.ready(d) || suspense) && (only == settleAll || only == d.Key) {
				candidates = append(candidates, d)
			}
		}
		if err := pol.weigh(ctx, tx, candidates); err != nil {
			return nil, err
		}
		for _, d := range candidates {
			if pol.met(d, o) {
				rows = append(rows, d)
			}
		}
		if len(page) < settleBatch || len(rows) >= settleBatch {
			return rows, nil
		}
		q.After = page[len(page)-1].Key
	}
}

// ready reports whether a deposit waits for nothing but the network.
func (p *Processor) ready(d Deposit) bool {
	return d.Hold == "" && d.Valued() && (d.Screened || p.cfg.Screen == nil)
}

// credit turns a due deposit into a credited one and returns its entry. Coins
// that have no owner, or are not accepted, are booked to suspense: they are here,
// and nobody is owed their value yet.
func credit(d *Deposit, accounts *accountSet, now time.Time) (ledger.Entry, error) {
	d.Incarnation++
	d.State, d.CreditedAt = StateCredited, now
	e := ledger.Entry{
		Key: creditKey(*d), Kind: ledger.KindDeposit, Reference: d.reference(), At: now,
	}
	place := ledger.Position(d.Key.Network, "deposits")
	if d.Hold != "" {
		e.Kind = ledger.KindUnassigned
		e.Postings = []ledger.Posting{{From: ledger.Suspense(d.Key.Network), To: place, Amount: d.Amount}}
		return e, e.Validate()
	}
	a, err := accounts.of(d.Owner.Account)
	if err != nil {
		return e, err
	}
	if err := grant(d, a); err != nil {
		return e, err
	}
	e.Postings = []ledger.Posting{{From: ledger.Clearing, To: place, Amount: d.Amount}}
	if d.Credited.Sign() > 0 {
		e.Postings = append(e.Postings, ledger.Posting{From: ledger.Clearing, To: d.Owner.Ledger(), Amount: d.Credited})
	}
	return e, e.Validate()
}

// creditKey is the natural key of the credit that stands, or last stood.
func creditKey(d Deposit) string { return fmt.Sprintf("deposit/%s/%d", d.Key, d.Incarnation) }

// finalize marks credited deposits that no reorganisation is expected to reach.
func finalize(ctx context.Context, tx Tx, r *rail, height uint64, out *outcome) error {
	rows, err := tx.Deposits(ctx, DepositQuery{
		Network: r.Network.ID, States: []DepositState{StateCredited}, Included: true, MaxHeight: height, Limit: settleBatch,
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	out.more = out.more || len(rows) >= settleBatch
	for i := range rows {
		rows[i].State = StateFinal
		out.event(EventDepositFinal, &rows[i])
	}
	return tx.SaveDeposits(ctx, rows)
}

// settleEach settles what is due one deposit a commit. The deposit whose InTx
// still fails is held; the others are credited.
func (p *Processor) settleEach(ctx context.Context, r *rail) error {
	due, err := p.due(ctx, r)
	if err != nil {
		return err
	}
	for _, keys := range due {
		_, err := p.settleCommit(ctx, r, keys[0])
		if isHostError(ctx, err) {
			p.cfg.Log.Error("InTx refuses a deposit; it is held", "deposit", keys[0].String(), "error", err)
			err = nil
			for _, key := range keys {
				err = errors.Join(err, p.setHold(ctx, key, HoldHost))
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settleDue settles a network outside any step.
func (p *Processor) settleDue(ctx context.Context, r *rail) error {
	for {
		more, err := p.settleCommit(ctx, r, settleAll)
		if isHostError(ctx, err) {
			return p.settleEach(ctx, r)
		}
		if err != nil || !more {
			return err
		}
	}
}

// settleCommit settles one batch and reports whether it was full.
func (p *Processor) settleCommit(ctx context.Context, r *rail, only DepositKey) (more bool, err error) {
	var out *outcome
	now := p.now()
	err = p.update(ctx, func(tx Tx) error {
		out = &outcome{now: now, full: true}
		if err := p.settle(ctx, tx, r, only, out); err != nil {
			return err
		}
		return p.publish(ctx, tx, out)
	})
	if err != nil {
		return false, err
	}
	p.notify(out)
	return out.more, nil
}

// due lists the deposits a settle would credit now, those that gathered in one pot
// together.
func (p *Processor) due(ctx context.Context, r *rail) (keys [][]DepositKey, err error) {
	err = p.view(ctx, func(tx Tx) error {
		tips, err := tx.Anchors(ctx, r.Network.ID, ^uint64(0)>>1, 1)
		if err != nil || len(tips) == 0 || tips[0].Height+1 < r.Confirmations {
			return err
		}
		rows, err := tx.Deposits(ctx, DepositQuery{Network: r.Network.ID, States: []DepositState{StateConfirming},
			Included: true, MaxHeight: tips[0].Height + 1 - r.Confirmations, NotHeld: true})
		keys = nil
		for _, d := range rows {
			keys = append(keys, []DepositKey{d.Key})
		}
		if err != nil {
			return err
		}
		rows, err = tx.Deposits(ctx, DepositQuery{Network: r.Network.ID, States: []DepositState{StateGathered}, NotHeld: true})
		pots := map[pot]int{}
		for _, d := range rows {
			at, ok := pots[potOf(d)]
			if !ok {
				at, keys = len(keys), append(keys, nil)
				pots[potOf(d)] = at
			}
			keys[at] = append(keys[at], d.Key)
		}
		return err
	})
	return keys, err
}

// hostError marks a failure of the host's InTx.
type hostError struct{ err error }

func (e *hostError) Error() string { return "payments: InTx: " + e.err.Error() }
func (e *hostError) Unwrap() error { return e.err }

// isHostError reports whether the host is the reason of a failure. What was a
// conflict has been tried often enough by the store; a context that ended is the
// caller's own.
func isHostError(ctx context.Context, err error) bool {
	var h *hostError
	return ctx.Err() == nil && errors.As(err, &h)
}
