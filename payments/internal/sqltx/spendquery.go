package sqltx

import (
	"context"
	"slices"
	"strconv"

	"github.com/cointill/cointill/payments"
)

// Spends implements payments.SpendTx.
func (x *Tx) Spends(ctx context.Context, q payments.SpendQuery) ([]payments.Spend, error) {
	width := x.listWidth(len(q.TxIDs), len(q.From), len(q.From))
	var out []payments.Spend
	parts := 0
	for txids := range parted(q.TxIDs, width, compareHashes) {
		for from := range parted(q.From, width, compareAddresses) {
			part := q
			part.TxIDs, part.From = txids, from
			rows, err := x.spendsWhere(ctx, part)
			if err != nil {
				return nil, err
			}
			out = append(out, rows...)
			parts++
		}
	}
	if parts > 1 {
		slices.SortFunc(out, func(a, b payments.Spend) int { return compareSpendKeys(a.Key, b.Key) })
	}
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out, nil
}

// spendsWhere answers a query whose lists are short.
func (x *Tx) spendsWhere(ctx context.Context, q payments.SpendQuery) ([]payments.Spend, error) {
	var c condition
	if q.Network != "" {
		c.and("network = ?", q.Network)
	}
	if q.Included {
		c.between(q.MinHeight, q.MaxHeight)
	}
	c.txids(q.TxIDs)
	c.addresses("from_raw", "from_family", q.From)
	c.after(q.Network, q.After.Network, q.After.ID)
	where := c.where() + " ORDER BY network, id"
	if q.Limit > 0 {
		where += " LIMIT " + strconv.Itoa(q.Limit)
	}
	return selectRows(ctx, x, spends.name, spends.bind, x.by(spendIndex(q))+where+x.lock(), c.args...)
}

// spendIndex names the index that leaves the fewest rows to read, "" where the
// planner finds it alone.
func spendIndex(q payments.SpendQuery) string {
	switch {
	case len(q.TxIDs) > 0:
		return "cointill_spends_by_txid"
	case len(q.From) > 0:
		return "cointill_spends_by_address"
	}
	return ""
}
