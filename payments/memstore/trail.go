package memstore

import (
	"cmp"
	"context"

	"github.com/cointill/cointill/chain"
)

// place is an anchor's natural key.
type place struct {
	network string
	height  uint64
}

// stop is one anchor of a network's trail.
type stop struct {
	network string
	anchor  chain.Anchor
}

// trails keeps the anchors of all networks.
type trails struct {
	anchors *table[place, stop]
	heights *index[string, uint64]
}

func newTrails() trails {
	t := trails{heights: newIndex[string](cmp.Compare[uint64])}
	t.anchors = &table[place, stop]{
		rows:    make(map[place]stop),
		key:     func(s stop) place { return place{s.network, s.anchor.Height} },
		copied:  func(s stop) stop { s.anchor = anchorKept(s.anchor); return s },
		indexed: func(s stop, add bool) { t.heights.put(s.network, s.anchor.Height, add) },
	}
	return t
}

// Anchors implements chain.Tx.
func (x *tx) Anchors(_ context.Context, network string, atOrBelow uint64, limit int) ([]chain.Anchor, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	t := x.state.trails
	heights := t.heights.of(network)
	keys := heights.below(atOrBelow + 1)
	if atOrBelow == ^uint64(0) {
		keys = heights.down(heights.end())
	}
	var out []chain.Anchor
	for h := range keys {
		if len(out) >= limit {
			break
		}
		out = append(out, t.anchors.rows[place{network, h}].anchor)
	}
	return out, nil
}

// SaveTrail implements chain.Tx.
func (x *tx) SaveTrail(_ context.Context, m chain.TrailMove) error {
	if err := x.writable(); err != nil {
		return err
	}
	t := x.state.trails
	heights := t.heights.of(m.Network)
	tip, any := heights.last()
	if !any && !m.From.IsZero() || any && t.anchors.rows[place{m.Network, tip}].anchor.Hash != m.From.Hash {
		return chain.ErrTrailMoved
	}
	var gone []uint64
	if any {
		for h := range heights.down(heights.end()) {
			if h <= m.Keep {
				break
			}
			gone = append(gone, h)
		}
	}
	for h := range heights.below(m.Dense) {
		if h%chain.SparseEvery == 0 {
			break // what lies below was thinned out before
		}
		gone = append(gone, h)
	}
	for _, h := range gone {
		t.anchors.drop(x.journal, place{m.Network, h})
	}
	for _, a := range m.Attach {
		if a.Height >= m.Dense || a.Height%chain.SparseEvery == 0 {
			t.anchors.put(x.journal, t.anchors.copied(stop{m.Network, a}))
		}
	}
	return nil
}

// ProgressOf implements chain.Tx.
func (x *tx) ProgressOf(_ context.Context, networks []string) ([]chain.Progress, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.progress.byKey(networks), nil
}

// SaveProgress implements chain.Tx.
func (x *tx) SaveProgress(_ context.Context, rows []chain.Progress) error {
	if len(rows) == 0 {
		return x.readable()
	}
	if err := x.writable(); err != nil {
		return err
	}
	for _, row := range rows {
		x.state.progress.put(x.journal, x.state.progress.copied(row))
	}
	return nil
}
