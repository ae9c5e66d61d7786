package sqltx

import (
	"context"
	"slices"
	"strconv"

	"github.com/cointill/cointill/payments"
)

// Deposits implements payments.DepositTx.
func (x *Tx) Deposits(ctx context.Context, q payments.DepositQuery) ([]payments.Deposit, error) {
	txids := make([]string, len(q.TxIDs))
	for i, h := range q.TxIDs {
		txids[i] = hashText(h)
	}
	var out []payments.Deposit
	width := max(1, (x.dialect.MaxParams-32)/2)
	parts := 0
	for _, profiles := range chunks(q.Profiles, width) {
		for _, ids := range chunks(txids, width) {
			rows, err := x.depositsWhere(ctx, q, profiles, ids)
			if err != nil {
				return nil, err
			}
			out = append(out, rows...)
			parts++
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

func (x *Tx) depositsWhere(ctx context.Context, q payments.DepositQuery, profiles, txids []string) ([]payments.Deposit, error) {
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
			open = q.Network != "" && len(profiles) == 0 && len(txids) == 0
		}
	}
	if q.Included {
		c.and("block_hash <> ''")
		c.and("block_height >= ? AND block_height <= ?", heightBound(q.MinHeight), heightBound(q.MaxHeight))
	}
	if len(profiles) > 0 {
		in(&c, "profile", profiles)
	}
	if q.Account != "" {
		c.and("account = ?", q.Account)
	}
	if len(txids) > 0 {
		in(&c, "txid", txids)
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

// chunks cuts a list into distinct parts of at most n; an empty list is one
// empty part, which stands for no condition.
func chunks(list []string, n int) [][]string {
	if len(list) == 0 {
		return [][]string{nil}
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return slices.Collect(slices.Chunk(slices.Compact(sorted), n))
}
