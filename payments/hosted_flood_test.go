package payments_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
)

// second lets a second pass on every clock.
func (w *hostedWorld) second() {
	w.clock.Advance(time.Second)
	time.Sleep(time.Second) // of the test's bubble
	synctest.Wait()
}

// TestT10AFloodOfKnownInvoicesIsBoundedAndLosesNothing names thirty open invoices once a
// second each, and one that was paid among them.
func TestT10AFloodOfKnownInvoicesIsBoundedAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listening(t, false)
		var ids []string
		for i := range 30 {
			ids = append(ids, w.checkout(fmt.Sprint("k", i)).RemoteID)
		}
		handler, err := w.p.BitPayNotifications()
		require.NoError(t, err)
		minute := func() int {
			before := w.wire.count()
			for range 60 {
				for _, id := range ids {
					go w.post(handler, forged(id, 0), "")
				}
				w.second()
			}
			return w.wire.count() - before
		}
		first := minute()
		require.GreaterOrEqual(t, first, 30, "thirty at once")
		require.LessOrEqual(t, first, 30+30)
		require.LessOrEqual(t, minute(), 31, "then thirty a minute")
		paid := w.checkout("paid")
		require.NoError(t, w.bitpay.PayExact(paid.RemoteID, ""))
		minute()
		for range 3 { // polled as ever
			w.after(2 * time.Minute)
		}
		require.Equal(t, payments.HostedPaid, w.row(paid.ID).State)
	})
}

// TestT10AnEndedInvoiceNamedInAFloodIsStillLookedAt: it has no poll to be left to.
func TestT10AnEndedInvoiceNamedInAFloodIsStillLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listening(t, false)
		h := w.checkout("done")
		require.NoError(t, w.bitpay.GiveEmail(h.RemoteID, "payer@example.com"))
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		require.NoError(t, w.bitpay.Complete(h.RemoteID))
		w.after(time.Hour)
		require.Zero(t, w.row(h.ID).PollAt)
		handler, err := w.p.BitPayNotifications()
		require.NoError(t, err)
		for i := range 30 {
			w.post(handler, forged(w.checkout(fmt.Sprint("k", i)).RemoteID, 0), "")
		}
		require.NoError(t, w.bitpay.Fund("USD", "1000"))
		_, err = w.client(w.token).CreateRefund(w.ctx, bitpay.NewRefund{InvoiceID: h.RemoteID, Amount: bitpay.NumberOf(usd(20)[0]), Currency: "USD", GUID: "r"})
		require.NoError(t, err)
		w.post(handler, forged(h.RemoteID, 2), "")
		require.Equal(t, "50.00 USD", w.balance(voice), "not at once")
		w.after(16 * time.Minute)
		require.Equal(t, "30.00 USD", w.balance(voice))
	})
}

// TestT10AFloodOfInventedInvoicesAsksForFewFailedRows has forty rows whose creation got
// no answer, and one that BitPay made after all, the youngest.
func TestT10AFloodOfInventedInvoicesAsksForFewFailedRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listening(t, false)
		w.bitpay.FaultAPI("", bitpaysim.BadGateway, -1)
		for i := range 40 {
			_, _ = w.p.Checkout(w.ctx, fifty(fmt.Sprint("k", i)))
		}
		w.clock.Advance(time.Second)
		w.bitpay.ClearFaults()
		w.bitpay.FaultAPI("POST /invoices", bitpaysim.DropAnswer, -1)
		last, _ := w.p.Checkout(w.ctx, fifty("made"))
		w.wire.alterWith(func(r *http.Request, body []byte) []byte { // it is not found by its guid yet
			return []byte(`{"status":"error","code":"020101","error":"Invoice not found"}`)
		})
		w.clock.Advance(20 * time.Minute)
		for range 10 {
			w.clock.Advance(5 * time.Minute)
			_ = w.p.Advance(w.ctx)
		}
		w.wire.alterWith(nil)
		w.bitpay.ClearFaults()
		require.Equal(t, payments.HostedFailed, w.row(last.ID).State)
		health, err := w.p.Health(w.ctx)
		require.NoError(t, err)
		require.Zero(t, health.BitPay.Open)
		quiet := w.wire.count()
		w.after(time.Minute)
		require.Equal(t, quiet, w.wire.count(), "nobody asks by himself")

		handler, err := w.p.BitPayNotifications()
		require.NoError(t, err)
		before := w.wire.count()
		for i := range 120 {
			w.post(handler, forged(fmt.Sprint("Unknown", i), 0), "")
			w.second()
			_ = w.p.Advance(w.ctx)
		}
		require.LessOrEqual(t, w.wire.count()-before, 2*20)
		require.NotEmpty(t, w.row(last.ID).RemoteID, "the newest first")
	})
}

func TestAFailedRowIsLookedForOnceMoreADayLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		var rows []payments.HostedInvoice
		for _, fault := range []bitpaysim.APIFault{bitpaysim.DropAnswer, bitpaysim.DropRequest} {
			w.bitpay.FaultAPI("POST /invoices", fault, -1)
			h, err := w.p.Checkout(w.ctx, fifty(fmt.Sprint(fault)))
			require.Error(t, err)
			rows = append(rows, h)
			w.bitpay.ClearFaults()
		}
		w.wire.alterWith(func(r *http.Request, body []byte) []byte {
			return []byte(`{"status":"error","code":"020101","error":"Invoice not found"}`)
		})
		for range 3 {
			w.clock.Advance(20 * time.Minute)
			_ = w.p.Advance(w.ctx)
		}
		problem := w.row(rows[0].ID).Problem
		for _, h := range rows {
			require.Equal(t, payments.HostedFailed, w.row(h.ID).State)
		}
		w.wire.alterWith(nil)
		w.after(25 * time.Hour)
		require.Equal(t, payments.HostedExpired, w.row(rows[0].ID).State, "it does exist")
		require.Equal(t, payments.HostedFailed, w.row(rows[1].ID).State)
		require.Equal(t, problem, w.row(rows[1].ID).Problem)
		require.Zero(t, w.row(rows[1].ID).PollAt)
	})
}

