package payments_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/payments"
)

// hook carries the simulator's notifications to a handler within the process.
type hook struct{ h http.Handler }

func (k hook) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	k.h.ServeHTTP(rec, r)
	return rec.Result(), nil
}

// listening is a world whose simulator notifies the processor.
func listening(t *testing.T, signed bool) *hostedWorld {
	t.Helper()
	late := &lateHandler{}
	w := newHostedWorld(t, func(c *payments.Config) { c.BitPay.NotificationURL = "https://shop.example/bitpay" })
	w.bitpay = bitpaysim.New(bitpaysim.Options{Now: w.clock.Now, BaseURL: simBase, Seed: t.Name(), Transport: hook{late}})
	w.wire.sim = w.bitpay
	var err error
	w.token, err = w.bitpay.Grant(bitpaysim.Merchant, w.key.Identity())
	require.NoError(t, err)
	w.cfg.BitPay.Client = w.client(w.token)
	if signed {
		w.cfg.BitPay.Secrets = []bitpay.Secret{bitpay.NewSecret("an older token"), bitpay.NewSecret(w.token)}
	}
	w.restart()
	late.Handler, err = w.p.BitPayNotifications()
	require.NoError(t, err)
	return w
}

type lateHandler struct{ http.Handler }

func (w *hostedWorld) post(handler http.Handler, body []byte, signature string) int {
	r := httptest.NewRequestWithContext(w.ctx, http.MethodPost, "/bitpay", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if signature != "" {
		r.Header.Set("X-Signature", signature)
	}
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, r)
	return rec.Code
}

func TestANotificationHasTheInvoiceLookedAtAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, signed := range []bool{false, true} {
			w := listening(t, signed)
			h := w.checkout("a")
			require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
			require.Positive(t, w.bitpay.Deliver(w.ctx))
			require.Equal(t, payments.HostedPaid, w.row(h.ID).State)
			require.NoError(t, w.bitpay.Confirm(h.RemoteID, 6))
			w.bitpay.Deliver(w.ctx)
			require.Equal(t, "50.00 USD", w.balance(voice))
			require.Len(t, w.entries(voice), 1)
		}
	})
}

// TestT8FiveHundredForgedNotificationsMakeNoLedgerRow also replays, reorders and
// truncates them.
func TestT8FiveHundredForgedNotificationsMakeNoLedgerRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, signed := range []bool{false, true} {
			w := listening(t, signed)
			paid, open := w.checkout("a"), w.checkout("b")
			require.NoError(t, w.bitpay.PayExact(paid.RemoteID, ""))
			handler, err := w.p.BitPayNotifications()
			require.NoError(t, err)
			random := rand.New(rand.NewPCG(8, 8))
			var bodies [][]byte
			var signatures []string
			codes := map[int]int{}
			for i := range 500 {
				id := []string{paid.RemoteID, open.RemoteID, paid.ID, "NotOurs123", "../../x"}[random.IntN(5)]
				body := forged(id, random.IntN(3))
				signature := []string{"", "AAAA", bitpaysim.Sign("guess", body), bitpaysim.Sign("", body)}[random.IntN(4)]
				if random.IntN(4) == 0 {
					body = body[:random.IntN(len(body))]
				}
				if i > 0 && random.IntN(3) == 0 { // a replay
					past := random.IntN(len(bodies))
					body, signature = bodies[past], signatures[past]
				}
				bodies, signatures = append(bodies, body), append(signatures, signature)
				codes[w.post(handler, body, signature)]++
			}
			require.Empty(t, w.entries(voice), "signed=%v", signed)
			require.Equal(t, "0.00 USD", w.receivable())
			require.Equal(t, payments.HostedNew, w.row(open.ID).State)
			if signed {
				require.Equal(t, map[int]int{http.StatusUnauthorized: 500}, codes)
			} else {
				require.Positive(t, codes[http.StatusOK])
				require.Positive(t, codes[http.StatusBadRequest])
				require.Equal(t, payments.HostedPaid, w.row(paid.ID).State, "what BitPay itself says counts")
			}
			// The truth, then all of it again.
			require.NoError(t, w.bitpay.Confirm(paid.RemoteID, 6))
			w.after(5 * time.Minute)
			for i := range bodies {
				w.post(handler, bodies[i], signatures[i])
			}
			require.Len(t, w.entries(voice), 1)
			require.Equal(t, "50.00 USD", w.balance(voice))
		}
	})
}

