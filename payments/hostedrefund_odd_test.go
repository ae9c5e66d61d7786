package payments_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

// TestARefundThatCannotBeRightIsReportedAndNotBooked changes BitPay's answers under
// way.
func TestARefundThatCannotBeRightIsReportedAndNotBooked(t *testing.T) {
	for name, c := range map[string]struct{ old, new string }{
		"another currency":      {`"currency":"USD"`, `"currency":"EUR"`},
		"above the price":       {`"amount":70`, `"amount":100.01`},
		"of nothing":            {`"amount":70`, `"amount":0`},
		"a negative amount":     {`"amount":70`, `"amount":-70`},
		"a fraction of a cent":  {`"amount":70`, `"amount":70.001`},
		"a status nobody knows": {`"status":"created"`, `"status":"teleported"`},
		"a negative fee":        {`"refundFee":`, `"refundFee":-`},
		"an id that is a path":  {`"id":"`, `"id":"../`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newRefundWorld(t)
			h := w.complete(voice, hundred)
			w.refunded(h, 7_000)
			changed := false
			w.answer.set("", func(path, body string) string {
				if path != "/refunds" {
					return body
				}
				changed = changed || strings.Contains(body, c.old)
				return strings.ReplaceAll(body, c.old, c.new)
			})
			r := w.sync()
			require.True(t, changed, "the answer is spoiled")
			require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
			require.Equal(t, []payments.EventKind{payments.EventHostedMismatch}, w.refundKinds(h))
			require.NotEmpty(t, w.row(h).Refunds[0].Problem)
			require.Contains(t, classes(r), payments.DifferenceAmount)
			before := w.dump()
			w.sync()
			require.Equal(t, before, w.dump(), "told once")

			w.answer.set("", nil)
			w.sync()
			require.Equal(t, "30.00", w.books(voice)[0], "the right answer is booked")
			w.entries()
		})
	}
}

func TestARefundWhoseAmountChangesAfterItWasReservedStaysAsBooked(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v := w.refunded(h, 7_000)
	w.sync()
	w.paidOut(v)
	w.answer.set("", func(path, body string) string {
		if path == "/refunds" {
			return strings.ReplaceAll(body, `"amount":70`, `"amount":7`)
		}
		return body
	})
	w.sync()
	require.Equal(t, [2]string{"30.00", "70.00"}, w.customer())
	require.Equal(t, []payments.EventKind{refundReserved, payments.EventHostedMismatch}, w.refundKinds(h))
	w.answer.set("", nil)
	w.sync()
	require.Equal(t, [2]string{"30.00", "0.00"}, w.customer())
}
