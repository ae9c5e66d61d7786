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
	// quote: a transaction id.
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
// 1,000), and the cursor of the next page: pass the zero Cursor to begin.
func (p *Processor) Statement(ctx context.Context, account Account, from ledger.Cursor, limit int) (lines []Line, next ledger.Cursor, err error) {
	if limit < 1 || limit > maxPage {
		return nil, next, &InputError{Field: "limit", Reason: fmt.Sprintf("must be 1 to %d", maxPage)}
	}
	err = p.view(ctx, func(tx Tx) error {
		lines, next = nil, from
		balance, err := balanceOf(ctx, tx, account)
		if err != nil {
			return err
		}
		// The balance after a line is today's less all that came later.
		if balance, err = p.rewind(ctx, tx, account, balance, from); err != nil {
			return err
		}
		entries, err := tx.EntriesOf(ctx, account.Ledger(), from, limit)
		if err != nil {
			return err
		}
		for _, e := range entries {
			l := line(e, account, balance)
			lines = append(lines, l)
			next = ledger.Cursor{At: e.At, Key: e.Key}
			if balance, err = balance.Sub(l.Amount); err != nil {
				return err
			}
		}
		return nil
	})
	return lines, next, err
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

// DepositView is a deposit with what is computed when it is read.
type DepositView struct {
	Deposit
	// Confirmations counts the blocks that confirm it, Required how many it needs
	// to be credited.
	Confirmations, Required uint64
	// Value is what it is worth at its rate, rounded down; zero while it has none.
	Value money.Amount
}

// Deposit returns one deposit, or ErrNotFound.
func (p *Processor) Deposit(ctx context.Context, key DepositKey) (DepositView, error) {
	var out []DepositView
	err := p.view(ctx, func(tx Tx) error {
		rows, err := tx.DepositsByKey(ctx, []DepositKey{key})
		if err == nil && len(rows) == 0 {
			err = fmt.Errorf("%w: deposit %s", ErrNotFound, key)
		}
		if err == nil {
			out, err = p.look(ctx, tx, rows)
		}
		return err
	})
	if err != nil {
		return DepositView{}, err
	}
	return out[0], nil
}

// Deposits returns an account's deposits in ascending order of key, at most limit
// (up to 1,000) after a key; pass the zero key to begin.
func (p *Processor) Deposits(ctx context.Context, account Account, after DepositKey, limit int) (out []DepositView, err error) {
	if limit < 1 || limit > maxPage {
		return nil, &InputError{Field: "limit", Reason: fmt.Sprintf("must be 1 to %d", maxPage)}
	}
	err = p.view(ctx, func(tx Tx) error {
		rows, err := tx.Deposits(ctx, DepositQuery{
			Profiles: []string{account.Profile}, Account: account.Name, After: after, Limit: limit})
		if err == nil {
			out, err = p.look(ctx, tx, rows)
		}
		return err
	})
	return out, err
}

// look adds what is computed from the trail's tip.
func (p *Processor) look(ctx context.Context, tx Tx, rows []Deposit) ([]DepositView, error) {
	tips := map[string]uint64{}
	out := make([]DepositView, len(rows))
	for i, d := range rows {
		tip, ok := tips[d.Key.Network]
		if !ok {
			anchors, err := tx.Anchors(ctx, d.Key.Network, ^uint64(0)>>1, 1)
			if err != nil {
				return nil, err
			}
			if len(anchors) > 0 {
				tip = anchors[0].Height
			}
			tips[d.Key.Network] = tip
		}
		v := DepositView{Deposit: d, Confirmations: d.Confirmations(tip)}
		if r, ok := p.rails[d.Key.Network]; ok {
			v.Required = r.Confirmations
		}
		if d.Valued() {
			var err error
			if v.Value, err = money.Floor(d.Exact, d.Currency); err != nil {
				return nil, err
			}
		}
		out[i] = v
	}
	return out, nil
}
