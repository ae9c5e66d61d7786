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
		if i == 0 {
			place = part.place
		} else if place != part.place {
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
		if o.tx != nil && !r.paysUs(o.tx) { // the treasury's alone
			place = placeElsewhere
		}
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
	from := map[chain.Address]money.Amount{} // the treasury's
	for _, s := range o.rows {
		coin := b.rows[coinKey(r.Network.ID, s.Outpoint)]
		var err error
		if coin == nil || coin.State != StateTreasury {
			in, err = in.Add(s.Amount)
		} else if sum, more := from[s.From]; more {
			from[s.From], err = sum.Add(s.Amount)
		} else {
			from[s.From] = s.Amount
		}
		if err != nil {
			return nil, err
		}
	}
	var lent []part
	for _, t := range r.Treasury {
		if amount, ok := from[t.Address]; ok {
			lent = append(lent, part{placeDeposits, ledger.Treasury(r.Network.ID, t.Name), amount})
		}
	}
	for n, out := range o.tx.Outputs {
		key := coinKey(r.Network.ID, chain.Outpoint{TxID: o.rows[0].TxID, Vout: uint32(n)})
		if d := b.rows[key]; d != nil && d.Included() && d.State != StateInternal && r.ours(out.To) {
			b.makeInternal(d, "")
		}
	}
	return r.shares(in, lent, o.tx)
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