// forged is a body that says complete, in one of BitPay's three forms.
func forged(id string, form int) []byte {
	data := map[string]any{"id": id, "status": "complete", "price": 500000, "currency": "USD", "orderId": "x"}
	var body any = data
	switch form {
	case 1:
		body = map[string]any{"event": map[string]any{"code": 1006, "name": "invoice_completed"}, "data": data}
	case 2:
		body = map[string]any{"event": map[string]any{"code": 7003, "name": "refund_success"},
			"data": map[string]any{"id": "refund", "invoice": id, "status": "success", "amount": 50}}
	}
	text, _ := json.Marshal(body)
	return text
}

// TestT9P23ReplayedAndReorderedNotificationsAreHarmless delivers each of BitPay's own
// notifications up to ten times, in any order, long after its state has passed.
func TestT9P23ReplayedAndReorderedNotificationsAreHarmless(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listening(t, true)
		h := w.checkout("a")
		w.bitpay.FaultNotifications(bitpaysim.Drop, -1)
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		w.bitpay.Deliver(w.ctx)
		require.NoError(t, w.bitpay.Confirm(h.RemoteID, 6))
		w.bitpay.Deliver(w.ctx)
		require.Empty(t, w.entries(voice), "all were lost")
		sent := w.bitpay.Deliveries()
		require.GreaterOrEqual(t, len(sent), 2)
		handler, err := w.p.BitPayNotifications()
		require.NoError(t, err)
		var pile []bitpaysim.Delivery
		for i, d := range sent {
			pile = append(pile, slices.Repeat([]bitpaysim.Delivery{d}, 10-i%3)...)
		}
		rand.New(rand.NewPCG(9, 9)).Shuffle(len(pile), func(i, j int) { pile[i], pile[j] = pile[j], pile[i] })
		for _, d := range pile {
			require.Equal(t, http.StatusOK, w.post(handler, d.Body, d.Signature))
		}
		require.Equal(t, "50.00 USD", w.balance(voice))
		require.Len(t, w.entries(voice), 1)
		require.Equal(t, []payments.EventKind{payments.EventHostedOpened, payments.EventHostedComplete, payments.EventHostedCredited}, w.told(h.ID))
	})
}

func TestT10AFloodOfUnknownInvoicesAsksBitPayNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listening(t, false)
		w.checkout("a")
		handler, err := w.p.BitPayNotifications()
		require.NoError(t, err)
		calls := w.wire.count()
		for i := range 500 {
			w.post(handler, forged(fmt.Sprint("Unknown", i), 0), "")
		}
		require.Equal(t, calls, w.wire.count())
	})
}

func TestANotificationOfAnInvoiceNotYetAttachedFindsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listening(t, true)
		w.bitpay.FaultAPI("POST /invoices", bitpaysim.DropAnswer, -1)
		h, err := w.p.Checkout(w.ctx, fifty("a"))
		require.Error(t, err)
		w.bitpay.ClearFaults()
		w.clock.Advance(6 * time.Second)
		remote := w.bitpay.Invoices()[0]
		require.NoError(t, w.bitpay.PayExact(remote.ID, ""))
		for range 3 { // BitPay's pause passes too
			w.bitpay.Deliver(w.ctx)
			w.after(0)
		}
		require.Equal(t, payments.HostedPaid, w.row(h.ID).State)
		require.Equal(t, remote.ID, w.row(h.ID).RemoteID)
		require.Len(t, w.bitpay.Invoices(), 1)
	})
}

func TestANotificationRevivesAnInvoiceThatWasGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listening(t, true)
		w.bitpay.FaultAPI("POST /invoices", bitpaysim.DropAnswer, -1)
		h, err := w.p.Checkout(w.ctx, fifty("a"))
		require.Error(t, err)
		w.bitpay.ClearFaults()
		remote := w.bitpay.Invoices()[0]
		require.NoError(t, w.bitpay.PayExact(remote.ID, ""))
		w.wire.alterWith(func(r *http.Request, body []byte) []byte {
			if strings.Contains(r.URL.Path, "/guid/") {
				return []byte(`{"status":"error","code":"010101","error":"Invoice not found"}`)
			}
			return body
		})
		w.after(20 * time.Minute)
		require.Equal(t, payments.HostedFailed, w.row(h.ID).State)
		w.wire.alterWith(nil)
		w.after(time.Hour)
		require.Equal(t, payments.HostedFailed, w.row(h.ID).State, "nobody asks by himself")
		require.NoError(t, w.bitpay.Complete(remote.ID))
		w.bitpay.Deliver(w.ctx)
		w.after(0)
		require.Equal(t, payments.HostedComplete, w.row(h.ID).State)
		require.Equal(t, "50.00 USD", w.balance(voice))
	})
}
