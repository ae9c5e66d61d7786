package payments

import (
	"context"
	"slices"

	"github.com/cointill/cointill/chain"
)

// spendBook is the spends a step touches.
type spendBook struct {
	rows    map[SpendKey]*Spend
	order   []SpendKey
	fresh   map[SpendKey]bool
	changed map[SpendKey]bool
}

func newSpendBook() spendBook {
	return spendBook{rows: map[SpendKey]*Spend{}, fresh: map[SpendKey]bool{}, changed: map[SpendKey]bool{}}
}

// insert adds a row that the store does not have.
func (b *spendBook) insert(s *Spend) {
	b.rows[s.Key], b.fresh[s.Key] = s, true
	b.order = append(b.order, s.Key)
}

func (b *spendBook) add(rows []Spend) {
	for i := range rows {
		if _, ok := b.rows[rows[i].Key]; !ok {
			b.rows[rows[i].Key] = &rows[i]
			b.order = append(b.order, rows[i].Key)
		}
	}
}

func (b *spendBook) save(ctx context.Context, tx Tx) error {
	var insert, update []Spend
	for _, key := range b.order {
		switch {
		case b.fresh[key]:
			insert = append(insert, *b.rows[key])
		case b.changed[key]:
			update = append(update, *b.rows[key])
		}
	}
	if _, err := tx.InsertSpends(ctx, insert); err != nil {
		return err
	}
	return tx.SaveSpends(ctx, update)
}

// openSpends reads the spends that a step's transactions are known for and those
// it detaches, and the deposits that either consumes or makes.
func (b *book) openSpends(ctx context.Context, tx Tx, r *rail, step chain.Step, found chain.Found) error {
	b.leaving = newSpendBook()
	var txs []chain.Hash
	seen := map[chain.Hash]bool{{}: true}
	note := func(id chain.Hash) {
		if !seen[id] {
			seen[id] = true
			txs = append(txs, id)
		}
	}
	var coins []DepositKey
	listed := map[*chain.Outflow]bool{}
	for _, t := range found.Transfers {
		note(t.TxID)
	}
	for _, s := range found.Spends {
		if s.Kind != chain.SpendOutpoint {
			note(s.TxID)
			continue
		}
		coins = append(coins, coinKey(r.Network.ID, s.Outpoint))
		note(s.TxID)
		if s.Tx == nil || listed[s.Tx] {
			continue
		}
		listed[s.Tx] = true
		for n, o := range s.Tx.Outputs {
			if r.ours(o.To) {
				coins = append(coins, coinKey(r.Network.ID, chain.Outpoint{TxID: s.TxID, Vout: uint32(n)}))
			}
		}
	}
	if len(txs) > 0 {
		known, err := tx.Spends(ctx, SpendQuery{Network: r.Network.ID, TxIDs: txs})
		if err != nil {
			return err
		}
		b.leaving.add(known)
	}
	if step.Move.Keep < step.Move.From.Height {
		gone, err := tx.Spends(ctx, SpendQuery{
			Network: r.Network.ID, Included: true, MinHeight: step.Move.Keep + 1, MaxHeight: step.Move.From.Height})
		if err != nil {
			return err
		}
		b.leaving.add(gone)
	}
	for _, s := range b.leaving.rows {
		if s.Kind == chain.SpendOutpoint {
			coins = append(coins, coinKey(r.Network.ID, s.Outpoint))
		}
	}
	sortKeys(coins)
	held, err := tx.DepositsByKey(ctx, slices.Compact(coins))
	if err != nil {
		return err
	}
	b.addCoins(held)
	return nil
}

// addCoins adds deposits of which only their being spent may change.
func (b *book) addCoins(rows []Deposit) {
	for i := range rows {
		if _, ok := b.rows[rows[i].Key]; !ok {
			b.rows[rows[i].Key] = &rows[i]
			b.order = append(b.order, rows[i].Key)
		}
	}
}
