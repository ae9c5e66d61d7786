package storetest

import (
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/rates"
)

// stocked returns a new store that holds n of each, inserted one by one in the
// order of from.
func (s *suite) stocked(from []int) Dumper {
	other := &suite{T: s.T, store: s.open(s.T)}
	for _, n := range from {
		d := deposit(n)
		put(other, payments.Tx.InsertDeposits, []payments.Deposit{d})
		put(other, payments.Tx.InsertEntries, []ledger.Entry{credit(d, 100)})
		put(other, payments.Tx.InsertEvents, []payments.Event{event(n, "acme")})
		put(other, payments.Tx.InsertPoints, []rates.Point{candle(n, "5")})
		put(other, payments.Tx.InsertSpends, []payments.Spend{spend(n)})
		put(other, payments.Tx.InsertHosted, []payments.HostedInvoice{hosted(n)})
		put(other, payments.Tx.InsertInvoices, []payments.InvoiceRecord{invoiceRow(n)})
		put(other, payments.Tx.InsertAudit, []payments.AuditRow{auditRow(event(n, "").ID, `{"n":1}`)})
		put(other, payments.Tx.InsertAddresses, []payments.IssuedAddress{issuedRow(n, payments.Account{Profile: event(n, "").ID, Name: "voice"})})
	}
	d, _ := other.store.(Dumper)
	return d
}

var dumpCases = cases{
	{"equal content has equal dumps, whatever way led there", func(s *suite) {
		if _, ok := s.store.(Dumper); !ok {
			s.Skip("the store does not implement Dumper")
		}
		order := []int{1, 2, 3, 4, 5, 6, 7, 8, 9}
		text := func(d Dumper) string {
			out, err := d.Dump(s.Context())
			require.NoError(s, err)
			return out
		}
		want := text(s.stocked(order))
		slices.Reverse(order)
		again := s.stocked(order)
		require.Equal(s, want, text(again))
		require.NotEqual(s, want, text(s.stocked(order[1:])))

		row := &suite{T: s.T, store: again.(payments.Store)}
		rows := ask(row, payments.Tx.Deposits, payments.DepositQuery{})
		require.NoError(s, save(row, payments.Tx.SaveDeposits, rows))
		require.Equal(s, want, text(again), "versions are left out")
		rows = ask(row, payments.Tx.Deposits, payments.DepositQuery{Limit: 1})
		rows[0].State = payments.StateReversed
		require.NoError(s, save(row, payments.Tx.SaveDeposits, rows))
		require.NotEqual(s, want, text(again), "states are not")
		rows[0].State, rows[0].Version = payments.StateSeen, rows[0].Version+1
		require.NoError(s, save(row, payments.Tx.SaveDeposits, rows))
		require.Equal(s, want, text(again))

		gone := ask(row, payments.Tx.Spends, payments.SpendQuery{})
		require.NoError(s, save(row, payments.Tx.SaveSpends, gone))
		require.Equal(s, want, text(again), "versions of spends are left out")
		gone = ask(row, payments.Tx.Spends, payments.SpendQuery{Limit: 1})
		gone[0].Booked = true
		require.NoError(s, save(row, payments.Tx.SaveSpends, gone))
		require.NotEqual(s, want, text(again), "what was booked is not")
		gone[0].Booked, gone[0].Version = false, gone[0].Version+1
		require.NoError(s, save(row, payments.Tx.SaveSpends, gone))

		for name, change := range map[string]func(poll time.Time, paid invoice.Status) error{
			"hosted invoices": func(poll time.Time, _ invoice.Status) error {
				r := ask(row, payments.Tx.Hosted, payments.HostedQuery{Limit: 1})
				r[0].PollAt = poll
				return save(row, payments.Tx.SaveHosted, r)
			},
			"invoices": func(_ time.Time, paid invoice.Status) error {
				r := ask(row, payments.Tx.Invoices, payments.InvoiceQuery{Limit: 1})
				r[0].Standing.Status = paid
				return save(row, payments.Tx.SaveInvoices, r)
			},
		} {
			require.NoError(s, change(hosted(1).PollAt, invoice.Unpaid))
			require.Equal(s, want, text(again), "versions of %s are left out", name)
			require.NoError(s, change(after(77), invoice.Paid))
			require.NotEqual(s, want, text(again), "%s are not", name)
			require.NoError(s, change(hosted(1).PollAt, invoice.Unpaid))
			require.Equal(s, want, text(again))
		}
	}},
}
