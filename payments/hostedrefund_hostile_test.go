package payments_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// TestNoListOfRefundsBreaksTheBooks gives lists that BitPay should never send, in any
// sequence: the books are always what the row says, no more than the price goes back,
// what was paid stays paid, and a list given again in another order changes nothing.
func TestNoListOfRefundsBreaksTheBooks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newRefundWorld(t)
		h := w.complete(voice, hundred)
		w.refunded(h, 1) // so that the list is asked for
		w.answer.set(`{"data":[]}`, nil)
		w.sync()
		paid := map[string]bool{}
		for range rapid.IntRange(1, 8).Draw(rt, "lists") {
			list := rapid.SliceOfNDistinct(rapid.Custom(func(rt *rapid.T) string {
				return fmt.Sprintf(`{"id":"r%d","invoice":%q,"status":%q,"type":%q,"amount":%s,"currency":%q,"refundFee":%s,"buyerPaysRefundFee":%v}`,
					rapid.IntRange(1, 4).Draw(rt, "id"), h.RemoteID,
					rapid.SampledFrom([]string{"preview", "created", "pending", "success", "failure", "canceled", "cancelled", "odd"}).Draw(rt, "status"),
					rapid.SampledFrom([]string{"partial", "partial", "partial", "overpayment", ""}).Draw(rt, "type"),
					rapid.SampledFrom([]string{"30", "60", "60.00", "100", "100.01", "0", "-30"}).Draw(rt, "amount"),
					rapid.SampledFrom([]string{"USD", "USD", "USD", "EUR", ""}).Draw(rt, "currency"),
					rapid.SampledFrom([]string{"0", "0.05", "0.05", "-1", "0.001"}).Draw(rt, "fee"), rapid.Bool().Draw(rt, "buyer pays"))
			}), 0, 4, func(s string) string { return s[:len(`{"id":"r1`)] }).Draw(rt, "list")
			w.answer.set(`{"data":[`+strings.Join(list, ",")+`]}`, nil)
			_, err := w.p.RefreshHosted(w.ctx, h.ID)
			require.NoError(rt, err)

			row := w.row(h)
			require.True(rt, slices.IsSortedFunc(row.Refunds, func(a, b payments.HostedRefund) int { return strings.Compare(a.ID, b.ID) }))
			customer, payable, receivable, fee := int64(10_000), int64(0), int64(-9_900), int64(-100)
			for _, f := range row.Refunds {
				amount, _ := f.Amount.Int64()
				cost, _ := f.Fee.Int64()
				require.False(rt, f.Paid && !f.Reserved)
				require.False(rt, paid[f.ID] && !f.Paid, "a payout was taken back")
				paid[f.ID] = f.Paid
				switch {
				case f.Paid:
					customer, receivable, fee = customer-amount, receivable+amount+cost, fee-cost
				case f.Reserved:
					customer, payable = customer-amount, payable+amount
				}
			}
			require.GreaterOrEqual(rt, customer, int64(0), "more than the price goes back")
			text := func(n int64) string { return money.USD.Cents(n).Text() }
			require.Equal(rt, [4]string{text(customer), text(payable), text(receivable), text(fee)}, w.books(voice))
			entries, told := w.entries(), len(w.kinds(h))

			slices.Reverse(list)
			w.answer.set(`{"data":[`+strings.Join(list, ",")+`]}`, nil)
			_, err = w.p.RefreshHosted(w.ctx, h.ID)
			require.NoError(rt, err)
			require.Equal(rt, entries, w.entries())
			require.Len(rt, w.kinds(h), told, "told once")
			require.Equal(rt, row.Refunds, w.row(h).Refunds)
		}
	})
}
