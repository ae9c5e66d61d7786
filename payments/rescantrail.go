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
