package payments_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/payments"
)

// replaceToken has the host start anew with another token, and with clients of the
// tokens it replaces.
func (w *hostedWorld) replaceToken(former ...*bitpay.Client) {
	w.Helper()
	token, err := w.bitpay.Grant(bitpaysim.Merchant, w.key.Identity())
	require.NoError(w, err)
	w.cfg.BitPay.Client, w.cfg.BitPay.Former = w.client(token), former
	w.restart()
}

func TestAPaymentUnderATokenThatWasReplacedIsCreditedAndRefunded(t *testing.T) {
	w := newHostedWorld(t, nil)
	old := w.client(w.token)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.GiveEmail(h.RemoteID, "payer@example.com"))
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	w.after(time.Minute)
	w.replaceToken(w.posClient(), old)
	later := w.checkout("b")
	require.NoError(t, w.bitpay.PayExact(later.RemoteID, ""))
	for _, id := range []string{h.RemoteID, later.RemoteID} {
		require.NoError(t, w.bitpay.Complete(id))
	}
	w.after(5 * time.Minute)
	require.Equal(t, "100.00 USD", w.balance(voice))
	require.Empty(t, w.row(h.ID).Problem)
	require.NotContains(t, w.kindsOf("bitpay"), payments.EventBitPayRefused)

	report, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
	require.NoError(t, err)
	require.NotContains(t, classes(report), payments.DifferenceMissingThere)
	require.NoError(t, w.bitpay.Fund("USD", "1000"))
	v, err := old.CreateRefund(w.ctx, bitpay.NewRefund{InvoiceID: h.RemoteID, Amount: bitpay.NumberOf(usd(20)[0]), Currency: "USD", GUID: "r", Immediate: true})
	require.NoError(t, err)
	w.after(2 * time.Hour)
	require.Equal(t, "80.00 USD", w.balance(voice), "BitPay's ledger names it")
	require.NoError(t, w.bitpay.GiveAddress(v.ID, "bcrt1qpayer"))
	require.NoError(t, w.bitpay.PayOutRefund(v.ID))
	w.after(6 * time.Hour)
	require.True(t, w.row(h.ID).Refunds[0].Paid, "and polling follows it")
}

// TestAPresentTokenThatIsRefusedLeavesFormerPaymentsFollowed also proves that the refusal
// is told: the answer of a former token is not the present one's.
func TestAPresentTokenThatIsRefusedLeavesFormerPaymentsFollowed(t *testing.T) {
	w := newHostedWorld(t, nil)
	old := w.client(w.token)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	w.after(time.Minute)
	w.cfg.BitPay.Client, w.cfg.BitPay.Former = w.client("never granted"), []*bitpay.Client{old}
	w.restart()
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	for range 4 {
		w.clock.Advance(5 * time.Minute)
		_ = w.p.Advance(w.ctx) // BitPay's ledger is not to be had
	}
	require.Equal(t, "50.00 USD", w.balance(voice))
	require.Equal(t, []payments.EventKind{payments.EventBitPayRefused}, w.kindsOf("bitpay"))
}

func TestWithoutTheFormerTokenTheProblemSaysWhatToDo(t *testing.T) {
	for _, revoked := range []bool{false, true} {
		w := newHostedWorld(t, nil)
		old := w.client(w.token)
		h := w.checkout("a")
		require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
		w.after(time.Minute)
		if revoked {
			require.NoError(t, w.bitpay.Revoke(w.token))
			w.replaceToken(old)
		} else {
			w.replaceToken()
		}
		require.NoError(t, w.bitpay.Complete(h.RemoteID))
		w.clock.Advance(5 * time.Minute)
		require.ErrorContains(t, w.p.Advance(w.ctx), "BitPay.Former")
		require.Contains(t, w.row(h.ID).Problem, "BitPay.Former")
		require.Contains(t, w.told(h.ID), payments.EventHostedMismatch)
		require.NotContains(t, w.row(h.ID).Problem, w.token)
		if !revoked { // the operator does as it says
			w.cfg.BitPay.Former = []*bitpay.Client{old}
			w.restart()
			w.after(2 * time.Hour)
			require.Equal(t, "50.00 USD", w.balance(voice))
			require.Empty(t, w.row(h.ID).Problem)
		}
	}
}

// TestAnInvoiceRefusedToAnAcceptedTokenIsItsOwnProblem has BitPay answer "Invalid token"
// about another token's invoice, where it may also say that there is none.
func TestAnInvoiceRefusedToAnAcceptedTokenIsItsOwnProblem(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	w.after(time.Minute)
	w.wire.breakBefore(func(r *http.Request) error {
		if r.URL.Path == "/invoices/"+h.RemoteID {
			q := r.URL.Query()
			q.Set("token", "another's")
			r.URL.RawQuery = q.Encode()
		}
		return nil
	})
	for i := range 12 {
		w.clock.Advance(10 * time.Minute)
		_ = w.p.Advance(w.ctx)
		_, err := w.p.Checkout(w.ctx, fifty(fmt.Sprint("other", i)))
		require.NoError(t, err, "the token is accepted")
	}
	require.Contains(t, w.row(h.ID).Problem, "BitPay.Former")
}

// TestAnInvoiceThatAFormerTokenMayHaveCreatedIsNotCreatedTwice loses the answer of the
// creation, and replaces the token before it is looked for.
func TestAnInvoiceThatAFormerTokenMayHaveCreatedIsNotCreatedTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHostedWorld(t, nil)
		old := w.client(w.token)
		w.bitpay.FaultAPI("POST /invoices", bitpaysim.DropAnswer, -1)
		h, err := w.p.Checkout(w.ctx, fifty("a"))
		require.Error(t, err)
		w.bitpay.ClearFaults()
		w.replaceToken(old)
		w.clock.Advance(30 * time.Second)
		again, err := w.p.Checkout(w.ctx, fifty("a"))
		require.NoError(t, err)
		require.Equal(t, h.ID, again.ID)
		require.Len(t, w.bitpay.Invoices(), 1)
		require.Equal(t, w.bitpay.Invoices()[0].ID, again.RemoteID)
		calls := w.wire.count()
		w.checkout("b")
		require.Equal(t, calls+1, w.wire.count(), "what is new is asked of no former token")
	})
}

func TestAFormerClientOfAnotherEnvironmentIsRefused(t *testing.T) {
	w := newHostedWorld(t, nil)
	elsewhere, err := bitpay.New(bitpay.Config{Environment: bitpay.Simulator("http://127.0.0.1:8"), Token: bitpay.NewSecret("t")})
	require.NoError(t, err)
	for _, former := range []*bitpay.Client{elsewhere, nil} {
		cfg := w.cfg
		one := *cfg.BitPay
		one.Former = []*bitpay.Client{former}
		cfg.BitPay = &one
		_, err = payments.New(cfg)
		var refused *payments.ConfigError
		require.ErrorAs(t, err, &refused)
		require.ErrorContains(t, err, "Former")
	}
}
