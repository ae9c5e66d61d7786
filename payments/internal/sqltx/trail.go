package sqltx

import (
	"context"
	"fmt"

	"github.com/cointill/cointill/chain"
)

// An anchor of a network's trail. Its tip stands once more in cointill_trails:
// that row is what a move compares, sets and locks.
type trailAnchor struct {
	network string
	chain.Anchor
}

const anchorsTable = "cointill_anchors"

func bindAnchor(m *mapping, r *trailAnchor) {
	text(m, "network", &r.network)
	m.anchor("", &r.Anchor)
}

// Anchors implements chain.Tx.
func (x *Tx) Anchors(ctx context.Context, network string, atOrBelow uint64, limit int) ([]chain.Anchor, error) {
	rows, err := selectRows(ctx, x, anchorsTable, bindAnchor, "WHERE network = $1 AND height <= $2 ORDER BY height DESC LIMIT $3",
		network, heightBound(atOrBelow), int64(max(limit, 0)))
	if err != nil {
		return nil, err
	}
	var out []chain.Anchor
	for _, r := range rows {
		out = append(out, r.Anchor)
	}
	return out, nil
}

// SaveTrail implements chain.Tx.
func (x *Tx) SaveTrail(ctx context.Context, move chain.TrailMove) error {
	if err := x.writable(); err != nil {
		return err
	}
	dense, err := x.lockTip(ctx, move)
	if err != nil {
		return err
	}
	if !move.From.IsZero() {
		if err := x.write(ctx, "DELETE FROM cointill_anchors WHERE network = $1 AND height > $2",
			move.Network, heightBound(move.Keep)); err != nil {
			return err
		}
	}
	if err := x.attach(ctx, move); err != nil {
		return err
	}
	tips, err := x.Anchors(ctx, move.Network, ^uint64(0), 1)
	if err != nil {
		return err
	}
	if len(tips) == 0 {
		return x.write(ctx, "DELETE FROM cointill_trails WHERE network = $1", move.Network)
	}
	// Everything below the last move's Dense is thin already, unless this move put
	// anchors there.
	low := dense
	for _, a := range move.Attach {
		low = min(low, a.Height)
	}
	high := min(move.Dense, tips[0].Height)
	if low < high {
		if err := x.write(ctx, `DELETE FROM cointill_anchors
			WHERE network = $1 AND height >= $2 AND height < $3 AND height % $4 <> 0`,
			move.Network, heightBound(low), heightBound(high), int64(chain.SparseEvery)); err != nil {
			return err
		}
	}
	return x.write(ctx, "UPDATE cointill_trails SET height = $1, hash = $2, thin_below = $3 WHERE network = $4",
		heightBound(tips[0].Height), tips[0].Hash.String(), heightBound(max(low, high)), move.Network)
}

// lockTip compares the tip with the one the move was computed from, keeps it
// locked, and returns the height below which the trail is thin.
func (x *Tx) lockTip(ctx context.Context, move chain.TrailMove) (dense uint64, err error) {
	matched := false
	if move.From.IsZero() {
		var network string
		err = x.each(ctx, []any{&network}, func() error { matched = true; return nil },
			`INSERT INTO cointill_trails (network, height, hash, thin_below) VALUES ($1, 0, '', 0)
			 ON CONFLICT DO NOTHING RETURNING network`, move.Network)
	} else {
		var height, thin int64
		var hash string
		err = x.each(ctx, []any{&height, &hash, &thin}, func() error {
			matched = uint64(height) == move.From.Height && hash == move.From.Hash.String()
			dense = uint64(max(thin, 0))
			return nil
		}, "SELECT height, hash, thin_below FROM cointill_trails WHERE network = $1"+x.lock(), move.Network)
	}
	if err == nil && !matched {
		err = fmt.Errorf("%w: %s: tip is not %s", chain.ErrTrailMoved, move.Network, move.From)
	}
	return dense, err
}

// attach stores the move's new anchors.
func (x *Tx) attach(ctx context.Context, move chain.TrailMove) error {
	rows := make([]trailAnchor, len(move.Attach))
	for i, a := range move.Attach {
		rows[i] = trailAnchor{move.Network, a}
	}
	return put(ctx, x, anchorsTable, bindAnchor, rows,
		" ON CONFLICT (network, height) DO UPDATE SET hash = excluded.hash, parent = excluded.parent, time = excluded.time")
}
