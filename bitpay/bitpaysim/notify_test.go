package bitpaysim_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

// settle takes an invoice to complete, delivering after each step.
func (w *world) settle(inv string) {
	w.t.Helper()
	require.NoError(w.t, w.sim.PayExact(inv, "BTC"))
	w.sim.Deliver(w.t.Context())
	for range 6 {
		require.NoError(w.t, w.sim.Confirm(inv, 1))
		w.sim.Deliver(w.t.Context())
	}
}

func TestTheFlatFormIsSentForPaidConfirmedAndCompleteOnly(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	gone := w.create(object{"extendedNotifications": false})
	w.sim.Advance(16 * time.Minute)
	w.settle(id(w.create(object{"extendedNotifications": false, "posData": "p"})))
	require.Equal(t, []string{"flat", "flat", "flat"}, w.shop.events())
	require.Equal(t, bitpaysim.StatusExpired, w.status(id(gone)))
	first := w.shop.all()[0].top
	require.Equal(t, "paid", first["status"])
	require.Equal(t, object{}, first["buyerFields"])
	require.Equal(t, "p", first["posData"])
	require.Equal(t, json.Number("20100").String(), jsonText(t, first["amountPaid"]))
	require.NotContains(t, first, "token")
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

func TestWithoutFullNotificationsOneIsSentAsTheSpeedSays(t *testing.T) {
	for speed, want := range map[string]string{"high": "confirmed", "medium": "confirmed", "low": "complete"} {
		w := newWorld(t, bitpaysim.Options{Speed: speed})
		w.settle(id(w.create(object{"extendedNotifications": false, "fullNotifications": false})))
		heard := w.shop.all()
		require.Len(t, heard, 1, speed)
		require.Equal(t, want, heard[0].top["status"])
	}
}

func TestTheExtendedFormTellsTheBadEndsToo(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	w.create(nil)
	slow := w.create(nil)
	require.NoError(t, w.sim.PayExact(id(slow), "BTC"))
	bad := w.create(nil)
	require.NoError(t, w.sim.PayExact(id(bad), "BTC"))
	require.NoError(t, w.sim.Decline(id(bad)))
	w.sim.Deliver(t.Context())
	w.sim.Advance(61 * time.Minute)
	w.sim.Deliver(t.Context())
	require.Equal(t, []string{"invoice_paidInFull", "invoice_paidInFull", "invoice_declined", "invoice_expired", "invoice_failedToConfirm"}, w.shop.events())
	event := w.shop.all()[4].top["event"].(object)
	require.Equal(t, "1013", jsonText(t, event["code"]))
}

func TestANotificationIsSignedWithTheTokenThatCreatedTheInvoice(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	r := w.do(nil, http.MethodPost, "/invoices", object{"token": w.pos, "price": 1, "currency": "USD", "notificationURL": w.shop.url})
	require.NoError(t, w.sim.PayExact(id(r.data(t)), "BTC"))
	require.NoError(t, w.sim.PayExact(id(w.create(nil)), "BTC"))
	w.sim.Deliver(t.Context())
	heard := w.shop.all()
	require.Equal(t, bitpaysim.Sign(w.pos, []byte(heard[0].body)), heard[0].signature)
	require.Equal(t, bitpaysim.Sign(w.merchant, []byte(heard[1].body)), heard[1].signature)
}

func TestANotificationTellsTheStatusAtDelivery(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(nil)
	require.NoError(t, w.sim.PayExact(id(o), "BTC"))
	require.NoError(t, w.sim.Confirm(id(o), 6))
	w.sim.Deliver(t.Context())
	require.Equal(t, "invoice_paidInFull", w.shop.events()[0])
	require.Equal(t, "complete", w.shop.all()[0].top["data"].(object)["status"])
}

func TestAFailedNotificationIsTriedAtThePublishedMinutes(t *testing.T) {
	for _, answer := range []int{http.StatusInternalServerError, http.StatusNoContent, http.StatusFound} {
		w := newWorld(t, bitpaysim.Options{})
		w.shop.answers(answer)
		require.NoError(t, w.sim.PayExact(id(w.create(nil)), "BTC"))
		start := w.sim.Now()
		for range 120 {
			w.sim.Deliver(t.Context())
			w.sim.Advance(30 * time.Second)
		}
		var minutes []time.Duration
		for _, d := range w.sim.Deliveries() {
			if d.Event == "invoice_paidInFull" {
				minutes = append(minutes, d.At.Sub(start)/time.Minute)
			}
		}
		require.Equal(t, []time.Duration{0, 1, 5, 14, 30, 55}, minutes)
	}
}

func TestADeadShopIsNotedAndTriedAgain(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(object{"notificationURL": "http://127.0.0.1:1/ipn"})
	require.NoError(t, w.sim.PayExact(id(o), "BTC"))
	require.Equal(t, 1, w.sim.Deliver(t.Context()))
	require.NotEmpty(t, w.sim.Deliveries()[0].Err)
	w.sim.Advance(time.Minute)
	require.Equal(t, 1, w.sim.Deliver(t.Context()))
}

func TestRunDeliversByItselfAndEndsWithItsContext(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); w.sim.Run(ctx) }()
	require.NoError(t, w.sim.PayExact(id(w.create(nil)), "BTC"))
	require.Eventually(t, func() bool { return len(w.shop.all()) == 1 }, 10*time.Second, time.Millisecond)
	cancel()
	<-ended
}

