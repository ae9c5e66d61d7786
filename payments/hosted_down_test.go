package payments_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/payments"
)

func TestBitPayDownForAnHourEverythingIsFoundAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		for i := range 20 {
			h := w.checkout(fmt.Sprint("k", i))
			require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		}
		w.bitpay.FaultAPI("", bitpaysim.BadGateway, -1)
		before := w.wire.count()
		opening, err := w.p.Checkout(w.ctx, fifty("while.down"))
		var refused *bitpay.Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, payments.HostedOpening, opening.State)
		for range 60 {
			w.clock.Advance(time.Minute)
			_ = w.p.Advance(w.ctx) // says that BitPay is down
		}
		require.Less(t, w.wire.count()-before, 150, "BitPay is left alone: one row probes")
		health, err := w.p.Health(w.ctx)
		require.NoError(t, err)
		require.Error(t, health.BitPay.Err)
		require.Equal(t, 21, health.BitPay.Open)
		require.Equal(t, 1, health.BitPay.Opening)
		require.Equal(t, opening.CreatedAt, health.BitPay.OldestOpening)
		w.bitpay.ClearFaults()
		for _, inv := range w.bitpay.Invoices() {
			require.NoError(t, w.bitpay.Confirm(inv.ID, 6))
		}
		for range 10 {
			w.after(time.Minute)
		}
		require.Equal(t, "1000.00 USD", w.balance(voice))
		require.Len(t, w.entries(voice), 20)
		require.Equal(t, payments.HostedFailed, w.row(opening.ID).State, "nobody was sent to a page")
		require.Len(t, w.bitpay.Invoices(), 20)
	})
}

func TestAFailedRowIsRevivedWhenBitPayTurnsOutToHaveIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		w.bitpay.FaultAPI("POST /invoices", bitpaysim.Garbage, -1)
		w.bitpay.FaultAPI("GET /invoices", bitpaysim.DropRequest, -1)
		h, err := w.p.Checkout(w.ctx, fifty("k"))
		require.Error(t, err)
		require.Len(t, w.bitpay.Invoices(), 1, "it was made all the same")
		remote := w.bitpay.Invoices()[0].ID
		w.clock.Advance(time.Minute)
		require.NoError(t, w.bitpay.PayExact(remote, ""))
		// A gateway that answers "not found" by mistake.
		w.bitpay.ClearFaults()
		w.wire.alterWith(func(r *http.Request, body []byte) []byte {
			if strings.Contains(r.URL.Path, "/guid/") {
				return []byte(`{"status":"error","code":"010101","error":"Invoice not found"}`)
			}
			return body
		})
		w.after(20 * time.Minute)
		require.Equal(t, payments.HostedFailed, w.row(h.ID).State)
		_, err = w.p.Checkout(w.ctx, fifty("k"))
		require.ErrorIs(t, err, payments.ErrHostedFailed)
		w.wire.alterWith(nil)
		require.NoError(t, w.bitpay.Confirm(remote, 6))
		got, err := w.p.RefreshHosted(w.ctx, h.ID)
		require.NoError(t, err)
		require.Equal(t, payments.HostedComplete, got.State)
		require.Equal(t, "50.00 USD", w.balance(voice))
		require.Equal(t, []payments.EventKind{payments.EventHostedFailed, payments.EventHostedOpened,
			payments.EventHostedComplete, payments.EventHostedCredited}, w.told(h.ID))
	})
}

func TestASlowAnswerIsCancelledWithItsContextAndHealed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		w.wire.breakBefore(func(r *http.Request) error {
			cancel()
			<-r.Context().Done()
			return r.Context().Err()
		})
		h, err := w.p.Checkout(ctx, fifty("k"))
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, payments.HostedOpening, h.State)
		require.Zero(t, w.row(h.ID).Tries, "the caller gave up, not BitPay")
		w.wire.breakBefore(nil)
		w.after(15 * time.Second)
		require.Equal(t, payments.HostedNew, w.row(h.ID).State)
		require.Len(t, w.bitpay.Invoices(), 1)
	})
}

