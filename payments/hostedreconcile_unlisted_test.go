package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

// TestWhatBitPayTellsOfAnInvoiceItDidNotListIsApplied has BitPay list nothing, as it may
// around midnight and for another token's invoices.
func TestWhatBitPayTellsOfAnInvoiceItDidNotListIsApplied(t *testing.T) {
	w := newRefundWorld(t)
	h := w.checkout(voice, hundred)
	require.NoError(t, w.sim.PayExact(h.RemoteID, "BTC"))
	require.NoError(t, w.sim.Confirm(h.RemoteID, 6))
	w.clock.Advance(time.Minute)
	w.answer.set("", func(path, body string) string {
		if path == "/invoices" {
			return `{"data":[]}`
		}
		return body
	})
	r := w.sync()
	require.Zero(t, r.Compared)
	require.Equal(t, []payments.DifferenceClass{payments.DifferenceTiming}, classes(r))
	require.Equal(t, payments.HostedComplete, w.row(h).State)
	require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
	before := w.dump()
	require.Empty(t, w.sync().Differences)
	require.Equal(t, before, w.dump(), "a second run changes nothing")

	require.NoError(t, w.sim.Fund("USD", "1000"))
	w.refunded(h, 4_000)
	require.Equal(t, []payments.DifferenceClass{payments.DifferenceTiming}, classes(w.sync()))
	require.Equal(t, "60.00", w.books(voice)[0], "its refunds are followed too")
}
