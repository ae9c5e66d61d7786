package sqltx

import (
	"cmp"
	"context"

	"github.com/cointill/cointill/payments"
)

var deposits = table[payments.Deposit, payments.DepositKey]{
	name: "cointill_deposits",
	bind: func(m *mapping, d *payments.Deposit) {
		bindDepositKey(m, &d.Key)
		m.fix()
		m.hash("txid", &d.TxID)
		bindAddress(m, "to_family", "to_raw", &d.To)
		m.amount("amount", &d.Amount)
		bindAddress(m, "from_family", "from_raw", &d.From)
		text(m, "origin", &d.Origin)
		bindAccount(m, &d.Owner.Account)
		text(m, "state", &d.State)
		text(m, "hold", &d.Hold)
		m.outpoints("inputs", &d.Inputs)
		m.anchor("block_", &d.Block)
		m.instant("seen_at", &d.SeenAt)
		m.flag("seen_live", &d.SeenLive)
		m.instant("live_before", &d.LiveBefore)
		m.instant("included_at", &d.IncludedAt)
		m.anchor("first_", &d.FirstBlock)
		m.instant("received_at", &d.ReceivedAt)
		text(m, "basis", &d.Basis)
		m.rate("rate", &d.Rate)
		text(m, "currency", &d.Currency)
		text(m, "snapshot", &d.Snapshot)
		m.decimal("exact", &d.Exact)
		m.hash("agreed", &d.Agreed)
		m.hash("spent", &d.Spent)
		m.flag("screened", &d.Screened)
		number(m, "incarnation", &d.Incarnation)
		m.amount("credited", &d.Credited)
		m.instant("credited_at", &d.CreditedAt)
		m.instant("missing_since", &d.Missing)
		number(m, "changes", &d.Changes)
		number(m, "version", &d.Version)
	},
	bindKey: bindDepositKey,
	key:     func(d payments.Deposit) payments.DepositKey { return d.Key },
	compare: compareDepositKeys,
	version: func(d *payments.Deposit) *int64 { return &d.Version },
}

func bindDepositKey(m *mapping, k *payments.DepositKey) {
	text(m, "network", &k.Network)
	text(m, "id", &k.ID)
}

func compareDepositKeys(a, b payments.DepositKey) int {
	return cmp.Or(cmp.Compare(a.Network, b.Network), cmp.Compare(a.ID, b.ID))
}

// InsertDeposits implements payments.DepositTx.
func (x *Tx) InsertDeposits(ctx context.Context, rows []payments.Deposit) ([]payments.DepositKey, error) {
	return deposits.insert(ctx, x, rows)
}

// DepositsByKey implements payments.DepositTx.
func (x *Tx) DepositsByKey(ctx context.Context, keys []payments.DepositKey) ([]payments.Deposit, error) {
	return deposits.byKey(ctx, x, keys)
}

// SaveDeposits implements payments.DepositTx.
func (x *Tx) SaveDeposits(ctx context.Context, rows []payments.Deposit) error {
	return deposits.save(ctx, x, rows)
}
