package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func TestEveryStateOfAPaymentByBitPaySaysWhatHappensNext(t *testing.T) {
	s := &portal{world: &world{}}
	price := money.USD.Cents(2_500)
	for _, c := range []struct {
		h          payments.HostedInvoice
		pill, says string
		open       bool // is listed as under way
	}{
		{payments.HostedInvoice{State: payments.HostedOpening}, "One moment", "as soon as it has", true},
		{payments.HostedInvoice{State: payments.HostedNew}, "Waiting for payment", "guaranteed rate", true},
		{payments.HostedInvoice{State: payments.HostedNew, Exception: "paidPartial"}, "Partly paid", "Pay the rest", true},
		{payments.HostedInvoice{State: payments.HostedPaid}, "Confirming", "credited after about 1", true},
		{payments.HostedInvoice{State: payments.HostedPaid, Exception: "paidOver"}, "Confirming", "BitPay returns the rest", true},
		{payments.HostedInvoice{State: payments.HostedConfirmed}, "Confirmed", "credited shortly", true},
		{payments.HostedInvoice{State: payments.HostedComplete}, "Confirmed", "credited shortly", true},
		{payments.HostedInvoice{State: payments.HostedComplete, Credited: price}, "Credited", "$25.00 credited", false},
		{payments.HostedInvoice{State: payments.HostedComplete, Hold: payments.HoldHost}, "Under review", "need not pay again", true},
		{payments.HostedInvoice{State: payments.HostedNew, Problem: "another price"}, "Under review", "need not pay again", true},
		{payments.HostedInvoice{State: payments.HostedInvalid}, "Not confirmed yet", "need not pay again", true},
		{payments.HostedInvoice{State: payments.HostedExpired}, "Expired", "Choose an amount again", false},
		{payments.HostedInvoice{State: payments.HostedExpired, Exception: "paidPartial"}, "Expired", "BitPay returns what you paid", false},
		{payments.HostedInvoice{State: payments.HostedDeclined}, "Declined", "BitPay writes to you", false},
		{payments.HostedInvoice{State: payments.HostedDeclined, Incarnation: 1}, "Declined", "credit of $25.00 was taken back", false},
		{payments.HostedInvoice{State: payments.HostedFailed}, "Not opened", "Try again", false},
	} {
		c.h.ID, c.h.Price = "0123456789abcdef0123456789abcdef", price
		v := s.hostedView(c.h)
		require.Equal(t, c.pill, v.Pill, "%+v", c.h.State)
		require.Contains(t, v.Title+" "+v.Text+" "+v.Sentence+" "+v.Next, c.says, "%+v", c.h.State)
		require.NotEmpty(t, v.Reference)
		require.Equal(t, c.open, hostedOpen(c.h), "%+v", c.h.State)
		require.Equal(t, v.Ended, v.Steps == nil, "%+v", c.h.State)
	}
}

func TestAStatementLineKnowsItsPaymentAtBitPay(t *testing.T) {
	for entry, want := range map[string]string{
		"hosted/ab12/1": "ab12", "reversal/hosted/ab12/1": "ab12", "hosted/ab12/refund/r/1": "ab12",
		"deposit/bitcoin/ab12:0/1": "", "reversal/deposit/x": "", "hosted_fee/x": "", "": "",
	} {
		require.Equal(t, want, hostedOf(entry), entry)
	}
}