func TestABitPayThatNeverAnswersHoldsUpTheRowAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		h := w.checkout("k")
		w.wire.breakBefore(func(r *http.Request) error {
			<-r.Context().Done()
			return r.Context().Err()
		})
		w.clock.Advance(time.Minute)
		began := time.Now()
		require.Error(t, w.p.Advance(w.ctx))
		require.LessOrEqual(t, time.Since(began), 61*time.Second)
		require.Equal(t, 1, w.row(h.ID).Tries)
		w.wire.breakBefore(nil)
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		w.after(time.Minute)
		require.Equal(t, payments.HostedPaid, w.row(h.ID).State)
	})
}

func TestAnotherInvoicesAnswerIsNotBookedAndToldOnce(t *testing.T) {
	w := newHostedWorld(t, nil)
	h, other := w.checkout("a"), w.checkout("b")
	require.NoError(t, w.bitpay.PayExact(other.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(other.RemoteID))
	w.bitpay.FaultAPI("GET /invoices/"+h.RemoteID, bitpaysim.OtherInvoice, -1)
	for range 5 {
		_, err := w.p.RefreshHosted(w.ctx, h.ID)
		var mismatch *bitpay.MismatchError
		require.ErrorAs(t, err, &mismatch)
	}
	got := w.row(h.ID)
	require.Equal(t, payments.HostedNew, got.State)
	require.NotEmpty(t, got.Problem)
	require.Equal(t, []payments.EventKind{payments.EventHostedOpened, payments.EventHostedMismatch}, w.told(h.ID))
	health, err := w.p.Health(w.ctx)
	require.NoError(t, err)
	require.Len(t, health.BitPay.Problems, 1)
	require.Empty(t, w.entries(voice))
	w.bitpay.ClearFaults()
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(time.Hour)
	require.Equal(t, "100.00 USD", w.balance(voice))
	require.Empty(t, w.row(h.ID).Problem)
}

func TestAPriceOrCurrencyThatIsNotOursIsNeverBooked(t *testing.T) {
	for name, swap := range map[string][2]string{
		"price": {`"price":50`, `"price":500`}, "currency": {`"currency":"USD"`, `"currency":"EUR"`},
		"order id": {`"orderId":"`, `"orderId":"x`}, "guid": {`"guid":"`, `"guid":"x`},
		"unknown status": {`"status":"complete"`, `"status":"perfect"`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newHostedWorld(t, nil)
			h := w.checkout("a")
			require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
			require.NoError(t, w.bitpay.Complete(h.RemoteID))
			hits := 0
			w.wire.alterWith(func(_ *http.Request, body []byte) []byte {
				hits += strings.Count(string(body), swap[0])
				return []byte(strings.ReplaceAll(string(body), swap[0], swap[1]))
			})
			w.clock.Advance(2 * time.Minute)
			_ = w.p.Advance(w.ctx)
			_, _ = w.p.RefreshHosted(w.ctx, h.ID)
			require.Positive(t, hits)
			require.Equal(t, payments.HostedNew, w.row(h.ID).State)
			require.NotEmpty(t, w.row(h.ID).Problem)
			require.Empty(t, w.entries(voice))
			require.Equal(t, []payments.EventKind{payments.EventHostedOpened, payments.EventHostedMismatch}, w.told(h.ID))
			w.wire.alterWith(nil)
			w.after(time.Hour)
			require.Equal(t, "50.00 USD", w.balance(voice))
		})
	}
}

