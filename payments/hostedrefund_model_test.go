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

// expect reckons from what BitPay says what the books must hold: customer, payable,
// receivable and fee, for one invoice that BitPay has credited.
func (w *refundWorld) expect(t require.TestingT, h payments.HostedInvoice) [4]string {
	list, err := w.client.Refunds(w.ctx, h.RemoteID)
	require.NoError(t, err)
	units := func(n bitpay.Number) int64 {
		x, err := n.Amount(money.USD.Asset())
		require.NoError(t, err)
		v, ok := x.Int64()
		require.True(t, ok)
		return v
	}
	const saleFee = 100
	customer, payable, receivable, fee := int64(10_000), int64(0), int64(-10_000+saleFee), int64(-saleFee)
	for _, v := range list {
		if v.Type == "overpayment" {
			continue
		}
		switch v.Status {
		case bitpay.RefundCreated, bitpay.RefundPending:
			customer, payable = customer-units(v.Amount), payable+units(v.Amount)
		case bitpay.RefundSuccess:
			customer, receivable = customer-units(v.Amount), receivable+units(v.Amount)
			if !v.BuyerPaysRefundFee {
				receivable, fee = receivable+units(v.RefundFee), fee-units(v.RefundFee)
			}
		}
	}
	text := func(n int64) string { return money.USD.Cents(n).Text() }
	return [4]string{text(customer), text(payable), text(receivable), text(fee)}
}

// TestTheBooksOfRefundsAreWhatBitPaySays makes, confirms, cancels, executes and fails
// refunds in any order, lets one of two processors look at times, and gives it old
// lists between: after each look at the truth the books are what an oracle reckons,
// and no old list changes them.
func TestTheBooksOfRefundsAreWhatBitPaySays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newRefundWorld(t)
		h := w.checkout(voice, hundred)
		if rapid.Bool().Draw(rt, "overpaid") {
			require.NoError(rt, w.sim.PayOver(h.RemoteID, "BTC"))
		} else {
			require.NoError(rt, w.sim.PayExact(h.RemoteID, "BTC"))
		}
		require.NoError(rt, w.sim.Confirm(h.RemoteID, 6))
		require.NoError(rt, w.sim.Fund("USD", "10000"))
		w.clock.Advance(time.Minute)
		w.sync()
		first := w.p
		w.restart()
		both := []*payments.Processor{first, w.p}
		var ids []string
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			id := ""
			if len(ids) > 0 {
				id = rapid.SampledFrom(ids).Draw(rt, "refund")
			}
			// What BitPay refuses in its state is a step that changes nothing.
			switch action := rapid.SampledFrom([]string{"make", "make", "confirm", "cancel", "address", "address", "pay", "pay", "fail", "look", "look", "old"}).Draw(rt, "action"); action {
			case "make":
				w.buyerPays = rapid.Bool().Draw(rt, "buyer pays")
				v, err := w.refund(h, rapid.Int64Range(1, 10_000).Draw(rt, "cents"), func(n *bitpay.NewRefund) {
					n.Preview = rapid.Bool().Draw(rt, "preview")
					n.Immediate = rapid.Bool().Draw(rt, "immediate")
				})
				if err == nil {
					ids = append(ids, v.ID)
				}
			case "confirm":
				if id != "" {
					_, _ = w.client.ConfirmRefund(w.ctx, id)
				}
			case "cancel":
				if id != "" {
					_, _ = w.client.CancelRefund(w.ctx, id)
				}
			case "address":
				_ = w.sim.GiveAddress(id, "bcrt1qpayer")
			case "pay":
				_ = w.sim.PayOutRefund(id)
			case "fail":
				_ = w.sim.FailRefund(id)
			case "look":
				w.p = both[rapid.IntRange(0, 1).Draw(rt, "processor")]
				w.clock.Advance(time.Second)
				w.sync()
				require.Equal(rt, w.expect(rt, h), w.books(voice))
				w.entries()
			case "old":
				w.sync()
				w.answer.mu.Lock()
				lists := append([]string(nil), w.answer.lists...)
				w.answer.mu.Unlock()
				before := w.dump()
				w.answer.set(rapid.SampledFrom(lists).Draw(rt, "list"), nil)
				w.sync()
				w.answer.set("", nil)
				require.Equal(rt, before, w.dump(), "an old list changes nothing")
			}
		}
		w.sync()
		require.Equal(rt, w.expect(rt, h), w.books(voice))
		require.NotContains(rt, w.kinds(h), payments.EventHostedMismatch, "what BitPay allows is never refused")
		before := fmt.Sprint(w.entries())
		w.sync()
		require.Equal(rt, before, fmt.Sprint(w.entries()))
	})
}
