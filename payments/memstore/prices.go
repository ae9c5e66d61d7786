package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/cointill/cointill/rates"
)

// series names the points of one kind of a pair.
type series struct {
	pair   rates.Pair
	candle bool
}

// pointKey is a point's natural key.
type pointKey struct {
	series
	asOf int64 // Unix milliseconds
}

// prices keeps snapshots and points.
type prices struct {
	snapshots *table[string, rates.Snapshot]
	points    *table[pointKey, rates.Point]
	instants  *index[series, int64] // Unix milliseconds, by series
}

func newPrices() *prices {
	p := &prices{
		snapshots: &table[string, rates.Snapshot]{
			rows:   make(map[string]rates.Snapshot),
			key:    func(s rates.Snapshot) string { return s.ID },
			copied: snapshotKept,
		},
		instants: newIndex[series](cmp.Compare[int64]),
	}
	p.points = &table[pointKey, rates.Point]{
		rows:   make(map[pointKey]rates.Point),
		key:    keyOfPoint,
		copied: func(r rates.Point) rates.Point { r.AsOf = instant(r.AsOf); return r },
		taken:  p.passed,
		indexed: func(r rates.Point, add bool) {
			k := keyOfPoint(r)
			p.instants.put(k.series, k.asOf, add)
		},
	}
	return p
}

func keyOfPoint(r rates.Point) pointKey {
	return pointKey{series{r.Pair, r.Candle}, r.AsOf.UnixMilli()}
}

// passed reports whether a live point comes too late: its instant is not after
// the newest one's.
func (p *prices) passed(r rates.Point) bool {
	k := keyOfPoint(r)
	newest, any := p.instants.of(k.series).last()
	return any && !r.Candle && k.asOf <= newest
}

func snapshotKept(s rates.Snapshot) rates.Snapshot {
	s.AsOf, s.Prices = instant(s.AsOf), slices.Clone(s.Prices)
	s.Legs, s.Degraded = slices.Clone(s.Legs), slices.Clone(s.Degraded)
	for i := range s.Prices {
		p := &s.Prices[i]
		p.SourceTime, p.FetchedAt = instant(p.SourceTime), instant(p.FetchedAt)
	}
	return s
}

// InsertSnapshots implements rates.Tx.
func (x *tx) InsertSnapshots(_ context.Context, snapshots []rates.Snapshot) ([]string, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.prices.snapshots.insertKeys(x, snapshots)
}

// SnapshotsByID implements rates.Tx.
func (x *tx) SnapshotsByID(_ context.Context, ids []string) ([]rates.Snapshot, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.prices.snapshots.byKey(ids), nil
}

// InsertPoints implements rates.Tx.
func (x *tx) InsertPoints(_ context.Context, points []rates.Point) ([]rates.Point, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.prices.points.insert(x, points)
}

// PointsBetween implements rates.Tx. A live point comes before a candle of the
// same instant.
func (x *tx) PointsBetween(_ context.Context, pair rates.Pair, from, to time.Time) ([]rates.Point, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	p := x.state.prices
	var out []rates.Point
	for _, s := range []series{{pair, false}, {pair, true}} {
		for ms := range p.instants.of(s).from(from.UnixMilli()) {
			point := p.points.rows[pointKey{s, ms}]
			if point.AsOf.After(to) {
				break
			}
			if !point.AsOf.Before(from) {
				out = append(out, point)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b rates.Point) int { return a.AsOf.Compare(b.AsOf) })
	return out, nil
}