func TestAmountsAsTextIfTheQuirkIsOn(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	w.sim.SetQuirks(bitpaysim.Quirks{StringAmounts: true})
	require.NoError(t, w.sim.PayExact(id(w.create(nil)), "BTC"))
	w.sim.Deliver(t.Context())
	data := w.shop.all()[0].top["data"].(object)
	require.Equal(t, "20100", data["amountPaid"])
	require.Equal(t, "10", data["price"])
}

func TestEveryFaultOfNotificationsIsWhatItSays(t *testing.T) {
	deliver := func(f bitpaysim.NotificationFault) (*world, []heard) {
		w := newWorld(t, bitpaysim.Options{SlowBy: time.Millisecond})
		w.sim.FaultNotifications(f, 1)
		require.NoError(t, w.sim.PayExact(id(w.create(nil)), "BTC"))
		w.sim.Deliver(t.Context())
		return w, w.shop.all()
	}
	signed := func(w *world, h heard) bool { return bitpaysim.Sign(w.merchant, []byte(h.body)) == h.signature }

	w, heard := deliver(bitpaysim.Drop)
	require.Empty(t, heard)
	w.sim.Advance(time.Hour)
	require.NotContains(t, w.shop.events(), "invoice_paidInFull", "BitPay believes it arrived")

	_, heard = deliver(bitpaysim.Duplicate)
	require.Len(t, heard, 2)
	require.Equal(t, heard[0].body, heard[1].body)

	w, heard = deliver(bitpaysim.Delay)
	require.Empty(t, heard)
	w.sim.Advance(10 * time.Minute)
	w.sim.Deliver(t.Context())
	require.Len(t, w.shop.all(), 1)

	w, heard = deliver(bitpaysim.Forge)
	require.Equal(t, "complete", heard[0].top["data"].(object)["status"])
	require.False(t, signed(w, heard[0]))
	require.Equal(t, bitpaysim.StatusPaid, w.sim.Invoices()[0].Status)

	w, heard = deliver(bitpaysim.BadSignature)
	require.Equal(t, "paid", heard[0].top["data"].(object)["status"])
	require.False(t, signed(w, heard[0]))

	_, heard = deliver(bitpaysim.Unsigned)
	require.Empty(t, heard[0].signature)

	w, heard = deliver(bitpaysim.Truncate)
	require.Nil(t, heard[0].top)
	require.True(t, signed(w, heard[0]))

	_, heard = deliver(bitpaysim.SlowPost)
	require.Len(t, heard, 1)
}

func TestReorderedNotificationsComeNewestFirst(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	w.sim.FaultNotifications(bitpaysim.Reorder, -1)
	o := w.create(nil)
	require.NoError(t, w.sim.PayExact(id(o), "BTC"))
	require.NoError(t, w.sim.Confirm(id(o), 6))
	w.sim.Deliver(t.Context())
	require.Equal(t, []string{"invoice_completed", "invoice_confirmed", "invoice_paidInFull"}, w.shop.events())
	w.sim.ClearFaults()
	require.NotContains(t, strings.Join(w.shop.events(), " "), "broken")
}
