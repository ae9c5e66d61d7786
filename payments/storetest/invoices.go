package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// invoiceByNumber reads one invoice.
func (s *suite) invoiceByNumber(number string) payments.InvoiceRecord {
	s.Helper()
	rows := ask(s, payments.Tx.Invoices, payments.InvoiceQuery{Numbers: []string{number}})
	require.Len(s, rows, 1)
	return rows[0]
}

var invoiceCases = cases{
	{"every field comes back when all are set", func(s *suite) {
		want := fullInvoice()
		s.allSet(want)
		s.allSet(want.Invoice)
		s.allSet(want.Lines[0])
		s.allSet(want.Standing)
		require.Equal(s, []string{want.Number}, put(s, payments.Tx.InsertInvoices, []payments.InvoiceRecord{want}))
		for _, q := range []payments.InvoiceQuery{{Numbers: []string{want.Number}}, {}} {
			got := ask(s, payments.Tx.Invoices, q)
			same(s, []payments.InvoiceRecord{want}, got)
			require.EqualValues(s, 1, got[0].Version)
		}
	}},
	{"every field comes back when none is set", func(s *suite) {
		want := payments.InvoiceRecord{Invoice: invoice.Invoice{Number: "n"}, Version: 1}
		put(s, payments.Tx.InsertInvoices, []payments.InvoiceRecord{want})
		got := s.invoiceByNumber("n")
		same(s, []payments.InvoiceRecord{want}, []payments.InvoiceRecord{got})
		require.True(s, got.IssuedAt.IsZero() && got.DueAt.IsZero() && got.CreatedAt.IsZero())
		require.Equal(s, []money.Amount{{}, {}, {}, {}, {}}, []money.Amount{got.Total, got.Standing.Paid,
			got.Standing.Pending, got.Standing.Missing, got.Standing.Surplus})
		require.Empty(s, got.Lines)
		require.Empty(s, got.Standing.Exceptions)
		require.Empty(s, got.Standing.SeenBy)
	}},
	{"a save stores every field but the key", func(s *suite) {
		want := fullInvoice()
		start := payments.InvoiceRecord{Invoice: invoice.Invoice{Number: want.Number}, Version: 1}
		put(s, payments.Tx.InsertInvoices, []payments.InvoiceRecord{start})
		require.NoError(s, save(s, payments.Tx.SaveInvoices, []payments.InvoiceRecord{want}))
		same(s, []payments.InvoiceRecord{want}, []payments.InvoiceRecord{s.invoiceByNumber(want.Number)})
		start.Version = 2
		require.NoError(s, save(s, payments.Tx.SaveInvoices, []payments.InvoiceRecord{start}), "and back to nothing")
		same(s, []payments.InvoiceRecord{start}, []payments.InvoiceRecord{s.invoiceByNumber(want.Number)})
	}},
	{"times are kept in UTC to the millisecond", func(s *suite) {
		zone := time.FixedZone("away", -7*3600)
		local := func(n int) time.Time { return after(n).Add(999_999).In(zone) }
		r := invoiceRow(1)
		r.IssuedAt, r.DueAt, r.CreatedAt = local(1), local(2), local(3)
		put(s, payments.Tx.InsertInvoices, []payments.InvoiceRecord{r})
		r.IssuedAt, r.DueAt, r.CreatedAt = after(1), after(2), after(3)
		same(s, []payments.InvoiceRecord{r}, []payments.InvoiceRecord{s.invoiceByNumber(r.Number)})
	}},
	{"an amount without units keeps its asset, in a line too", func(s *suite) {
		r := invoiceRow(1)
		r.Lines = append(r.Lines, invoice.Line{Description: "free", Amount: money.EUR.Cents(0)}, invoice.Line{Description: "no amount"})
		r.Standing.Surplus = money.Amount{}
		put(s, payments.Tx.InsertInvoices, []payments.InvoiceRecord{r})
		got := s.invoiceByNumber(r.Number)
		require.Equal(s, []money.Amount{money.USD.Cents(0), {}, money.EUR.Cents(0), {}},
			[]money.Amount{got.Standing.Paid, got.Standing.Surplus, got.Lines[1].Amount, got.Lines[2].Amount})
	}},
	{"lists passed and returned are not shared with the caller", func(s *suite) {
		spoil := func(r payments.InvoiceRecord) {
			r.Lines[0].Description, r.Standing.Exceptions[0], r.Standing.SeenBy[0] = "spoilt", "spoilt", "spoilt"
		}
		want := fullInvoice()
		stands := func() {
			s.Helper()
			same(s, []payments.InvoiceRecord{want}, []payments.InvoiceRecord{s.invoiceByNumber(want.Number)})
		}
		given, saved := fullInvoice(), fullInvoice()
		put(s, payments.Tx.InsertInvoices, []payments.InvoiceRecord{given})
		spoil(given)
		stands()
		spoil(s.invoiceByNumber(want.Number))
		stands()
		require.NoError(s, save(s, payments.Tx.SaveInvoices, []payments.InvoiceRecord{saved}))
		spoil(saved)
		stands()
	}},
	{"an invoice and a hosted invoice of one key do not meet", func(s *suite) {
		h := hosted(1)
		h.ID = invoiceRow(1).Number
		put(s, payments.Tx.InsertHosted, []payments.HostedInvoice{h})
		require.Len(s, put(s, payments.Tx.InsertInvoices, []payments.InvoiceRecord{invoiceRow(1)}), 1)
		require.Len(s, ask(s, payments.Tx.Hosted, payments.HostedQuery{}), 1)
	}},
	{"two thousand rows in one batch, and all of them asked for", func(s *suite) {
		const n = 2_000
		var rows []payments.InvoiceRecord
		var numbers []string
		for i := range n {
			r := invoiceRow(i)
			rows, numbers = append(rows, r), append(numbers, r.Number)
		}
		require.Equal(s, backwards(numbers), put(s, payments.Tx.InsertInvoices, backwards(rows)))
		got := ask(s, payments.Tx.Invoices, payments.InvoiceQuery{Numbers: backwards(numbers)})
		same(s, rows, got)
		for i := range got {
			got[i].Standing.Status = invoice.Paid
		}
		require.NoError(s, save(s, payments.Tx.SaveInvoices, got))
		same(s, got, ask(s, payments.Tx.Invoices, payments.InvoiceQuery{Statuses: []invoice.Status{invoice.Paid}}))
	}},
}
