package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

func TestAStaleOrRepeatedListOfRefundsChangesNothing(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v := w.refunded(h, 7_000)
	w.sync()
	require.NoError(t, w.sim.GiveAddress(v.ID, "bcrt1qpayer"))
	w.sync()
	require.NoError(t, w.sim.PayOutRefund(v.ID))
	w.sync()
	lists := w.answer.lists
	require.GreaterOrEqual(t, len(lists), 3)
	before := w.dump()
	for _, again := range lists {
		w.answer.set(again, nil)
		w.sync()
		require.Equal(t, before, w.dump())
	}
}

func TestTwoProcessorsBookARefundOnce(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	v := w.refunded(h, 7_000)
	w.paidOut(v)
	first := w.p
	w.restart()
	done := make(chan error, 2)
	for _, p := range []*payments.Processor{first, w.p} {
		go func() {
			_, err := p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
			done <- err
		}()
	}
	require.NoError(t, <-done)
	require.NoError(t, <-done)
	require.Equal(t, [4]string{"30.00", "0.00", minus(less(t, "29.00", v)), minus(plus(t, 100, v))}, w.books(voice))
	require.Equal(t, []payments.EventKind{refundReserved, refundPaid}, w.refundKinds(h))
	w.entries()
}
