package memstore

import (
	"cmp"
	"context"
	"fmt"

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
	heights *index[string, uint64] // by network
	loose   *index[string, uint64] // those that are thinned out when they are old
}

func newTrails() trails {
	t := trails{heights: newIndex[string](cmp.Compare[uint64]), loose: newIndex[string](cmp.Compare[uint64])}
	t.anchors = &table[place, stop]{
		rows:   make(map[place]stop),
		key:    func(s stop) place { return place{s.network, s.anchor.Height} },
		copied: func(s stop) stop { s.anchor = anchorKept(s.anchor); return s },
		indexed: func(s stop, add bool) {
			t.heights.put(s.network, s.anchor.Height, add)
			if s.anchor.Height%chain.SparseEvery != 0 {
				t.loose.put(s.network, s.anchor.Height, add)
			}
		},
	}
	return t
}

// tip returns the highest anchor, zero if there is no trail.
func (t *trails) tip(network string) chain.Anchor {
	h, ok := t.heights.of(network).last()
	if !ok {
		return chain.Anchor{}
	}
	return t.anchors.rows[place{network, h}].anchor
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
	tip := t.tip(m.Network)
	if tip.Height != m.From.Height || tip.Hash != m.From.Hash {
		return fmt.Errorf("%w: %s stands at %s, not at %s", chain.ErrTrailMoved, m.Network, tip, m.From)
	}
	var gone []uint64
	heights := t.heights.of(m.Network)
	for h := range heights.down(heights.end()) {
		if h <= m.Keep {
			break
		}
		gone = append(gone, h)
	}
	x.dropAnchors(m.Network, gone)
	for _, a := range m.Attach {
		t.anchors.put(x.journal, t.anchors.copied(stop{m.Network, a}))
	}
	x.thin(m.Network, m.Dense)
	return nil
}

// thin removes the anchors below a height that are not kept for ever. The tip
// stays: without it there is nothing to compare the next move with.
func (x *tx) thin(network string, dense uint64) {
	t := x.state.trails
	tip := t.tip(network).Height
	var gone []uint64
	for h := range t.loose.of(network).all() {
		if h >= dense {
			break
		}
		if h != tip {
			gone = append(gone, h)
		}
	}
	x.dropAnchors(network, gone)
}

func (x *tx) dropAnchors(network string, heights []uint64) {
	for _, h := range heights {
		x.state.trails.anchors.drop(x.journal, place{network, h})
	}
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
