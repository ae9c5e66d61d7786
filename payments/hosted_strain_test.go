package payments_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/payments"
)

func TestRefreshesNotificationsAndPollsAtOnceCreditAndReverseOnce(t *testing.T) {
	w := newHostedWorld(t, medium)
	ps := []*payments.Processor{w.p, w.processor(w.cfg)}
	h, other := w.checkout("a"), w.checkout("b")
	race := func() {
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() { _, _ = ps[i%2].RefreshHosted(w.ctx, h.ID) })
		}
		for i := range 4 {
			wg.Go(func() {
				handler, _ := ps[i%2].BitPayNotifications() // mounted twice in each
				r := httptest.NewRequest("POST", "/", strings.NewReader(`{"id":"`+h.RemoteID+`"}`))
				r.Header.Set("Content-Type", "application/json")
				handler.ServeHTTP(httptest.NewRecorder(), r)
			})
		}
		for _, p := range ps {
			wg.Go(func() { _ = p.Advance(w.ctx) })
		}
		wg.Wait()
	}
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Confirm(h.RemoteID, 1))
	race()
	require.Equal(t, "50.00 USD", w.balance(voice))
	require.NoError(t, w.bitpay.Decline(h.RemoteID))
	w.clock.Advance(time.Second)
	race()
	require.Equal(t, "0.00 USD", w.balance(voice))
	require.Equal(t, payments.HostedDeclined, w.row(h.ID).State)
	h = other
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.clock.Advance(time.Second)
	race()
	require.Equal(t, "50.00 USD", w.balance(voice))
	require.Equal(t, "50.00 USD", w.receivable())
	require.Len(t, w.entries(voice), 3)
}

func TestAHostThatPanicsOrRefusesFacts(t *testing.T) {
	w := newHostedWorld(t, medium)
	mode := "panic"
	w.cfg.InTx = func(_ context.Context, _ payments.Tx, ev []payments.Event) error {
		switch mode {
		case "panic":
			panic("host")
		case "reversals":
			for _, e := range ev {
				if e.Kind == payments.EventHostedReversed {
					return errors.New("no")
				}
			}
		case "all":
			return errors.New("no")
		}
		return nil
	}
	w.restart()
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Confirm(h.RemoteID, 1))
	w.after(time.Minute)
	require.Equal(t, payments.HoldHost, w.row(h.ID).Hold)
	require.Equal(t, payments.HostedConfirmed, w.row(h.ID).State)
	require.Equal(t, "0.00 USD", w.balance(voice))
	require.Error(t, w.p.ReleaseHosted(w.ctx, h.ID, payments.Actor{ID: "op", Reason: "r"}))
	require.Equal(t, payments.HoldHost, w.row(h.ID).Hold)
	mode = "reversals"
	var wg sync.WaitGroup
	var ok atomic.Int32
	for range 10 {
		wg.Go(func() {
			if w.p.ReleaseHosted(w.ctx, h.ID, payments.Actor{ID: "op", Reason: "r"}) == nil {
				ok.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, ok.Load())
	require.Equal(t, "50.00 USD", w.balance(voice))
	require.NoError(t, w.bitpay.Decline(h.RemoteID))
	w.after(10 * time.Minute)
	require.Equal(t, "0.00 USD", w.balance(voice))
	require.Equal(t, payments.HoldHost, w.row(h.ID).Hold)
	require.NoError(t, w.p.ReleaseHosted(w.ctx, h.ID, payments.Actor{ID: "op", Reason: "r"}))
	require.Equal(t, "", string(w.row(h.ID).Hold))
	require.Equal(t, "0.00 USD", w.balance(voice))
	w.after(100 * time.Hour)
	require.Len(t, w.entries(voice), 2)
	require.Equal(t, w.told(h.ID), w.events.kinds("hosted/"+h.ID))

	// invalid, then complete while held
	mode = ""
	h = w.checkout("b")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	mode = "all"
	w.after(2 * time.Minute)
	require.Equal(t, payments.HoldHost, w.row(h.ID).Hold)
	require.Equal(t, payments.HostedComplete, w.row(h.ID).State)
	mode = ""
	// BitPay taken out of the configuration
	cfg := w.cfg
	cfg.BitPay = nil
	p := w.processor(cfg)
	require.NoError(t, p.Advance(w.ctx))
	require.NoError(t, p.ReleaseHosted(w.ctx, h.ID, payments.Actor{ID: "op", Reason: "r"}))
	require.Equal(t, "50.00 USD", w.balance(voice))
	_, err := p.Health(w.ctx)
	require.NoError(t, err)
	_, err = p.RefreshHosted(w.ctx, h.ID)
	require.ErrorIs(t, err, payments.ErrNoBitPay)
}

func TestAFloodOfNotificationsLeavesARestingBitPayAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		h := w.checkout("a")
		w.bitpay.FaultAPI("", bitpaysim.RateLimited, -1)
		w.clock.Advance(time.Minute)
		_ = w.p.Advance(w.ctx)
		hd, err := w.p.BitPayNotifications()
		require.NoError(t, err)
		before := w.wire.count()
		for range 60 {
			r := httptest.NewRequest("POST", "/", strings.NewReader(`{"id":"`+h.RemoteID+`"}`))
			r.Header.Set("Content-Type", "application/json")
			hd.ServeHTTP(httptest.NewRecorder(), r)
		}
		require.Equal(t, before, w.wire.count())
		w.bitpay.ClearFaults()
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		w.after(5 * time.Second)
		require.Equal(t, payments.HostedPaid, w.row(h.ID).State, "they are not forgotten")
	})
}

