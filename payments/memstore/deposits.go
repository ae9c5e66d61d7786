package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

// trait is a property deposits are found by.
type trait struct {
	kind byte
	name string
	tx   chain.Hash
	to   chain.Address
}

// The kinds of traits.
const (
	byAll byte = iota
	byState
	byProfile
	byTx
	byUnvalued
	byUnscreened
	byHeld
	byTo
	byUnspent
)

// mined is a deposit's place among those in blocks.
type mined struct {
	network string
	height  uint64
	id      string
}

// deposits keeps deposits, with an order of keys for every trait.
type deposits struct {
	rows   *table[payments.DepositKey, payments.Deposit]
	traits *index[trait, payments.DepositKey]
	mined  *order[mined]
}

func compareDepositKeys(a, b payments.DepositKey) int {
	return cmp.Or(cmp.Compare(a.Network, b.Network), cmp.Compare(a.ID, b.ID))
}

func newDeposits() *deposits {
	d := &deposits{
		traits: newIndex[trait](compareDepositKeys),
		mined: &order[mined]{compare: func(a, b mined) int {
			return cmp.Or(cmp.Compare(a.network, b.network), cmp.Compare(a.height, b.height), cmp.Compare(a.id, b.id))
		}},
	}
	d.rows = &table[payments.DepositKey, payments.Deposit]{
		rows:    make(map[payments.DepositKey]payments.Deposit),
		key:     func(r payments.Deposit) payments.DepositKey { return r.Key },
		copied:  depositKept,
		version: func(r *payments.Deposit) *int64 { return &r.Version },
		indexed: func(r payments.Deposit, add bool) {
			for _, t := range traitsOf(r) {
				d.traits.put(t, r.Key, add)
			}
			if m := (mined{r.Key.Network, r.Block.Height, r.Key.ID}); r.Included() && add {
				d.mined.add(m)
			} else if r.Included() {
				d.mined.remove(m)
			}
		},
	}
	return d
}

func traitsOf(r payments.Deposit) []trait {
	out := append(make([]trait, 0, 9),
		trait{kind: byAll}, trait{kind: byState, name: string(r.State)}, trait{kind: byTx, tx: r.TxID},
		trait{kind: byTo, to: r.To})
	if r.Owner.Profile != "" {
		out = append(out, trait{kind: byProfile, name: r.Owner.Profile})
	}
	if unvalued(r) {
		out = append(out, trait{kind: byUnvalued})
	}
	if unscreened(r) {
		out = append(out, trait{kind: byUnscreened})
	}
	if r.Hold != "" {
		out = append(out, trait{kind: byHeld})
	}
	if unspent(r) {
		out = append(out, trait{kind: byUnspent, name: r.Key.Network})
	}
	return out
}

func unspent(r payments.Deposit) bool { return r.Included() && r.Spent.IsZero() }

func unvalued(r payments.Deposit) bool {
	return !r.ReceivedAt.IsZero() && !r.Owner.IsZero() && !r.Valued()
}

func unscreened(r payments.Deposit) bool { return !r.Owner.IsZero() && !r.Screened }

func depositKept(r payments.Deposit) payments.Deposit {
	r.Inputs = slices.Clone(r.Inputs)
	r.AlsoAt = slices.Clone(r.AlsoAt)
	for i := range r.AlsoAt {
		r.AlsoAt[i] = instant(r.AlsoAt[i])
	}
	r.Block, r.FirstBlock = anchorKept(r.Block), anchorKept(r.FirstBlock)
	r.SeenAt, r.LiveBefore, r.IncludedAt = instant(r.SeenAt), instant(r.LiveBefore), instant(r.IncludedAt)
	r.ReceivedAt, r.CreditedAt, r.Missing = instant(r.ReceivedAt), instant(r.CreditedAt), instant(r.Missing)
	return r
}

func anchorKept(a chain.Anchor) chain.Anchor {
	a.Time = instant(a.Time)
	return a
}

// InsertDeposits implements payments.DepositTx.
func (x *tx) InsertDeposits(_ context.Context, rows []payments.Deposit) ([]payments.DepositKey, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.deposits.rows.insertKeys(x, rows)
}

// DepositsByKey implements payments.DepositTx.
func (x *tx) DepositsByKey(_ context.Context, keys []payments.DepositKey) ([]payments.Deposit, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	return x.state.deposits.rows.byKey(keys), nil
}

// SaveDeposits implements payments.DepositTx.
func (x *tx) SaveDeposits(_ context.Context, rows []payments.Deposit) error {
	if err := x.readable(); err != nil {
		return err
	}
	return x.state.deposits.rows.save(x, rows)
}
