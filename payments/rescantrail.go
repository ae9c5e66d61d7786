package payments

import (
	"context"
	"fmt"

	"github.com/cointill/cointill/chain"
)

// trailAround returns the trail's tip and a kept anchor at or above a run, and
// ErrTrailMoved if a kept block contradicts the run. As long as the tip stays,
// the answer does.
func trailAround(ctx context.Context, tx Tx, network string, run []chain.Anchor) (tip, above chain.Anchor, err error) {
	first, last := run[0], run[len(run)-1]
	tip, ok, err := tipOf(ctx, tx, network)
	if err != nil {
		return tip, above, err
	}
	if !ok || tip.Height < last.Height {
		return tip, above, fmt.Errorf("%w: block %d is no longer committed", chain.ErrTrailMoved, last.Height)
	}
	above = tip
	// Where the trail is thin, only heights of this multiple are kept.
	kept := (last.Height + chain.SparseEvery) / chain.SparseEvery * chain.SparseEvery
	highest, err := tx.Anchors(ctx, network, kept, 1)
	if err != nil {
		return tip, above, err
	}
	if len(highest) > 0 && highest[0].Height >= last.Height {
		above = highest[0]
	}
	anchors, err := tx.Anchors(ctx, network, last.Height+1, len(run)+2)
	if err != nil {
		return tip, above, err
	}
	for _, a := range anchors {
		var contradicts bool
		switch {
		case a.Height == last.Height+1:
			contradicts = a.Parent != last.Hash
		case a.Height+1 == first.Height:
			contradicts = a.Hash != first.Parent
		case a.Height >= first.Height:
			contradicts = a.Hash != run[a.Height-first.Height].Hash
		}
		if contradicts {
			return tip, above, fmt.Errorf("%w: the source shows another block than the committed %s", chain.ErrTrailMoved, a)
		}
	}
	return tip, above, nil
}

// compareRun compares what a run holds with the deposits on record.
func compareRun(ctx context.Context, tx Tx, network string, found chain.Found, from, to uint64) (diff RescanReport, err error) {
	keys := make([]DepositKey, len(found.Transfers))
	shown := make(map[DepositKey]bool, len(keys))
	for i, t := range found.Transfers {
		keys[i] = DepositKey{Network: network, ID: t.ID}
		shown[keys[i]] = true
	}
	known, err := tx.DepositsByKey(ctx, keys)
	if err != nil {
		return diff, err
	}
	onRecord := make(map[DepositKey]Deposit, len(known))
	for _, d := range known {
		onRecord[d.Key] = d
	}
	for i, t := range found.Transfers {
		d, ok := onRecord[keys[i]]
		switch {
		case !ok || !d.Included():
			diff.Missing = append(diff.Missing, t)
		case !d.Amount.Equal(t.Amount) || d.To != t.To || d.Block.Hash != t.Block.Hash:
			diff.Differing = append(diff.Differing, Difference{Deposit: d, Shown: t})
		}
	}
	recorded, err := tx.Deposits(ctx, DepositQuery{Network: network, Included: true, MinHeight: from, MaxHeight: to})
	for _, d := range recorded {
		if !shown[d.Key] {
			diff.NotShown = append(diff.NotShown, d)
		}
	}
	return diff, err
}
