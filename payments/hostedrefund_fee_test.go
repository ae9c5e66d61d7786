package payments_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

var refundFeeText = regexp.MustCompile(`"refundFee":[0-9.]+`)

// feeOf has every list of refunds tell a fee.
func (w *refundWorld) feeOf(fee string) {
	w.answer.set("", func(path, body string) string {
		if path != "/refunds" {
			return body
		}
		return refundFeeText.ReplaceAllString(body, `"refundFee":`+fee)
	})
}

func TestARefundWhoseFeeIsAFractionOfACentIsBookedWithoutIt(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	w.sync()
	v := w.refunded(h, 7_000)
	w.feeOf("0.0423")
	r := w.sync()
	require.Equal(t, [2]string{"30.00", "70.00"}, w.customer(), "the customer's part is booked")
	require.Contains(t, w.row(h).Refunds[0].Problem, "0.0423")
	require.Contains(t, classes(r), payments.DifferenceAmount)
	w.paidOut(v)
	_, err := w.p.RefreshHosted(w.ctx, h.ID)
	require.NoError(t, err)
	w.sync()
	require.Equal(t, [4]string{"30.00", "0.00", "-29.00", "-1.00"}, w.books(voice))
	require.Equal(t, []payments.EventKind{refundReserved, payments.EventHostedMismatch, refundPaid}, w.refundKinds(h), "told once")
	before := w.dump()
	w.sync()
	require.Equal(t, before, w.dump())

	w.feeOf("0.04") // after it was booked as nothing
	w.sync()
	require.Equal(t, [4]string{"30.00", "0.00", "-29.00", "-1.00"}, w.books(voice))
	require.Contains(t, w.row(h).Refunds[0].Problem, "booked as 0.00 USD and is 0.04 USD")
	w.entries()
}

func TestAFeeThatCanBeReadBeforeThePayoutIsBookedWithIt(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	w.sync()
	v := w.refunded(h, 7_000)
	w.feeOf("0.0423")
	w.sync()
	w.paidOut(v)
	w.feeOf("0.04")
	w.sync()
	require.Equal(t, [4]string{"30.00", "0.00", "-28.96", "-1.04"}, w.books(voice))
	require.Empty(t, w.row(h).Refunds[0].Problem)
}

// TestASettlementThatFailedIsNotCountedAsPaidOut: BitPay still holds what it was of.
func TestASettlementThatFailedIsNotCountedAsPaidOut(t *testing.T) {
	for status, paidOut := range map[string]bool{"processing": true, "completed": true, "failed": false} {
		w := newRefundWorld(t)
		w.complete(voice, hundred)
		_, err := w.sim.Settle("USD")
		require.NoError(t, err)
		w.answer.set("", func(path, body string) string {
			if path != "/settlements" {
				return body
			}
			return regexp.MustCompile(`"status":"[a-z]+"`).ReplaceAllString(body, `"status":"`+status+`"`)
		})
		explained := false
		for _, e := range w.sync().Receivables[0].Explained {
			explained = explained || strings.HasPrefix(e.What, "settlements")
		}
		require.Equal(t, paidOut, explained, status)
	}
}
