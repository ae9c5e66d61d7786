package ledger

import (
	"context"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Balance is one asset's balance of one account.
type Balance struct {
	Account Account
	Amount  money.Amount
}

// Cursor marks a place in an account's statement: entries strictly older than
// it follow. The zero Cursor begins at the newest.
type Cursor struct {
	At  time.Time
	Key string
}

// Tx is what this package needs of a store's transaction. The rules for all
// methods stand at payments.Tx.
type Tx interface {
	// InsertEntries books entries and updates the balances of limited accounts.
	// An entry whose key exists is left as it is if its digest is the same, else
	// the call fails with ErrKeyReused. It returns the keys that were new. The
	// caller has validated the entries.
	InsertEntries(ctx context.Context, entries []Entry) ([]string, error)
	// EntriesByKey returns the entries that exist, in the order of keys.
	EntriesByKey(ctx context.Context, keys []string) ([]Entry, error)
	// Balances returns every non-zero balance of the accounts, in the order of
	// accounts and, within one, of asset id. In Update the rows of limited
	// accounts stay locked until the commit.
	Balances(ctx context.Context, accounts []Account) ([]Balance, error)
	// EntriesOf returns up to limit entries with a posting from or to the
	// account, newest first: descending At, then descending Key.
	EntriesOf(ctx context.Context, account Account, before Cursor, limit int) ([]Entry, error)
}
