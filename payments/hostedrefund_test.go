package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments"
)

func TestAFullRefundMadeInTheDashboardIsFollowedToItsEnd(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	w.sync()
	require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice), "BitPay's 1 % is booked")

	v := w.refunded(h, 10_000)
	w.sync()
	require.Equal(t, [4]string{"0.00", "100.00", "-99.00", "-1.00"}, w.books(voice), "reserved")
	require.Equal(t, []payments.EventKind{refundReserved}, w.refundKinds(h))

	require.NoError(t, w.sim.GiveAddress(v.ID, "bcrt1qpayer"))
	w.sync()
	require.Equal(t, [4]string{"0.00", "100.00", "-99.00", "-1.00"}, w.books(voice), "pending changes no balance")
	require.Equal(t, "pending", w.row(h).Refunds[0].Status)

	require.NoError(t, w.sim.PayOutRefund(v.ID))
	w.sync()
	// Of 100.00 BitPay kept 1.00, then gave 100.00 back and took its fee: the host owes it.
	require.Equal(t, [4]string{"0.00", "0.00", plus(t, 100, v), minus(plus(t, 100, v))}, w.books(voice))
	require.Equal(t, []payments.EventKind{refundReserved, refundPaid}, w.refundKinds(h))
	got := w.row(h).Refunds
	require.Len(t, got, 1)
	require.True(t, got[0].Reserved && got[0].Paid)
	require.Equal(t, plus(t, 0, v), got[0].Fee.Text())
	w.entries()
}

func TestSeveralPartialRefundsInSequenceEachTakeTheirPart(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	one := w.refunded(h, 2_500)
	w.sync()
	w.paidOut(one)
	two := w.refunded(h, 3_000)
	w.sync()
	require.Equal(t, [4]string{"45.00", "30.00", minus(less(t, "74.00", one)), minus(plus(t, 100, one))}, w.books(voice))
	w.paidOut(two)
	three := w.refunded(h, 4_500)
	w.paidOut(three)
	w.sync()
	require.Equal(t, [4]string{"0.00", "0.00", plus(t, 100, one, two, three), minus(plus(t, 100, one, two, three))}, w.books(voice))
	require.Len(t, w.row(h).Refunds, 3)
	count := map[payments.EventKind]int{}
	for _, k := range w.refundKinds(h) {
		count[k]++
	}
	require.Equal(t, map[payments.EventKind]int{refundReserved: 3, refundPaid: 3}, count)
	w.entries()
}

func TestACancelledRefundGivesTheAmountBack(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v := w.refunded(h, 4_000)
	w.sync()
	require.Equal(t, "60.00", w.books(voice)[0])
	_, err := w.client.CancelRefund(w.ctx, v.ID)
	require.NoError(t, err)
	w.sync()
	require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
	require.Equal(t, []payments.EventKind{refundReserved, refundFailed}, w.refundKinds(h))

	again := w.refunded(h, 10_000) // the price is free again
	w.sync()
	require.Equal(t, "0.00", w.books(voice)[0])
	w.paidOut(again)
	w.sync()
	require.Equal(t, plus(t, 100, again), w.books(voice)[2])
	w.entries()
}

func TestAFailedRefundGivesTheAmountBackAlsoWhenItWasImmediate(t *testing.T) {
	for _, immediate := range []bool{false, true} {
		w := newRefundWorld(t)
		h := w.complete(voice, hundred)
		v, err := w.refund(h, 4_000, func(n *bitpay.NewRefund) { n.Immediate = immediate })
		require.NoError(t, err)
		w.sync()
		require.Equal(t, [4]string{"60.00", "40.00", "-99.00", "-1.00"}, w.books(voice), "what BitPay deducted is not paid out yet")
		require.NoError(t, w.sim.GiveAddress(v.ID, "bcrt1qpayer"))
		require.NoError(t, w.sim.FailRefund(v.ID))
		r := w.sync()
		require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
		require.True(t, r.Receivables[0].Unexplained.IsZero(), "%v", r.Receivables)
		w.entries()
	}
}

func TestARefundSeenFirstAsSuccessIsBookedAtOnce(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v := w.refunded(h, 7_000)
	w.paidOut(v)
	w.sync()
	require.Equal(t, [4]string{"30.00", "0.00", minus(less(t, "29.00", v)), minus(plus(t, 100, v))}, w.books(voice))
	require.Equal(t, []payments.EventKind{refundReserved, refundPaid}, w.refundKinds(h))
}

func TestAPreviewChangesNothingUntilItIsConfirmed(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v, err := w.refund(h, 7_000, func(n *bitpay.NewRefund) { n.Preview = true })
	require.NoError(t, err)
	w.sync()
	before := w.dump()
	w.sync()
	require.Equal(t, before, w.dump())
	require.Empty(t, w.row(h).Refunds)
	_, err = w.client.ConfirmRefund(w.ctx, v.ID)
	require.NoError(t, err)
	w.sync()
	require.Equal(t, "30.00", w.books(voice)[0])
}
