package payments

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// screenPass asks Config.Screen about each deposit not screened yet.
func (p *Processor) screenPass(ctx context.Context) (changed bool, err error) {
	if p.cfg.Screen == nil {
		return false, nil
	}
	if !p.screenMu.TryLock() {
		return false, nil
	}
	defer p.screenMu.Unlock()
	var failed error
	q := DepositQuery{Unscreened: true, NotHeld: true, States: screenable, Limit: valueBatch}
	for {
		var page []Deposit
		err := p.view(ctx, func(tx Tx) error {
			var err error
			page, err = tx.Deposits(ctx, q)
			return err
		})
		if err != nil {
			return changed, err
		}
		for _, d := range page {
			verdict, err := p.screen(ctx, d)
			if err != nil {
				failed = fmt.Errorf("payments: screen %s: %w", d.Key, err)
				continue
			}
			if err := p.screened(ctx, d.Key, verdict); err != nil {
				failed = err
				continue
			}
			changed = true
		}
		if len(page) < valueBatch || ctx.Err() != nil {
			return changed, failed
		}
		q.After = page[len(page)-1].Key
	}
}

// screenable are the states in which a verdict still matters.
var screenable = []DepositState{StateSeen, StateConfirming, StateOrphaned, StateReversed}

// screen asks the host, who has hostTimeout to answer.
func (p *Processor) screen(ctx context.Context, d Deposit) (v Verdict, err error) {
	ctx, cancel := context.WithTimeout(ctx, hostTimeout)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("payments: Screen: panic: %v", r)
		}
	}()
	return p.cfg.Screen(ctx, d)
}

func (p *Processor) screened(ctx context.Context, key DepositKey, v Verdict) error {
	switch v {
	case VerdictPass:
		return p.changeDeposit(ctx, key, func(d *Deposit, _ *outcome) error {
			d.Screened = true
			return nil
		})
	case VerdictReject:
		return p.setHold(ctx, key, HoldRejected)
	case VerdictHold:
		return p.setHold(ctx, key, HoldScreening)
	}
	return &ConfigError{Field: "Screen", Reason: fmt.Sprintf("answered %q: want pass, hold or reject", v)}
}

// setHold holds a deposit back, unless it is held or credited already.
func (p *Processor) setHold(ctx context.Context, key DepositKey, reason HoldReason) error {
	return p.changeDeposit(ctx, key, func(d *Deposit, out *outcome) error {
		if d.Hold != "" || d.State == StateCredited || d.State == StateFinal {
			return nil
		}
		d.Hold = reason
		out.event(EventDepositHeld, d)
		return nil
	})
}

// Release lets a held deposit go on: it is credited, at the rate of its receipt,
// as soon as it is deep enough. Only holds of the host, of screening or of a daily
// cap can be released; an *InputError says so for others.
func (p *Processor) Release(ctx context.Context, key DepositKey, actor Actor) error {
	if err := actor.validate(); err != nil {
		return err
	}
	return p.changeDeposit(ctx, key, func(d *Deposit, out *outcome) error {
		switch d.Hold {
		case HoldHost, HoldScreening, HoldRejected, HoldCap:
		case "":
			return &InputError{Field: "deposit", Reason: "is not held"}
		case HoldDepegged:
			return &InputError{Field: "deposit", Reason: "has no price, because its coin was off its peg: decide on one with SetRate"}
		default:
			return &InputError{Field: "deposit", Reason: fmt.Sprintf(
				"is held because %s; a release would credit nobody", strings.ReplaceAll(string(d.Hold), "_", " "))}
		}
		if d.Hold == HoldScreening || d.Hold == HoldRejected {
			d.Screened = true
		}
		action := "release"
		if d.Hold == HoldCap {
			action = releaseCap
		}
		d.Hold = ""
		out.event(EventDepositReleased, d)
		out.audit = append(out.audit, auditRow(d.Key.String(), action, actor, out.now, fmt.Sprint(d.Changes)))
		return nil
	})
}

// changeDeposit reads one deposit, changes it and saves it with its events.
func (p *Processor) changeDeposit(ctx context.Context, key DepositKey, change func(*Deposit, *outcome) error) error {
	var out *outcome
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		rows, err := tx.DepositsByKey(ctx, []DepositKey{key})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fmt.Errorf("%w: deposit %s", ErrNotFound, key)
		}
		out = &outcome{now: now}
		if err := change(&rows[0], out); err != nil {
			return err
		}
		if err := tx.SaveDeposits(ctx, rows); err != nil {
			return err
		}
		if _, err := tx.InsertAudit(ctx, out.audit); err != nil {
			return err
		}
		return p.publish(ctx, tx, out)
	})
	if err == nil {
		p.unsettled.Store(true)
		p.notify(out)
	}
	return err
}

func sortKeys(keys []DepositKey) {
	slices.SortFunc(keys, func(a, b DepositKey) int {
		if c := strings.Compare(a.Network, b.Network); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
}
