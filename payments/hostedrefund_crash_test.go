package payments_test

import (
	"context"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// mortalTransport makes every call to BitPay a place to die at, before it is sent and
// before its answer is read. A process that died makes no further attempt.
type mortalTransport struct {
	r    *reaper
	dies context.CancelFunc
}

func (t mortalTransport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	err = t.r.call(r.Method+" "+r.URL.Path, func() error {
		resp, err = http.DefaultTransport.RoundTrip(r)
		return err
	})
	if t.r.dead {
		t.dies()
	}
	if err != nil && resp != nil { // the answer of a call that died afterwards
		resp.Body.Close()
		return nil, err
	}
	return resp, err
}

// refundStory is refunds of every end, with a reconciliation after each step; a
// process that dies is started again and does it anew.
func refundStory(t *testing.T, r *reaper) (w *refundWorld, deaths int) {
	w = newRefundWorld(t)
	h := w.complete(voice, hundred)
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	w.cfg.Store, w.cfg.BitPay.Client = mortalStore{w.store, r}, w.over(mortalTransport{r, cancel})
	w.restart()
	sync := func() {
		for {
			_, err := w.p.ReconcileBitPay(ctx, w.clock.Now(), w.clock.Now())
			if err == nil {
				w.clock.Advance(time.Second)
				return
			}
			require.True(t, r.dead, "only the reaper makes calls fail: %v", err)
			deaths++
			ctx, w.cfg.Store, w.cfg.BitPay.Client = w.ctx, w.store, w.client
			w.restart()
		}
	}
	sync()
	failing := w.refunded(h, 2_000)
	sync()
	require.NoError(t, w.sim.GiveAddress(failing.ID, "bcrt1qpayer"))
	require.NoError(t, w.sim.FailRefund(failing.ID))
	sync()
	w.paidOut(w.refunded(h, 3_000))
	sync()
	last := w.refunded(h, 7_000)
	sync()
	w.paidOut(last)
	sync()
	return w, deaths
}

func TestKilledAtAnyCallTheBooksOfRefundsEndTheSame(t *testing.T) {
	t.Parallel()
	clean := &reaper{n: -1}
	w, _ := refundStory(t, clean)
	// Each simulator listens on a port of its own.
	port := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	result := func(w *refundWorld) string { return stable(port.ReplaceAllString(w.dump(), "BITPAY")) }
	want := result(w)
	require.Equal(t, "0.00", w.books(voice)[0])
	require.Greater(t, clean.calls, 40, "the story is worth crashing")
	for _, path := range []string{"GET /invoices", "GET /refunds", "GET /ledgers", "GET /ledgers/USD", "GET /settlements"} {
		require.Contains(t, clean.names, path)
	}
	t.Logf("%d calls, each crashed before and after", clean.calls)
	for _, after := range []bool{false, true} {
		for n := 1; n <= clean.calls; n++ {
			w, deaths := refundStory(t, &reaper{n: n, after: after})
			require.Equal(t, 1, deaths, "call %d", n)
			requireSameDump(t, want, result(w), "killed at call %d (%s), after=%v", n, clean.names[n-1], after)
		}
	}
}

// TestARefundIsFollowedByTheEngineAlone never reconciles: the hourly look at BitPay's
// ledger finds an immediate refund, and polling follows it to its end.
func TestARefundIsFollowedByTheEngineAlone(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	require.NoError(t, w.p.Advance(w.ctx))
	v, err := w.refund(h, 4_000, func(n *bitpay.NewRefund) { n.Immediate = true })
	require.NoError(t, err)
	w.clock.Advance(time.Hour)
	require.NoError(t, w.p.Advance(w.ctx))
	require.Equal(t, [2]string{"60.00", "40.00"}, w.customer())
	require.False(t, w.row(h).PollAt.IsZero(), "BitPay is asked again")
	w.paidOut(v)
	w.clock.Advance(6 * time.Hour)
	require.NoError(t, w.p.Advance(w.ctx))
	require.Equal(t, [4]string{"60.00", "0.00", minus(less(t, "59.00", v)), minus(plus(t, 100, v))}, w.books(voice))
	require.True(t, w.row(h).PollAt.IsZero(), "nothing is open")
	var told []payments.EventKind
	for _, e := range w.events.events {
		if e.Subject == "hosted/"+h.ID {
			told = append(told, e.Kind)
		}
	}
	require.Equal(t, []payments.EventKind{refundReserved, refundPaid}, told[len(told)-2:])
}

func TestEachInvoiceHasItsOwnRefundsAndCurrency(t *testing.T) {
	w := newRefundWorld(t)
	euros := payments.Account{Profile: "acme", Name: "euros"}
	require.NoError(t, w.p.OpenAccount(w.ctx, euros, money.EUR))
	a, b := w.complete(voice, hundred), w.complete(euros, money.EUR.Cents(5_000))
	require.NoError(t, w.sim.Fund("EUR", "100"))
	w.paidOut(w.refunded(b, 1_500))
	w.refunded(a, 1_000)
	r := w.sync()
	require.Equal(t, "90.00", w.holds(voice.Ledger(), money.USD))
	require.Equal(t, "35.00", w.holds(euros.Ledger(), money.EUR))
	require.Len(t, r.Receivables, 2)
	for _, x := range r.Receivables {
		require.True(t, x.Unexplained.IsZero(), "%+v", x)
	}
	require.Equal(t, "0.50", w.row(b).Fee.Text())
	w.entries()
}
