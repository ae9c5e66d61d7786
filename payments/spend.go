package payments

import (
	"context"

	"github.com/cointill/cointill/chain"
)

// What leaves our addresses is booked when it is mined, and taken back in the
// commit that detaches its block. What a treasury's coins pay on a UTXO network is on
// record too, and booked as far as it comes to our addresses: what else a treasury
// does is the host's business. A deposit is booked when it is deep enough, so a
// coin may be booked as gone before it was booked as come: the balance of
// position/<network>/deposits, plus the deposits in blocks that have no entry yet,
// is at every commit what our addresses hold on the chain.

// recordSpends notes what a step's blocks say left us, and books it. A
// transaction met again, by a rescan that knows more of its inputs or outputs, is
// booked anew if it comes out otherwise.
func (p *Processor) recordSpends(ctx context.Context, tx Tx, r *rail, step chain.Step, spends []chain.Spend, b *book) error {
	var outlays []*outlay
	byID := map[string]*outlay{}
	for _, s := range spends {
		row := b.spend(r, step, s)
		if row == nil {
			continue
		}
		id := outlayID(row)
		if byID[id] == nil {
			byID[id] = &outlay{id: id, tx: s.Tx}
			outlays = append(outlays, byID[id])
		}
	}
	if len(outlays) == 0 {
		return nil
	}
	for _, key := range b.leaving.order {
		if s := b.leaving.rows[key]; s.Included() && byID[outlayID(s)] != nil {
			o := byID[outlayID(s)]
			o.rows = append(o.rows, s)
		}
	}
	standing, err := standingEntries(ctx, tx, outlays)
	if err != nil {
		return err
	}
	for _, o := range outlays {
		if err := b.bookOutlay(r, o, standing); err != nil {
			return err
		}
	}
	return nil
}

// spend makes or finds the row of a mined spend; nil if it is not ours.
func (b *book) spend(r *rail, step chain.Step, s chain.Spend) *Spend {
	if s.Block.IsZero() {
		return nil
	}
	from, amount := s.From, s.Amount
	if s.Kind == chain.SpendOutpoint {
		coin := b.rows[coinKey(r.Network.ID, s.Outpoint)]
		if !r.spends(coin) || s.Tx == nil {
			return nil
		}
		if from, amount = coin.To, coin.Amount; coin.Spent != s.TxID {
			coin.Spent, b.changed[coin.Key] = s.TxID, true
		}
	} else if !r.ours(from) {
		return nil
	}
	key := SpendKey{Network: r.Network.ID, ID: s.ID}
	row := b.leaving.rows[key]
	if row == nil {
		row = &Spend{Key: key, Kind: s.Kind, TxID: s.TxID, From: from, To: s.To, Amount: amount, Outpoint: s.Outpoint}
		b.leaving.insert(row)
	}
	if row.Block.Hash != s.Block.Hash {
		if row.Block, b.leaving.changed[key] = s.Block, true; s.Block.Height <= step.Move.Keep {
			b.late = append(b.late, find{from, amount.Asset(), s.Block.Height})
		}
	}
	return row
}

// undo reverses the credits of deposits that turned out to be our own coins.
func (p *Processor) undo(ctx context.Context, tx Tx, b *book) error {
	if len(b.undone) == 0 {
		return nil
	}
	if err := p.reverse(ctx, tx, b.undone, b.out); err != nil {
		return err
	}
	for _, was := range b.undone {
		if was.State == StateGathered { // nobody's balance held it
			continue
		}
		d := b.rows[was.Key]
		d.Credited = d.Currency.Cents(0)
		if was.Hold == "" {
			b.out.money(EventDepositReversed, d)
		}
	}
	return nil
}
