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

// selectsSpend is the naive reading of SpendQuery, without Limit.
func selectsSpend(q payments.SpendQuery, r payments.Spend) bool {
	return (q.Network == "" || r.Key.Network == q.Network) &&
		(!q.Included || r.Included() && r.Block.Height >= q.MinHeight && r.Block.Height <= q.MaxHeight) &&
		(len(q.From) == 0 || slices.Contains(q.From, r.From)) &&
		(len(q.TxIDs) == 0 || slices.Contains(q.TxIDs, r.TxID)) &&
		(q.After == payments.SpendKey{} || bySpendKey(r.Key, q.After) > 0)
}

func bySpendKey(a, b payments.SpendKey) int {
	return cmp.Or(cmp.Compare(a.Network, b.Network), cmp.Compare(a.ID, b.ID))
}

// naiveSpends answers a query from a list.
func naiveSpends(all []payments.Spend, q payments.SpendQuery) (out []payments.Spend) {
	for _, r := range all {
		if selectsSpend(q, r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b payments.Spend) int { return bySpendKey(a.Key, b.Key) })
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out
}

var spendKinds = []chain.SpendKind{chain.SpendOutpoint, chain.SpendToken, chain.SpendNative, chain.SpendGas}

// exodus returns spends of all sorts.
func exodus(r *rand.Rand, n int) []payments.Spend {
	var out []payments.Spend
	for i := range n {
		row := spend(i)
		row.Key.Network, row.TxID, row.Kind = pick(r, networks), hash(i/3), pick(r, spendKinds)
		row.From, row.To = someAddress(r), someAddress(r)
		if r.IntN(3) > 0 {
			row.Block = block(0, r.IntN(9))
		}
		if r.IntN(2) == 0 {
			row.Place, row.Incarnation, row.Booked = "deposits", 1+r.IntN(3), r.IntN(2) == 0
		}
		row.Version = 1
		out = append(out, row)
	}
	return out
}

// spendQuestion returns a query with each field set now and then.
func spendQuestion(r *rand.Rand, all []payments.Spend) (q payments.SpendQuery) {
	now := func() bool { return r.IntN(3) == 0 }
	if now() {
		q.Network = pick(r, networks)
	}
	if now() {
		q.Included, q.MinHeight = true, uint64(r.IntN(8))
		q.MaxHeight = q.MinHeight + uint64(r.IntN(8))
	}
	if now() {
		q.From = []chain.Address{pick(r, all).From, someAddress(r), address(-1)}
	}
	if now() {
		q.TxIDs = []chain.Hash{pick(r, all).TxID, pick(r, all).TxID, hash(-1)}
	}
	if now() {
		q.After = pick(r, all).Key
	}
	if now() {
		q.Limit = 1 + r.IntN(9)
	}
	return q
}

// spendQuery returns a case with one query to which some of an exodus belong.
func spendQuery(name string, q payments.SpendQuery) struct {
	name string
	run  func(s *suite)
} {
	return struct {
		name string
		run  func(s *suite)
	}{name, func(s *suite) {
		all := exodus(rand.New(rand.NewPCG(1, 1)), 80)
		put(s, payments.Tx.InsertSpends, all)
		want := naiveSpends(all, q)
		require.NotEmpty(s, want, "the query must select some")
		require.Less(s, len(want), len(all), "and leave some out")
		same(s, want, ask(s, payments.Tx.Spends, q))
	}}
}

