package sqltx

import (
	"cmp"
	"context"

	"github.com/cointill/cointill/payments"
)

var spends = table[payments.Spend, payments.SpendKey]{
	name: "cointill_spends",
	bind: func(m *mapping, r *payments.Spend) {
		bindSpendKey(m, &r.Key)
		m.fix()
		text(m, "kind", &r.Kind)
		m.hash("txid", &r.TxID)
		bindAddress(m, "from_family", "from_raw", &r.From)
		bindAddress(m, "to_family", "to_raw", &r.To)
		m.amount("amount", &r.Amount)
		m.outpoint("outpoint_", &r.Outpoint)
		text(m, "place", &r.Place)
		m.anchor("block_", &r.Block)
		number(m, "incarnation", &r.Incarnation)
		m.flag("booked", &r.Booked)
		number(m, "version", &r.Version)
	},
	bindKey: bindSpendKey,
	key:     func(r payments.Spend) payments.SpendKey { return r.Key },
	compare: compareSpendKeys,
	version: func(r *payments.Spend) *int64 { return &r.Version },
}

func bindSpendKey(m *mapping, k *payments.SpendKey) {
	text(m, "network", &k.Network)
	text(m, "id", &k.ID)
}

func compareSpendKeys(a, b payments.SpendKey) int {
	return cmp.Or(cmp.Compare(a.Network, b.Network), cmp.Compare(a.ID, b.ID))
}

// InsertSpends implements payments.SpendTx.
func (x *Tx) InsertSpends(ctx context.Context, rows []payments.Spend) ([]payments.SpendKey, error) {
	return spends.insert(ctx, x, rows)
}

// SpendsByKey implements payments.SpendTx.
func (x *Tx) SpendsByKey(ctx context.Context, keys []payments.SpendKey) ([]payments.Spend, error) {
	return spends.byKey(ctx, x, keys)
}

// SaveSpends implements payments.SpendTx.
func (x *Tx) SaveSpends(ctx context.Context, rows []payments.Spend) error {
	return spends.save(ctx, x, rows)
}