func TestAGuidUsedForAnotherPriceIsRefusedAndReported(t *testing.T) {
	w := newHostedWorld(t, nil)
	first := w.checkout("a")
	_, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: voice, Amount: usd(25)[0], Key: "a"})
	var input *payments.InputError
	require.ErrorAs(t, err, &input)
	require.Equal(t, "key", input.Field)
	require.Equal(t, first.RemoteID, w.checkout("a").RemoteID)

	// A store that lost its rows meets BitPay's memory.
	lost := newHostedWorld(t, nil)
	lost.wire.sim = w.bitpay
	lost.cfg.BitPay.Client = w.client(w.token)
	lost.restart()
	h, err := lost.p.Checkout(lost.ctx, payments.CheckoutRequest{Account: voice, Amount: usd(25)[0], Key: "a"})
	var mismatch *bitpay.MismatchError
	require.ErrorAs(t, err, &mismatch)
	require.Equal(t, payments.HostedFailed, h.State)
	require.Empty(t, h.URL, "nobody is sent to the other invoice's page")
	require.Equal(t, []payments.EventKind{payments.EventHostedMismatch, payments.EventHostedFailed}, lost.told(h.ID))
	require.Len(t, w.bitpay.Invoices(), 1)
}

func TestATokenRevokedInMidFlightIsToldOnceAndFailsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		h := w.checkout("a")
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		revoked := true
		w.wire.alterWith(func(_ *http.Request, body []byte) []byte {
			if revoked {
				return []byte(`{"error":"Invalid token"}`)
			}
			return body
		})
		opening, err := w.p.Checkout(w.ctx, fifty("b"))
		require.ErrorIs(t, err, bitpay.ErrUnauthorized)
		require.Equal(t, payments.HostedOpening, opening.State)
		for range 30 {
			w.clock.Advance(time.Minute)
			_ = w.p.Advance(w.ctx)
			w.restart() // tells nothing twice
		}
		require.Equal(t, payments.HostedNew, w.row(h.ID).State)
		require.Equal(t, payments.HostedOpening, w.row(opening.ID).State)
		require.Equal(t, []payments.EventKind{payments.EventBitPayRefused}, w.kindsOf("bitpay"))
		_ = w.p.Advance(w.ctx)
		w.clock.Advance(10 * time.Minute)
		_ = w.p.Advance(w.ctx)
		health, err := w.p.Health(w.ctx)
		require.NoError(t, err)
		require.False(t, health.BitPay.RefusedSince.IsZero())
		revoked = false
		require.NoError(t, w.bitpay.Confirm(h.RemoteID, 6))
		w.after(10 * time.Minute)
		w.after(time.Minute)
		require.Equal(t, []payments.EventKind{payments.EventBitPayRefused, payments.EventBitPayAccepted}, w.kindsOf("bitpay"))
		require.Equal(t, w.kindsOf("bitpay"), w.events.kinds("bitpay"))
		require.Equal(t, "50.00 USD", w.balance(voice))
		w.restart()
		w.after(time.Hour)
		require.Len(t, w.kindsOf("bitpay"), 2)
	})
}

func TestALedgerThatIsRefusedIsToldOnceAnHourAndStopsNothing(t *testing.T) {
	w := newHostedWorld(t, nil)
	w.wire.alterWith(func(r *http.Request, body []byte) []byte {
		if strings.HasPrefix(r.URL.Path, "/ledgers") {
			return []byte(`{"error":"Unauthorized"}`) // the token is good for invoices alone
		}
		return body
	})
	var h payments.HostedInvoice
	for i := range 60 {
		h = w.checkout(fmt.Sprint(i))
		_ = w.p.Advance(w.ctx)
		w.clock.Advance(time.Minute)
	}
	require.Equal(t, []payments.EventKind{payments.EventBitPayRefused, payments.EventBitPayAccepted}, w.kindsOf("bitpay"))
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, "BTC"))
	require.ErrorContains(t, w.p.Advance(w.ctx), "ledger")
	w.clock.Advance(time.Minute)
	w.advance()
	require.Equal(t, payments.HostedPaid, w.row(h.ID).State)
}
