package memstore

import (
	"fmt"

	"github.com/cointill/cointill/payments"
)

// table holds one kind of row, T, by a natural key, K.
type table[K comparable, T any] struct {
	rows map[K]T
	key  func(T) K
	// copied returns the row as it is kept: times in UTC milliseconds, and no
	// slice shared with anyone.
	copied func(T) T
	// version points at the row's version; nil for rows that are not saved.
	version func(*T) *int64
	// taken reports whether another row excludes this one; nil if only the key
	// does.
	taken func(T) bool
	// indexed keeps the indexes when a row comes or goes; nil if there are none.
	indexed func(row T, add bool)
}

// put stores a row under its key, whatever was there.
func (t *table[K, T]) put(j *journal, row T) {
	k := t.key(row)
	old, had := t.rows[k]
	set := func(row T) { t.rows[k] = row; t.index(row, true) }
	if had {
		t.index(old, false)
	}
	set(row)
	j.add(func() {
		t.index(row, false)
		if delete(t.rows, k); had {
			set(old)
		}
	})
}

// drop removes the row of a key.
func (t *table[K, T]) drop(j *journal, k K) {
	old, had := t.rows[k]
	if !had {
		return
	}
	t.index(old, false)
	delete(t.rows, k)
	j.add(func() { t.rows[k] = old; t.index(old, true) })
}

func (t *table[K, T]) index(row T, add bool) {
	if t.indexed != nil {
		t.indexed(row, add)
	}
}

// insert stores the rows that are new and returns them.
func (t *table[K, T]) insert(x *tx, rows []T) ([]T, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	if err := x.writable(); err != nil {
		return nil, err
	}
	var fresh []T
	for _, row := range rows {
		if _, known := t.rows[t.key(row)]; known || t.taken != nil && t.taken(row) {
			continue
		}
		row = t.copied(row)
		if t.version != nil {
			*t.version(&row) = 1
		}
		t.put(x.journal, row)
		fresh = append(fresh, row)
	}
	return fresh, nil
}

// insertKeys stores the rows that are new and returns their keys.
func (t *table[K, T]) insertKeys(x *tx, rows []T) ([]K, error) {
	fresh, err := t.insert(x, rows)
	var keys []K
	for _, row := range fresh {
		keys = append(keys, t.key(row))
	}
	return keys, err
}

// byKey returns copies of the rows that exist, in the order asked, each once.
func (t *table[K, T]) byKey(keys []K) []T {
	var out []T
	seen := make(map[K]struct{}, len(keys))
	for _, k := range keys {
		if _, twice := seen[k]; twice {
			continue
		}
		seen[k] = struct{}{}
		if row, ok := t.rows[k]; ok {
			out = append(out, t.copied(row))
		}
	}
	return out
}

// save stores changed rows with their versions raised, all or none.
func (t *table[K, T]) save(x *tx, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	if err := x.writable(); err != nil {
		return err
	}
	return x.atomically(func() error {
		for _, row := range rows {
			stored, ok := t.rows[t.key(row)]
			if !ok {
				return fmt.Errorf("%w: %v is not stored", payments.ErrConflict, t.key(row))
			}
			if have, want := *t.version(&stored), *t.version(&row); have != want {
				return fmt.Errorf("%w: %v has version %d, not %d", payments.ErrConflict, t.key(row), have, want)
			}
			row = t.copied(row)
			*t.version(&row)++
			t.put(x.journal, row)
		}
		return nil
	})
}
