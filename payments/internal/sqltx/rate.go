package sqltx

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/rates"
)

// snapshots keep their evidence as one JSON text; the columns beside it are for
// people and reports.
var snapshots = table[rates.Snapshot, string]{
	name: "cointill_snapshots",
	bind: func(m *mapping, r *rates.Snapshot) {
		text(m, "id", &r.ID)
		m.computed("pair", new(string), func() any { return r.Pair.String() })
		m.computed("rate", new(string), func() any { return r.Rate.String() })
		m.computed("as_of", new(int64), func() any { return r.AsOf.UnixMilli() })
		var body string
		m.column("body", &body,
			func() (any, error) { b, err := json.Marshal(r); return string(b), err },
			func() error {
				*r = rates.Snapshot{}
				return json.Unmarshal([]byte(body), r)
			})
	},
	bindKey: func(m *mapping, k *string) { text(m, "id", k) },
	key:     func(r rates.Snapshot) string { return r.ID },
	compare: cmp.Compare[string],
}

// InsertSnapshots implements rates.Tx.
func (x *Tx) InsertSnapshots(ctx context.Context, rows []rates.Snapshot) ([]string, error) {
	return snapshots.insert(ctx, x, rows)
}

// SnapshotsByID implements rates.Tx.
func (x *Tx) SnapshotsByID(ctx context.Context, ids []string) ([]rates.Snapshot, error) {
	return snapshots.byKey(ctx, x, ids)
}

const pointsTable = "cointill_points"

func bindPoint(m *mapping, r *rates.Point) {
	text(m, "coin", &r.Pair.Coin)
	text(m, "currency", &r.Pair.Currency)
	m.flag("candle", &r.Candle)
	m.instant("as_of", &r.AsOf)
	m.rate("rate", &r.Rate)
	text(m, "snapshot", &r.Snapshot)
}

// PointsBetween implements rates.Tx.
func (x *Tx) PointsBetween(ctx context.Context, pair rates.Pair, from, to time.Time) ([]rates.Point, error) {
	return selectRows(ctx, x, pointsTable, bindPoint,
		`WHERE coin = $1 AND currency = $2 AND as_of >= $3 AND as_of <= $4 ORDER BY as_of, candle`,
		string(pair.Coin), string(pair.Currency), ceilMillis(from), to.UnixMilli())
}

// InsertPoints implements rates.Tx. One row per pair holds the instant of its
// newest live point and is locked until the commit: two transactions cannot both
// believe theirs to be the newest.
func (x *Tx) InsertPoints(ctx context.Context, points []rates.Point) ([]rates.Point, error) {
	if len(points) == 0 {
		return nil, nil
	}
	if err := x.writable(); err != nil {
		return nil, err
	}
	newest, err := x.newestPoints(ctx, points)
	if err != nil {
		return nil, err
	}
	var stored []rates.Point
	for _, p := range points {
		p.AsOf = p.AsOf.UTC().Truncate(time.Millisecond)
		if !p.Candle && newest[p.Pair].next > p.AsOf.UnixMilli() {
			continue
		}
		ok := false
		var one int64
		err := eachChunk(x, pointsTable, bindPoint, []rates.Point{p}, func(v values) error {
			return x.each(ctx, []any{&one}, func() error { ok = true; return nil },
				v.insert+" ON CONFLICT DO NOTHING RETURNING candle", v.args...)
		})
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		stored = append(stored, p)
		if !p.Candle {
			newest[p.Pair] = livePair{p.Pair, p.AsOf.UnixMilli() + 1}
		}
	}
	return stored, x.saveNewest(ctx, newest)
}

// livePair says from which millisecond on a pair takes live points.
type livePair struct {
	rates.Pair
	next int64
}

const pairsTable = "cointill_pairs"

func bindPair(m *mapping, r *livePair) {
	text(m, "coin", &r.Coin)
	text(m, "currency", &r.Currency)
	number(m, "next_live", &r.next)
}

// newestPoints makes, locks and reads the rows of the pairs with live points.
func (x *Tx) newestPoints(ctx context.Context, points []rates.Point) (map[rates.Pair]livePair, error) {
	newest := make(map[rates.Pair]livePair)
	for _, p := range points {
		if !p.Candle {
			newest[p.Pair] = livePair{p.Pair, minLive}
		}
	}
	if len(newest) == 0 {
		return newest, nil
	}
	if err := put(ctx, x, pairsTable, bindPair, sortedPairs(newest), " ON CONFLICT DO NOTHING"); err != nil {
		return nil, err
	}
	for _, p := range sortedPairs(newest) {
		rows, err := selectRows(ctx, x, pairsTable, bindPair, "WHERE coin = $1 AND currency = $2"+x.lock(),
			string(p.Coin), string(p.Currency))
		if err != nil {
			return nil, err
		}
		if len(rows) != 1 {
			return nil, fmt.Errorf("payments: store: row of pair %s is missing", p.Pair)
		}
		newest[p.Pair] = rows[0]
	}
	return newest, nil
}

// minLive is before every instant.
const minLive = -1 << 62

func (x *Tx) saveNewest(ctx context.Context, newest map[rates.Pair]livePair) error {
	return put(ctx, x, pairsTable, bindPair, sortedPairs(newest),
		" ON CONFLICT (coin, currency) DO UPDATE SET next_live = excluded.next_live")
}

func sortedPairs(newest map[rates.Pair]livePair) []livePair {
	var out []livePair
	for _, p := range newest {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b livePair) int {
		return cmp.Or(cmp.Compare(a.Coin, b.Coin), cmp.Compare(a.Currency, b.Currency))
	})
	return out
}
