package payments

import (
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

// The places of Spend.Place, beside "treasury:<name>".
const (
	placeDeposits    = "deposits"
	placeFee         = "fee"
	placeUnexplained = "outflow:unexplained"
	placeSeveral     = "several"
	placeElsewhere   = "elsewhere"
)

// ours reports whether an address was derived from the rail's wallet.
func (r *rail) ours(a chain.Address) bool {
	return a.Family == r.Network.Family && a.Raw != "" && !r.registered[a] && r.set.Address([]byte(a.Raw))
}

// spends reports whether only our own keys can spend a recorded coin: one at a
// leaf, or at an address that is registered now.
func (r *rail) spends(coin *Deposit) bool {
	return coin != nil && (coin.State != StateTreasury || r.set.Address([]byte(coin.To.Raw)))
}

// place returns where an address is in the books, and the account of what is
// there: one of ours, one registered, or nowhere known.
func (r *rail) place(a chain.Address) (string, ledger.Account) {
	if r.ours(a) {
		return placeDeposits, ledger.Position(r.Network.ID, placeDeposits)
	}
	for _, t := range r.Treasury {
		if t.Address == a {
			return "treasury:" + t.Name, ledger.Treasury(r.Network.ID, t.Name)
		}
	}
	return placeUnexplained, ledger.Outflow(r.Network.ID)
}

// findOwn finds the transactions of a step that only the holder of our keys can
// have signed: those that consume an outpoint of ours or of the treasury (one is
// enough, for such an input needs our signature), or whose gas an address of ours
// paid.
func (b *book) findOwn(r *rail, found chain.Found) {
	arriving := map[DepositKey]bool{}
	for _, t := range found.Transfers {
		arriving[DepositKey{Network: r.Network.ID, ID: t.ID}] = true
	}
	for _, s := range found.Spends {
		switch s.Kind {
		case chain.SpendOutpoint:
			key := coinKey(r.Network.ID, s.Outpoint)
			_, flying := r.flying[s.Outpoint]
			if r.spends(b.rows[key]) || arriving[key] || s.Block.IsZero() && flying {
				b.own[s.TxID] = true
			}
		case chain.SpendGas:
			b.own[s.TxID] = b.own[s.TxID] || r.ours(s.From)
		}
	}
	for _, s := range b.leaving.rows {
		if s.Kind == chain.SpendGas || s.Kind == chain.SpendOutpoint && r.spends(b.rows[coinKey(r.Network.ID, s.Outpoint)]) {
			b.own[s.TxID] = true
		}
	}
}

// internal reports whether a transfer is the host's own coins moving, which are
// nobody's payment: its transaction is our own, or its sender is one of our
// addresses or registered. The giver is whom the books take it from, empty when
// the spend that made it says so: on a UTXO network always, where coins have a
// sender only by the outpoints that are spent, a treasury's included.
func (r *rail) internal(t chain.Transfer, b *book) (giver ledger.Account, internal bool) {
	if r.Network.UTXO() {
		return "", b.own[t.TxID]
	}
	place, account := r.place(t.From)
	switch {
	case place == placeDeposits:
		return "", true
	case place != placeUnexplained:
		return account, true
	}
	return account, b.own[t.TxID] // a contract we called sends some of it back
}

// makeInternal turns a mined transfer into the host's own coins. Who was credited
// for it, because a spend of ours was not known then, is not any more.
func (b *book) makeInternal(d *Deposit, giver ledger.Account) {
	if d.booked() {
		b.undone = append(b.undone, *d)
	}
	d.State, d.Hold = StateInternal, ""
	b.changed[d.Key] = true
	if giver != "" {
		d.Incarnation++
		b.entries = append(b.entries, ledger.Entry{
			Key: creditKey(*d), Kind: ledger.KindInternal, Reference: d.reference(), At: b.out.now,
			Postings: []ledger.Posting{{From: giver, To: ledger.Position(d.Key.Network, placeDeposits), Amount: d.Amount}},
		})
	}
	b.out.event(EventDepositInternal, d)
}

// bookedInternal reports whether an internal deposit has an entry of its own.
func (d Deposit) bookedInternal() bool {
	return d.State == StateInternal && len(d.Inputs) == 0 && d.Incarnation > 0
}

// part is a share of what left, and where the books put it. A negative one came: its
// account gave it.
type part struct {
	place   string
	account ledger.Account
	amount  money.Amount
}

// shares says where what our addresses put into a UTXO transaction went. Outputs to
// our own addresses come first: that much never left. If all inputs are ours, every
// output is covered and what is left is the fee, exactly. Else the amounts of the
// other inputs are unknown; then unregistered outputs are taken to be paid by ours
// before registered ones, so that nothing lost looks explained, and the fee is
// what no output took. Shares are negative when more came back than our addresses
// put in: it is taken from the treasuries' coins that were spent with it, then from
// strangers.
func (r *rail) shares(in money.Amount, lent []part, out *chain.Outflow) (parts []part, err error) {
	left := in
	sums := map[string]*part{}
	order := []string{placeUnexplained}
	sums[placeUnexplained] = &part{placeUnexplained, ledger.Outflow(r.Network.ID), money.Units(in.Asset(), 0)}
	for _, o := range out.Outputs {
		place, account := r.place(o.To)
		if place == placeDeposits {
			if left, err = left.Sub(o.Amount); err != nil {
				return nil, err
			}
			continue
		}
		if sums[place] == nil {
			sums[place] = &part{place, account, money.Units(in.Asset(), 0)}
			order = append(order, place)
		}
		if sums[place].amount, err = sums[place].amount.Add(o.Amount); err != nil {
			return nil, err
		}
	}
	if left.Sign() < 0 {
		return r.givers(left, lent)
	}
	for _, place := range order {
		p := *sums[place]
		if c, err := p.amount.Cmp(left); err != nil {
			return nil, err
		} else if c > 0 {
			p.amount = left
		}
		if p.amount.Sign() > 0 {
			parts = append(parts, p)
		}
		if left, err = left.Sub(p.amount); err != nil {
			return nil, err
		}
	}
	if left.Sign() > 0 {
		parts = append(parts, part{placeFee, ledger.Fee(r.Network.ID), left})
	}
	return parts, nil
}

// givers says who gave what our addresses have gained, which is negative.
func (r *rail) givers(gained money.Amount, lent []part) (parts []part, err error) {
	for _, l := range lent {
		if l.amount = l.amount.Neg(); gained.Sign() == 0 {
			break
		}
		if c, err := gained.Cmp(l.amount); err != nil {
			return nil, err
		} else if c > 0 {
			l.amount = gained
		}
		if gained, err = gained.Sub(l.amount); err != nil {
			return nil, err
		}
		parts = append(parts, l)
	}
	if gained.Sign() < 0 {
		parts = append(parts, part{placeUnexplained, ledger.Outflow(r.Network.ID), gained})
	}
	return parts, nil
}

// paysUs reports whether a transaction has an output at one of our addresses.
func (r *rail) paysUs(out *chain.Outflow) bool {
	return slices.ContainsFunc(out.Outputs, func(o chain.Output) bool { return r.ours(o.To) })
}

// share says where one EVM spend went; none if it stays among our addresses.
func (r *rail) share(s *Spend) []part {
	if s.Kind == chain.SpendGas {
		return []part{{placeFee, ledger.Fee(r.Network.ID), s.Amount}}
	}
	place, account := r.place(s.To)
	if place == placeDeposits {
		return nil
	}
	return []part{{place, account, s.Amount}}
}
