package payments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// noteDepeg holds a deposit whose coin was off its peg at receipt, once, and keeps
// the market that was found as evidence. Other failures it leaves alone: they pass.
func (p *Processor) noteDepeg(ctx context.Context, d Deposit, failure error) error {
	var off *rates.DepeggedError
	if !errors.As(failure, &off) || d.Hold != "" {
		return nil
	}
	var out *outcome
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		out = &outcome{now: now}
		rows, err := tx.DepositsByKey(ctx, []DepositKey{d.Key})
		if err != nil || len(rows) == 0 || rows[0].Hold != "" || rows[0].Valued() {
			return err
		}
		if off.Market.ID != "" {
			if _, err := tx.InsertSnapshots(ctx, []rates.Snapshot{off.Market}); err != nil {
				return err
			}
			rows[0].Snapshot = off.Market.ID
		}
		rows[0].Hold = HoldDepegged
		out.event(EventDepositHeld, &rows[0])
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

// SetRate gives a deposit that nothing could price the rate an operator decides
// on, in its account's currency per coin: one held as HoldDepegged, or one whose
// price no venue remembers. It is a snapshot of its own (rates.MethodManual), as of
// the deposit's receipt, that names the operator and links the market found then.
// The hold ends, and the deposit is credited when it is deep enough. The rate is
// this deposit's alone, and is written once: the same again changes nothing.
//
// Errors: an *InputError for an actor without id or reason, a rate that is not
// positive, or a deposit that has its rate, has no received-at yet, belongs to
// nobody or is of an asset that is not accepted; ErrNotFound, or the store's.
func (p *Processor) SetRate(ctx context.Context, key DepositKey, rate money.Rate, actor Actor) error {
	if err := actor.validate(); err != nil {
		return err
	}
	if !rate.Valid() {
		return &InputError{Field: "rate", Reason: "must be a positive number, such as money.ParseRate gives"}
	}
	var out *outcome
	now := p.now()
	err := p.update(ctx, func(tx Tx) error {
		out = &outcome{now: now}
		d, currency, err := unpriced(ctx, tx, key)
		if err != nil {
			return err
		}
		pair := rates.Pair{Coin: d.Amount.Asset().Coin, Currency: currency}
		replaces := d.Snapshot
		if d.Valued() {
			replaces, err = manualBefore(ctx, tx, d)
			if err != nil {
				return err
			}
		}
		manual, err := rates.Manual(pair, rate, d.ReceivedAt, actor.ID, replaces)
		if err != nil {
			return fmt.Errorf("payments: set rate of %s: %w", key, err)
		}
		if d.Valued() {
			if manual.ID == d.Snapshot {
				return nil
			}
			return &InputError{Field: "deposit", Reason: fmt.Sprintf("has its rate already: %s %s", d.Rate, d.Currency)}
		}
		row := auditRow(key.String(), "set_rate", actor, now, rate.String())
		row.Data, err = json.Marshal(map[string]string{"pair": pair.String(), "rate": rate.String(), "snapshot": manual.ID, "replaces": replaces})
		if err != nil {
			return err
		}
		if _, err := tx.InsertSnapshots(ctx, []rates.Snapshot{manual}); err != nil {
			return err
		}
		if err := d.value(rates.Point{Pair: pair, Rate: rate, Snapshot: manual.ID}, out); err != nil {
			return err
		}
		if err := tx.SaveDeposits(ctx, []Deposit{d}); err != nil {
			return err
		}
		if _, err := tx.InsertAudit(ctx, []AuditRow{row}); err != nil {
			return err
		}
		return p.publish(ctx, tx, out)
	})
	if err == nil {
		p.unsettled.Store(true)
		p.notify(out)
		p.wakeUp()
	}
	return err
}

// unpriced reads a deposit that may be given a rate, and its account's currency.
func unpriced(ctx context.Context, tx Tx, key DepositKey) (d Deposit, currency money.Currency, err error) {
	rows, err := tx.DepositsByKey(ctx, []DepositKey{key})
	if err != nil {
		return d, "", err
	}
	if len(rows) == 0 {
		return d, "", fmt.Errorf("%w: deposit %s", ErrNotFound, key)
	}
	d = rows[0]
	refuse := func(reason string) (Deposit, money.Currency, error) {
		return d, "", &InputError{Field: "deposit", Reason: reason}
	}
	switch {
	case d.Owner.IsZero():
		return refuse("belongs to nobody: assign it first")
	case d.Hold == HoldAsset:
		return refuse("is of an asset that is not accepted; a rate would credit nobody")
	case d.ReceivedAt.IsZero():
		return refuse("is in no block: the instant it is priced at is not known yet")
	}
	accounts, err := currencies(ctx, tx, rows)
	if err != nil {
		return d, "", err
	}
	return d, accounts[d.Owner.Account], nil
}

// manualBefore returns what a deposit's manual snapshot replaced, so that the same
// decision is recognised.
func manualBefore(ctx context.Context, tx Tx, d Deposit) (string, error) {
	found, err := tx.SnapshotsByID(ctx, []string{d.Snapshot})
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].Replaces, nil
}
