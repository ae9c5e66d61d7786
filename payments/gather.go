package payments

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments/money"
)

// A deposit below its asset's minimum is priced like any other, at its own
// receipt. When it is due it is not credited but gathered: the coins are booked to
// their place, the value, rounded down, to the account's dust. As soon as what
// gathered there in one asset reaches the minimum together, or another deposit
// reaches it alone, each booking is reversed and each deposit credited as if it
// had just fallen due, with the account's carry: nothing is rounded twice, and a
// reorganisation takes back each deposit by itself.

// pot is where the deposits of one asset gather for one account.
type pot struct {
	account Account
	asset   money.Asset
}

func potOf(d Deposit) pot { return pot{d.Owner.Account, d.Amount.Asset()} }

// small reports whether a deposit is below its asset's minimum. What is paid to an
// invoice never is: it was asked for, and no other payment may follow with which it
// could gather.
func (r *rail) small(d Deposit) bool {
	return d.Hold == "" && !d.Owner.ofInvoice() && d.Exact.LessThan(r.Minimum[d.Amount.Asset()])
}

// gathering is what the minimums make of the deposits due now.
type gathering struct {
	rail  *rail
	sums  map[pot]decimal.Decimal // of small deposits, due and gathered
	apart map[pot]bool            // a deposit reaches the minimum alone
	rows  []Deposit               // gathered before
}

// gather reads what gathered before in the pots that due deposits belong to; in a
// full pass, in all pots, because a minimum may have been lowered. With a key, only
// the pot of that deposit is looked at.
func (p *Processor) gather(ctx context.Context, tx Tx, r *rail, due []Deposit, only DepositKey, full bool) (*gathering, error) {
	g := &gathering{rail: r, sums: map[pot]decimal.Decimal{}, apart: map[pot]bool{}}
	q := DepositQuery{Network: r.Network.ID, States: []DepositState{StateGathered}, NotHeld: true}
	for _, d := range due {
		if _, ok := r.Minimum[d.Amount.Asset()]; !ok || d.Hold != "" {
			continue
		}
		if !slices.Contains(q.Profiles, d.Owner.Profile) {
			q.Profiles = append(q.Profiles, d.Owner.Profile)
		}
		if r.small(d) {
			g.sums[potOf(d)] = g.sums[potOf(d)].Add(d.Exact)
		} else {
			g.apart[potOf(d)] = true
		}
	}
	if full {
		q.Profiles = nil
	} else if len(q.Profiles) == 0 {
		return g, nil
	}
	found, err := tx.Deposits(ctx, q)
	if err != nil {
		return nil, err
	}
	var chosen pot
	for _, d := range slices.Concat(due, found) {
		if d.Key == only {
			chosen = potOf(d)
		}
	}
	for _, d := range found {
		if only == settleAll || potOf(d) == chosen {
			g.rows = append(g.rows, d)
			g.sums[potOf(d)] = g.sums[potOf(d)].Add(d.Exact)
		}
	}
	return g, nil
}

// reached reports whether a deposit is credited now: it is not small, or those it
// gathers with suffice.
func (g *gathering) reached(d Deposit) bool {
	at := potOf(d)
	return !g.rail.small(d) || g.apart[at] || !g.sums[at].LessThan(g.rail.Minimum[at.asset])
}

// release takes the gathered deposits that are credited now out of the dust, and
// returns them as deposits that are due.
func (g *gathering) release(ctx context.Context, tx Tx, o outlook, out *outcome) ([]Deposit, error) {
	var rows []Deposit
	var keys []string
	for _, d := range g.rows {
		if g.reached(d) && !o.suspended(d.Amount.Asset()) {
			rows, keys = append(rows, d), append(keys, creditKey(d))
		}
	}
	_, err := reverseEntries(ctx, tx, keys, out.now)
	return rows, err
}

// toDust turns a due deposit into a gathered one and returns its entry.
func toDust(d *Deposit, out *outcome) (ledger.Entry, error) {
	d.Incarnation++
	d.State = StateGathered
	e := ledger.Entry{Key: creditKey(*d), Kind: ledger.KindGathered, Reference: d.reference(), At: out.now,
		Postings: []ledger.Posting{{From: ledger.Clearing, To: ledger.Position(d.Key.Network, placeDeposits), Amount: d.Amount}}}
	value, err := money.Floor(d.Exact, d.Currency)
	if err != nil {
		return e, err
	}
	if value.Sign() > 0 {
		account := d.Owner.Account
		e.Postings = append(e.Postings, ledger.Posting{From: ledger.Clearing,
			To: ledger.Dust(account.Profile, account.Name), Amount: value})
	}
	out.event(EventDepositGathered, d)
	return e, e.Validate()
}

// Gathering is what gathers for an account in one asset because it is below the
// minimum.
type Gathering struct {
	Asset money.Asset
	// Count is how many deposits gather, and Value what they are worth together,
	// each at its own receipt, rounded down.
	Count int
	Value money.Amount
	// Minimum is what they must reach (Rail.Minimum), in major units.
	Minimum decimal.Decimal
	// Text says it in a sentence.
	Text string
}

// Gathering lists what gathers for an account below the minimums: it belongs
// beside Balance and Statement, which hold nothing of it yet. It is empty for most
// accounts. Errors are the store's.
func (p *Processor) Gathering(ctx context.Context, account Account) (list []Gathering, err error) {
	err = p.view(ctx, func(tx Tx) (err error) {
		list, err = p.gatheringOf(ctx, tx, account)
		return err
	})
	return list, err
}

func (p *Processor) gatheringOf(ctx context.Context, tx Tx, account Account) ([]Gathering, error) {
	rows, err := tx.Deposits(ctx, DepositQuery{Profiles: []string{account.Profile}, Account: account.Name,
		States: []DepositState{StateGathered}, NotHeld: true})
	if err != nil {
		return nil, err
	}
	sums := map[money.Asset]decimal.Decimal{}
	var list []Gathering
	for _, d := range rows {
		asset := d.Amount.Asset()
		i := slices.IndexFunc(list, func(g Gathering) bool { return g.Asset == asset })
		if i < 0 {
			i, list = len(list), append(list, Gathering{Asset: asset})
			if r, ok := p.rails[d.Key.Network]; ok {
				list[i].Minimum = r.Minimum[asset]
			}
		}
		list[i].Count++
		sums[asset] = sums[asset].Add(d.Exact)
		if list[i].Value, err = money.Floor(sums[asset], d.Currency); err != nil {
			return nil, err
		}
		list[i].Text = fmt.Sprintf("%d deposits of %s, worth %s together, gather until they reach the minimum of %s.",
			list[i].Count, asset, list[i].Value, list[i].Minimum)
	}
	return list, nil
}
