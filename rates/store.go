package rates

import (
	"context"
	"time"
)

// Tx is what this package needs of a store's transaction. The rules for all
// methods stand at payments.Tx.
type Tx interface {
	// InsertSnapshots stores snapshots by id; known ones are left as they are. It
	// returns the ids that were new.
	InsertSnapshots(ctx context.Context, snapshots []Snapshot) ([]string, error)
	// SnapshotsByID returns the snapshots that exist, in the order of ids.
	SnapshotsByID(ctx context.Context, ids []string) ([]Snapshot, error)
	// InsertPoints appends points. A candle point whose (pair, minute) is known
	// is left out, and so is a live point whose AsOf is not after the pair's
	// newest live point: once an instant has passed, no live point can appear at
	// or before it. It returns the points that were stored.
	InsertPoints(ctx context.Context, points []Point) ([]Point, error)
	// PointsBetween returns the pair's points, live and candle, with AsOf in
	// [from, to], in ascending order of AsOf.
	PointsBetween(ctx context.Context, pair Pair, from, to time.Time) ([]Point, error)
}
