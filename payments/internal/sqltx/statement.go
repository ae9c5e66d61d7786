package sqltx

import (
	"context"
	"slices"

	"github.com/cointill/cointill/ledger"
)

// EntriesByKey implements ledger.Tx.
func (x *Tx) EntriesByKey(ctx context.Context, keys []string) ([]ledger.Entry, error) {
	rows, err := heads.byKey(ctx, x, keys)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	found := make([]string, len(rows))
	for i, r := range rows {
		found[i] = r.Key
	}
	slices.Sort(found)
	postings := make(map[string][]ledger.Posting, len(rows))
	for part := range slices.Chunk(found, chunkRows(x, 1)) {
		var c condition
		in(&c, "entry", part)
		lines, err := selectRows(ctx, x, linesTable, bindLine, c.where()+" ORDER BY entry, n", c.args...)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			postings[l.entry] = append(postings[l.entry], l.Posting)
		}
	}
	out := make([]ledger.Entry, len(rows))
	for i, r := range rows {
		out[i] = r.Entry
		out[i].Postings = postings[r.Key]
	}
	return out, nil
}

// EntriesOf implements ledger.Tx.
func (x *Tx) EntriesOf(ctx context.Context, account ledger.Account, before ledger.Cursor, limit int) ([]ledger.Entry, error) {
	var c condition
	c.and("account = ?", string(account))
	if before != (ledger.Cursor{}) {
		c.and("(at, entry) < (?, ?)", ceilMillis(before.At), before.Key)
	}
	c.args = append(c.args, int64(max(limit, 0)))
	rows, err := selectRows(ctx, x, touchesTable, bindTouch,
		c.where()+" ORDER BY at DESC, entry DESC LIMIT "+mark(len(c.args)), c.args...)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.entry
	}
	return x.EntriesByKey(ctx, keys)
}
