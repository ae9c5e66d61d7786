package invoice_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments/money"
)

var states = []invoice.PaymentState{invoice.Pending, invoice.Credited, invoice.Reversed}

func drawPayments(rt *rapid.T) (out []invoice.Payment) {
	for i := range rapid.IntRange(0, 8).Draw(rt, "payments") {
		out = append(out, pay(string(rune('a'+i)), rapid.SampledFrom([]invoice.Way{invoice.Direct, invoice.BitPay}).Draw(rt, "way"),
			rapid.SampledFrom(states).Draw(rt, "state"), rapid.IntRange(0, 28).Draw(rt, "day"), rapid.Int64Range(0, 150_00).Draw(rt, "cents")))
	}
	return out
}

func apply(rt *rapid.T, payments []invoice.Payment) invoice.Standing {
	s, err := invoice.Apply(hundred(), payments)
	require.NoError(rt, err)
	return s
}

func TestNeitherOrderNorRepetitionOfPaymentsCounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		payments := drawPayments(rt)
		want := apply(rt, payments)
		again := rapid.Permutation(slices.Concat(payments, payments)).Draw(rt, "order")
		require.Equal(rt, told(want), told(apply(rt, again)))
		require.Equal(rt, want.Exceptions, apply(rt, again).Exceptions)
	})
}

// TestAStandingIsWhatPlainArithmeticSays compares with sums in cents.
func TestAStandingIsWhatPlainArithmeticSays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		payments := drawPayments(rt)
		s := apply(rt, payments)
		var paid, pending, inTime int64
		var waits, lost, after bool
		for _, p := range payments {
			cents, _ := p.Value.Int64()
			switch p.State {
			case invoice.Credited:
				paid += cents
				if p.At.After(hundred().DueAt) {
					after = after || cents > 0
				} else {
					inTime += cents
				}
			case invoice.Pending:
				pending, waits = pending+cents, true
			case invoice.Reversed:
				lost = true
			}
		}
		has := func(e invoice.Exception) bool { return slices.Contains(s.Exceptions, e) }
		require.Equal(rt, money.USD.Cents(paid).String(), s.Paid.String())
		require.Equal(rt, money.USD.Cents(pending).String(), s.Pending.String())
		require.Equal(rt, money.USD.Cents(max(0, 100_00-paid)).String(), s.Missing.String())
		require.Equal(rt, money.USD.Cents(max(0, paid-100_00)).String(), s.Surplus.String())
		require.Equal(rt, paid >= 100_00, s.Status == invoice.Paid)
		require.Equal(rt, paid < 100_00 && waits, s.Status == invoice.Processing)
		require.Equal(rt, paid > 0 && paid < 100_00 && !waits, has(invoice.Underpaid))
		require.Equal(rt, paid > 100_00, has(invoice.Overpaid))
		require.Equal(rt, after && inTime < 100_00, has(invoice.Late))
		require.Equal(rt, lost && paid < 100_00, has(invoice.ReversedPayment))
		require.False(rt, s.Missing.Sign() > 0 && s.Surplus.Sign() > 0, "missing and surplus exclude each other")
	})
}

func TestMoreMoneyNeverMakesAnInvoiceLessPaid(t *testing.T) {
	rank := map[invoice.Status]int{invoice.Unpaid: 0, invoice.Processing: 1, invoice.Paid: 2}
	rapid.Check(t, func(rt *rapid.T) {
		payments := drawPayments(rt)
		before := apply(rt, payments)
		state := rapid.SampledFrom([]invoice.PaymentState{invoice.Pending, invoice.Credited}).Draw(rt, "state")
		more := coins("more", state, rapid.Int64Range(0, 150_00).Draw(rt, "more"))
		after := apply(rt, append(slices.Clone(payments), more))
		require.GreaterOrEqual(rt, rank[after.Status], rank[before.Status])
		for _, w := range before.SeenBy {
			require.Contains(rt, after.SeenBy, w)
		}
		for _, pair := range [][2]money.Amount{{before.Paid, after.Paid}, {before.Pending, after.Pending},
			{before.Surplus, after.Surplus}, {after.Missing, before.Missing}} {
			order, err := pair[0].Cmp(pair[1])
			require.NoError(rt, err)
			require.LessOrEqual(rt, order, 0)
		}
	})
}

// TestAnythingIsFoldedOrRefused feeds what no engine tells.
func TestAnythingIsFoldedOrRefused(t *testing.T) {
	assets := []money.Asset{{}, money.USD.Asset(), money.EUR.Asset(), {Coin: "BTC", Network: "bitcoin", Decimals: 8}}
	rapid.Check(t, func(rt *rapid.T) {
		amount := func() money.Amount {
			return money.Units(rapid.SampledFrom(assets).Draw(rt, "asset"), rapid.Int64().Draw(rt, "units"))
		}
		v := hundred()
		v.Total = amount()
		if rapid.Bool().Draw(rt, "plain") {
			v.Total = hundred().Total
		}
		var payments []invoice.Payment
		for range rapid.IntRange(0, 4).Draw(rt, "n") {
			payments = append(payments, invoice.Payment{
				Key:   rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "key"),
				Way:   rapid.SampledFrom([]invoice.Way{"", invoice.Direct, invoice.BitPay}).Draw(rt, "way"),
				State: rapid.SampledFrom(append([]invoice.PaymentState{""}, states...)).Draw(rt, "state"),
				At:    time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(rt, "at"), 0), Value: amount(),
			})
		}
		s, err := invoice.Apply(v, payments)
		if err != nil {
			require.Zero(rt, s)
			return
		}
		for _, x := range []money.Amount{s.Paid, s.Pending, s.Missing, s.Surplus} {
			require.GreaterOrEqual(rt, x.Sign(), 0)
			require.Equal(rt, v.Total.Asset(), x.Asset())
		}
		order, err := s.Paid.Cmp(v.Total)
		require.NoError(rt, err)
		require.Equal(rt, order >= 0, s.Status == invoice.Paid)
	})
}
