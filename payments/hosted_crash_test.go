package payments_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

// hostedCrash is a hosted invoice's life in a process that dies once.
type hostedCrash struct {
	*hostedWorld
	reaper *reaper
	retry  bool          // the host checks out again, with the same key
	pause  time.Duration // until the next process starts
}

func newHostedCrash(t *testing.T, n int, after, retry bool, pause time.Duration) *hostedCrash {
	w := &hostedCrash{hostedWorld: newHostedWorld(t, nil), reaper: &reaper{n: n, after: after}, retry: retry, pause: pause}
	cfg := w.cfg
	cfg.Store = mortalStore{w.store, w.reaper}
	answered := func(r *http.Request) error { return w.reaper.call("answer of "+r.Method, func() error { return nil }) }
	w.wire.before = func(r *http.Request) error {
		return w.reaper.call("call "+r.Method, func() error { return nil })
	}
	w.wire.after = answered
	w.p = w.processor(cfg)
	return w
}

// step does something; if the process dies of it, a new one carries on.
func (w *hostedCrash) step(do func() error) {
	w.Helper()
	err := do()
	if !w.reaper.dead {
		require.NoError(w, err)
		return
	}
	w.reaper = &reaper{n: -1}
	w.wire.before, w.wire.after = nil, nil
	w.restart()
	w.clock.Advance(w.pause)
	if w.retry {
		_, _ = w.p.Checkout(w.ctx, fifty("k")) // refused if it came too late
	}
	w.advance()
}

func (w *hostedCrash) tick(d time.Duration) {
	w.clock.Advance(d)
	w.bitpay.Advance(0)
	w.step(func() error { return w.p.Advance(w.ctx) })
}

func (w *hostedCrash) scenario() {
	w.step(func() error {
		key := ""
		if w.retry {
			key = "k"
		}
		_, err := w.p.Checkout(w.ctx, fifty(key))
		return err
	})
	w.tick(20 * time.Second)
	for _, inv := range w.bitpay.Invoices() {
		if inv.Status == "new" {
			require.NoError(w, w.bitpay.PayExact(inv.ID, ""))
		}
	}
	w.tick(2 * time.Minute)
	for _, inv := range w.bitpay.Invoices() {
		if inv.Status == "paid" {
			require.NoError(w, w.bitpay.Confirm(inv.ID, 6))
		}
	}
	for range 4 {
		w.tick(5 * time.Minute)
	}
	w.tick(2 * time.Hour)
}

func TestKilledAtAnyCallThereIsOneInvoiceAtBitPayAndOneCredit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, retry := range []bool{true, false} {
			for _, pause := range []time.Duration{0, 20 * time.Minute} {
				clean := newHostedCrash(t, -1, false, retry, pause)
				clean.scenario()
				calls := clean.reaper.calls
				require.Equal(t, "50.00 USD", clean.balance(voice))
				require.Greater(t, calls, 30)
				t.Logf("%d calls, each crashed before and after", calls)
				for _, after := range []bool{false, true} {
					for n := 1; n <= calls; n++ {
						w := newHostedCrash(t, n, after, retry, pause)
						w.scenario()
						w.checkEnd(clean.reaper.names[n-1], n, after)
					}
				}
			}
		}
	})
}

// checkEnd: what BitPay completed is credited once, and nothing else; what was made
// there belongs to a row.
func (w *hostedCrash) checkEnd(name string, n int, after bool) {
	w.Helper()
	at := []any{"killed at call %d (%s), after=%v, retry=%v, pause=%v", n, name, after, w.retry, w.pause}
	rows, err := w.p.HostedInvoices(w.ctx, voice, "", 10)
	require.NoError(w, err)
	remote := w.bitpay.Invoices()
	require.LessOrEqual(w, len(remote), 1, at...)
	require.LessOrEqual(w, len(rows), 1, at...)
	if len(remote) == 0 {
		for _, h := range rows {
			require.Equal(w, payments.HostedFailed, h.State, at...)
		}
		return
	}
	require.Len(w, rows, 1, at...)
	require.Equal(w, remote[0].ID, rows[0].RemoteID, at...)
	require.Equal(w, string(remote[0].Status), string(rows[0].State), at...)
	if w.pause == 0 {
		require.Equal(w, payments.HostedComplete, rows[0].State, at...)
	}
	want := 0
	if rows[0].State == payments.HostedComplete {
		want = 1
	}
	require.Len(w, w.entries(voice), want, at...)
	require.Equal(w, map[int]string{0: "0.00 USD", 1: "50.00 USD"}[want], w.balance(voice), at...)
	told := map[payments.EventKind]int{}
	for _, kind := range w.told(rows[0].ID) {
		told[kind]++
		require.Equal(w, 1, told[kind], "%s: %v", kind, at)
	}
}
