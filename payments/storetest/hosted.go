package storetest

import (
	"reflect"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// allSet requires that a row of a case sets every field, so that a field added later
// is not forgotten.
func (s *suite) allSet(row any) {
	s.Helper()
	fields := reflect.ValueOf(row)
	for i := range fields.NumField() {
		require.False(s, fields.Field(i).IsZero(), "the case must set %s of %T", fields.Type().Field(i).Name, row)
	}
}

// hostedByID reads one hosted invoice.
func (s *suite) hostedByID(id string) payments.HostedInvoice {
	s.Helper()
	rows := ask(s, payments.Tx.Hosted, payments.HostedQuery{IDs: []string{id}})
	require.Len(s, rows, 1)
	return rows[0]
}

var hostedCases = cases{
	{"every field comes back when all are set", func(s *suite) {
		want := fullHosted()
		s.allSet(want)
		s.allSet(want.Refunds[0])
		require.Equal(s, []string{want.ID}, put(s, payments.Tx.InsertHosted, []payments.HostedInvoice{want}))
		for _, q := range []payments.HostedQuery{{IDs: []string{want.ID}}, {}} {
			got := ask(s, payments.Tx.Hosted, q)
			same(s, []payments.HostedInvoice{want}, got)
			require.EqualValues(s, 1, got[0].Version)
		}
	}},
	{"every field comes back when none is set", func(s *suite) {
		want := payments.HostedInvoice{ID: "i", Version: 1}
		put(s, payments.Tx.InsertHosted, []payments.HostedInvoice{want})
		got := s.hostedByID("i")
		same(s, []payments.HostedInvoice{want}, []payments.HostedInvoice{got})
		for _, at := range []time.Time{got.CreatedAt, got.ExpiresAt, got.RemoteAt, got.PaidAt, got.CreditedAt, got.PollAt} {
			require.True(s, at.IsZero())
		}
		require.Equal(s, []money.Amount{{}, {}, {}}, []money.Amount{got.Price, got.Credited, got.Fee})
		require.Empty(s, got.Refunds)
	}},
	{"a save stores every field but the key", func(s *suite) {
		want := fullHosted()
		start := payments.HostedInvoice{ID: want.ID, Version: 1}
		put(s, payments.Tx.InsertHosted, []payments.HostedInvoice{start})
		require.NoError(s, save(s, payments.Tx.SaveHosted, []payments.HostedInvoice{want}))
		same(s, []payments.HostedInvoice{want}, []payments.HostedInvoice{s.hostedByID(want.ID)})
		start.Version = 2
		require.NoError(s, save(s, payments.Tx.SaveHosted, []payments.HostedInvoice{start}), "and back to nothing")
		same(s, []payments.HostedInvoice{start}, []payments.HostedInvoice{s.hostedByID(want.ID)})
	}},
	{"times are kept in UTC to the millisecond, those of refunds too", func(s *suite) {
		zone := time.FixedZone("away", 5*3600)
		local := func(n int) time.Time { return after(n).Add(999_999).In(zone) }
		r := hosted(1)
		r.CreatedAt, r.ExpiresAt, r.RemoteAt, r.PaidAt = local(1), local(2), local(3), local(4)
		r.CreditedAt, r.PollAt = local(5), local(6)
		r.Refunds = []payments.HostedRefund{{ID: "r", RequestedAt: local(7)}}
		put(s, payments.Tx.InsertHosted, []payments.HostedInvoice{r})
		require.True(s, r.Refunds[0].RequestedAt.Equal(local(7)), "the caller's row stays as it is")
		r.CreatedAt, r.ExpiresAt, r.RemoteAt, r.PaidAt = after(1), after(2), after(3), after(4)
		r.CreditedAt, r.PollAt = after(5), after(6)
		r.Refunds = []payments.HostedRefund{{ID: "r", RequestedAt: after(7)}}
		same(s, []payments.HostedInvoice{r}, []payments.HostedInvoice{s.hostedByID(r.ID)})
		require.Len(s, ask(s, payments.Tx.Hosted, payments.HostedQuery{DueBy: after(6)}), 1)
	}},
	{"an amount without units keeps its asset, in a refund too", func(s *suite) {
		r := hosted(1)
		r.Fee, r.Refunds = money.EUR.Cents(0), []payments.HostedRefund{{ID: "r", Amount: money.EUR.Cents(0)}}
		put(s, payments.Tx.InsertHosted, []payments.HostedInvoice{r})
		got := s.hostedByID(r.ID)
		require.Equal(s, []money.Amount{money.EUR.Cents(0), {}}, []money.Amount{got.Fee, got.Credited})
		require.Equal(s, []money.Amount{money.EUR.Cents(0), {}}, []money.Amount{got.Refunds[0].Amount, got.Refunds[0].Fee})
	}},
	{"refunds keep their order and their number", func(s *suite) {
		r := hosted(1)
		for i := range 200 {
			r.Refunds = append(r.Refunds, payments.HostedRefund{ID: hash(i).String(), Amount: money.USD.Cents(int64(i))})
		}
		put(s, payments.Tx.InsertHosted, []payments.HostedInvoice{r})
		same(s, []payments.HostedInvoice{r}, []payments.HostedInvoice{s.hostedByID(r.ID)})
		r.Version, r.Refunds = 1, r.Refunds[:3]
		require.NoError(s, save(s, payments.Tx.SaveHosted, []payments.HostedInvoice{r}))
		same(s, []payments.HostedInvoice{r}, []payments.HostedInvoice{s.hostedByID(r.ID)})
	}},
	{"lists passed and returned are not shared with the caller", func(s *suite) {
		given := fullHosted()
		want := fullHosted()
		put(s, payments.Tx.InsertHosted, []payments.HostedInvoice{given})
		given.Refunds[0].Status = "changed after the insert"
		same(s, []payments.HostedInvoice{want}, []payments.HostedInvoice{s.hostedByID(want.ID)})
		got := s.hostedByID(want.ID)
		got.Refunds[0].Status = "changed after the read"
		same(s, []payments.HostedInvoice{want}, []payments.HostedInvoice{s.hostedByID(want.ID)})
		saved := fullHosted()
		require.NoError(s, save(s, payments.Tx.SaveHosted, []payments.HostedInvoice{saved}))
		saved.Refunds[0].Status = "changed after the save"
		same(s, []payments.HostedInvoice{want}, []payments.HostedInvoice{s.hostedByID(want.ID)})
	}},
	{"rows without BitPay's id, and two with the same, stand side by side", func(s *suite) {
		rows := []payments.HostedInvoice{hosted(1), hosted(2), hosted(3), hosted(4)}
		rows[0].RemoteID, rows[1].RemoteID = "", ""
		rows[3].RemoteID = rows[2].RemoteID
		require.Len(s, put(s, payments.Tx.InsertHosted, rows), 4)
		same(s, rows[2:], ask(s, payments.Tx.Hosted, payments.HostedQuery{RemoteIDs: []string{rows[2].RemoteID}}))
	}},
	{"two thousand rows in one batch, and all of them asked for", func(s *suite) {
		const n = 2_000
		var rows []payments.HostedInvoice
		var ids, remote []string
		for i := range n {
			r := hosted(i)
			rows, ids, remote = append(rows, r), append(ids, r.ID), append(remote, r.RemoteID)
		}
		require.Equal(s, backwards(ids), put(s, payments.Tx.InsertHosted, backwards(rows)))
		got := ask(s, payments.Tx.Hosted, payments.HostedQuery{IDs: backwards(ids)})
		same(s, rows, got)
		for i := range got {
			got[i].State, got[i].PollAt = payments.HostedComplete, time.Time{}
		}
		require.NoError(s, save(s, payments.Tx.SaveHosted, got))
		same(s, got, ask(s, payments.Tx.Hosted, payments.HostedQuery{RemoteIDs: backwards(remote)}))
		require.Empty(s, ask(s, payments.Tx.Hosted, payments.HostedQuery{DueBy: after(10 * n)}))
	}},
}
