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
	if q.Network != "" {
		c.and("network = ?", q.Network)
	}
	if len(q.States) > 0 {
		in(&c, "state", q.States)
		// Said as a constant too: an index without the final ones is only used for
		// queries that provably ask for none.
		if open(q) {
			c.and("state <> 'final'")
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
	if !q.CreditedFrom.IsZero() {
		c.and("credited_at >= ?", ceilMillis(q.CreditedFrom))
	}
	if q.Held {
		c.and("hold <> ''")
	}
	if q.NotHeld {
		c.and("hold = ''")
	}
	c.after(q.Network, q.After.Network, q.After.ID)
	where := c.where() + " ORDER BY network, id"
	if q.Limit > 0 {
		where += " LIMIT " + strconv.Itoa(q.Limit)
	}
	return selectRows(ctx, x, deposits.name, deposits.bind, x.by(depositIndex(q))+where+x.lock(), c.args...)
}

// depositIndex names the index that leaves the fewest rows to read, "" where the
// planner finds it alone.
func depositIndex(q payments.DepositQuery) string {
	switch {
	case len(q.TxIDs) > 0:
		return "cointill_deposits_by_txid"
	case len(q.To) > 0:
		return "cointill_deposits_by_address"
	case len(q.Profiles) > 0:
		return "cointill_deposits_by_owner"
	case q.Network != "" && !q.CreditedFrom.IsZero():
		return "cointill_deposits_by_credit"
	case q.Network != "" && open(q):
		return "cointill_deposits_by_state"
	case q.Network != "" && q.Unspent:
		return "cointill_deposits_unspent"
	}
	return ""
}

// open reports whether a query asks for none but the few deposits that are not
// final.
func open(q payments.DepositQuery) bool {
	return len(q.States) > 0 && !slices.Contains(q.States, payments.StateFinal)
}
