package memstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

// book keeps the entries and what they sum up to.
type book struct {
	entries  *table[string, ledger.Entry]
	accounts *index[ledger.Account, ledger.Cursor] // an account's entries, oldest first
	balances map[ledger.Account]map[money.Asset]money.Amount
}

func newBook() *book {
	b := &book{
		accounts: newIndex[ledger.Account](func(a, c ledger.Cursor) int {
			return cmp.Or(a.At.Compare(c.At), cmp.Compare(a.Key, c.Key))
		}),
		balances: make(map[ledger.Account]map[money.Asset]money.Amount),
	}
	b.entries = &table[string, ledger.Entry]{
		rows: make(map[string]ledger.Entry),
		key:  func(e ledger.Entry) string { return e.Key },
		copied: func(e ledger.Entry) ledger.Entry {
			e.At, e.Postings = instant(e.At), slices.Clone(e.Postings)
			return e
		},
		indexed: b.post,
	}
	return b
}

// post adds an entry to the balances and statements of its accounts, or takes
// it out of them.
func (b *book) post(e ledger.Entry, add bool) {
	at := ledger.Cursor{At: e.At, Key: e.Key}
	for _, p := range e.Postings {
		amount := p.Amount
		if !add {
			amount = amount.Neg()
		}
		b.move(p.From, amount.Neg())
		b.move(p.To, amount)
		b.accounts.put(p.From, at, add)
		b.accounts.put(p.To, at, add)
	}
}

// move changes one balance. Balances of zero are not kept.
func (b *book) move(account ledger.Account, by money.Amount) {
	held := b.balances[account]
	if held == nil {
		held = make(map[money.Asset]money.Amount)
		b.balances[account] = held
	}
	sum := money.NewAmount(by.Asset(), by.Units().Add(by.Units(), held[by.Asset()].Units()))
	if held[by.Asset()] = sum; sum.IsZero() {
		delete(held, by.Asset())
	}
	if len(held) == 0 {
		delete(b.balances, account)
	}
}

// InsertEntries implements ledger.Tx.
func (x *tx) InsertEntries(_ context.Context, entries []ledger.Entry) ([]string, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	if err := x.writable(); err != nil {
		return nil, err
	}
	t := x.state.book.entries
	var keys []string
	err := x.atomically(func() error {
		for _, e := range entries {
			e = t.copied(e)
			if known, ok := t.rows[e.Key]; !ok {
				t.put(x.journal, e)
				keys = append(keys, e.Key)
			} else if known.Digest() != e.Digest() {
				return fmt.Errorf("%w: %s", ledger.ErrKeyReused, e.Key)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return keys, nil
}

// EntriesByKey implements ledger.Tx.
func (x *tx) EntriesByKey(_ context.Context, keys []string) ([]ledger.Entry, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.book.entries.byKey(keys), nil
}

// Balances implements ledger.Tx.
func (x *tx) Balances(_ context.Context, accounts []ledger.Account) ([]ledger.Balance, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	var out []ledger.Balance
	seen := make(map[ledger.Account]bool, len(accounts))
	for _, a := range accounts {
		if seen[a] {
			continue
		}
		seen[a] = true
		first := len(out)
		for _, amount := range x.state.book.balances[a] {
			out = append(out, ledger.Balance{Account: a, Amount: amount})
		}
		slices.SortFunc(out[first:], func(a, b ledger.Balance) int {
			one, other := a.Amount.Asset(), b.Amount.Asset()
			return cmp.Or(cmp.Compare(one.String(), other.String()), cmp.Compare(one.Decimals, other.Decimals))
		})
	}
	return out, nil
}

// EntriesOf implements ledger.Tx.
func (x *tx) EntriesOf(_ context.Context, account ledger.Account, before ledger.Cursor, limit int) ([]ledger.Entry, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	b := x.state.book
	of := b.accounts.of(account)
	older := of.below(before)
	if before == (ledger.Cursor{}) {
		older = of.down(of.end())
	}
	var out []ledger.Entry
	for at := range older {
		if len(out) >= limit {
			break
		}
		out = append(out, b.entries.copied(b.entries.rows[at.Key]))
	}
	return out, nil
}

// instant returns a time as it is kept: in UTC, to the millisecond.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
