package payments_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

// cancelCrash is an invoice that is paid in coins, and whose page at BitPay is closed by
// a process that dies once.
type cancelCrash struct {
	*hostedWorld
	reaper *reaper
	bill   payments.InvoiceRecord
	page   payments.HostedInvoice
	both   bool
	until  int // calls until BitPay's side is settled
}

// newCancelCrash lets the process die at the n-th call from the moment the coins are
// sent. Someone pays at BitPay too, in the same second, if both.
func newCancelCrash(t *testing.T, n int, after, both bool) *cancelCrash {
	world, r, to, h := newInvoiceWorld(t)
	w := &cancelCrash{hostedWorld: world, bill: r, page: h, both: both, reaper: &reaper{n: n, after: after}}
	cfg := w.cfg
	cfg.Store = mortalStore{w.store, w.reaper}
	w.wire.before = func(r *http.Request) error {
		return w.reaper.call("call "+r.Method, func() error { return nil })
	}
	w.wire.after = func(r *http.Request) error {
		return w.reaper.call("answer of "+r.Method, func() error { return nil })
	}
	w.p = w.processor(cfg)
	w.pay(to, 10)
	if both {
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, "BTC"))
	}
	w.tick(time.Second)
	for range 4 {
		w.tick(30 * time.Second)
	}
	w.until = w.reaper.calls
	for range 7 {
		w.sim.Mine(1)
		w.tick(20 * time.Second)
	}
	if w.both {
		require.NoError(t, w.bitpay.Complete(h.RemoteID))
	}
	for range 4 {
		w.tick(5 * time.Minute)
	}
	return w
}

func (w *cancelCrash) tick(d time.Duration) {
	w.Helper()
	w.clock.Advance(d)
	w.bitpay.Advance(0)
	err := w.p.Advance(w.ctx)
	if !w.reaper.dead {
		require.NoError(w, err)
		return
	}
	w.reaper = &reaper{n: -1}
	w.wire.before, w.wire.after = nil, nil
	w.restart()
	w.advance()
}

func TestKilledAtAnyCallWhileItIsCancelledTheInvoiceIsPaidOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, both := range []bool{false, true} {
			clean := newCancelCrash(t, -1, false, both)
			calls := clean.until
			if !both {
				require.Contains(t, clean.reaper.names, "call DELETE")
				require.Contains(t, clean.reaper.names, "answer of DELETE")
			}
			t.Logf("%d calls, each crashed before and after", calls)
			clean.checkEnd("nowhere", 0)
			for _, after := range []bool{false, true} {
				for n := 1; n <= calls; n++ {
					newCancelCrash(t, n, after, both).checkEnd(clean.reaper.names[n-1], n)
				}
			}
		}
	})
}

func (w *cancelCrash) checkEnd(name string, n int) {
	w.Helper()
	at := []any{"killed at call %d (%s), paid both ways=%v", n, name, w.both}
	remote, err := w.bitpay.Invoice(w.page.RemoteID)
	require.NoError(w, err)
	state, balance, odd := payments.HostedExpired, "100.00 USD", []invoice.Exception(nil)
	if w.both {
		state, balance, odd = payments.HostedComplete, "200.00 USD", []invoice.Exception{invoice.Overpaid}
	}
	require.Equal(w, bitpaysim.Status(state), remote.Status, at...)
	require.Equal(w, state, w.row(w.page.ID).State, at...)
	require.Empty(w, w.row(w.page.ID).Problem, at...)
	require.Equal(w, balance, w.balance(w.bill.Account()), at...)
	require.Equal(w, invoice.Paid, w.standing(w.bill.Number).Status, at...)
	require.Equal(w, odd, w.standing(w.bill.Number).Exceptions, at...)
	told := map[payments.EventKind]int{}
	for _, kind := range w.told(w.page.ID) {
		told[kind]++
		require.Equal(w, 1, told[kind], "%s: %v", kind, at)
	}
	w.checkBooks()
}
