package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

// spendTrait is a property spends are found by: one of its fields is set.
type spendTrait struct {
	tx   chain.Hash
	from chain.Address
}

// spends keeps spends in the order of their keys, by sender and by transaction.
type spends struct {
	rows   *table[payments.SpendKey, payments.Spend]
	traits *index[spendTrait, payments.SpendKey]
}

func compareSpendKeys(a, b payments.SpendKey) int {
	return cmp.Or(cmp.Compare(a.Network, b.Network), cmp.Compare(a.ID, b.ID))
}

func newSpends() *spends {
	s := &spends{traits: newIndex[spendTrait](compareSpendKeys)}
	s.rows = &table[payments.SpendKey, payments.Spend]{
		rows:    make(map[payments.SpendKey]payments.Spend),
		key:     func(r payments.Spend) payments.SpendKey { return r.Key },
		copied:  func(r payments.Spend) payments.Spend { r.Block = anchorKept(r.Block); return r },
		version: func(r *payments.Spend) *int64 { return &r.Version },
		indexed: func(r payments.Spend, add bool) {
			s.traits.put(spendTrait{}, r.Key, add)
			s.traits.put(spendTrait{tx: r.TxID}, r.Key, add)
			if r.From != (chain.Address{}) {
				s.traits.put(spendTrait{from: r.From}, r.Key, add)
			}
		},
	}
	return s
}

// InsertSpends implements payments.SpendTx.
func (x *tx) InsertSpends(_ context.Context, rows []payments.Spend) ([]payments.SpendKey, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.spends.rows.insertKeys(x, rows)
}

// SpendsByKey implements payments.SpendTx.
func (x *tx) SpendsByKey(_ context.Context, keys []payments.SpendKey) ([]payments.Spend, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.spends.rows.byKey(keys), nil
}

// SaveSpends implements payments.SpendTx.
func (x *tx) SaveSpends(_ context.Context, rows []payments.Spend) error {
	if err := x.readable(); err != nil {
		return err
	}
	return x.state.spends.rows.save(x, rows)
}

// Spends implements payments.SpendTx.
func (x *tx) Spends(_ context.Context, q payments.SpendQuery) ([]payments.Spend, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	s := x.state.spends
	plan := []spendTrait{{}}
	switch {
	case len(q.TxIDs) > 0:
		plan = nil
		for _, h := range q.TxIDs {
			plan = append(plan, spendTrait{tx: h})
		}
	case len(q.From) > 0:
		plan = nil
		for _, a := range q.From {
			plan = append(plan, spendTrait{from: a})
		}
	}
	var keys []payments.SpendKey
	for _, t := range plan {
		keys = append(keys, s.with(q, t)...)
	}
	slices.SortFunc(keys, compareSpendKeys)
	keys = slices.Compact(keys)
	if q.Limit > 0 && len(keys) > q.Limit {
		keys = keys[:q.Limit]
	}
	return s.rows.byKey(keys), nil
}

// with returns the first selected spends of one trait.
func (s *spends) with(q payments.SpendQuery, t spendTrait) []payments.SpendKey {
	start := q.After
	if q.Network > start.Network {
		start = payments.SpendKey{Network: q.Network}
	}
	var keys []payments.SpendKey
	for k := range s.traits.of(t).from(start) {
		if q.Network != "" && k.Network != q.Network || q.Limit > 0 && len(keys) == q.Limit {
			break
		}
		if selectsSpend(q, s.rows.rows[k]) {
			keys = append(keys, k)
		}
	}
	return keys
}

func selectsSpend(q payments.SpendQuery, r payments.Spend) bool {
	switch {
	case q.After != payments.SpendKey{} && compareSpendKeys(r.Key, q.After) <= 0,
		q.Network != "" && r.Key.Network != q.Network,
		q.Included && (!r.Included() || r.Block.Height < q.MinHeight || r.Block.Height > q.MaxHeight),
		len(q.From) > 0 && !slices.Contains(q.From, r.From),
		len(q.TxIDs) > 0 && !slices.Contains(q.TxIDs, r.TxID):
		return false
	}
	return true
}
