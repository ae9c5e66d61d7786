package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// selectsInvoice is the naive reading of InvoiceQuery, without Limit.
func selectsInvoice(q payments.InvoiceQuery, r payments.InvoiceRecord) bool {
	return (len(q.Numbers) == 0 || slices.Contains(q.Numbers, r.Number)) &&
		(len(q.Profiles) == 0 || slices.Contains(q.Profiles, r.Profile)) &&
		(len(q.Statuses) == 0 || slices.Contains(q.Statuses, r.Standing.Status)) &&
		r.Number > q.After
}

// naiveInvoices answers a query from a list.
func naiveInvoices(all []payments.InvoiceRecord, q payments.InvoiceQuery) (out []payments.InvoiceRecord) {
	for _, r := range all {
		if selectsInvoice(q, r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b payments.InvoiceRecord) int { return cmp.Compare(a.Number, b.Number) })
	if q.Limit > 0 && len(out) > q.Limit {
		out = out[:q.Limit]
	}
	return out
}

var statuses = []invoice.Status{invoice.Unpaid, invoice.Processing, invoice.Paid}

// desk returns invoices of all sorts.
func desk(r *rand.Rand, n int) []payments.InvoiceRecord {
	var out []payments.InvoiceRecord
	for i := range n {
		row := invoiceRow(i)
		row.Profile, row.Standing.Status, row.Version = pick(r, []string{"acme", "globex", ""}), pick(r, statuses), 1
		if r.IntN(3) == 0 {
			row.Standing.Exceptions, row.Standing.SeenBy = []invoice.Exception{invoice.Underpaid}, []invoice.Way{invoice.Direct}
			row.Standing.Paid, row.Changes = money.USD.Cents(int64(r.IntN(100))), r.IntN(5)
		}
		out = append(out, row)
	}
	return out
}

// invoiceQuestion returns a query with each field set now and then.
func invoiceQuestion(r *rand.Rand, all []payments.InvoiceRecord) (q payments.InvoiceQuery) {
	now := func() bool { return r.IntN(3) == 0 }
	if now() {
		q.Numbers = []string{pick(r, all).Number, pick(r, all).Number, pick(r, all).Number, "nobody's"}
	}
	if now() {
		q.Profiles = []string{pick(r, []string{"acme", "globex", "nobody", ""}), pick(r, []string{"acme", "globex"})}
	}
	if now() {
		q.Statuses = []invoice.Status{pick(r, statuses), pick(r, statuses)}
	}
	if now() {
		q.After = pick(r, all).Number
	}
	if now() {
		q.Limit = 1 + r.IntN(9)
	}
	return q
}

// invoiceQuery returns a case with one query to which some of a desk's belong.
func invoiceQuery(name string, q payments.InvoiceQuery) struct {
	name string
	run  func(s *suite)
} {
	return struct {
		name string
		run  func(s *suite)
	}{name, func(s *suite) {
		all := desk(rand.New(rand.NewPCG(1, 1)), 80)
		put(s, payments.Tx.InsertInvoices, all)
		want := naiveInvoices(all, q)
		require.NotEmpty(s, want, "the query must select some")
		require.Less(s, len(want), len(all), "and leave some out")
		same(s, want, ask(s, payments.Tx.Invoices, q))
	}}
}

