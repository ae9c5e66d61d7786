package sqltx

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cointill/cointill/payments"
)

// table is one kind of row, T, found by a natural key, K.
type table[T any, K comparable] struct {
	name string
	// bind describes the columns, those of the key first.
	bind func(m *mapping, row *T)
	// bindKey describes the key's columns alone. All are text.
	bindKey func(m *mapping, key *K)
	key     func(T) K
	compare func(a, b K) int
	// version points at the row's version; nil for rows that never change.
	version func(row *T) *int64
	// asGiven keeps inserts in the caller's order where the order means something.
	asGiven bool
}

// maxRows keeps one statement's text and its planning small.
const maxRows = 500

// insert stores the rows whose key (or other unique column) is not taken, and
// returns the keys that were new in the order given.
func (t *table[T, K]) insert(ctx context.Context, x *Tx, rows []T) ([]K, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	if err := x.writable(); err != nil {
		return nil, err
	}
	ordered := slices.Clone(rows)
	if !t.asGiven {
		slices.SortStableFunc(ordered, func(a, b T) int { return t.compare(t.key(a), t.key(b)) })
	}
	if t.version != nil {
		for i := range ordered {
			*t.version(&ordered[i]) = 1
		}
	}
	var got K
	var km mapping
	t.bindKey(&km, &got)
	fresh := make(map[K]struct{}, len(rows))
	tail := " ON CONFLICT DO NOTHING RETURNING " + km.list()
	err := eachChunk(x, t.name, t.bind, ordered, func(v values) error {
		return x.each(ctx, km.cells, func() error {
			if err := km.decode(); err != nil {
				return err
			}
			fresh[got] = struct{}{}
			return nil
		}, v.insert+tail, v.args...)
	})
	if err != nil {
		return nil, err
	}
	var keys []K
	for _, r := range rows {
		k := t.key(r)
		if _, ok := fresh[k]; ok {
			keys = append(keys, k)
			delete(fresh, k)
		}
	}
	return keys, nil
}

// byKey returns the rows that exist, in the order of keys, each once, locked
// until the commit.
func (t *table[T, K]) byKey(ctx context.Context, x *Tx, keys []K) ([]T, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	found := make(map[K]T, len(keys))
	sorted := slices.Clone(keys)
	slices.SortFunc(sorted, t.compare)
	sorted = slices.Compact(sorted)
	var row T
	var m mapping
	t.bind(&m, &row)
	err := t.eachKey(ctx, x, m.columns, m.cells, sorted, func() error {
		if err := m.decode(); err != nil {
			return err
		}
		found[t.key(row)] = row
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []T
	for _, k := range keys {
		if r, ok := found[k]; ok {
			out = append(out, r)
			delete(found, k)
		}
	}
	return out, nil
}

// eachKey selects columns of the rows of sorted keys, in bounded chunks.
func (t *table[T, K]) eachKey(ctx context.Context, x *Tx, columns []string, cells []any, sorted []K, fn func() error) error {
	var key K
	var km mapping
	t.bindKey(&km, &key)
	list := km.list()
	for part := range slices.Chunk(sorted, chunkRows(x, len(km.columns))) {
		var args []any
		for _, key = range part {
			values, err := km.encode()
			if err != nil {
				return err
			}
			args = append(args, values...)
		}
		in := "(" + list + ") IN (VALUES " + tuples(len(part), len(km.columns)) + ")"
		query := "SELECT " + strings.Join(columns, ", ") + " FROM " + t.name + " WHERE " + in + " ORDER BY " + list + x.lock()
		if err := x.each(ctx, cells, fn, query, args...); err != nil {
			return err
		}
	}
	return nil
}

// save stores changed rows, each with its version raised by one. A row that is
// missing, or stored with another version, is payments.ErrConflict.
func (t *table[T, K]) save(ctx context.Context, x *Tx, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	if err := x.writable(); err != nil {
		return err
	}
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b T) int { return t.compare(t.key(a), t.key(b)) })
	if err := t.compareVersions(ctx, x, sorted); err != nil {
		return err
	}
	for i := range sorted {
		*t.version(&sorted[i])++
	}
	// The rows exist and are locked: the insert only carries the values, all in
	// one statement, to the update.
	var row T
	var m mapping
	t.bind(&m, &row)
	var key K
	var km mapping
	t.bindKey(&km, &key)
	sets := make([]string, 0, len(m.columns))
	for _, c := range m.columns[m.fixed:] {
		sets = append(sets, c+" = excluded."+c)
	}
	tail := " ON CONFLICT (" + km.list() + ") DO UPDATE SET " + strings.Join(sets, ", ") +
		" WHERE " + t.name + ".version = excluded.version - 1"
	return eachChunk(x, t.name, t.bind, sorted, func(v values) error {
		changed, err := x.db.Exec(ctx, v.insert+tail, v.args...)
		if err != nil {
			return fmt.Errorf("payments: store: %w", err)
		}
		if changed != int64(v.rows) {
			return fmt.Errorf("%w: %s", payments.ErrConflict, t.name)
		}
		return nil
	})
}

// compareVersions locks the stored rows and compares their versions.
func (t *table[T, K]) compareVersions(ctx context.Context, x *Tx, sorted []T) error {
	want := make(map[K]int64, len(sorted))
	keys := make([]K, 0, len(sorted))
	for i := range sorted {
		k := t.key(sorted[i])
		if _, twice := want[k]; twice {
			return fmt.Errorf("%w: %v is saved twice in one batch", payments.ErrConflict, k)
		}
		want[k] = *t.version(&sorted[i])
		keys = append(keys, k)
	}
	var key K
	var version int64
	var km mapping
	t.bindKey(&km, &key)
	err := t.eachKey(ctx, x, append(slices.Clone(km.columns), "version"), append(slices.Clone(km.cells), &version), keys, func() error {
		if err := km.decode(); err != nil {
			return err
		}
		if want[key] != version {
			return fmt.Errorf("%w: %v has version %d, not %d", payments.ErrConflict, key, version, want[key])
		}
		delete(want, key)
		return nil
	})
	if err != nil {
		return err
	}
	for k := range want {
		return fmt.Errorf("%w: %v is not stored", payments.ErrConflict, k)
	}
	return nil
}
