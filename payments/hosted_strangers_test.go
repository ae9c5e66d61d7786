package payments_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

// TestAnInvoiceThatAnAcceptedTokenIsRefusedForTellsNoRefusalOfTheToken refuses one
// invoice for days while others are answered.
func TestAnInvoiceThatAnAcceptedTokenIsRefusedForTellsNoRefusalOfTheToken(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	w.wire.alterWith(func(r *http.Request, body []byte) []byte {
		if r.URL.Path == "/invoices/"+h.RemoteID {
			return []byte(`{"error":"Unauthorized"}`)
		}
		return body
	})
	for i := range 12 {
		w.checkout(fmt.Sprint("other", i)) // answered: the token is accepted
		w.clock.Advance(time.Hour)
		w.bitpay.Advance(0)
		_ = w.p.Advance(w.ctx)
	}
	require.Contains(t, w.row(h.ID).Problem, "Former")
	require.LessOrEqual(t, len(w.kindsOf("bitpay")), 8, "%v", w.kindsOf("bitpay"))
}

// TestAFormerTokenThatIsSlowedDownKeepsNoPaymentOfThePresentOneWaiting answers the
// former token with a limit, for ever.
func TestAFormerTokenThatIsSlowedDownKeepsNoPaymentOfThePresentOneWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		old, token := w.client(w.token), w.token
		for i := range 30 {
			require.NoError(t, w.bitpay.PayExact(w.checkout(fmt.Sprint("old", i)).RemoteID, ""))
		}
		w.after(time.Minute)
		w.replaceToken(old)
		w.wire.breakBefore(func(r *http.Request) error {
			if r.URL.Query().Get("token") == token {
				return errCable
			}
			return nil
		})
		for range 30 { // the former's have failed for a while
			w.clock.Advance(time.Minute)
			_ = w.p.Advance(w.ctx)
		}
		h := w.checkout("new")
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		require.NoError(t, w.bitpay.Complete(h.RemoteID))
		began := w.clock.Now()
		for w.row(h.ID).State != payments.HostedComplete && w.clock.Now().Sub(began) < 3*time.Hour {
			w.clock.Advance(15 * time.Second)
			_ = w.p.Advance(w.ctx)
		}
		require.Less(t, w.clock.Now().Sub(began), 5*time.Minute)
	})
}

// TestAFailedRowWhoseAnswerCannotBeReadIsAnOperators keeps its last look unreadable.
func TestAFailedRowWhoseAnswerCannotBeReadIsAnOperators(t *testing.T) {
	w := newHostedWorld(t, nil)
	w.wire.alterWith(func(r *http.Request, body []byte) []byte {
		if r.Method == http.MethodPost && r.URL.Path == "/invoices" {
			return []byte(`{"status":"error","code":"010207","error":"Invalid price"}`)
		}
		return body
	})
	h, err := w.p.Checkout(w.ctx, fifty("a"))
	require.Error(t, err)
	require.Equal(t, payments.HostedFailed, h.State)
	asked := 0
	w.wire.alterWith(func(r *http.Request, body []byte) []byte {
		if strings.Contains(r.URL.Path, "/guid/") {
			asked++
			return []byte(`{"data":{"id":17}}`)
		}
		return body
	})
	w.clock.Advance(25 * time.Hour)
	for range 24 * 12 {
		w.clock.Advance(5 * time.Minute)
		_ = w.p.Advance(w.ctx)
	}
	require.LessOrEqual(t, asked, 40, "by the hour at the most")
	require.Contains(t, w.told(h.ID), payments.EventHostedMismatch)
}