var invoiceQueryCases = cases{
	invoiceQuery("by number, in any order, each once", payments.InvoiceQuery{Numbers: []string{"00000009", "00000004", "nobody's", "00000009"}}),
	invoiceQuery("by profiles", payments.InvoiceQuery{Profiles: []string{"globex", "nobody"}}),
	invoiceQuery("by status", payments.InvoiceQuery{Statuses: []invoice.Status{invoice.Processing}}),
	invoiceQuery("by any of several statuses", payments.InvoiceQuery{Statuses: []invoice.Status{invoice.Unpaid, invoice.Processing}}),
	invoiceQuery("by profile and status", payments.InvoiceQuery{Profiles: []string{"acme"}, Statuses: []invoice.Status{invoice.Paid}}),
	invoiceQuery("after a number", payments.InvoiceQuery{After: "00000040"}),
	invoiceQuery("the first few", payments.InvoiceQuery{Limit: 7}),
	invoiceQuery("a page of a profile", payments.InvoiceQuery{Profiles: []string{"acme"}, After: "00000010", Limit: 4}),
	invoiceQuery("a page of a status", payments.InvoiceQuery{Statuses: []invoice.Status{invoice.Unpaid}, After: "00000010", Limit: 4}),
	{"no field selects all, in order of number", func(s *suite) {
		all := desk(rand.New(rand.NewPCG(2, 1)), 80)
		put(s, payments.Tx.InsertInvoices, backwards(all))
		same(s, all, ask(s, payments.Tx.Invoices, payments.InvoiceQuery{}))
		same(s, all, ask(s, payments.Tx.Invoices, payments.InvoiceQuery{Numbers: []string{}, Profiles: []string{},
			Statuses: []invoice.Status{}}), "an empty list selects all")
	}},
	{"pages join without a gap or a double", func(s *suite) {
		all := desk(rand.New(rand.NewPCG(3, 1)), 80)
		put(s, payments.Tx.InsertInvoices, all)
		for _, asked := range []payments.InvoiceQuery{{}, {Profiles: []string{"acme"}}, {Statuses: statuses[:2]}} {
			for _, limit := range []int{1, 7, 80} {
				q := asked
				q.Limit = limit
				var got []payments.InvoiceRecord
				for page := ask(s, payments.Tx.Invoices, q); len(page) > 0; page = ask(s, payments.Tx.Invoices, q) {
					require.LessOrEqual(s, len(page), limit)
					got = append(got, page...)
					q.After = page[len(page)-1].Number
				}
				same(s, naiveInvoices(all, asked), got)
			}
		}
	}},
	{"lists longer than a statement, all at once, with a limit and a page", func(s *suite) {
		var rows []payments.InvoiceRecord
		var q payments.InvoiceQuery
		for i := range 120 {
			r := invoiceRow(i)
			r.Profile, r.Standing.Status = fmt.Sprint(i%100), invoice.Status(fmt.Sprint(i%50))
			rows = append(rows, r)
			q.Numbers, q.Profiles = append(q.Numbers, invoiceRow(i*2).Number), append(q.Profiles, fmt.Sprint(i))
			q.Statuses = append(q.Statuses, invoice.Status(fmt.Sprint(i)))
		}
		put(s, payments.Tx.InsertInvoices, rows)
		q.Numbers, q.Profiles, q.Statuses = twice(q.Numbers), twice(q.Profiles), twice(q.Statuses)
		require.Len(s, naiveInvoices(rows, q), 60)
		same(s, naiveInvoices(rows, q), ask(s, payments.Tx.Invoices, q))
		q.After, q.Limit = rows[13].Number, 10
		want := naiveInvoices(rows, q)
		require.Len(s, want, 10)
		same(s, want, ask(s, payments.Tx.Invoices, q))
	}},
	{"a list of a hundred thousand statuses", func(s *suite) {
		put(s, payments.Tx.InsertInvoices, []payments.InvoiceRecord{invoiceRow(1), invoiceRow(2)})
		var many []invoice.Status
		for i := range 100_000 {
			many = append(many, invoice.Status(fmt.Sprint(i)))
		}
		require.Empty(s, ask(s, payments.Tx.Invoices, payments.InvoiceQuery{Statuses: many}))
		require.Len(s, ask(s, payments.Tx.Invoices, payments.InvoiceQuery{Statuses: append(many, invoice.Unpaid)}), 2)
	}},
	{"fields combine: a thousand queries against the naive reading", func(s *suite) {
		r := rand.New(rand.NewPCG(4, 1))
		all := desk(r, 120)
		put(s, payments.Tx.InsertInvoices, all)
		s.read(func(tx payments.Tx) error {
			for i := range 1_000 {
				q := invoiceQuestion(r, all)
				got, err := tx.Invoices(s.Context(), q)
				require.NoError(s, err)
				same(s, naiveInvoices(all, q), got, fmt.Sprintf("query %d: %+v", i, q))
			}
			return nil
		})
	}},
	{"a query follows what was saved", func(s *suite) {
		r := rand.New(rand.NewPCG(5, 1))
		all := desk(r, 60)
		put(s, payments.Tx.InsertInvoices, all)
		for range 5 {
			for i, fresh := range desk(r, 60) {
				fresh.Version = all[i].Version
				all[i] = fresh
			}
			require.NoError(s, save(s, payments.Tx.SaveInvoices, all))
			for i := range all {
				all[i].Version++
			}
			for range 40 {
				q := invoiceQuestion(r, all)
				same(s, naiveInvoices(all, q), ask(s, payments.Tx.Invoices, q), fmt.Sprintf("%+v", q))
			}
		}
	}},
}
