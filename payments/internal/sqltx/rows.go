package sqltx

import (
	"context"
	"slices"
)

// selectRows reads rows of one description. where is everything after the
// table's name.
func selectRows[T any](ctx context.Context, x *Tx, name string, bind func(*mapping, *T), where string, args ...any) ([]T, error) {
	var row T
	var m mapping
	bind(&m, &row)
	var out []T
	err := x.each(ctx, m.cells, func() error {
		if err := m.decode(); err != nil {
			return err
		}
		out = append(out, row)
		return nil
	}, "SELECT "+m.list()+" FROM "+name+" "+where, args...)
	return out, err
}

// values is a chunk of rows on its way into a table.
type values struct {
	// insert is "INSERT INTO name (columns) VALUES ($1, …), …".
	insert string
	args   []any
	rows   int
}

// eachChunk cuts rows into statements of bounded length.
func eachChunk[T any](x *Tx, name string, bind func(*mapping, *T), rows []T, fn func(values) error) error {
	var row T
	var m mapping
	bind(&m, &row)
	head := "INSERT INTO " + name + " (" + m.list() + ") VALUES "
	for part := range slices.Chunk(rows, chunkRows(x, len(m.columns))) {
		v := values{insert: head + tuples(len(part), len(m.columns)), rows: len(part)}
		v.args = make([]any, 0, len(part)*len(m.columns))
		for _, row = range part {
			args, err := m.encode()
			if err != nil {
				return err
			}
			v.args = append(v.args, args...)
		}
		if err := fn(v); err != nil {
			return err
		}
	}
	return nil
}

// put stores rows with a clause that says what happens to existing ones.
func put[T any](ctx context.Context, x *Tx, name string, bind func(*mapping, *T), rows []T, onConflict string) error {
	return eachChunk(x, name, bind, rows, func(v values) error {
		return x.write(ctx, v.insert+onConflict, v.args...)
	})
}
