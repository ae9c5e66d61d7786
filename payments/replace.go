package payments

import (
	"slices"
	"time"

	"github.com/cointill/cointill/chain"
)

// mostBumps bounds Deposit.AlsoAt. Replacements beyond it share the rates of the
// ones before, so that they gain nothing either.
const mostBumps = 16

// inherit gives a transaction that spends the inputs of an earlier one the first
// sight of that: whoever replaces a payment, for whomever, gains no later price by
// it. That it was itself first seen at another instant is kept, because the worse
// rate counts: the fee of a payment is not bumped to bet on the price.
func (b *book) inherit(d *Deposit, sight time.Time) {
	if d.Origin == chain.OriginPegOut {
		b.inheritPegOut(d)
		return
	}
	var first, mined *Deposit
	for _, in := range d.Inputs {
		for _, old := range b.spent[in] {
			if old.TxID == d.TxID || !old.SeenAt.Before(d.SeenAt) {
				continue
			}
			if d.alsoAt(old.AlsoAt...); first == nil || old.SeenAt.Before(first.SeenAt) {
				first = old
			}
			switch {
			case old.ReceivedAt.IsZero():
			case mined == nil:
				mined = old
			default:
				d.alsoAt(old.ReceivedAt)
			}
		}
	}
	if first == nil {
		return
	}
	if mined != nil {
		d.ReceivedAt, d.Basis = mined.ReceivedAt, mined.Basis
	}
	d.SeenAt, d.SeenLive, d.LiveBefore = first.SeenAt, first.SeenLive, first.LiveBefore
	d.alsoAt(sight)
}

// alsoAt adds instants at which the deposit is priced too.
func (d *Deposit) alsoAt(instants ...time.Time) {
	for _, at := range instants {
		if len(d.AlsoAt) < mostBumps && !slices.Contains(d.AlsoAt, at) {
			d.AlsoAt = append(d.AlsoAt, at)
		}
	}
}

// inheritPegOut ties a payment out of Litecoin's MWEB to the one it was before a
// reorganisation. All such payments of a block are made by one transaction, whose
// id and inputs another block does not repeat; so the tie is the address and the
// amount. Receipt and rate are kept, and the earlier row is replaced for good.
func (b *book) inheritPegOut(d *Deposit) {
	for i, old := range b.pegOuts {
		if old.Included() || old.TxID == d.TxID || old.To != d.To || !old.Amount.Equal(d.Amount) ||
			!slices.Contains(waiting, old.State) {
			continue
		}
		d.SeenAt, d.SeenLive, d.LiveBefore = old.SeenAt, old.SeenLive, old.LiveBefore
		d.IncludedAt, d.FirstBlock = old.IncludedAt, old.FirstBlock
		d.ReceivedAt, d.Basis = old.ReceivedAt, old.Basis
		d.Rate, d.Currency, d.Snapshot, d.Exact = old.Rate, old.Currency, old.Snapshot, old.Exact
		d.Screened = old.Screened
		if d.Currency != "" {
			d.Credited = d.Currency.Cents(0)
		}
		old.State = StateReplaced
		b.changed[old.Key] = true
		b.out.event(EventDepositReplaced, old)
		b.pegOuts = slices.Delete(b.pegOuts, i, i+1)
		return
	}
}

// waiting are the states of deposits in no block that may be mined any time. A
// deposit taken back stays orphaned or reversed until it is mined again, although
// its transaction is back in the mempool.
var waiting = []DepositState{StateSeen, StateOrphaned, StateReversed}

// replace marks pending deposits whose inputs another mined transaction spent. A
// payment out of MWEB is not one: its transaction is another in each block.
func (p *Processor) replace(spends []chain.Spend, b *book) {
	byInput := map[chain.Outpoint]chain.Spend{}
	for _, s := range spends {
		if s.Kind == chain.SpendOutpoint && !s.Block.IsZero() {
			byInput[s.Outpoint] = s
		}
	}
	for _, key := range b.order {
		d := b.rows[key]
		if d.Included() || d.Origin == chain.OriginPegOut || !slices.Contains(waiting, d.State) {
			continue
		}
		for _, in := range d.Inputs {
			if s, ok := byInput[in]; ok && s.TxID != d.TxID {
				d.State = StateReplaced
				b.changed[key] = true
				b.out.event(EventDepositReplaced, d)
				break
			}
		}
	}
}
