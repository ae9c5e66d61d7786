package payments

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// Assign gives a deposit that waits in suspense to an account: one to an address
// nobody owns, one that is not a payment, or the open item of a balance that
// nothing explains. It is credited at the rate of its received-at, at once if it
// had been booked to suspense, else when it is deep enough. What had been booked
// must be as deep, and as final, as the tiers ask of the account with it, and the
// network must not be paused or halted; the actor's word stands in for the
// agreement of sources. It opens the account if need be, writes the audit, and
// tells EventDepositAssigned. A reorganisation
// takes it back like any other deposit. Assigning it to the same account again
// changes nothing.
//
// Errors: an *InputError for a bad account or actor, for a deposit that is in no
// block, may not be credited yet, is held for another reason, of an asset that is not accepted, or another
// account's; ErrNotFound, ErrUnknownNetwork, ErrJoined; rates.ErrUnavailable if its
// price cannot be had now; what Config.InTx answered, or the store's. Nothing is
// stored then.
func (p *Processor) Assign(ctx context.Context, key DepositKey, account Account, actor Actor) error {
	if err := actor.validate(); err != nil {
		return err
	}
	if err := account.validate(); err != nil {
		return err
	}
	r, ok := p.rails[key.Network]
	switch {
	case !ok:
		return fmt.Errorf("%w: %q", ErrUnknownNetwork, key.Network)
	case p.joined: // it may have to ask for a price
		return ErrJoined
	}
	var d Deposit
	var done bool
	currency := p.cfg.Currency
	err := p.view(ctx, func(tx Tx) (err error) {
		if d, done, err = p.assignable(ctx, tx, r, key, account); err != nil || done {
			return err
		}
		rows, err := tx.AccountsByKey(ctx, []Account{account})
		if len(rows) > 0 {
			currency = rows[0].Currency
		}
		return err
	})
	if err != nil || done {
		return err
	}
	pair := rates.Pair{Coin: d.Amount.Asset().Coin, Currency: currency}
	point, err := p.worst(ctx, pair, d, map[priceKey]rates.Point{})
	if err != nil {
		return fmt.Errorf("payments: assign %s: %w", key, err)
	}
	var out *outcome
	now := p.now()
	err = p.update(ctx, func(tx Tx) error {
		out = &outcome{now: now}
		d, done, err := p.assignable(ctx, tx, r, key, account)
		if err != nil || done {
			return err
		}
		if err := p.openAccount(ctx, tx, account, currency, now); err != nil {
			return err
		}
		d.Owner, d.Hold, d.Screened = Owner{Account: account}, "", true
		d.Rate, d.Currency, d.Snapshot, d.Credited = point.Rate, currency, point.Snapshot, currency.Cents(0)
		if d.Exact, err = point.Rate.Exact(d.Amount); err != nil {
			return err
		}
		out.event(EventDepositAssigned, &d)
		out.audit = append(out.audit, auditRow(key.String(), "assign", actor, now, account.String()))
		if d.State != StateConfirming {
			if err := p.mayClaim(ctx, tx, r, d, now); err != nil {
				return err
			}
			if err := claim(ctx, tx, &d, out); err != nil {
				return err
			}
		}
		if err := tx.SaveDeposits(ctx, []Deposit{d}); err != nil {
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

// assignable reads a deposit that may be given to an account; done says that it
// was already.
func (p *Processor) assignable(ctx context.Context, tx Tx, r *rail, key DepositKey, account Account) (d Deposit, done bool, err error) {
	rows, err := tx.DepositsByKey(ctx, []DepositKey{key})
	if err != nil {
		return d, false, err
	}
	if len(rows) == 0 {
		return d, false, fmt.Errorf("%w: deposit %s", ErrNotFound, key)
	}
	d = rows[0]
	refuse := func(reason string, args ...any) (Deposit, bool, error) {
		return d, false, &InputError{Field: "deposit", Reason: fmt.Sprintf(reason, args...)}
	}
	switch {
	case d.Hold == "":
		audit, err := tx.AuditOf(ctx, key.String())
		if err != nil {
			return d, false, err
		}
		assigned := slices.ContainsFunc(audit, func(row AuditRow) bool { return row.Action == "assign" })
		if assigned && d.Owner.Account == account {
			return d, true, nil
		}
		if d.State == StateInternal || d.Owner.IsZero() {
			return refuse("is %s and nobody's to be given", d.State)
		}
		return refuse("is account %s's already", d.Owner.Account)
	case d.Hold != HoldUnassigned && d.Hold != HoldOrigin && d.Hold != HoldUnexplained:
		return refuse("is held because %s; decide on that first", strings.ReplaceAll(string(d.Hold), "_", " "))
	case !r.accepts(d.Amount.Asset()):
		return refuse("is of %s, which is not accepted: add it to Rail.Assets, or refund it", d.Amount.Asset())
	case !d.Included():
		return refuse("is %s, in no block", d.State)
	case d.Hold == HoldUnexplained && d.State == StateConfirming: // no source could ever confirm it
		return refuse("is not booked to suspense yet: wait until it is deep enough")
	}
	halts, err := suspensionsOf(ctx, tx, r)
	if err != nil {
		return d, false, err
	}
	if s, ok := halts.of(d.Amount.Asset().Coin); ok {
		return refuse("is of an asset suspended by %s; unsuspend it first", s.By.ID)
	}
	return d, false, nil
}

// mayClaim refuses to credit at once what the network's policy would not credit
// yet, were it the account's own: suspense asks for less.
func (p *Processor) mayClaim(ctx context.Context, tx Tx, r *rail, d Deposit, now time.Time) error {
	o, _, err := p.outlook(ctx, tx, r, now)
	if err != nil {
		return err
	}
	if o.barred > 0 {
		return &InputError{Field: "deposit", Reason: "cannot be credited now. " + o.closed[0]}
	}
	pol := newPolicy(r, o.tiers)
	if err := pol.weigh(ctx, tx, []Deposit{d}); err != nil {
		return err
	}
	profile := d.Owner.Profile
	pol.sums[profile], pol.total = pol.sums[profile].Add(d.Exact), pol.total.Add(d.Exact)
	if want := pol.demand(d); !want.deep(d, o) {
		return &InputError{Field: "deposit", Reason: fmt.Sprintf(
			"cannot be credited to this account yet: it has %d of %d confirmations, and the tiers may ask for finality; wait",
			d.Confirmations(o.tip.Height), want.confirmations)}
	}
	return nil
}

// claim takes a deposit out of suspense and credits its owner: the coins stay where
// they are.
func claim(ctx context.Context, tx Tx, d *Deposit, out *outcome) error {
	accounts, err := lockAccounts(ctx, tx, []Deposit{*d})
	if err != nil {
		return err
	}
	a, err := accounts.of(d.Owner.Account)
	if err != nil {
		return err
	}
	d.Incarnation++
	d.CreditedAt = out.now
	if err := grant(d, a); err != nil {
		return err
	}
	e := ledger.Entry{Key: creditKey(*d), Kind: ledger.KindAssigned, Reference: d.reference(), At: out.now,
		Postings: []ledger.Posting{{From: ledger.Clearing, To: ledger.Suspense(d.Key.Network), Amount: d.Amount}}}
	if d.Credited.Sign() > 0 {
		e.Postings = append(e.Postings, ledger.Posting{From: ledger.Clearing, To: d.Owner.Ledger(), Amount: d.Credited})
	}
	if err := e.Validate(); err != nil {
		return err
	}
	out.money(EventDepositCredited, d)
	if _, err := tx.InsertEntries(ctx, []ledger.Entry{e}); err != nil {
		return err
	}
	return tx.SaveAccounts(ctx, accounts.changed())
}

// grant sets what a deposit credits to an account: its value and what rounding had
// kept, rounded down to the minor unit. The rest is kept.
func grant(d *Deposit, a *AccountRecord) (err error) {
	exact := a.Carry.Add(d.Exact)
	if d.Credited, err = money.Floor(exact, d.Currency); err != nil {
		return err
	}
	if d.Credited.Sign() < 0 { // a negative carry is paid off by later deposits
		d.Credited = d.Currency.Cents(0)
	}
	a.Carry = exact.Sub(d.Credited.Decimal())
	return nil
}
