package sqltx

import (
	"cmp"
	"context"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

var addresses = table[payments.IssuedAddress, chain.Address]{
	name: "cointill_addresses",
	bind: func(m *mapping, r *payments.IssuedAddress) {
		bindAddress(m, "family", "raw", &r.Address)
		text(m, "wallet_key", &r.Key)
		number(m, "leaf", &r.Index)
		bindAccount(m, &r.Owner.Account)
		m.instant("issued_at", &r.IssuedAt)
	},
	bindKey: func(m *mapping, k *chain.Address) { bindAddress(m, "family", "raw", k) },
	key:     func(r payments.IssuedAddress) chain.Address { return r.Address },
	compare: compareAddresses,
	// Of two rows of one owner the first given is stored.
	asGiven: true,
}

func compareAddresses(a, b chain.Address) int {
	return cmp.Or(cmp.Compare(a.Family, b.Family), cmp.Compare(a.Raw, b.Raw))
}

func bindAddress(m *mapping, family, raw string, a *chain.Address) {
	text(m, family, &a.Family)
	m.raw(raw, &a.Raw)
}

// addressesByOwner is the same table by its other unique key.
var addressesByOwner = table[payments.IssuedAddress, ownedAddress]{
	name: addresses.name,
	bind: addresses.bind,
	bindKey: func(m *mapping, k *ownedAddress) {
		bindAccount(m, &k.owner.Account)
		text(m, "family", &k.family)
	},
	key: func(r payments.IssuedAddress) ownedAddress { return ownedAddress{r.Owner, r.Address.Family} },
	compare: func(a, b ownedAddress) int {
		return cmp.Or(compareAccounts(a.owner.Account, b.owner.Account), cmp.Compare(a.family, b.family))
	},
}

type ownedAddress struct {
	owner  payments.Owner
	family chain.Family
}

// InsertAddresses implements payments.AddressTx.
func (x *Tx) InsertAddresses(ctx context.Context, rows []payments.IssuedAddress) ([]chain.Address, error) {
	return addresses.insert(ctx, x, rows)
}

// AddressesOf implements payments.AddressTx.
func (x *Tx) AddressesOf(ctx context.Context, family chain.Family, owners []payments.Owner) ([]payments.IssuedAddress, error) {
	keys := make([]ownedAddress, len(owners))
	for i, o := range owners {
		keys[i] = ownedAddress{o, family}
	}
	return addressesByOwner.byKey(ctx, x, keys)
}

// AddressesByRaw implements payments.AddressTx.
func (x *Tx) AddressesByRaw(ctx context.Context, list []chain.Address) ([]payments.IssuedAddress, error) {
	return addresses.byKey(ctx, x, list)
}
