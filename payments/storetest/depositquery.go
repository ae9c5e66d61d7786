package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
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
		(!q.Unvalued || unvalued) && (!q.Unscreened || !d.Owner.IsZero() && !d.Screened) &&
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

// The values rows and queries are drawn from, few enough to meet often.
var (
	networks = []string{"bitcoin", "ethereum", "litecoin"}
	states   = []payments.DepositState{payments.StateSeen, payments.StateConfirming, payments.StateCredited, payments.StateFinal}
	owners   = []payments.Owner{{}, {Account: voice}, {Account: sms}, {Account: payments.Account{Profile: "globex", Name: "voice"}}}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// crowd returns deposits of all sorts.
func crowd(r *rand.Rand, n int) []payments.Deposit {
	var out []payments.Deposit
	for i := range n {
		d := deposit(i)
		d.Key.Network, d.TxID = pick(r, networks), hash(i/2)
		d.State, d.Owner, d.Screened = pick(r, states), pick(r, owners), r.IntN(2) == 0
		if r.IntN(3) > 0 {
			d.Block = block(0, 1+r.IntN(8))
			d.ReceivedAt = after(i)
		}
		if r.IntN(2) == 0 {
			d.Rate, d.Currency = live(0, "2").Rate, money.USD
		}
		if r.IntN(3) == 0 {
			d.Hold = payments.HoldScreening
		}
		d.Version = 1
		out = append(out, d)
	}
	return out
}

// question returns a query with each field set now and then.
func question(r *rand.Rand, all []payments.Deposit) (q payments.DepositQuery) {
	now := func() bool { return r.IntN(4) == 0 }
	if now() {
		q.Network = pick(r, networks)
	}
	if now() {
		q.States = []payments.DepositState{pick(r, states), pick(r, states)}
	}
	if now() {
		q.Included, q.MinHeight = true, uint64(r.IntN(8))
		q.MaxHeight = q.MinHeight + uint64(r.IntN(8))
	}
	if now() {
		q.Profiles = []string{pick(r, []string{"acme", "globex", "nobody"}), pick(r, []string{"acme", "globex"})}
	}
	if now() {
		q.Account = pick(r, []string{"voice", "sms"})
	}
	if now() {
		q.TxIDs = []chain.Hash{pick(r, all).TxID, pick(r, all).TxID, hash(-1)}
	}
	q.Unvalued, q.Unscreened, q.Held, q.NotHeld = now(), now(), now(), now()
	if now() {
		q.After = pick(r, all).Key
	}
	if now() {
		q.Limit = 1 + r.IntN(9)
	}
	return q
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
	query("unvalued", payments.DepositQuery{Unvalued: true}),
	query("unscreened", payments.DepositQuery{Unscreened: true}),
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
	{"held and not held at once selects none", func(s *suite) {
		put(s, payments.Tx.InsertDeposits, crowd(rand.New(rand.NewPCG(2, 1)), 20))
		require.Empty(s, ask(s, payments.Tx.Deposits, payments.DepositQuery{Held: true, NotHeld: true}))
	}},
	{"pages join without a gap or a double", func(s *suite) {
		all := crowd(rand.New(rand.NewPCG(3, 1)), 80)
		put(s, payments.Tx.InsertDeposits, all)
		for _, limit := range []int{1, 7, 80} {
			q := payments.DepositQuery{NotHeld: true, Limit: limit}
			var got []payments.Deposit
			for page := ask(s, payments.Tx.Deposits, q); len(page) > 0; page = ask(s, payments.Tx.Deposits, q) {
				require.LessOrEqual(s, len(page), limit)
				got = append(got, page...)
				q.After = page[len(page)-1].Key
			}
			same(s, naive(all, payments.DepositQuery{NotHeld: true}), got)
		}
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
				d.Rate, d.ReceivedAt = fresh.Rate, fresh.ReceivedAt
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