func TestACompleteInvoiceWhoseRefundsAreNeverListedIsCreditedAndAskedAboutLessAndLess(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		told int
	}{
		"not found": {`{"status":"error","code":"020201","data":null,"error":"Refund not found"}`, 1},
		"another's": {`{"data":[{"id":"r","invoice":"other","status":"created","amount":1,"currency":"USD"}]}`, 1},
		"refused":   {`{"status":"error","code":"020202","data":null,"error":"Invalid params"}`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newHostedWorld(t, nil)
			h := w.checkout("a")
			w.wire.alterWith(func(r *http.Request, b []byte) []byte {
				if r.URL.Path == "/refunds" {
					return []byte(c.body)
				}
				return b
			})
			require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
			require.NoError(t, w.bitpay.Complete(h.RemoteID))
			before := w.wire.count()
			for range 24 * 60 {
				w.clock.Advance(time.Minute)
				_ = w.p.Advance(w.ctx)
			}
			require.Equal(t, "50.00 USD", w.balance(voice))
			require.Less(t, w.wire.count()-before, 2*24+20)
			told := 0
			for _, kind := range w.told(h.ID) {
				if kind == payments.EventHostedMismatch {
					told++
				}
			}
			require.Equal(t, c.told, told)
		})
	}
}

func TestRefundsThatAreAnsweredTooSlowlyHoldNoCreditUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		h := w.checkout("a")
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		require.NoError(t, w.bitpay.Complete(h.RemoteID))
		w.wire.breakBefore(func(r *http.Request) error {
			if r.URL.Path != "/refunds" {
				return nil
			}
			<-r.Context().Done()
			return r.Context().Err()
		})
		w.clock.Advance(time.Minute)
		require.Error(t, w.p.Advance(w.ctx))
		require.Equal(t, "50.00 USD", w.balance(voice))
	})
}

func TestACallerThatGivesUpAtAnyMomentLeavesAHealableRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, where := range []string{"before", "after"} {
			w := newHostedWorld(t, nil)
			ctx, cancel := context.WithCancel(w.ctx)
			f := func(*http.Request) error { cancel(); return nil }
			if where == "before" {
				w.wire.breakBefore(f)
			} else {
				w.wire.mu.Lock()
				w.wire.after = f
				w.wire.mu.Unlock()
			}
			h, err := w.p.Checkout(ctx, fifty("a"))
			require.Error(t, err)
			require.NotEmpty(t, h.ID)
			w.wire.breakBefore(nil)
			w.wire.mu.Lock()
			w.wire.after = nil
			w.wire.mu.Unlock()
			w.after(20 * time.Second)
			require.Equal(t, payments.HostedNew, w.row(h.ID).State)
			require.Len(t, w.bitpay.Invoices(), 1)
		}
	})
}

func TestAnAnswerThatCanNeverBeReadIsSeenByTheOperator(t *testing.T) {
	w := newHostedWorld(t, nil)
	h, other := w.checkout("a"), w.checkout("b")
	for _, id := range []string{h.RemoteID, other.RemoteID} {
		require.NoError(t, w.bitpay.PayExact(id, ""))
		require.NoError(t, w.bitpay.Complete(id))
	}
	w.wire.alterWith(func(r *http.Request, b []byte) []byte {
		if strings.HasSuffix(r.URL.Path, h.RemoteID) {
			return bytes.ReplaceAll(b, []byte(`"exceptionStatus":false`), []byte(`"exceptionStatus":{}`))
		}
		return b
	})
	for range 10 {
		w.clock.Advance(time.Minute)
		_ = w.p.Advance(w.ctx)
	}
	require.Equal(t, "50.00 USD", w.balance(voice), "the other's")
	health, err := w.p.Health(w.ctx)
	require.NoError(t, err)
	require.Len(t, health.BitPay.Problems, 1)
	require.Equal(t, h.ID, health.BitPay.Problems[0].ID)
	require.Equal(t, []payments.EventKind{payments.EventHostedOpened, payments.EventHostedMismatch}, w.told(h.ID))
	w.wire.alterWith(nil)
	w.after(time.Hour)
	require.Equal(t, "100.00 USD", w.balance(voice))
}

func TestManyCheckoutsOfAnInvoiceAtOnceMakeOneHostedInvoice(t *testing.T) {
	w := newHostedWorld(t, nil)
	w.bill("R-1")
	ps := []*payments.Processor{w.p, w.processor(w.cfg)}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			req := payments.CheckoutRequest{Invoice: "R-1"}
			if i%3 == 0 {
				req.Key = fmt.Sprint("k", i)
			}
			if _, err := ps[i%2].Checkout(w.ctx, req); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Len(t, w.bitpay.Invoices(), 1)
}
