package sqltx

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/cointill/cointill/payments"
)

// Deposits implements payments.DepositTx.
func (x *Tx) Deposits(ctx context.Context, q payments.DepositQuery) ([]payments.Deposit, error) {
	width := x.listWidth(len(q.Profiles), len(q.TxIDs), len(q.To), len(q.To))
	var out []payments.Deposit
	parts := 0
	for profiles := range parted(q.Profiles, width, cmp.Compare[string]) {
		for txids := range parted(q.TxIDs, width, compareHashes) {
			for to := range parted(q.To, width, compareAddresses) {
				part := q
				part.Profiles, part.TxIDs, part.To = profiles, txids, to
				rows, err := x.depositsWhere(ctx, part)
				if err != nil {
					return nil, err
				}
				out = append(out, rows...)
				parts++
			}
		}
	}
	if parts > 1 {
		slices.SortFunc(out, func(a, b payments.Deposit) int { return compareDepositKeys(a.Key, b.Key) })
	}
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out, nil
}

// depositsWhere answers a query whose lists are short.
func (x *Tx) depositsWhere(ctx context.Context, q payments.DepositQuery) ([]payments.Deposit, error) {
	var c condition
	open := false // the query is for the few deposits of a network that are not final
	if q.Network != "" {
		c.and("network = ?", q.Network)
	}
	if len(q.States) > 0 {
		in(&c, "state", q.States)
		// Said as a constant too: an index without the final ones is only used for
		// queries that provably ask for none.
		if !slices.Contains(q.States, payments.StateFinal) {
			c.and("state <> 'final'")
			open = q.Network != "" && len(q.Profiles) == 0 && len(q.TxIDs) == 0 && len(q.To) == 0
		}
	}
	if q.Included {
		c.between(q.MinHeight, q.MaxHeight)
	}
	if len(q.Profiles) > 0 {
		in(&c, "profile", q.Profiles)
	}
	if q.Account != "" {
		c.and("account = ?", q.Account)
	}
	c.txids(q.TxIDs)
	c.addresses("to_raw", "to_family", q.To)
	if q.Unspent {
		c.and("block_hash <> '' AND spent = ''")
	}
	if q.Unvalued {
		c.and("received_at IS NOT NULL AND rate = ''")
	}
	if q.Unscreened {
		c.and("screened = 0")
	}
	if q.Unvalued || q.Unscreened {
		c.and("(profile <> '' OR account <> '')")
	}
	if q.Held {
		c.and("hold <> ''")
	}
	if q.NotHeld {
		c.and("hold = ''")
	}
	if q.After != (payments.DepositKey{}) {
		c.and("(network, id) > (?, ?)", q.After.Network, q.After.ID)
	}
	where := c.where() + " ORDER BY network, id"
	if q.Limit > 0 {
		where += " LIMIT " + strconv.Itoa(q.Limit)
	}
	if open && x.dialect.IndexedBy {
		where = "INDEXED BY cointill_deposits_by_state " + where
	}
	return selectRows(ctx, x, deposits.name, deposits.bind, where+x.lock(), c.args...)
}
