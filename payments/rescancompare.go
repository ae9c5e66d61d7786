package payments

import (
	"context"

	"github.com/cointill/cointill/chain"
)

// compareRun compares what a run holds with the deposits on record. Kept are coins of
// the treasury that are not.
func compareRun(ctx context.Context, tx Tx, r *rail, found chain.Found, from, to uint64) (diff RescanReport, kept []chain.Transfer, err error) {
	keys := make([]DepositKey, len(found.Transfers))
	shown := make(map[DepositKey]bool, len(keys))
	for i, t := range found.Transfers {
		keys[i] = DepositKey{Network: r.Network.ID, ID: t.ID}
		shown[keys[i]] = true
	}
	known, err := tx.DepositsByKey(ctx, keys)
	if err != nil {
		return diff, kept, err
	}
	onRecord := make(map[DepositKey]Deposit, len(known))
	for _, d := range known {
		onRecord[d.Key] = d
	}
	for i, t := range found.Transfers {
		d, ok := onRecord[keys[i]]
		switch {
		case !d.Included() && (r.registered[t.To] || d.State == StateTreasury):
			kept = append(kept, t)
		case !ok || !d.Included():
			diff.Missing = append(diff.Missing, t)
		case !d.Amount.Equal(t.Amount) || d.To != t.To || d.Block.Hash != t.Block.Hash:
			diff.Differing = append(diff.Differing, Difference{Deposit: d, Shown: t})
		}
	}
	recorded, err := tx.Deposits(ctx, DepositQuery{Network: r.Network.ID, Included: true, MinHeight: from, MaxHeight: to})
	for _, d := range recorded {
		if _, _, item := itemRange(d.Key.ID); !shown[d.Key] && !item && (d.State != StateTreasury || r.set.Address([]byte(d.To.Raw))) {
			diff.NotShown = append(diff.NotShown, d)
		}
	}
	return diff, kept, err
}

// compareSpends compares what a run says left us with the spends on record.
func compareSpends(ctx context.Context, tx Tx, r *rail, found chain.Found, from, to uint64, diff *RescanReport) error {
	keys := make([]SpendKey, len(found.Spends))
	coins := make([]DepositKey, len(found.Spends))
	shown := make(map[SpendKey]bool, len(keys))
	for i, s := range found.Spends {
		keys[i] = SpendKey{Network: r.Network.ID, ID: s.ID}
		coins[i] = coinKey(r.Network.ID, s.Outpoint)
		shown[keys[i]] = true
	}
	ours := map[DepositKey]bool{} // coins of ours that are spent
	for _, t := range found.Transfers {
		ours[DepositKey{Network: r.Network.ID, ID: t.ID}] = true
	}
	held, err := tx.DepositsByKey(ctx, coins)
	if err != nil {
		return err
	}
	for i, d := range held {
		ours[d.Key] = r.spends(&held[i])
	}
	known, err := tx.SpendsByKey(ctx, keys)
	if err != nil {
		return err
	}
	onRecord := make(map[SpendKey]bool, len(known))
	for _, s := range known {
		onRecord[s.Key] = s.Included()
	}
	for i, s := range found.Spends {
		our := r.ours(s.From)
		if s.Kind == chain.SpendOutpoint {
			our = ours[coins[i]]
		}
		if our && !onRecord[keys[i]] {
			diff.MissingSpends = append(diff.MissingSpends, s)
		}
	}
	recorded, err := tx.Spends(ctx, SpendQuery{Network: r.Network.ID, Included: true, MinHeight: from, MaxHeight: to})
	for _, s := range recorded {
		if _, _, item := itemRange(s.Key.ID); !shown[s.Key] && !item {
			diff.SpendsNotShown = append(diff.SpendsNotShown, s)
		}
	}
	return err
}
