package storetest

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

// selects is the naive reading of DepositQuery, without Limit.
func selects(q payments.DepositQuery, d payments.Deposit) bool {
	unvalued := !d.ReceivedAt.IsZero() && !d.Owner.IsZero() && !d.Valued()
	return (q.Network == "" || d.Key.Network == q.Network) &&
		(len(q.States) == 0 || slices.Contains(q.States, d.State)) &&
		(!q.Included || d.Included() && d.Block.Height >= q.MinHeight && d.Block.Height <= q.MaxHeight) &&
		(len(q.Profiles) == 0 || slices.Contains(q.Profiles, d.Owner.Profile)) &&
		(q.Account == "" || d.Owner.Name == q.Account) &&
		(len(q.TxIDs) == 0 || slices.Contains(q.TxIDs, d.TxID)) &&
		(len(q.To) == 0 || slices.Contains(q.To, d.To)) &&
		(!q.Unspent || d.Included() && d.Spent.IsZero()) &&
		(!q.Unvalued || unvalued) && (!q.Unscreened || !d.Owner.IsZero() && !d.Screened) &&
		(q.CreditedFrom.IsZero() || !d.CreditedAt.Before(q.CreditedFrom)) &&
		(!q.Held || d.Hold != "") && (!q.NotHeld || d.Hold == "") &&
		(q.After == payments.DepositKey{} || byKey(d.Key, q.After) > 0)
}

func byKey(a, b payments.DepositKey) int {
	return cmp.Or(cmp.Compare(a.Network, b.Network), cmp.Compare(a.ID, b.ID))
}

// naive answers a query from a list.
func naive(all []payments.Deposit, q payments.DepositQuery) (out []payments.Deposit) {
	for _, d := range all {
		if selects(q, d) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b payments.Deposit) int { return byKey(a.Key, b.Key) })
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out
}

// query returns a case with one query to which some of a crowd belong.
func query(name string, q payments.DepositQuery) struct {
	name string
	run  func(s *suite)
} {
	return struct {
		name string
		run  func(s *suite)
	}{name, func(s *suite) {
		all := crowd(rand.New(rand.NewPCG(1, 1)), 80)
		put(s, payments.Tx.InsertDeposits, all)
		want := naive(all, q)
		require.NotEmpty(s, want, "the query must select some")
		require.Less(s, len(want), len(all), "and leave some out")
		same(s, want, ask(s, payments.Tx.Deposits, q))
	}}
}

