package sqltx

import (
	"cmp"
	"context"
	"slices"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

// balanceKey names one balance. Assets of one id and other decimals, as after a
// mistake in a registry, never add up.
type balanceKey struct {
	account ledger.Account
	asset   money.Asset
}

func (k balanceKey) compare(o balanceKey) int {
	return cmp.Or(cmp.Compare(k.account, o.account), compareAssets(k.asset, o.asset))
}

func compareAssets(a, b money.Asset) int {
	return cmp.Or(cmp.Compare(a.String(), b.String()), cmp.Compare(a.Decimals, b.Decimals))
}

const balancesTable = "cointill_balances"

func bindBalance(m *mapping, r *ledger.Balance) {
	text(m, "account", &r.Account)
	m.amount("units", &r.Amount)
}

// sums adds amounts up by account and asset.
type sums map[balanceKey]money.Amount

func (s sums) add(account ledger.Account, a money.Amount) error {
	k := balanceKey{account, a.Asset()}
	sum, ok := s[k]
	if !ok {
		sum = money.Units(a.Asset(), 0)
	}
	sum, err := sum.Add(a)
	s[k] = sum
	return err
}

// moveBalances adds new entries to the rows of limited accounts. The rows are
// made first, so that a balance that did not exist is locked like any other.
func (x *Tx) moveBalances(ctx context.Context, booked []head) error {
	moved := make(sums)
	for _, h := range booked {
		for _, p := range h.Postings {
			if p.From.Limited() {
				if err := moved.add(p.From, p.Amount.Neg()); err != nil {
					return err
				}
			}
			if p.To.Limited() {
				if err := moved.add(p.To, p.Amount); err != nil {
					return err
				}
			}
		}
	}
	if len(moved) == 0 {
		return nil
	}
	var zero []ledger.Balance
	var owners []ledger.Account
	for k := range moved {
		zero = append(zero, ledger.Balance{Account: k.account, Amount: money.Units(k.asset, 0)})
		owners = append(owners, k.account)
	}
	slices.SortFunc(zero, compareBalances)
	if err := put(ctx, x, balancesTable, bindBalance, zero, " ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	stored, err := x.limited(ctx, owners)
	if err != nil {
		return err
	}
	var changed []ledger.Balance
	for _, b := range stored {
		change, ok := moved[balanceKey{b.Account, b.Amount.Asset()}]
		if !ok {
			continue
		}
		if b.Amount, err = b.Amount.Add(change); err != nil {
			return err
		}
		changed = append(changed, b)
	}
	return put(ctx, x, balancesTable, bindBalance, changed,
		" ON CONFLICT (account, units_asset, units_decimals) DO UPDATE SET units = excluded.units")
}

func compareBalances(a, b ledger.Balance) int {
	return balanceKey{a.Account, a.Amount.Asset()}.compare(balanceKey{b.Account, b.Amount.Asset()})
}

// limited reads and locks the balance rows of accounts, in order of key.
func (x *Tx) limited(ctx context.Context, owners []ledger.Account) ([]ledger.Balance, error) {
	var out []ledger.Balance
	sorted := slices.Clone(owners)
	slices.Sort(sorted)
	for part := range slices.Chunk(slices.Compact(sorted), chunkRows(x, 1)) {
		var c condition
		in(&c, "account", part)
		rows, err := selectRows(ctx, x, balancesTable, bindBalance,
			c.where()+" ORDER BY account, units_asset, units_decimals"+x.lock(), c.args...)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// Balances implements ledger.Tx.
func (x *Tx) Balances(ctx context.Context, list []ledger.Account) ([]ledger.Balance, error) {
	var kept, summed []ledger.Account
	for _, a := range list {
		if a.Limited() {
			kept = append(kept, a)
		} else {
			summed = append(summed, a)
		}
	}
	found, err := x.limited(ctx, kept)
	if err != nil {
		return nil, err
	}
	total := make(sums)
	if err := x.sumPostings(ctx, summed, total); err != nil {
		return nil, err
	}
	for k, a := range total {
		found = append(found, ledger.Balance{Account: k.account, Amount: a})
	}
	place := make(map[ledger.Account]int, len(list))
	for i, a := range list {
		if _, twice := place[a]; !twice {
			place[a] = i
		}
	}
	found = slices.DeleteFunc(found, func(b ledger.Balance) bool { return b.Amount.IsZero() })
	slices.SortFunc(found, func(a, b ledger.Balance) int {
		return cmp.Or(cmp.Compare(place[a.Account], place[b.Account]), compareBalances(a, b))
	})
	return found, nil
}

// sumPostings adds up everything moved to and from accounts that keep no row.
func (x *Tx) sumPostings(ctx context.Context, accounts []ledger.Account, total sums) error {
	sorted := slices.Clone(accounts)
	slices.Sort(sorted)
	var of ledger.Account
	var l line
	var m mapping
	text(&m, "e.account", &of)
	text(&m, "p.from_account", &l.From)
	text(&m, "p.to_account", &l.To)
	m.amount("p.units", &l.Amount)
	for part := range slices.Chunk(slices.Compact(sorted), chunkRows(x, 1)) {
		var c condition
		in(&c, "e.account", part)
		err := x.each(ctx, m.cells, func() error {
			if err := m.decode(); err != nil {
				return err
			}
			if l.To == of {
				if err := total.add(of, l.Amount); err != nil {
					return err
				}
			}
			if l.From == of {
				return total.add(of, l.Amount.Neg())
			}
			return nil
		}, "SELECT "+m.list()+" FROM "+touchesTable+" e JOIN "+linesTable+" p ON p.entry = e.entry "+c.where(), c.args...)
		if err != nil {
			return err
		}
	}
	return nil
}
