package payments

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// policy judges a network's deposits by the tiers in force and the sums they
// look at, all read in the transaction that decides by them.
type policy struct {
	rail     *rail
	tiers    []Tier
	sums     map[string]decimal.Decimal // by profile
	total    decimal.Decimal
	totalled bool
}

// demand is what one deposit must reach.
type demand struct {
	confirmations uint64
	finalized     bool
	agree         int
}

func newPolicy(r *rail, tiers []Tier) *policy {
	return &policy{rail: r, tiers: tiers, sums: map[string]decimal.Decimal{}}
}

// weigh reads the sums needed to judge rows: nothing if no tier looks at one.
func (pol *policy) weigh(ctx context.Context, tx Tx, rows []Deposit) error {
	byProfile, inTotal := false, false
	for _, t := range pol.tiers {
		byProfile = byProfile || !t.AtRisk && t.Above.Sign() > 0
		inTotal = inTotal || t.AtRisk && t.Above.Sign() > 0
	}
	q := DepositQuery{Network: pol.rail.Network.ID, States: unsafe, NotHeld: true}
	if !inTotal {
		for _, d := range rows {
			if _, known := pol.sums[d.Owner.Profile]; byProfile && !known && !d.Owner.IsZero() {
				pol.sums[d.Owner.Profile] = decimal.Zero
				q.Profiles = append(q.Profiles, d.Owner.Profile)
			}
		}
	}
	if pol.totalled || len(rows) == 0 || !inTotal && len(q.Profiles) == 0 {
		return nil
	}
	pol.totalled = inTotal
	open, err := tx.Deposits(ctx, q)
	for _, d := range open {
		if d.Valued() {
			pol.sums[d.Owner.Profile] = pol.sums[d.Owner.Profile].Add(d.Exact)
			pol.total = pol.total.Add(d.Exact)
		}
	}
	return err
}

// unsafe are the states of money that a reorganisation may still take, or that
// waits to be credited.
var unsafe = []DepositState{StateConfirming, StateGathered, StateCredited}

// demand returns what a deposit must reach, after weigh.
func (pol *policy) demand(d Deposit) demand {
	want := demand{confirmations: pol.rail.least(d)}
	for _, t := range pol.tiers {
		sum := pol.sums[d.Owner.Profile]
		if t.AtRisk {
			sum = pol.total
		}
		if t.Asset != (money.Asset{}) && t.Asset != d.Amount.Asset() || sum.LessThan(t.Above) {
			continue
		}
		want.confirmations = max(want.confirmations, t.Confirmations)
		want.finalized = want.finalized || t.Finalized
		if t.Agree > 1 {
			want.agree = pol.agree()
		}
	}
	return want
}

// least is what any deposit must reach, of whatever value.
func (r *rail) least(d Deposit) uint64 {
	return max(r.Confirmations, r.Network.Maturity(d.Origin))
}

// agree is the number of sources that must agree wherever any must: the row that
// says they did says not how many, so all tiers ask the largest.
func (pol *policy) agree() int {
	most := 0
	for _, t := range pol.tiers {
		most = max(most, t.Agree)
	}
	return most
}

// deep reports whether a deposit has its confirmations, finality included.
func (want demand) deep(d Deposit, o outlook) bool {
	return d.Confirmations(o.tip.Height) >= want.confirmations && (!want.finalized || o.isFinal(d))
}

// agreed reports whether enough sources saw the deposit in the block it is in.
func (want demand) agreed(d Deposit) bool { return want.agree < 2 || d.Agreed == d.Block.Hash }

// met reports whether nothing in the policy keeps a deposit from being credited.
// What goes to suspense is owed to nobody: depth alone counts.
func (pol *policy) met(d Deposit, o outlook) bool {
	if d.Hold != "" {
		return d.Confirmations(o.tip.Height) >= pol.rail.least(d)
	}
	if o.suspended(d.Amount.Asset()) {
		return false
	}
	want := pol.demand(d)
	return want.deep(d, o) && want.agreed(d)
}

// finalBelow returns the height at and below which credited deposits are final,
// and false if there is none: no tier in force doubts a block so deep.
func (pol *policy) finalBelow(o outlook) (uint64, bool) {
	depth, finalized := pol.rail.Final, false
	for _, t := range pol.tiers {
		depth, finalized = max(depth, t.Confirmations), finalized || t.Finalized
	}
	if o.tip.Height+1 < depth {
		return 0, false
	}
	height := o.tip.Height + 1 - depth
	if finalized {
		height = min(height, o.finalHeight())
	}
	return height, true
}
