package payments_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

func TestAHostThatRefusesARefundDoesNotStopItsBooking(t *testing.T) {
	w := newRefundWorld(t)
	refuse := false
	w.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		for _, e := range events {
			if refuse && e.Kind == refundReserved {
				return errors.New("host: no refunds here")
			}
		}
		return nil
	}
	w.restart()
	h := w.complete(voice, hundred)
	refuse = true
	w.refunded(h, 7_000)
	w.sync()
	require.Equal(t, [2]string{"30.00", "70.00"}, w.customer(), "BitPay has made it, whatever the host says")
	require.Equal(t, payments.HoldHost, w.row(h).Hold)
	require.Equal(t, []payments.EventKind{refundReserved, payments.EventHostedHeld}, w.kinds(h)[len(w.kinds(h))-2:])
}

func TestARefundWaitsForACreditThatTheHostRefused(t *testing.T) {
	w := newRefundWorld(t)
	refuse := true
	w.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		if refuse {
			return errors.New("host: unknown customer")
		}
		return nil
	}
	w.restart()
	h := w.complete(voice, hundred)
	require.Equal(t, payments.HoldHost, w.row(h).Hold)
	v := w.refunded(h, 7_000)
	w.paidOut(v)
	r := w.sync()
	require.Equal(t, [2]string{"0.00", "0.00"}, w.customer())
	require.Empty(t, w.refundKinds(h), "nothing is wrong with it")
	x := r.Receivables[0]
	require.Contains(t, x.Explained, payments.BitPayExplanation{What: "credited by BitPay and held here", Amount: hundred})

	refuse = false
	require.NoError(t, w.p.ReleaseHosted(w.ctx, h.ID, payments.Actor{ID: "op", Reason: "customer created"}))
	w.sync()
	require.Equal(t, [4]string{"30.00", "0.00", minus(less(t, "29.00", v)), minus(plus(t, 100, v))}, w.books(voice))
	w.entries()
}
