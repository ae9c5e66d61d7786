package payments

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

// What leaves our addresses is booked when it is mined, and taken back in the
// commit that detaches its block. A deposit is booked when it is deep enough, so a
// coin may be booked as gone before it was booked as come: the balance of
// position/<network>/deposits, plus the deposits in blocks that have no entry yet,
// is at every commit what our addresses hold on the chain.

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

// outlay is what one entry books: on UTXO networks a whole transaction, whose fee
// is not any one input's; on EVM networks one spend.
type outlay struct {
	id   string
	rows []*Spend
	tx   *chain.Outflow
}

func (o *outlay) key(incarnation int) string {
	return fmt.Sprintf("spend/%s/%s/%d", o.rows[0].Key.Network, o.id, incarnation)
}

// reference is what the entry is looked up by: the transaction, or the id of what
// no transaction explains.
func (o *outlay) reference() string {
	if o.rows[0].TxID.IsZero() {
		return o.id
	}
	return o.rows[0].TxID.String()
}

// standing returns the incarnation of the entry that stands, 0 if none does, and
// the number of the last one.
func (o *outlay) standing() (standing, last int) {
	for _, s := range o.rows {
		if last = max(last, s.Incarnation); s.Booked {
			standing = s.Incarnation
		}
	}
	return standing, last
}

// outlayID is the id under which a spend is booked.
func outlayID(s *Spend) string {
	if s.Kind == chain.SpendOutpoint {
		return s.TxID.String()
	}
	return s.Key.ID
}

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
		if coin == nil || s.Tx == nil {
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

// standingEntries reads the entries that stand for outlays met again.
func standingEntries(ctx context.Context, tx Tx, outlays []*outlay) (map[string]ledger.Entry, error) {
	var keys []string
	for _, o := range outlays {
		if n, _ := o.standing(); n > 0 {
			keys = append(keys, o.key(n))
		}
	}
	found, err := tx.EntriesByKey(ctx, keys)
	if err == nil && len(found) != len(keys) {
		err = fmt.Errorf("payments: book spends: %w: %d of %d entries are missing from the ledger", ErrNotFound, len(keys)-len(found), len(keys))
	}
	out := make(map[string]ledger.Entry, len(found))
	for _, e := range found {
		out[e.Key] = e
	}
	return out, err
}

// bookOutlay books an outlay unless an entry that says the same stands.
func (b *book) bookOutlay(r *rail, o *outlay, standing map[string]ledger.Entry) error {
	parts, err := b.partsOf(r, o)
	if err != nil {
		return err
	}
	e := ledger.Entry{Kind: ledger.KindSpend, Reference: o.reference(), At: b.out.now}
	place := placeDeposits
	unexplained := money.Units(o.rows[0].Amount.Asset(), 0)
	deposits := ledger.Position(r.Network.ID, placeDeposits)
	for i, part := range parts {
		post := ledger.Posting{From: deposits, To: part.account, Amount: part.amount}
		if part.amount.Sign() < 0 {
			post = ledger.Posting{From: part.account, To: deposits, Amount: part.amount.Neg()}
		}
		e.Postings = append(e.Postings, post)
		if place = part.place; i > 0 {
			place = placeSeveral
		}
		if part.place == placeUnexplained {
			unexplained = part.amount
		}
	}
	n, last := o.standing()
	if old, ok := standing[o.key(n)]; n > 0 && ok {
		if slices.EqualFunc(old.Postings, e.Postings, samePosting) {
			b.mark(o, place, n, true)
			return nil
		}
		b.entries = append(b.entries, old.Reverse("reversal/"+old.Key, b.out.now))
	}
	if len(parts) == 0 {
		b.mark(o, place, last, false)
		return nil
	}
	e.Key = o.key(last + 1)
	if err := e.Validate(); err != nil {
		return err
	}
	b.entries = append(b.entries, e)
	b.mark(o, place, last+1, true)
	if !unexplained.IsZero() {
		b.out.spend(EventSpendUnexplained, o, last+1, unexplained)
	}
	return nil
}

// samePosting compares by value: two equal amounts need not be one.
func samePosting(a, b ledger.Posting) bool {
	return a.From == b.From && a.To == b.To && a.Amount.Equal(b.Amount)
}

// partsOf says where an outlay went.
func (b *book) partsOf(r *rail, o *outlay) ([]part, error) {
	if o.tx == nil {
		return r.share(o.rows[0]), nil
	}
	in := money.Units(r.Network.Native, 0)
	for _, s := range o.rows {
		var err error
		if in, err = in.Add(s.Amount); err != nil {
			return nil, err
		}
	}
	for n, out := range o.tx.Outputs {
		key := coinKey(r.Network.ID, chain.Outpoint{TxID: o.rows[0].TxID, Vout: uint32(n)})
		if d := b.rows[key]; d != nil && d.Included() && d.State != StateInternal && r.ours(out.To) {
			b.makeInternal(d, "")
		}
	}
	return r.shares(in, o.tx)
}

// mark writes an outlay's place and entry into its rows.
func (b *book) mark(o *outlay, place string, incarnation int, booked bool) {
	for _, s := range o.rows {
		if s.Place != place || s.Incarnation != incarnation || s.Booked != booked {
			s.Place, s.Incarnation, s.Booked = place, incarnation, booked
			b.leaving.changed[s.Key] = true
		}
	}
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
		d := b.rows[was.Key]
		d.Credited = d.Currency.Cents(0)
		if was.Hold == "" {
			b.out.money(EventDepositReversed, d)
		}
	}
	return nil
}

// SpendNotice is the data of EventSpendUnexplained and EventSpendReversed.
type SpendNotice struct {
	Network string
	TxID    chain.Hash
	// Amount is the part of the transaction that nothing explains; negative if coins
	// of others came in with ours.
	Amount money.Amount
	// Spends are ours that the transaction holds.
	Spends []Spend
}

// spend adds news of an outlay, for the operator.
func (o *outcome) spend(kind EventKind, l *outlay, incarnation int, amount money.Amount) {
	n := SpendNotice{Network: l.rows[0].Key.Network, TxID: l.rows[0].TxID, Amount: amount}
	for _, s := range l.rows {
		n.Spends = append(n.Spends, *s)
	}
	data, err := json.Marshal(n)
	subject := n.Network + "/" + l.id
	if err != nil && o.err == nil {
		o.err = fmt.Errorf("payments: event %s of %s: %w", kind, subject, err)
	}
	o.events = append(o.events, Event{ID: eventID(kind, subject, fmt.Sprint(incarnation)), Kind: kind,
		Subject: subject, Order: n.Network, At: o.now, Data: data})
}
