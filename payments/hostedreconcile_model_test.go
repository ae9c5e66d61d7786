package payments_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// TestAReconciliationLeavesNothingUnexplainedInAnyHistory lets invoices in two
// currencies, of ours and of others, be paid, declined, refunded in every way and
// settled, while the engine looks at times: reconciling all the days then finds nothing
// but what is foreign the second time, writes nothing, and explains what BitPay holds
// to the cent.
func TestAReconciliationLeavesNothingUnexplainedInAnyHistory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newRefundWorld(t)
		if rapid.Bool().Draw(rt, "credited at confirmed") {
			w.cfg.BitPay.Speed = bitpay.Medium
			w.restart()
		}
		start := w.clock.Now()
		if rapid.Bool().Draw(rt, "funded") {
			require.NoError(rt, w.sim.Fund("USD", "10000"))
			require.NoError(rt, w.sim.Fund("EUR", "10000"))
		}
		euros := payments.Account{Profile: "globex", Name: "euros"}
		require.NoError(rt, w.p.OpenAccount(w.ctx, euros, money.EUR))
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			reconciledStep(rt, w, euros)
		}
		w.clock.Advance(time.Minute)
		_, err := w.p.ReconcileBitPay(w.ctx, start, w.clock.Now())
		require.NoError(rt, err)
		before := w.dump()
		w.clock.Advance(time.Second)
		r, err := w.p.ReconcileBitPay(w.ctx, start, w.clock.Now())
		require.NoError(rt, err)
		require.Equal(rt, before, w.dump(), "a second run changes nothing")
		for _, x := range r.Receivables {
			require.True(rt, x.Unexplained.IsZero(), "owed %s, held %s, explained %v", x.Owed, x.Held, x.Explained)
		}
		for _, d := range r.Differences {
			require.Equal(rt, payments.DifferenceForeign, d.Class, d.Text)
		}
		w.entries()
	})
}

// reconciledStep lets something happen. What BitPay refuses in its state is a step that
// changes nothing.
func reconciledStep(rt *rapid.T, w *refundWorld, euros payments.Account) {
	var id, refund string
	if all := w.sim.Invoices(); len(all) > 0 {
		id = rapid.SampledFrom(all).Draw(rt, "invoice").ID
	}
	if all := w.sim.Refunds(); len(all) > 0 {
		refund = rapid.SampledFrom(all).Draw(rt, "refund").ID
	}
	w.n++
	switch rapid.SampledFrom([]string{"dollars", "euros", "foreign", "pay", "pay", "confirm", "confirm", "complete", "decline",
		"refund", "refund", "pay out", "pay out", "fail", "cancel", "settle", "advance", "reconcile", "time"}).Draw(rt, "step") {
	case "dollars":
		w.checkout(voice, hundred)
	case "euros":
		w.checkout(euros, money.EUR.Cents(5_000))
	case "foreign":
		_, err := w.client.CreateInvoice(w.ctx, bitpay.NewInvoice{Price: bitpay.NumberOf(money.USD.Cents(2_000)), Currency: "USD",
			GUID: fmt.Sprint("another-shop-", w.n), OrderID: "42"})
		require.NoError(rt, err)
	case "pay":
		_ = w.sim.PayExact(id, "BTC")
	case "confirm":
		_ = w.sim.Confirm(id, rapid.SampledFrom([]int{1, 6}).Draw(rt, "blocks"))
	case "complete":
		_ = w.sim.Complete(id)
	case "decline":
		_ = w.sim.Decline(id)
	case "refund":
		if id != "" {
			w.buyerPays = rapid.Bool().Draw(rt, "buyer pays")
			_, _ = w.makeRefund(bitpay.NewRefund{InvoiceID: id, GUID: fmt.Sprint("refund-", w.n),
				Amount:   bitpay.NumberOf(money.USD.Cents(rapid.Int64Range(1, 10_000).Draw(rt, "cents"))),
				Currency: rapid.SampledFrom([]string{"USD", "EUR"}).Draw(rt, "currency"), Immediate: rapid.Bool().Draw(rt, "immediate")})
		}
	case "pay out":
		_ = w.sim.GiveAddress(refund, "bcrt1qpayer")
		_ = w.sim.PayOutRefund(refund)
	case "fail":
		_ = w.sim.FailRefund(refund)
	case "cancel":
		if refund != "" {
			_, _ = w.client.CancelRefund(w.ctx, refund)
		}
	case "settle":
		_, _ = w.sim.Settle(rapid.SampledFrom([]string{"USD", "EUR"}).Draw(rt, "currency"))
	case "advance":
		require.NoError(rt, w.p.Advance(w.ctx))
	case "reconcile":
		w.sync()
	case "time":
		w.clock.Advance(time.Duration(rapid.IntRange(1, 90).Draw(rt, "minutes")) * time.Minute)
	}
}
