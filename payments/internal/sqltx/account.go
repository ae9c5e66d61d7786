package sqltx

import (
	"cmp"
	"context"

	"github.com/cointill/cointill/payments"
)

var accounts = table[payments.AccountRecord, payments.Account]{
	name: "cointill_accounts",
	bind: func(m *mapping, r *payments.AccountRecord) {
		bindAccount(m, &r.Account)
		m.fix()
		text(m, "currency", &r.Currency)
		m.instant("opened_at", &r.OpenedAt)
		m.decimal("carry", &r.Carry)
		number(m, "version", &r.Version)
	},
	bindKey: bindAccount,
	key:     func(r payments.AccountRecord) payments.Account { return r.Account },
	compare: compareAccounts,
	version: func(r *payments.AccountRecord) *int64 { return &r.Version },
}

func bindAccount(m *mapping, a *payments.Account) {
	text(m, "profile", &a.Profile)
	text(m, "account", &a.Name)
}

func compareAccounts(a, b payments.Account) int {
	return cmp.Or(cmp.Compare(a.Profile, b.Profile), cmp.Compare(a.Name, b.Name))
}

// InsertAccounts implements payments.AccountTx.
func (x *Tx) InsertAccounts(ctx context.Context, rows []payments.AccountRecord) ([]payments.Account, error) {
	return accounts.insert(ctx, x, rows)
}

// AccountsByKey implements payments.AccountTx.
func (x *Tx) AccountsByKey(ctx context.Context, keys []payments.Account) ([]payments.AccountRecord, error) {
	return accounts.byKey(ctx, x, keys)
}

// SaveAccounts implements payments.AccountTx.
func (x *Tx) SaveAccounts(ctx context.Context, rows []payments.AccountRecord) error {
	return accounts.save(ctx, x, rows)
}
