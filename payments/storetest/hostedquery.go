package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

// selectsHosted is the naive reading of HostedQuery, without Limit.
func selectsHosted(q payments.HostedQuery, r payments.HostedInvoice) bool {
	return (len(q.IDs) == 0 || slices.Contains(q.IDs, r.ID)) &&
		(len(q.RemoteIDs) == 0 || r.RemoteID != "" && slices.Contains(q.RemoteIDs, r.RemoteID)) &&
		(len(q.Profiles) == 0 || slices.Contains(q.Profiles, r.Account.Profile)) &&
		(q.Account == "" || r.Account.Name == q.Account) &&
		(len(q.States) == 0 || slices.Contains(q.States, r.State)) &&
		(q.DueBy.IsZero() || !r.PollAt.IsZero() && !r.PollAt.After(q.DueBy)) &&
		r.ID > q.After
}

// naiveHosted answers a query from a list.
func naiveHosted(all []payments.HostedInvoice, q payments.HostedQuery) (out []payments.HostedInvoice) {
	for _, r := range all {
		if selectsHosted(q, r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b payments.HostedInvoice) int { return cmp.Compare(a.ID, b.ID) })
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out
}

var hostedStates = []payments.HostedState{
	payments.HostedOpening, payments.HostedNew, payments.HostedPaid, payments.HostedComplete, payments.HostedFailed,
}

// counter returns hosted invoices of all sorts.
func counter(r *rand.Rand, n int) []payments.HostedInvoice {
	var out []payments.HostedInvoice
	for i := range n {
		row := hosted(i)
		row.Account, row.State, row.Version = pick(r, owners).Account, pick(r, hostedStates), 1
		row.RemoteID, row.PollAt = "", time.Time{}
		if row.State != payments.HostedOpening {
			row.RemoteID = fmt.Sprint("remote ", i/2)
		}
		if r.IntN(3) > 0 {
			row.PollAt = after(r.IntN(n))
		}
		if r.IntN(3) == 0 {
			row.Refunds = fullHosted().Refunds[:1+r.IntN(3)]
		}
		out = append(out, row)
	}
	return out
}

// hostedQuestion returns a query with each field set now and then.
func hostedQuestion(r *rand.Rand, all []payments.HostedInvoice) (q payments.HostedQuery) {
	now := func() bool { return r.IntN(4) == 0 }
	if now() {
		q.IDs = []string{pick(r, all).ID, pick(r, all).ID, pick(r, all).ID, "nobody's"}
	}
	if now() {
		q.RemoteIDs = []string{pick(r, all).RemoteID, pick(r, all).RemoteID, "", "nobody's"}
	}
	if now() {
		q.Profiles = []string{pick(r, []string{"acme", "globex", "nobody", ""}), pick(r, []string{"acme", "globex"})}
	}
	if now() {
		q.Account = pick(r, []string{"voice", "sms"})
	}
	if now() {
		q.States = []payments.HostedState{pick(r, hostedStates), pick(r, hostedStates)}
	}
	if now() {
		q.DueBy = after(r.IntN(len(all))).Add(time.Duration(r.IntN(2_000)-1_000) * time.Microsecond)
	}
	if now() {
		q.After = pick(r, all).ID
	}
	if now() {
		q.Limit = 1 + r.IntN(9)
	}
	return q
}

// hostedQuery returns a case with one query to which some of a counter's belong.
func hostedQuery(name string, q payments.HostedQuery) struct {
	name string
	run  func(s *suite)
} {
	return struct {
		name string
		run  func(s *suite)
	}{name, func(s *suite) {
		all := counter(rand.New(rand.NewPCG(1, 1)), 80)
		put(s, payments.Tx.InsertHosted, all)
		want := naiveHosted(all, q)
		require.NotEmpty(s, want, "the query must select some")
		require.Less(s, len(want), len(all), "and leave some out")
		same(s, want, ask(s, payments.Tx.Hosted, q))
	}}
}

