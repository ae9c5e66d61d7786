package payments

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
)

// detach takes the deposits of detached blocks back: those not credited are
// orphaned, the credit of the others is reversed, whatever the balance. A
// reversal is a fact and never waits for anybody.
func (p *Processor) detach(ctx context.Context, tx Tx, r *rail, step chain.Step, b *book) error {
	if step.Move.Keep >= step.Move.From.Height {
		return nil
	}
	var gone []*Deposit
	for _, key := range b.order {
		if d := b.rows[key]; d.Included() && d.Block.Height > step.Move.Keep {
			gone = append(gone, d)
		}
	}
	if err := p.detachSpends(ctx, tx, r, step, b); err != nil {
		return err
	}
	slices.SortStableFunc(gone, func(x, y *Deposit) int { return int(y.Block.Height) - int(x.Block.Height) })
	var reversed []Deposit
	var internal []string
	for _, d := range gone {
		b.changed[d.Key] = true
		if d.Block = (chain.Anchor{}); d.State == StateTreasury {
			continue
		}
		if d.bookedInternal() {
			internal = append(internal, creditKey(*d))
		}
		if d.booked() {
			reversed = append(reversed, *d)
		}
		if d.State == StateCredited || d.State == StateFinal {
			d.State = StateReversed
			continue
		}
		d.State = StateOrphaned
		b.out.event(EventDepositOrphaned, d)
	}
	if _, err := reverseEntries(ctx, tx, internal, b.out.now); err != nil || len(reversed) == 0 {
		return err
	}
	if err := p.reverse(ctx, tx, reversed, b.out); err != nil {
		return err
	}
	for _, was := range reversed {
		d := b.rows[was.Key]
		if was.State == StateGathered {
			continue
		}
		d.Credited = d.Currency.Cents(0)
		if d.Hold == "" {
			b.out.money(EventDepositReversed, d)
		}
	}
	return nil
}

// reverse books the opposite of each deposit's standing credit, and gives the
// account back what rounding had kept.
func (p *Processor) reverse(ctx context.Context, tx Tx, rows []Deposit, out *outcome) error {
	keys := make([]string, len(rows))
	for i, d := range rows {
		keys[i] = creditKey(d)
	}
	accounts, err := lockAccounts(ctx, tx, rows)
	if err != nil {
		return err
	}
	for _, d := range rows {
		if d.Hold != "" || d.State == StateGathered {
			continue
		}
		a, err := accounts.of(d.Owner.Account)
		if err != nil {
			return err
		}
		a.Carry = a.Carry.Sub(d.Exact).Add(d.Credited.Decimal())
	}
	credits, err := reverseEntries(ctx, tx, keys, out.now)
	if err != nil {
		return err
	}
	var suspense []string // from which an operator took the deposit
	for i, e := range credits {
		if e.Kind == ledger.KindAssigned {
			before := rows[i]
			before.Incarnation--
			suspense = append(suspense, creditKey(before))
		}
	}
	if _, err := reverseEntries(ctx, tx, suspense, out.now); err != nil {
		return err
	}
	return tx.SaveAccounts(ctx, accounts.changed())
}

// reverseEntries books the opposite of entries and returns what it reversed.
func reverseEntries(ctx context.Context, tx Tx, keys []string, now time.Time) ([]ledger.Entry, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	standing, err := tx.EntriesByKey(ctx, keys)
	if err != nil {
		return nil, err
	}
	if len(standing) != len(keys) {
		return nil, fmt.Errorf("payments: reverse %d entries: %w: %d are missing from the ledger",
			len(keys), ErrNotFound, len(keys)-len(standing))
	}
	opposite := make([]ledger.Entry, len(standing))
	for i, e := range standing {
		opposite[i] = e.Reverse("reversal/"+e.Key, now)
	}
	_, err = tx.InsertEntries(ctx, opposite)
	return standing, err
}

// detachSpends takes the spends of detached blocks back: their coins are ours
// again, and unspent.
func (p *Processor) detachSpends(ctx context.Context, tx Tx, r *rail, step chain.Step, b *book) error {
	outlays := map[string]*outlay{}
	var order, keys []string
	for _, key := range b.leaving.order {
		s := b.leaving.rows[key]
		if !s.Included() || s.Block.Height <= step.Move.Keep {
			continue
		}
		if coin := b.rows[coinKey(r.Network.ID, s.Outpoint)]; coin != nil && coin.Spent == s.TxID {
			coin.Spent, b.changed[coin.Key] = chain.Hash{}, true
		}
		if s.Booked {
			o := &outlay{id: outlayID(s)}
			if outlays[o.id] == nil {
				outlays[o.id], order = o, append(order, o.id)
				keys = append(keys, fmt.Sprintf("spend/%s/%s/%d", key.Network, o.id, s.Incarnation))
			}
			outlays[o.id].rows = append(outlays[o.id].rows, s)
		}
		s.Block, s.Booked, b.leaving.changed[key] = chain.Anchor{}, false, true
	}
	gone, err := reverseEntries(ctx, tx, keys, b.out.now)
	if err != nil {
		return err
	}
	for i, e := range gone {
		net := e.Net(ledger.Outflow(r.Network.ID), e.Postings[0].Amount.Asset())
		if o := outlays[order[i]]; !net.IsZero() {
			b.out.spend(EventSpendReversed, o, o.rows[0].Incarnation, net)
		}
	}
	return nil
}

// accountSet is the accounts of a batch of deposits, locked for its commit.
type accountSet struct {
	order []Account
	rows  map[Account]*AccountRecord
	taken map[Account]bool
}

func lockAccounts(ctx context.Context, tx Tx, deposits []Deposit) (*accountSet, error) {
	s := &accountSet{rows: map[Account]*AccountRecord{}, taken: map[Account]bool{}}
	for _, d := range deposits {
		if a := d.Owner.Account; !d.Owner.IsZero() && !slices.Contains(s.order[max(0, len(s.order)-1):], a) {
			s.order = append(s.order, a)
		}
	}
	slices.SortFunc(s.order, func(a, b Account) int { return compareAccounts(a, b) })
	s.order = slices.Compact(s.order)
	found, err := tx.AccountsByKey(ctx, s.order)
	if err != nil {
		return nil, err
	}
	for i := range found {
		s.rows[found[i].Account] = &found[i]
	}
	return s, nil
}

// of returns an account to be changed.
func (s *accountSet) of(a Account) (*AccountRecord, error) {
	row, ok := s.rows[a]
	if !ok {
		return nil, fmt.Errorf("%w: account %s", ErrNotFound, a)
	}
	s.taken[a] = true
	return row, nil
}

func (s *accountSet) changed() []AccountRecord {
	var out []AccountRecord
	for _, a := range s.order {
		if s.taken[a] {
			out = append(out, *s.rows[a])
		}
	}
	return out
}

func compareAccounts(a, b Account) int {
	if a.Profile != b.Profile {
		if a.Profile < b.Profile {
			return -1
		}
		return 1
	}
	switch {
	case a.Name < b.Name:
		return -1
	case a.Name > b.Name:
		return 1
	}
	return 0
}
