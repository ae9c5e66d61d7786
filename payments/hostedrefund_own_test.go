package payments_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments"
)

func TestBitPaysRefundsOfUnderAndOverpaymentsAreNeverBooked(t *testing.T) {
	w := newRefundWorld(t)
	over, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: voice, Amount: hundred, ReturnURL: "https://shop.example/"})
	require.NoError(t, err)
	under, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: sms, Amount: hundred, ReturnURL: "https://shop.example/"})
	require.NoError(t, err)
	require.NoError(t, w.sim.PayOver(over.RemoteID, "BTC"))
	require.NoError(t, w.sim.Confirm(over.RemoteID, 6))
	require.NoError(t, w.sim.PayPart(under.RemoteID, "BTC"))
	w.clock.Advance(20 * time.Minute)
	w.sync()
	list := w.sim.Refunds()
	require.Len(t, list, 2)
	for _, r := range list {
		require.NoError(t, w.sim.GiveAddress(r.ID, "bcrt1qpayer"))
		w.sync()
		require.NoError(t, w.sim.PayOutRefund(r.ID))
		w.sync()
	}
	require.Equal(t, [4]string{"100.00", "0.00", "-99.00", "-1.00"}, w.books(voice))
	require.Equal(t, "0.00", w.books(sms)[0])
	require.Empty(t, w.refundKinds(over))
	require.Empty(t, w.refundKinds(under))
	require.Equal(t, "overpayment", w.row(over).Refunds[0].Type, "shown, though not booked")
}

func TestARefundOfAConfirmedInvoiceDeclinesItAndReversesTheCredit(t *testing.T) {
	w := newRefundWorld(t)
	w.cfg.BitPay.Speed = bitpay.Medium
	w.restart()
	h, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: voice, Amount: hundred, ReturnURL: "https://shop.example/"})
	require.NoError(t, err)
	require.NoError(t, w.sim.GiveEmail(h.RemoteID, "payer@example.com"))
	require.NoError(t, w.sim.PayExact(h.RemoteID, "BTC"))
	require.NoError(t, w.sim.Confirm(h.RemoteID, 1))
	w.clock.Advance(time.Minute)
	w.sync()
	require.Equal(t, "100.00", w.books(voice)[0])
	v, err := w.refund(h, 10_000, nil)
	require.NoError(t, err)
	w.clock.Advance(time.Minute)
	w.sync()
	require.Equal(t, payments.HostedDeclined, w.row(h).State)
	w.paidOut(v)
	w.sync()
	require.Equal(t, [4]string{"0.00", "0.00", "0.00", "0.00"}, w.books(voice))
	require.Empty(t, w.refundKinds(h), "the reversal gave it back; the refund is BitPay's with the payer")
	require.Contains(t, w.kinds(h), payments.EventHostedReversed)
	w.entries()
}

func TestARefundWithoutATypeIsNotGuessedOnAnOverpaidInvoice(t *testing.T) {
	w := newRefundWorld(t)
	h, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: voice, Amount: hundred, ReturnURL: "https://shop.example/"})
	require.NoError(t, err)
	require.NoError(t, w.sim.PayOver(h.RemoteID, "BTC"))
	require.NoError(t, w.sim.Confirm(h.RemoteID, 6))
	w.clock.Advance(time.Minute)
	w.answer.set("", func(path, body string) string {
		if path == "/refunds" {
			return strings.ReplaceAll(body, `"type":"overpayment"`, `"kind":"overpayment"`)
		}
		return body
	})
	w.sync()
	w.sync()
	require.Equal(t, "100.00", w.books(voice)[0])
	require.Equal(t, []payments.EventKind{payments.EventHostedMismatch}, w.refundKinds(h))
}