var hostedQueryCases = cases{
	hostedQuery("by id, in any order, each once", payments.HostedQuery{IDs: []string{hosted(9).ID, hosted(4).ID, "nobody's", hosted(9).ID}}),
	hostedQuery("by BitPay's id", payments.HostedQuery{RemoteIDs: []string{"remote 7", "remote 3", "remote 7", "nobody's"}}),
	hostedQuery("by profiles", payments.HostedQuery{Profiles: []string{"globex", "nobody"}}),
	hostedQuery("by account name", payments.HostedQuery{Account: "voice"}),
	hostedQuery("by profile and account name", payments.HostedQuery{Profiles: []string{"acme"}, Account: "voice"}),
	hostedQuery("by state", payments.HostedQuery{States: []payments.HostedState{payments.HostedPaid}}),
	hostedQuery("by any of several states", payments.HostedQuery{States: []payments.HostedState{payments.HostedFailed, payments.HostedOpening}}),
	hostedQuery("due by an instant", payments.HostedQuery{DueBy: after(40)}),
	hostedQuery("due by an instant, in a state", payments.HostedQuery{DueBy: after(60), States: []payments.HostedState{payments.HostedNew}}),
	hostedQuery("the first few that are due", payments.HostedQuery{DueBy: after(40), Limit: 5}),
	hostedQuery("the next few that are due", payments.HostedQuery{DueBy: after(60), After: hosted(20).ID, Limit: 5}),
	hostedQuery("after an id", payments.HostedQuery{After: hosted(40).ID}),
	hostedQuery("the first few", payments.HostedQuery{Limit: 7}),
	hostedQuery("a page of an account", payments.HostedQuery{Profiles: []string{"acme"}, Account: "sms", After: hosted(10).ID, Limit: 4}),
	hostedQuery("by id and state", payments.HostedQuery{IDs: []string{hosted(1).ID, hosted(2).ID, hosted(3).ID, hosted(4).ID, hosted(5).ID, hosted(6).ID},
		States: []payments.HostedState{payments.HostedNew, payments.HostedPaid}}),
	{"no field selects all, in order of id", func(s *suite) {
		all := counter(rand.New(rand.NewPCG(2, 1)), 80)
		put(s, payments.Tx.InsertHosted, backwards(all))
		same(s, all, ask(s, payments.Tx.Hosted, payments.HostedQuery{}))
		same(s, all, ask(s, payments.Tx.Hosted, payments.HostedQuery{IDs: []string{}, RemoteIDs: []string{}, Profiles: []string{},
			States: []payments.HostedState{}}), "an empty list selects all")
	}},
	{"a row that is not polled is never due", func(s *suite) {
		r := hosted(1)
		r.PollAt = time.Time{}
		put(s, payments.Tx.InsertHosted, []payments.HostedInvoice{r, hosted(2)})
		require.Len(s, ask(s, payments.Tx.Hosted, payments.HostedQuery{DueBy: after(1_000_000)}), 1)
		r.Version = 1
		r.PollAt = after(5)
		require.NoError(s, save(s, payments.Tx.SaveHosted, []payments.HostedInvoice{r}))
		require.Len(s, ask(s, payments.Tx.Hosted, payments.HostedQuery{DueBy: after(5)}), 2, "polled again, and due at the very instant")
		require.Len(s, ask(s, payments.Tx.Hosted, payments.HostedQuery{DueBy: after(5).Add(-time.Microsecond)}), 1, "not a moment before")
	}},
	{"an empty id at BitPay selects no row that has none", func(s *suite) {
		r := hosted(1)
		r.RemoteID = ""
		put(s, payments.Tx.InsertHosted, []payments.HostedInvoice{r, hosted(2)})
		require.Empty(s, ask(s, payments.Tx.Hosted, payments.HostedQuery{RemoteIDs: []string{""}}))
		same(s, []payments.HostedInvoice{hosted(2)}, ask(s, payments.Tx.Hosted, payments.HostedQuery{RemoteIDs: []string{"", hosted(2).RemoteID}}))
	}},
	{"pages join without a gap or a double", func(s *suite) {
		all := counter(rand.New(rand.NewPCG(3, 1)), 80)
		put(s, payments.Tx.InsertHosted, all)
		for _, asked := range []payments.HostedQuery{
			{}, {Profiles: []string{"acme"}, Account: "voice"}, {States: hostedStates[1:4]}, {DueBy: after(70)},
		} {
			for _, limit := range []int{1, 7, 80} {
				q := asked
				q.Limit = limit
				var got []payments.HostedInvoice
				for page := ask(s, payments.Tx.Hosted, q); len(page) > 0; page = ask(s, payments.Tx.Hosted, q) {
					require.LessOrEqual(s, len(page), limit)
					got = append(got, page...)
					q.After = page[len(page)-1].ID
				}
				same(s, naiveHosted(all, asked), got)
			}
		}
	}},
	{"lists longer than a statement, all at once, with a limit and a page", func(s *suite) {
		var rows []payments.HostedInvoice
		var q payments.HostedQuery
		for i := range 100 {
			r := hosted(i)
			r.Account.Profile, r.State = fmt.Sprint(i%90), payments.HostedState(fmt.Sprint(i%50))
			rows = append(rows, r)
			q.IDs, q.RemoteIDs = append(q.IDs, hosted(i*2).ID), append(q.RemoteIDs, hosted(i*3).RemoteID)
			q.Profiles, q.States = append(q.Profiles, fmt.Sprint(i)), append(q.States, payments.HostedState(fmt.Sprint(i)))
		}
		put(s, payments.Tx.InsertHosted, rows)
		q.IDs, q.RemoteIDs, q.Profiles, q.States = twice(q.IDs), twice(q.RemoteIDs), twice(q.Profiles), twice(q.States)
		require.Len(s, naiveHosted(rows, q), 17)
		same(s, naiveHosted(rows, q), ask(s, payments.Tx.Hosted, q))
		q.After, q.Limit = rows[13].ID, 10
		want := naiveHosted(rows, q)
		require.Len(s, want, 10)
		same(s, want, ask(s, payments.Tx.Hosted, q))
	}},
	{"a list of a hundred thousand states", func(s *suite) {
		put(s, payments.Tx.InsertHosted, []payments.HostedInvoice{hosted(1), hosted(2)})
		var many []payments.HostedState
		for i := range 100_000 {
			many = append(many, payments.HostedState(fmt.Sprint(i)))
		}
		require.Empty(s, ask(s, payments.Tx.Hosted, payments.HostedQuery{States: many}))
		require.Len(s, ask(s, payments.Tx.Hosted, payments.HostedQuery{States: append(many, payments.HostedNew)}), 2)
	}},
	{"fields combine: a thousand queries against the naive reading", func(s *suite) {
		r := rand.New(rand.NewPCG(4, 1))
		all := counter(r, 120)
		put(s, payments.Tx.InsertHosted, all)
		s.read(func(tx payments.Tx) error {
			for i := range 1_000 {
				q := hostedQuestion(r, all)
				got, err := tx.Hosted(s.Context(), q)
				require.NoError(s, err)
				same(s, naiveHosted(all, q), got, fmt.Sprintf("query %d: %+v", i, q))
			}
			return nil
		})
	}},
	{"a query follows what was saved", func(s *suite) {
		r := rand.New(rand.NewPCG(5, 1))
		all := counter(r, 60)
		put(s, payments.Tx.InsertHosted, all)
		for range 5 {
			for i, fresh := range counter(r, 60) {
				fresh.Version = all[i].Version
				all[i] = fresh
			}
			require.NoError(s, save(s, payments.Tx.SaveHosted, all))
			for i := range all {
				all[i].Version++
			}
			for range 40 {
				q := hostedQuestion(r, all)
				same(s, naiveHosted(all, q), ask(s, payments.Tx.Hosted, q), fmt.Sprintf("%+v", q))
			}
		}
	}},
}