var depositQueryCases = cases{
	query("by network", payments.DepositQuery{Network: "ethereum"}),
	query("by state", payments.DepositQuery{States: []payments.DepositState{payments.StateCredited}}),
	query("by any of several states", payments.DepositQuery{States: []payments.DepositState{payments.StateFinal, payments.StateSeen}}),
	query("by height, both ends counting", payments.DepositQuery{Included: true, MinHeight: 3, MaxHeight: 5}),
	query("by one height", payments.DepositQuery{Network: "bitcoin", Included: true, MinHeight: 4, MaxHeight: 4}),
	query("by profiles", payments.DepositQuery{Profiles: []string{"globex", "nobody"}}),
	query("by account name", payments.DepositQuery{Account: "voice"}),
	query("by profile and account name", payments.DepositQuery{Profiles: []string{"acme"}, Account: "voice"}),
	query("by transaction", payments.DepositQuery{TxIDs: []chain.Hash{hash(7), hash(3), hash(7)}}),
	query("by receiver", payments.DepositQuery{To: []chain.Address{address(2), address(1), address(2)}}),
	query("by receiver and network", payments.DepositQuery{Network: "litecoin", To: []chain.Address{address(2), address(1)}}),
	query("by receiver and transaction", payments.DepositQuery{To: []chain.Address{address(0), address(1), address(2), {}},
		TxIDs: []chain.Hash{hash(7), hash(3), hash(4), hash(5)}}),
	query("by receiver and state", payments.DepositQuery{Network: "bitcoin", To: []chain.Address{address(1), address(2), address(3)},
		States: []payments.DepositState{payments.StateSeen, payments.StateConfirming}}),
	query("the first few of a receiver", payments.DepositQuery{To: []chain.Address{address(1), address(2)}, Limit: 3}),
	query("unspent", payments.DepositQuery{Unspent: true}),
	query("unspent of a network", payments.DepositQuery{Network: "bitcoin", Unspent: true}),
	query("unspent up to a height", payments.DepositQuery{Network: "bitcoin", Unspent: true, Included: true, MaxHeight: 5}),
	query("unspent of a receiver", payments.DepositQuery{Unspent: true, To: []chain.Address{address(1), address(2)}}),
	query("the next few unspent", payments.DepositQuery{Network: "bitcoin", Unspent: true,
		After: payments.DepositKey{Network: "bitcoin", ID: "00000010"}, Limit: 4}),
	query("in any block", payments.DepositQuery{Included: true, MaxHeight: math.MaxUint64}),
	query("unvalued", payments.DepositQuery{Unvalued: true}),
	query("unscreened", payments.DepositQuery{Unscreened: true}),
	query("credited since an instant, itself included", payments.DepositQuery{CreditedFrom: after(40)}),
	query("credited on a network since an instant", payments.DepositQuery{Network: "bitcoin", CreditedFrom: after(20),
		States: []payments.DepositState{payments.StateCredited, payments.StateFinal}}),
	query("held", payments.DepositQuery{Held: true}),
	query("not held", payments.DepositQuery{NotHeld: true}),
	query("after a key", payments.DepositQuery{After: payments.DepositKey{Network: "ethereum", ID: "00000040"}}),
	query("after a network", payments.DepositQuery{After: payments.DepositKey{Network: "ethereum"}}),
	query("the first few", payments.DepositQuery{Limit: 7}),
	query("what settling asks for", payments.DepositQuery{Network: "litecoin", States: []payments.DepositState{payments.StateConfirming},
		Included: true, MaxHeight: 6, NotHeld: true, Limit: 100}),
	{"no field selects all, in order of key", func(s *suite) {
		all := crowd(rand.New(rand.NewPCG(2, 1)), 80)
		put(s, payments.Tx.InsertDeposits, all)
		same(s, naive(all, payments.DepositQuery{}), ask(s, payments.Tx.Deposits, payments.DepositQuery{}))
	}},
	{"a page of one network begins after a key, whatever network the key is of", func(s *suite) {
		all := crowd(rand.New(rand.NewPCG(2, 1)), 80)
		put(s, payments.Tx.InsertDeposits, all)
		for _, asked := range []string{"", "ethereum"} {
			for _, after := range []payments.DepositKey{{ID: "00000040"}, {Network: "bitcoin", ID: "00000040"},
				{Network: "ethereum", ID: "00000040"}, {Network: "litecoin", ID: "00000040"}, {Network: "zcash"}} {
				q := payments.DepositQuery{Network: asked, After: after}
				same(s, naive(all, q), ask(s, payments.Tx.Deposits, q), fmt.Sprintf("%+v", q))
			}
		}
	}},
	{"held and not held at once selects none", func(s *suite) {
		put(s, payments.Tx.InsertDeposits, crowd(rand.New(rand.NewPCG(2, 1)), 20))
		require.Empty(s, ask(s, payments.Tx.Deposits, payments.DepositQuery{Held: true, NotHeld: true}))
	}},
	{"pages join without a gap or a double", func(s *suite) {
		all := crowd(rand.New(rand.NewPCG(3, 1)), 80)
		put(s, payments.Tx.InsertDeposits, all)
		for _, asked := range []payments.DepositQuery{
			{NotHeld: true}, {Network: "bitcoin", Unspent: true}, {Unspent: true}, {To: []chain.Address{address(0), address(1)}},
		} {
			for _, limit := range []int{1, 7, 80} {
				q := asked
				q.Limit = limit
				var got []payments.Deposit
				for page := ask(s, payments.Tx.Deposits, q); len(page) > 0; page = ask(s, payments.Tx.Deposits, q) {
					require.LessOrEqual(s, len(page), limit)
					got = append(got, page...)
					q.After = page[len(page)-1].Key
				}
				same(s, naive(all, asked), got)
			}
		}
	}},
	{"lists longer than a statement, all at once, with a limit and a page", func(s *suite) {
		var rows []payments.Deposit
		var q payments.DepositQuery
		for i := range 120 {
			d := deposit(i)
			d.Owner.Profile = fmt.Sprint(i % 100)
			rows = append(rows, d)
			q.Profiles = append(q.Profiles, fmt.Sprint(i))
			q.TxIDs, q.To = append(q.TxIDs, hash(i*2)), append(q.To, address(i*3))
		}
		put(s, payments.Tx.InsertDeposits, rows)
		q.Profiles, q.TxIDs, q.To = twice(q.Profiles), twice(q.TxIDs), twice(q.To)
		same(s, naive(rows, q), ask(s, payments.Tx.Deposits, q))
		q.After, q.Limit = rows[13].Key, 10
		want := naive(rows, q)
		require.Len(s, want, 10)
		same(s, want, ask(s, payments.Tx.Deposits, q))
	}},
	{"fields combine: a thousand queries against the naive reading", func(s *suite) {
		r := rand.New(rand.NewPCG(4, 1))
		all := crowd(r, 120)
		put(s, payments.Tx.InsertDeposits, all)
		s.read(func(tx payments.Tx) error {
			for i := range 1_000 {
				q := question(r, all)
				got, err := tx.Deposits(s.Context(), q)
				require.NoError(s, err)
				same(s, naive(all, q), got, fmt.Sprintf("query %d: %+v", i, q))
			}
			return nil
		})
	}},
	{"a query follows what was saved", func(s *suite) {
		r := rand.New(rand.NewPCG(5, 1))
		all := crowd(r, 60)
		put(s, payments.Tx.InsertDeposits, all)
		for range 5 {
			for i, fresh := range crowd(r, 60) {
				d := &all[i]
				d.State, d.Owner, d.Hold, d.Block, d.Screened = fresh.State, fresh.Owner, fresh.Hold, fresh.Block, fresh.Screened
				d.Rate, d.ReceivedAt, d.Spent = fresh.Rate, fresh.ReceivedAt, fresh.Spent
			}
			require.NoError(s, save(s, payments.Tx.SaveDeposits, all))
			for i := range all {
				all[i].Version++
			}
			for range 40 {
				q := question(r, all)
				same(s, naive(all, q), ask(s, payments.Tx.Deposits, q), fmt.Sprintf("%+v", q))
			}
		}
	}},
}
