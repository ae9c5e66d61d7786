package sqltx

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/cointill/cointill/chain"
)

var progress = table[chain.Progress, string]{
	name: "cointill_progress",
	bind: func(m *mapping, r *chain.Progress) {
		text(m, "network", &r.Network)
		m.instant("live_at", &r.LiveAt)
		text(m, "halted", &r.Halted)
		number(m, "audited_to", &r.AuditedTo)
		number(m, "backfills", &r.Backfills)
	},
	bindKey: func(m *mapping, k *string) { text(m, "network", k) },
	key:     func(r chain.Progress) string { return r.Network },
	compare: cmp.Compare[string],
}

// ProgressOf implements chain.Tx.
func (x *Tx) ProgressOf(ctx context.Context, networks []string) ([]chain.Progress, error) {
	return progress.byKey(ctx, x, networks)
}

// SaveProgress implements chain.Tx. Of two rows of one network in a batch the
// later one is stored.
func (x *Tx) SaveProgress(ctx context.Context, rows []chain.Progress) error {
	last := make(map[string]chain.Progress, len(rows))
	for _, r := range rows {
		last[r.Network] = r
	}
	sorted := slices.SortedFunc(maps.Values(last), func(a, b chain.Progress) int {
		return cmp.Compare(a.Network, b.Network)
	})
	return put(ctx, x, progress.name, progress.bind, sorted,
		" ON CONFLICT (network) DO UPDATE SET live_at = excluded.live_at, halted = excluded.halted, "+
			"audited_to = excluded.audited_to, backfills = excluded.backfills")
}
