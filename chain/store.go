package chain

import (
	"context"
	"errors"
	"time"
)

// ErrTrailMoved says that the trail's tip is no longer the one a step was
// computed from: another instance committed first. The step is void; read the
// trail and compute a new one.
var ErrTrailMoved = errors.New("chain: trail moved meanwhile")

// Thin distances: below TrailMove.Dense only anchors whose height is a multiple
// of SparseEvery are kept.
const SparseEvery = 1000

// TrailMove moves a network's trail. It is a compare-and-set.
type TrailMove struct {
	Network string
	// From is the tip the step was computed from; zero when there is no trail.
	From Anchor
	// Keep is the height of the highest anchor that stands: all above it are
	// removed. It is From.Height when nothing is detached.
	Keep uint64
	// Attach are the new anchors in ascending order; the last is the new tip.
	Attach []Anchor
	// Dense is the height below which anchors are thinned out, 0 for none.
	Dense uint64
}

// Progress is what an engine remembers of a network beside its trail.
type Progress struct {
	Network string
	// LiveAt is the watcher's last heartbeat: when it was last at most two blocks
	// behind the head. Zero: never.
	LiveAt time.Time
	// AuditedTo is the height up to which balances were last compared with what is
	// recorded; zero: never.
	AuditedTo uint64
	// Backfills counts the commits that recorded something below the trail's tip, as
	// a rescan does: whoever keeps what is recorded in memory reads it again.
	Backfills uint64
	// Halted says why crediting stopped, for the operator; empty while it runs.
	Halted string
}

// Tx is what this package needs of a store's transaction. The rules for all
// methods stand at payments.Tx.
type Tx interface {
	// Anchors returns up to limit anchors of the trail at or below a height,
	// highest first.
	Anchors(ctx context.Context, network string, atOrBelow uint64, limit int) ([]Anchor, error)
	// SaveTrail applies a move, or fails with ErrTrailMoved if the tip is not
	// From. In Update it locks the network's trail until the commit.
	SaveTrail(ctx context.Context, move TrailMove) error
	// ProgressOf returns what is known of the networks that have any, in the
	// order of ids.
	ProgressOf(ctx context.Context, networks []string) ([]Progress, error)
	// SaveProgress stores rows by network, the last write wins.
	SaveProgress(ctx context.Context, rows []Progress) error
}
