package memstore

import (
	"context"
	"slices"

	"github.com/cointill/cointill/payments"
)

// Deposits implements payments.DepositTx.
func (x *tx) Deposits(_ context.Context, q payments.DepositQuery) ([]payments.Deposit, error) {
	if err := x.readable(); err != nil {
		return nil, err
	}
	d := x.state.deposits
	plan, cost := d.plan(q)
	keys, ok := d.between(q, cost)
	if !ok {
		for _, t := range plan {
			keys = append(keys, d.with(q, t)...)
		}
	}
	slices.SortFunc(keys, compareDepositKeys)
	keys = slices.Compact(keys)
	if q.Limit > 0 && len(keys) > q.Limit {
		keys = keys[:q.Limit]
	}
	return d.rows.byKey(keys), nil
}

// plan returns the traits, one of which every selected deposit has, that the
// fewest deposits have, and how many those are.
func (d *deposits) plan(q payments.DepositQuery) (best []trait, cost int) {
	best = []trait{{kind: byAll}}
	cost = d.traits.of(best[0]).n
	consider := func(given bool, traits []trait) {
		n := 0
		for _, t := range traits {
			n += d.traits.of(t).n
		}
		if given && n < cost {
			best, cost = traits, n
		}
	}
	consider(q.Held, []trait{{kind: byHeld}})
	consider(q.Unvalued, []trait{{kind: byUnvalued}})
	consider(q.Unscreened, []trait{{kind: byUnscreened}})
	var states, profiles, txs, to []trait
	for _, a := range q.To {
		to = append(to, trait{kind: byTo, to: a})
	}
	for _, s := range q.States {
		states = append(states, trait{kind: byState, name: string(s)})
	}
	for _, p := range q.Profiles {
		profiles = append(profiles, trait{kind: byProfile, name: p})
	}
	for _, h := range q.TxIDs {
		txs = append(txs, trait{kind: byTx, tx: h})
	}
	consider(len(states) > 0, states)
	consider(len(profiles) > 0, profiles)
	consider(len(txs) > 0, txs)
	consider(len(to) > 0, to)
	consider(q.Unspent && q.Network != "", []trait{{kind: byUnspent, name: q.Network}})
	return best, cost
}

// between returns the selected deposits by walking the asked heights, unless
// more than cost deposits stand there.
func (d *deposits) between(q payments.DepositQuery, cost int) ([]payments.DepositKey, bool) {
	if !q.Included || q.Network == "" {
		return nil, false
	}
	var keys []payments.DepositKey
	for m := range d.mined.from(mined{network: q.Network, height: q.MinHeight}) {
		if m.network != q.Network || m.height > q.MaxHeight {
			break
		}
		if cost--; cost < 0 {
			return nil, false
		}
		if k := (payments.DepositKey{Network: m.network, ID: m.id}); d.selected(q, k) {
			keys = append(keys, k)
		}
	}
	return keys, true
}

// with returns the first selected deposits of one trait.
func (d *deposits) with(q payments.DepositQuery, t trait) []payments.DepositKey {
	start := q.After
	if q.Network > start.Network {
		start = payments.DepositKey{Network: q.Network}
	}
	var keys []payments.DepositKey
	for k := range d.traits.of(t).from(start) {
		if q.Network != "" && k.Network != q.Network || q.Limit > 0 && len(keys) == q.Limit {
			break
		}
		if d.selected(q, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// selected applies every field of the query.
func (d *deposits) selected(q payments.DepositQuery, k payments.DepositKey) bool {
	r := d.rows.rows[k]
	switch {
	case q.After != payments.DepositKey{} && compareDepositKeys(k, q.After) <= 0,
		q.Network != "" && k.Network != q.Network,
		len(q.States) > 0 && !slices.Contains(q.States, r.State),
		q.Included && (!r.Included() || r.Block.Height < q.MinHeight || r.Block.Height > q.MaxHeight),
		len(q.Profiles) > 0 && !slices.Contains(q.Profiles, r.Owner.Profile),
		q.Account != "" && r.Owner.Name != q.Account,
		len(q.TxIDs) > 0 && !slices.Contains(q.TxIDs, r.TxID),
		len(q.To) > 0 && !slices.Contains(q.To, r.To),
		q.Unspent && !unspent(r),
		q.Unvalued && !unvalued(r),
		q.Unscreened && !unscreened(r),
		!q.CreditedFrom.IsZero() && r.CreditedAt.Before(q.CreditedFrom),
		q.Held && r.Hold == "",
		q.NotHeld && r.Hold != "":
		return false
	}
	return true
}