// TestT10ASecretInThePathKeepsStrangersOutAndIsShownNowhere mounts the handler as the
// documentation says. BitPay repeats the URL in an error on the way.
func TestT10ASecretInThePathKeepsStrangersOutAndIsShownNowhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		secret := rand.Text()
		var seen bytes.Buffer
		late := &lateHandler{}
		w := newHostedWorld(t, func(c *payments.Config) {
			c.BitPay.NotificationURL = "https://shop.example/bitpay/" + secret
			c.Log = slog.New(slog.NewTextHandler(&seen, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		w.bitpay = bitpaysim.New(bitpaysim.Options{Now: w.clock.Now, BaseURL: simBase, Seed: t.Name(), Transport: hook{late}})
		w.wire.sim = w.bitpay
		var err error
		w.token, err = w.bitpay.Grant(bitpaysim.Merchant, w.key.Identity())
		require.NoError(t, err)
		w.cfg.BitPay.Client = w.client(w.token)
		w.restart()
		handler, err := w.p.BitPayNotifications()
		require.NoError(t, err)
		mux := http.NewServeMux()
		mux.Handle("POST /bitpay/"+secret, handler)
		late.Handler = mux

		h := w.checkout("a")
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		require.Positive(t, w.bitpay.Deliver(w.ctx))
		require.Equal(t, payments.HostedPaid, w.row(h.ID).State, "BitPay knows the path")
		r := httptest.NewRequest(http.MethodPost, "/bitpay/guess", bytes.NewReader(forged(h.RemoteID, 0)))
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, r)
		require.Equal(t, http.StatusNotFound, rec.Code)

		w.wire.alterWith(func(*http.Request, []byte) []byte {
			return []byte(`{"status":"error","code":"010002","error":"notificationURL https://shop.example/bitpay/` + secret + ` is not reachable"}`)
		})
		refused, err := w.p.Checkout(w.ctx, fifty("b"))
		var answered *bitpay.Error
		require.ErrorAs(t, err, &answered)
		require.Contains(t, err.Error(), "is not reachable")
		w.wire.alterWith(nil)
		w.wire.breakBefore(func(*http.Request) error { return errCable })
		_, err2 := w.p.RefreshHosted(w.ctx, h.ID)
		require.Error(t, err2)
		health, err3 := w.p.Health(w.ctx)
		require.NoError(t, err3)
		bad := w.cfg
		one := *bad.BitPay
		one.NotificationURL = "ftp://shop.example/" + secret
		bad.BitPay = &one
		_, err4 := payments.New(bad)
		require.Error(t, err4)
		for _, x := range []any{err, errors.Unwrap(err), err2, err4, refused, h, health, health.BitPay, handler, w.p, w.cfg, w.cfg.BitPay, *w.cfg.BitPay} {
			fmt.Fprintf(&seen, "%v %+v %#v %s %q\n", x, x, x, x, x)
			slog.New(slog.NewJSONHandler(&seen, nil)).Info("x", "x", x)
			slog.New(slog.NewTextHandler(&seen, nil)).Info("x", "x", x)
		}
		require.Contains(t, seen.String(), "is not reachable", "the test looks where it would be")
		require.False(t, strings.Contains(seen.String(), secret), "the path is shown")
		dump, err := w.store.(*memstore.Store).Dump(w.ctx)
		require.NoError(t, err)
		require.False(t, strings.Contains(dump, secret), "the path is stored")
	})
}

// TestT10AnInvoiceWhosePollIsHoursAwayAndThatIsNamedInAFloodIsLookedAtSoon: one with a
// refund that has not ended is polled as seldom as every six hours.
func TestT10AnInvoiceWhosePollIsHoursAwayAndThatIsNamedInAFloodIsLookedAtSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listening(t, false)
		h := w.checkout("done")
		require.NoError(t, w.bitpay.GiveEmail(h.RemoteID, "payer@example.com"))
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		require.NoError(t, w.bitpay.Complete(h.RemoteID))
		require.NoError(t, w.bitpay.Fund("USD", "1000"))
		v, err := w.client(w.token).CreateRefund(w.ctx, bitpay.NewRefund{InvoiceID: h.RemoteID, Amount: bitpay.NumberOf(usd(10)[0]), Currency: "USD", GUID: "r"})
		require.NoError(t, err)
		for range 3 {
			w.after(12 * time.Hour)
		}
		require.Equal(t, "40.00 USD", w.balance(voice))
		require.Greater(t, w.row(h.ID).PollAt.Sub(w.clock.Now()), 5*time.Hour)
		handler, err := w.p.BitPayNotifications()
		require.NoError(t, err)
		for i := range 30 {
			w.post(handler, forged(w.checkout(fmt.Sprint("k", i)).RemoteID, 0), "")
		}
		require.NoError(t, w.bitpay.GiveAddress(v.ID, "bcrt1qpayer"))
		require.NoError(t, w.bitpay.PayOutRefund(v.ID))
		w.post(handler, forged(h.RemoteID, 2), "")
		require.False(t, w.row(h.ID).Refunds[0].Paid, "not at once")
		w.after(16 * time.Minute)
		require.True(t, w.row(h.ID).Refunds[0].Paid)
	})
}
