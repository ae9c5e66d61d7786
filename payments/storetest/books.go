package storetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// BooksBalance requires what double entry promises, of any store at any time:
// over all accounts each asset sums to zero, and every balance is what the
// account's postings sum up to. accounts must name every account in use.
func BooksBalance(t testing.TB, ctx context.Context, store payments.Store, accounts []ledger.Account) {
	t.Helper()
	require.NoError(t, store.View(ctx, func(tx payments.Tx) error {
		total := make(map[money.Asset]money.Amount)
		for _, a := range accounts {
			posted, err := posted(ctx, tx, a)
			if err != nil {
				return err
			}
			balances, err := tx.Balances(ctx, []ledger.Account{a})
			if err != nil {
				return err
			}
			for _, b := range balances {
				asset := b.Amount.Asset()
				require.True(t, b.Amount.Equal(posted[asset]), "%s: balance %s, postings %s", a, b.Amount, posted[asset])
				delete(posted, asset)
				total[asset] = sum(total[asset], b.Amount)
			}
			for asset, amount := range posted {
				require.True(t, amount.IsZero(), "%s: no balance of %s, postings %s", a, asset, amount)
			}
		}
		for _, amount := range total {
			require.True(t, amount.IsZero(), "all accounts together hold %s", amount)
		}
		return nil
	}))
}

// posted sums an account's postings, page by page.
func posted(ctx context.Context, tx payments.Tx, a ledger.Account) (map[money.Asset]money.Amount, error) {
	sums := make(map[money.Asset]money.Amount)
	var at ledger.Cursor
	for {
		page, err := tx.EntriesOf(ctx, a, at, 100)
		if err != nil || len(page) == 0 {
			return sums, err
		}
		for _, e := range page {
			at = ledger.Cursor{At: e.At, Key: e.Key}
			seen := make(map[money.Asset]bool)
			for _, p := range e.Postings {
				if asset := p.Amount.Asset(); !seen[asset] {
					seen[asset] = true
					sums[asset] = sum(sums[asset], e.Net(a, asset))
				}
			}
		}
	}
}

// sum adds two amounts of one asset; x may be the zero Amount.
func sum(x, y money.Amount) money.Amount {
	return money.NewAmount(y.Asset(), x.Units().Add(x.Units(), y.Units()))
}
