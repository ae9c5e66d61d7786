package payments

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

// maxPage bounds what one call returns.
const maxPage = 1_000

// Line is one line of an account's statement.
type Line struct {
	// At is when it was booked, Kind what it is, Reference what a customer may
	// quote: a transaction id, or BitPay's id of a hosted invoice, for its credit, its
	// refunds and what takes them back.
	At        time.Time
	Kind      ledger.Kind
	Reference string
	// Amount is the change of the balance, Balance the balance after it.
	Amount, Balance money.Amount
	// Coin is the coin amount that was received (or taken back, negative), zero if
	// none was.
	Coin money.Amount
	// Entry is the key of the ledger entry.
	Entry string
}

// Balance returns what an account holds, in its currency. It is negative when a
// credit was reversed after it had been spent. ErrNotFound if the account was
// never opened.
func (p *Processor) Balance(ctx context.Context, account Account) (balance money.Amount, err error) {
	err = p.view(ctx, func(tx Tx) error {
		balance, err = balanceOf(ctx, tx, account)
		return err
	})
	return balance, err
}

func balanceOf(ctx context.Context, tx Tx, account Account) (money.Amount, error) {
	rows, err := tx.AccountsByKey(ctx, []Account{account})
	if err != nil {
		return money.Amount{}, err
	}
	if len(rows) == 0 {
		return money.Amount{}, fmt.Errorf("%w: account %s", ErrNotFound, account)
	}
	asset := rows[0].Currency.Asset()
	balances, err := tx.Balances(ctx, []ledger.Account{account.Ledger()})
	if err != nil {
		return money.Amount{}, err
	}
	for _, b := range balances {
		if b.Amount.Asset() == asset {
			return b.Amount, nil
		}
	}
	return money.Units(asset, 0), nil
}

// Statement returns an account's lines, newest first, at most limit (up to
// 1,000), and the cursor of the next page: pass the zero Cursor to begin. What is
// below a minimum is no line yet: Gathering tells of it.
func (p *Processor) Statement(ctx context.Context, account Account, from ledger.Cursor, limit int) (lines []Line, next ledger.Cursor, err error) {
	if limit < 1 || limit > maxPage {
		return nil, next, &InputError{Field: "limit", Reason: fmt.Sprintf("must be 1 to %d", maxPage)}
	}
	err = p.view(ctx, func(tx Tx) (err error) {
		lines, next, err = p.statementOf(ctx, tx, account, from, limit)
		return err
	})
	return lines, next, err
}

func (p *Processor) statementOf(ctx context.Context, tx Tx, account Account, from ledger.Cursor, limit int) (lines []Line, next ledger.Cursor, err error) {
	next = from
	balance, err := balanceOf(ctx, tx, account)
	if err != nil {
		return nil, next, err
	}
	// The balance after a line is today's less all that came later.
	if balance, err = p.rewind(ctx, tx, account, balance, from); err != nil {
		return nil, next, err
	}
	entries, err := tx.EntriesOf(ctx, account.Ledger(), from, limit)
	if err != nil {
		return nil, next, err
	}
	for _, e := range entries {
		l := line(e, account, balance)
		lines = append(lines, l)
		next = ledger.Cursor{At: e.At, Key: e.Key}
		if balance, err = balance.Sub(l.Amount); err != nil {
			return lines, next, err
		}
	}
	return lines, next, nil
}

// rewind takes back from a balance every entry newer than a cursor.
func (p *Processor) rewind(ctx context.Context, tx Tx, account Account, balance money.Amount, to ledger.Cursor) (money.Amount, error) {
	if to == (ledger.Cursor{}) {
		return balance, nil
	}
	var at ledger.Cursor
	for {
		entries, err := tx.EntriesOf(ctx, account.Ledger(), at, maxPage)
		if err != nil {
			return balance, err
		}
		for _, e := range entries {
			if balance, err = balance.Sub(e.Net(account.Ledger(), balance.Asset())); err != nil {
				return balance, err
			}
			if e.Key == to.Key {
				return balance, nil
			}
			at = ledger.Cursor{At: e.At, Key: e.Key}
		}
		if len(entries) < maxPage {
			return balance, fmt.Errorf("%w: statement line %q of %s", ErrNotFound, to.Key, account)
		}
	}
}

func line(e ledger.Entry, account Account, balance money.Amount) Line {
	l := Line{At: e.At, Kind: e.Kind, Reference: e.Reference, Entry: e.Key,
		Amount: e.Net(account.Ledger(), balance.Asset()), Balance: balance}
	for _, post := range e.Postings {
		if post.Amount.Asset().Fiat() {
			continue
		}
		l.Coin = post.Amount
		if e.Kind == ledger.KindReversal {
			l.Coin = post.Amount.Neg()
		}
	}
	return l
}