var spendQueryCases = cases{
	spendQuery("by network", payments.SpendQuery{Network: "ethereum"}),
	spendQuery("by height, both ends counting", payments.SpendQuery{Included: true, MinHeight: 3, MaxHeight: 5}),
	spendQuery("by one height", payments.SpendQuery{Network: "bitcoin", Included: true, MinHeight: 4, MaxHeight: 4}),
	spendQuery("in any block, the first counting", payments.SpendQuery{Included: true, MaxHeight: math.MaxUint64}),
	spendQuery("by sender", payments.SpendQuery{From: []chain.Address{address(2), address(1), address(2)}}),
	spendQuery("by no sender, as of a new coin's", payments.SpendQuery{From: []chain.Address{{}}}),
	spendQuery("by transaction", payments.SpendQuery{TxIDs: []chain.Hash{hash(7), hash(3), hash(7)}}),
	spendQuery("by sender and transaction", payments.SpendQuery{From: []chain.Address{address(0), address(1), address(2), {}},
		TxIDs: []chain.Hash{hash(7), hash(3), hash(4)}}),
	spendQuery("by network and transaction", payments.SpendQuery{Network: "litecoin", TxIDs: []chain.Hash{hash(7), hash(3), hash(4)}}),
	spendQuery("after a key", payments.SpendQuery{After: payments.SpendKey{Network: "ethereum", ID: "00000040"}}),
	spendQuery("after a network", payments.SpendQuery{After: payments.SpendKey{Network: "ethereum"}}),
	spendQuery("the first few", payments.SpendQuery{Limit: 7}),
	spendQuery("the first few of some senders after a key", payments.SpendQuery{From: []chain.Address{address(0), address(1), address(3)},
		After: payments.SpendKey{Network: "bitcoin", ID: "00000020"}, Limit: 4}),
	{"no field selects all, in order of key", func(s *suite) {
		all := exodus(rand.New(rand.NewPCG(2, 1)), 80)
		put(s, payments.Tx.InsertSpends, all)
		same(s, naiveSpends(all, payments.SpendQuery{}), ask(s, payments.Tx.Spends, payments.SpendQuery{}))
	}},
	{"a page of one network begins after a key, whatever network the key is of", func(s *suite) {
		all := exodus(rand.New(rand.NewPCG(2, 1)), 80)
		put(s, payments.Tx.InsertSpends, all)
		for _, asked := range []string{"", "ethereum"} {
			for _, after := range []payments.SpendKey{{ID: "00000040"}, {Network: "bitcoin", ID: "00000040"},
				{Network: "ethereum", ID: "00000040"}, {Network: "litecoin", ID: "00000040"}, {Network: "zcash"}} {
				q := payments.SpendQuery{Network: asked, After: after}
				same(s, naiveSpends(all, q), ask(s, payments.Tx.Spends, q), fmt.Sprintf("%+v", q))
			}
		}
	}},
	{"an address of another family is another sender", func(s *suite) {
		a, b := spend(1), spend(2)
		b.From = chain.Address{Family: chain.FamilyLitecoin, Raw: a.From.Raw}
		put(s, payments.Tx.InsertSpends, []payments.Spend{a, b})
		same(s, []payments.Spend{b}, ask(s, payments.Tx.Spends, payments.SpendQuery{From: []chain.Address{b.From}}))
	}},
	{"who is paid is not who pays", func(s *suite) {
		r := spend(1)
		r.To = address(2)
		put(s, payments.Tx.InsertSpends, []payments.Spend{r})
		require.Empty(s, ask(s, payments.Tx.Spends, payments.SpendQuery{From: []chain.Address{address(2)}}))
	}},
	{"pages join without a gap or a double", func(s *suite) {
		all := exodus(rand.New(rand.NewPCG(3, 1)), 80)
		put(s, payments.Tx.InsertSpends, all)
		for _, asked := range []payments.SpendQuery{{}, {From: []chain.Address{address(0), address(1)}}, {Included: true, MaxHeight: 6}} {
			for _, limit := range []int{1, 7, 80} {
				q := asked
				q.Limit = limit
				var got []payments.Spend
				for page := ask(s, payments.Tx.Spends, q); len(page) > 0; page = ask(s, payments.Tx.Spends, q) {
					require.LessOrEqual(s, len(page), limit)
					got = append(got, page...)
					q.After = page[len(page)-1].Key
				}
				same(s, naiveSpends(all, asked), got)
			}
		}
	}},
	{"lists longer than a statement, all at once, with a limit and a page", func(s *suite) {
		var rows []payments.Spend
		var from []chain.Address
		var txids []chain.Hash
		for i := range 300 {
			rows = append(rows, spend(i))
			from, txids = append(from, address(i*2)), append(txids, hash(i*3))
		}
		put(s, payments.Tx.InsertSpends, rows)
		q := payments.SpendQuery{From: twice(from), TxIDs: twice(txids)}
		same(s, naiveSpends(rows, q), ask(s, payments.Tx.Spends, q))
		q.After, q.Limit = rows[30].Key, 50
		same(s, naiveSpends(rows, q), ask(s, payments.Tx.Spends, q))
	}},
	{"fields combine: a thousand queries against the naive reading", func(s *suite) {
		r := rand.New(rand.NewPCG(4, 1))
		all := exodus(r, 120)
		put(s, payments.Tx.InsertSpends, all)
		s.read(func(tx payments.Tx) error {
			for i := range 1_000 {
				q := spendQuestion(r, all)
				got, err := tx.Spends(s.Context(), q)
				require.NoError(s, err)
				same(s, naiveSpends(all, q), got, fmt.Sprintf("query %d: %+v", i, q))
			}
			return nil
		})
	}},
	{"a query follows what was saved", func(s *suite) {
		r := rand.New(rand.NewPCG(5, 1))
		all := exodus(r, 60)
		put(s, payments.Tx.InsertSpends, all)
		for range 5 {
			for i, fresh := range exodus(r, 60) {
				all[i].Block, all[i].Place, all[i].Booked, all[i].From = fresh.Block, fresh.Place, fresh.Booked, fresh.From
			}
			require.NoError(s, save(s, payments.Tx.SaveSpends, all))
			for i := range all {
				all[i].Version++
			}
			for range 40 {
				q := spendQuestion(r, all)
				same(s, naiveSpends(all, q), ask(s, payments.Tx.Spends, q), fmt.Sprintf("%+v", q))
			}
		}
	}},
}
