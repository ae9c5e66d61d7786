package chain

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"
)

// How far one step may reach, in blocks.
const (
	linkedRunUTXO = 16  // raw blocks of up to 4 MB are held in memory at once
	linkedRunEVM  = 64  // full blocks with their logs
	rangeRun      = 500 // below the final height
	longestReorg  = 10_000
	evmUnfinal    = 256   // blocks taken as not final when the network names none
	evmDense      = 4_096 // anchors kept on EVM networks whatever is final
	startMargin   = 2 * time.Hour
	// firstTrailUTXO is how many blocks below the head a trail begins at least.
	firstTrailUTXO = 144
)

// Trail reads the committed trail: up to limit anchors at or below a height,
// highest first.
type Trail func(ctx context.Context, atOrBelow uint64, limit int) ([]Anchor, error)

// Step is what comes next for a network. Commit its Move and all that follows
// from its Run in one transaction, or not at all.
type Step struct {
	Move TrailMove
	// Run holds the attached blocks; nil for the first step, which only sets the
	// trail's beginning.
	Run Run
	// Head is the source's head when the step was computed.
	Head Head
}

// Lag returns how many blocks the trail was behind the head before the step.
func (s Step) Lag() uint64 {
	if s.Head.Height < s.Move.From.Height {
		return 0
	}
	return s.Head.Height - s.Move.From.Height
}

// Tip returns the trail's tip after the step.
func (s Step) Tip() Anchor {
	if n := len(s.Move.Attach); n > 0 {
		return s.Move.Attach[n-1]
	}
	return s.Move.From
}

// Next computes the next step of a source's network from the committed trail,
// and false if the trail is at the source's head, or above it because the node
// lags. since is the instant before which nothing needs to be looked for: a
// network without a trail begins at the last block two hours older than it, and
// at least 144 blocks (EVM: 256) below the head.
//
// A branch is taken when it is at least as high as the trail. Errors are the
// source's, or [ErrDeepReorg] when no anchor of the last 10,000 blocks stands.
func Next(ctx context.Context, src Source, trail Trail, since time.Time) (Step, bool, error) {
	head, err := src.Head(ctx)
	if err != nil {
		return Step{}, false, err
	}
	anchors, err := trail(ctx, ^uint64(0)>>1, 1)
	if err != nil {
		return Step{}, false, err
	}
	if len(anchors) == 0 {
		return begin(ctx, src, head, since)
	}
	tip := anchors[0]
	step := Step{Head: head, Move: TrailMove{Network: src.Network().ID, From: tip, Keep: tip.Height}}
	if head.Height < tip.Height || head.Hash == tip.Hash {
		return step, false, nil
	}
	if head.Height > tip.Height {
		ok, err := extend(ctx, src, &step, tip, head.Height)
		if err != nil || ok {
			return step, ok, err
		}
	}
	base, err := commonAncestor(ctx, src, trail, tip)
	if err != nil {
		return Step{}, false, err
	}
	step.Move.Keep = base.Height
	ok, err := extend(ctx, src, &step, base, head.Height)
	if err == nil && !ok {
		err = fmt.Errorf("%w: %s: block after %s has another parent: branches are changing",
			ErrUnavailable, src.Name(), base)
	}
	return step, ok, err
}

// begin sets the beginning of a trail: the highest block whose time is well
// before since. Block times may be out of order by hours, hence the margin. Our
// clock may be ahead of the chain's, or the chain idle: so since is at most the
// head's time, and some blocks below the head are always in the trail, for the
// first reorganisation to end in.
func begin(ctx context.Context, src Source, head Head, since time.Time) (Step, bool, error) {
	var failed error
	if since.After(head.Time) {
		since = head.Time
	}
	after := sort.Search(int(head.Height)+1, func(h int) bool {
		if failed != nil {
			return true
		}
		a, err := src.AnchorAt(ctx, uint64(h))
		if err != nil {
			failed = err
			return true
		}
		return !a.Time.Before(since.Add(-startMargin))
	})
	if failed != nil {
		return Step{}, false, failed
	}
	below := firstTrailUTXO
	if !src.Network().UTXO() {
		below = evmUnfinal
	}
	first, err := src.AnchorAt(ctx, min(uint64(max(after-1, 0)), head.Height-min(head.Height, uint64(below))))
	if err != nil {
		return Step{}, false, err
	}
	return Step{Head: head, Move: TrailMove{Network: src.Network().ID, Attach: []Anchor{first}}}, true, nil
}

// extend fetches the run after base into the step. It reports false if the
// source's next block does not build on base.
func extend(ctx context.Context, src Source, step *Step, base Anchor, head uint64) (bool, error) {
	final := finalHeight(src.Network(), step.Head)
	from, to := base.Height+1, head
	fetch := src.Linked
	ranger, ok := src.(Ranger)
	switch {
	case ok && base.Height == step.Move.From.Height && from+linkedRunEVM < final:
		// A range run proves only its end, so the base is proved here.
		if now, err := src.AnchorAt(ctx, base.Height); err != nil || now.Hash != base.Hash {
			return false, err
		}
		fetch, to = ranger.Range, min(final, base.Height+rangeRun)
	case src.Network().UTXO():
		to = min(to, max(base.Height+linkedRunUTXO, step.Move.From.Height))
	default:
		to = min(to, max(base.Height+linkedRunEVM, step.Move.From.Height))
	}
	run, err := fetch(ctx, from, to)
	if err != nil {
		return false, err
	}
	anchors := run.Anchors()
	if len(anchors) == 0 || anchors[len(anchors)-1].Height != to {
		return false, fmt.Errorf("%w: %s: run %d..%d is not complete", ErrMalformed, src.Name(), from, to)
	}
	if anchors[0].Height == from && anchors[0].Parent != base.Hash {
		return false, nil
	}
	step.Run, step.Move.Attach = run, anchors
	step.Move.Dense = denseFrom(src.Network(), to, final)
	return true, nil
}

// commonAncestor returns the highest anchor below the tip that the source's best
// chain still holds.
func commonAncestor(ctx context.Context, src Source, trail Trail, tip Anchor) (Anchor, error) {
	for below := tip.Height; below > 0; {
		anchors, err := trail(ctx, below-1, 64)
		if err != nil {
			return Anchor{}, err
		}
		for _, a := range anchors {
			if tip.Height-a.Height > longestReorg {
				return Anchor{}, fmt.Errorf("%w: %s: nothing stands from %d down to %d",
					ErrDeepReorg, src.Name(), tip.Height, a.Height)
			}
			now, err := src.AnchorAt(ctx, a.Height)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return Anchor{}, err
			}
			if err == nil && now.Hash == a.Hash {
				return a, nil
			}
			below = a.Height
		}
		if len(anchors) == 0 {
			break
		}
	}
	return Anchor{}, fmt.Errorf("%w: %s: no kept anchor below %s stands", ErrDeepReorg, src.Name(), tip)
}

// finalHeight returns the height below which no reorganisation is expected: what
// the network calls final, or 256 below the head of an EVM network that names
// none. A UTXO network has no such height.
func finalHeight(n Network, head Head) uint64 {
	switch {
	case n.UTXO():
		return 0
	case head.Final > 0:
		return head.Final
	case head.Height > evmUnfinal:
		return head.Height - evmUnfinal
	}
	return 0
}

func denseFrom(n Network, tip, final uint64) uint64 {
	if n.UTXO() {
		return tip - min(tip, longestReorg)
	}
	return min(final, tip-min(tip, evmDense))
}
