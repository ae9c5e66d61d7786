package payments_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

// TestARowThatWasBroughtUpToDateButForARefundIsReported has BitPay ahead of the row, and
// one of its refunds unreadable.
func TestARowThatWasBroughtUpToDateButForARefundIsReported(t *testing.T) {
	w := newRefundWorld(t)
	h := w.checkout(voice, hundred)
	require.NoError(t, w.sim.GiveEmail(h.RemoteID, "payer@example.com"))
	require.NoError(t, w.sim.PayExact(h.RemoteID, "BTC"))
	require.NoError(t, w.sim.Confirm(h.RemoteID, 6))
	require.NoError(t, w.sim.Fund("USD", "1000"))
	w.clock.Advance(time.Minute)
	odd := w.refunded(h, 2_000)
	w.answer.set("", func(path, body string) string {
		if path != "/refunds" {
			return body
		}
		return spoil(t, body, `"id":"`+odd.ID, `"amount":20\b`, `"amount":"twenty"`)
	})
	r, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
	require.ErrorContains(t, err, odd.ID)
	require.Equal(t, payments.HostedComplete, w.row(h).State)
	require.Contains(t, classes(r), payments.DifferenceTiming)
}

// TestALedgerThatCouldNotBeReadComparesNoReceivable lets the balances be read and not
// the lines that would explain them.
func TestALedgerThatCouldNotBeReadComparesNoReceivable(t *testing.T) {
	w := newRefundWorld(t)
	w.complete(voice, hundred)
	w.answer.set("", func(path, body string) string {
		if path == "/ledgers/USD" {
			return `{"status":"error","code":"020002","error":"not now"}`
		}
		return body
	})
	r, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
	require.ErrorContains(t, err, "not now")
	require.Empty(t, r.Receivables, "an amount that is explained by nothing would be told")
	w.answer.set("", nil)
	require.Len(t, w.sync().Receivables, 1)
}

// TestAPageOfInvoicesWithoutIDsIsNamed has one of BitPay's pages hold nothing that can
// be told apart.
func TestAPageOfInvoicesWithoutIDsIsNamed(t *testing.T) {
	w := newHostedWorld(t, nil)
	w.checkout("a")
	w.wire.alterWith(func(r *http.Request, body []byte) []byte {
		q, _ := url.ParseQuery(r.URL.RawQuery)
		if r.URL.Path == "/invoices" && q.Get("offset") == "1" {
			return []byte(`{"data":[{"id":{},"price":1}]}`)
		}
		return body
	})
	_, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
	require.ErrorContains(t, err, "cannot be read")
}

// TestAFormerTokenThatIsRefusedForTheCallFailsNoRow: what the former token may have made
// is not known, and the present one was not asked.
func TestAFormerTokenThatIsRefusedForTheCallFailsNoRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		old, token := w.client(w.token), w.token
		w.replaceToken(old)
		limited := true
		w.wire.alterWith(func(r *http.Request, body []byte) []byte {
			if limited && r.URL.Query().Get("token") == token {
				return []byte(`{"status":"error","code":"020099","error":"Account is under review"}`)
			}
			return body
		})
		w.wire.breakBefore(func(r *http.Request) error {
			if r.Method == http.MethodPost {
				return errCable
			}
			return nil
		})
		h, err := w.p.Checkout(w.ctx, fifty("a"))
		require.Error(t, err)
		w.wire.breakBefore(nil)
		w.clock.Advance(time.Minute)
		_ = w.p.Advance(w.ctx)
		require.Equal(t, payments.HostedOpening, w.row(h.ID).State, fmt.Sprint(w.row(h.ID).Problem))
		limited = false
		for range 3 {
			w.clock.Advance(2 * time.Minute)
			_ = w.p.Advance(w.ctx)
		}
		require.Equal(t, payments.HostedNew, w.row(h.ID).State)
		require.False(t, strings.Contains(w.row(h.ID).Problem, "review"))
	})
}
