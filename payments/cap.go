package payments

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// releaseCap is the audit action by which an operator lets a deposit pass a cap.
const releaseCap = "release_cap"

// allowance is what Rail.DailyCap still allows today.
type allowance struct {
	rail *rail
	day  time.Time
	used map[money.Asset]decimal.Decimal // nil: not read yet
}

func newAllowance(r *rail, now time.Time) *allowance {
	return &allowance{rail: r, day: now.UTC().Truncate(24 * time.Hour)}
}

// take counts a deposit about to be credited, and reports whether it fits. What
// gathered before always does: it is small, and out of the dust already. What an
// operator released does too. Processes that credit at the same instant may exceed
// the cap by what they credit then.
func (a *allowance) take(ctx context.Context, tx Tx, d Deposit) (bool, error) {
	most, capped := a.rail.DailyCap[d.Amount.Asset()]
	if !capped || d.Hold != "" {
		return true, nil
	}
	if a.used == nil {
		a.used = map[money.Asset]decimal.Decimal{}
		rows, err := tx.Deposits(ctx, DepositQuery{Network: a.rail.Network.ID, NotHeld: true,
			States: []DepositState{StateCredited, StateFinal}, CreditedFrom: a.day})
		if err != nil {
			return false, err
		}
		for _, row := range rows {
			a.used[row.Amount.Asset()] = a.used[row.Amount.Asset()].Add(row.Exact)
		}
	}
	used := a.used[d.Amount.Asset()].Add(d.Exact)
	if used.GreaterThan(most) && d.State != StateGathered {
		audit, err := tx.AuditOf(ctx, d.Key.String())
		released := slices.ContainsFunc(audit, func(row AuditRow) bool { return row.Action == releaseCap })
		if err != nil || !released {
			return false, err
		}
	}
	a.used[d.Amount.Asset()] = used
	return true, nil
}
