package memstore

import (
	"context"
	"fmt"
	"math"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

// holder is an owner in one family: it has at most one address.
type holder struct {
	owner  payments.Owner
	family chain.Family
}

// issued keeps addresses and index counters.
type issued struct {
	addresses *table[chain.Address, payments.IssuedAddress]
	holders   map[holder]chain.Address
	counters  map[string]uint32
}

func newIssued() *issued {
	i := &issued{holders: make(map[holder]chain.Address), counters: make(map[string]uint32)}
	holderOf := func(a payments.IssuedAddress) holder { return holder{a.Owner, a.Address.Family} }
	i.addresses = &table[chain.Address, payments.IssuedAddress]{
		rows:   make(map[chain.Address]payments.IssuedAddress),
		key:    func(a payments.IssuedAddress) chain.Address { return a.Address },
		copied: func(a payments.IssuedAddress) payments.IssuedAddress { a.IssuedAt = instant(a.IssuedAt); return a },
		taken:  func(a payments.IssuedAddress) bool { _, has := i.holders[holderOf(a)]; return has },
		indexed: func(a payments.IssuedAddress, add bool) {
			if add {
				i.holders[holderOf(a)] = a.Address
			} else {
				delete(i.holders, holderOf(a))
			}
		},
	}
	return i
}

// ReserveIndexes implements payments.AddressTx.
func (x *tx) ReserveIndexes(_ context.Context, key string, n uint32) (uint32, error) {
	if err := x.writable(); err != nil {
		return 0, err
	}
	counters := x.state.issued.counters
	first, known := counters[key]
	if n > math.MaxUint32-first {
		return 0, fmt.Errorf("memstore: reserve %d indexes of key %s: only %d are left", n, key, math.MaxUint32-first)
	}
	if n == 0 {
		return first, nil
	}
	counters[key] = first + n
	x.journal.add(func() {
		if counters[key] = first; !known {
			delete(counters, key)
		}
	})
	return first, nil
}

// IndexCounters implements payments.AddressTx.
func (x *tx) IndexCounters(_ context.Context, keys []string) ([]uint32, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	out := make([]uint32, len(keys))
	for i, k := range keys {
		out[i] = x.state.issued.counters[k]
	}
	return out, nil
}

// InsertAddresses implements payments.AddressTx.
func (x *tx) InsertAddresses(_ context.Context, rows []payments.IssuedAddress) ([]chain.Address, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.issued.addresses.insertKeys(x, rows)
}

// AddressesOf implements payments.AddressTx.
func (x *tx) AddressesOf(_ context.Context, family chain.Family, owners []payments.Owner) ([]payments.IssuedAddress, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	var keys []chain.Address
	for _, o := range owners {
		if a, ok := x.state.issued.holders[holder{o, family}]; ok {
			keys = append(keys, a)
		}
	}
	return x.state.issued.addresses.byKey(keys), nil
}

// AddressesByRaw implements payments.AddressTx.
func (x *tx) AddressesByRaw(_ context.Context, addresses []chain.Address) ([]payments.IssuedAddress, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.issued.addresses.byKey(addresses), nil
}
