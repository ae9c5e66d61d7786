package sqltx

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"github.com/cointill/cointill/payments"
)

type counter struct {
	key  string
	next uint32
}

var counters = table[counter, string]{
	name: "cointill_counters",
	bind: func(m *mapping, r *counter) {
		text(m, "wallet_key", &r.key)
		number(m, "next_leaf", &r.next)
	},
	bindKey: func(m *mapping, k *string) { text(m, "wallet_key", k) },
	key:     func(r counter) string { return r.key },
	compare: cmp.Compare[string],
}

// ReserveIndexes implements payments.AddressTx.
func (x *Tx) ReserveIndexes(ctx context.Context, key string, n uint32) (uint32, error) {
	if err := x.writable(); err != nil {
		return 0, err
	}
	if n == 0 {
		counted, err := x.IndexCounters(ctx, []string{key})
		if err != nil {
			return 0, err
		}
		return counted[0], nil
	}
	var next int64
	found := false
	err := x.each(ctx, []any{&next}, func() error { found = true; return nil },
		`INSERT INTO cointill_counters (wallet_key, next_leaf) VALUES ($1, $2)
		 ON CONFLICT (wallet_key) DO UPDATE SET next_leaf = cointill_counters.next_leaf + excluded.next_leaf
		 WHERE cointill_counters.next_leaf + excluded.next_leaf <= 4294967295
		 RETURNING next_leaf`, key, int64(n))
	if err != nil {
		return 0, err
	}
	if !found || next < int64(n) || next > math.MaxUint32 {
		return 0, &payments.InputError{Field: "n", Reason: fmt.Sprintf(
			"wallet key %s has no %d indexes left; configure another key", key, n)}
	}
	return uint32(next - int64(n)), nil
}

// IndexCounters implements payments.AddressTx.
func (x *Tx) IndexCounters(ctx context.Context, keys []string) ([]uint32, error) {
	rows, err := counters.byKey(ctx, x, keys)
	if err != nil {
		return nil, err
	}
	next := make(map[string]uint32, len(rows))
	for _, r := range rows {
		next[r.key] = r.next
	}
	out := make([]uint32, len(keys))
	for i, k := range keys {
		out[i] = next[k]
	}
	return out, nil
}
