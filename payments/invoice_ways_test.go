package payments_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

// newInvoiceWorld is a hosted world with an invoice of 100.00 that is open both ways.
func newInvoiceWorld(t *testing.T) (*hostedWorld, payments.InvoiceRecord, chain.Address, payments.HostedInvoice) {
	return newInvoiceWorldAt(t, bitpay.Low)
}

func newInvoiceWorldAt(t *testing.T, speed bitpay.Speed) (w *hostedWorld, r payments.InvoiceRecord, to chain.Address, h payments.HostedInvoice) {
	w = newHostedWorld(t, func(cfg *payments.Config) {
		unbroken(cfg)
		cfg.BitPay.Speed = speed
	})
	w.priced(1000)
	r, err := w.p.CreateInvoice(w.ctx, bill("2026-0117", 100_00))
	require.NoError(t, err)
	to = w.billed(r.Number)
	w.advance()
	h, err = w.p.Checkout(w.ctx, payments.CheckoutRequest{Invoice: r.Number, ReturnURL: "https://shop.example/back"})
	require.NoError(t, err)
	require.Equal(t, "100.00 USD", h.Price.String())
	return w, r, to, h
}

// confirm mines until coins are credited, while BitPay's clock goes on too.
func (w *hostedWorld) confirm() {
	w.Helper()
	for range 7 {
		w.sim.Mine(1)
		w.after(20 * time.Second)
	}
}

func TestAnInvoicePaidInCoinsIsCancelledAtBitPay(t *testing.T) {
	w, r, to, h := newInvoiceWorld(t)
	w.pay(to, 10)
	w.after(time.Second) // seen
	require.True(t, w.row(h.ID).Cancel)
	w.after(time.Second)
	require.Equal(t, payments.HostedExpired, w.row(h.ID).State)
	remote, err := w.bitpay.Invoice(h.RemoteID)
	require.NoError(t, err)
	require.Equal(t, bitpaysim.StatusExpired, remote.Status)
	page := httptest.NewRecorder()
	w.bitpay.ServeHTTP(page, httptest.NewRequest("GET", h.URL, nil))
	require.Equal(t, 200, page.Code)
	require.Contains(t, page.Body.String(), "Invoice cancelled", "the customer who left the page open")

	_, err = w.p.Checkout(w.ctx, payments.CheckoutRequest{Invoice: r.Number})
	var closed *payments.InvoiceClosedError
	require.ErrorAs(t, err, &closed)
	require.Equal(t, invoice.BitPay, closed.Way)
	w.confirm()
	require.Equal(t, invoice.Paid, w.standing(r.Number).Status)
	require.Empty(t, w.standing(r.Number).Exceptions)
	require.Equal(t, "100.00 USD", w.balance(r.Account()))
}

func TestAnInvoicePaidAtBitPayTakesNoCoins(t *testing.T) {
	w, r, _, h := newInvoiceWorld(t)
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, "BTC"))
	w.after(time.Minute)
	require.Equal(t, invoice.Processing, w.standing(r.Number).Status)
	_, err := w.p.InvoiceAddress(w.ctx, r.Number, w.sim.Network())
	var closed *payments.InvoiceClosedError
	require.ErrorAs(t, err, &closed)
	require.Equal(t, []invoice.Way{invoice.BitPay}, closed.SeenBy)
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(5 * time.Minute)
	v := w.invoice(r.Number)
	require.Equal(t, invoice.Paid, v.Standing.Status)
	require.Equal(t, v.Standing, w.standing(r.Number))
	require.Len(t, v.Hosted, 1)
	require.Len(t, v.Ledger, 1)
	require.Equal(t, "100.00 USD", w.balance(r.Account()))
	require.Equal(t, []payments.EventKind{payments.EventInvoiceProcessing, payments.EventInvoicePaid}, w.kindsOf("invoice/"+r.Number))
	_, err = w.p.Checkout(w.ctx, payments.CheckoutRequest{Invoice: r.Number})
	require.ErrorAs(t, err, &closed)
	require.Empty(t, closed.SeenBy, "it is paid")
}

func TestWhatArrivesBothWaysIsOverpaidAndStaysOnTheAccount(t *testing.T) {
	w, r, to, h := newInvoiceWorld(t)
	var paid []payments.EventKind
	w.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		for _, e := range events {
			if e.Subject == "invoice/"+r.Number {
				paid = append(paid, e.Kind)
			}
		}
		return nil
	}
	w.restart()
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, "BTC")) // in the same second
	w.pay(to, 10)
	w.after(time.Second)
	w.after(time.Minute)
	require.Equal(t, payments.HostedPaid, w.row(h.ID).State, "what is paid cannot be cancelled")
	w.confirm()
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(5 * time.Minute)
	s := w.standing(r.Number)
	require.Equal(t, invoice.Paid, s.Status)
	require.Equal(t, []invoice.Exception{invoice.Overpaid}, s.Exceptions)
	require.Equal(t, "100.00 USD", s.Surplus.String())
	require.Equal(t, []invoice.Way{invoice.Direct, invoice.BitPay}, s.SeenBy)
	require.Equal(t, "200.00 USD", w.balance(r.Account()))
	require.Equal(t, "100.00 USD", w.receivable())
	require.Len(t, w.invoice(r.Number).Ledger, 2)
	require.Equal(t, []payments.EventKind{payments.EventInvoiceProcessing, payments.EventInvoicePaid, payments.EventInvoiceOverpaid}, paid)
	w.checkBooks()
}

func TestAnExpiredPageLeavesTheInvoiceOpen(t *testing.T) {
	w, r, to, h := newInvoiceWorld(t)
	w.after(20 * time.Minute)
	require.Equal(t, payments.HostedExpired, w.row(h.ID).State)
	require.Equal(t, to, w.billed(r.Number))
	again, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Invoice: r.Number})
	require.NoError(t, err)
	require.NotEqual(t, h.ID, again.ID)
}

func TestAPaymentThatNeverConfirmedAtBitPayGivesTheInvoiceFree(t *testing.T) {
	w, r, to, h := newInvoiceWorld(t)
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, "BTC"))
	w.after(time.Minute)
	for range 12 {
		w.after(6 * time.Minute)
	}
	require.Equal(t, payments.HostedInvalid, w.row(h.ID).State)
	require.Equal(t, invoice.Processing, w.standing(r.Number).Status, "it may still complete")
	_, err := w.p.InvoiceAddress(w.ctx, r.Number, w.sim.Network())
	var closed *payments.InvoiceClosedError
	require.ErrorAs(t, err, &closed)
	w.after(8 * 24 * time.Hour)
	require.Zero(t, w.row(h.ID).PollAt)
	require.Equal(t, to, w.billed(r.Number))
	require.Equal(t, invoice.Unpaid, w.invoice(r.Number).Standing.Status)
	require.Equal(t, invoice.Unpaid, w.standing(r.Number).Status, "on record too, and told")
}

func TestAPaymentDeclinedAfterItsCreditIsReversedOnTheInvoice(t *testing.T) {
	w, r, _, h := newInvoiceWorldAt(t, bitpay.Medium)
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, "BTC"))
	w.after(time.Minute)
	require.NoError(t, w.bitpay.Confirm(h.RemoteID, 1))
	w.after(5 * time.Minute)
	require.Equal(t, invoice.Paid, w.standing(r.Number).Status)
	require.NoError(t, w.bitpay.Decline(h.RemoteID))
	w.after(10 * time.Minute)
	s := w.standing(r.Number)
	require.Equal(t, invoice.Unpaid, s.Status)
	require.Equal(t, []invoice.Exception{invoice.ReversedPayment}, s.Exceptions)
	require.Equal(t, "0.00 USD", w.balance(r.Account()))
	w.billed(r.Number)
	again, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Invoice: r.Number})
	require.NoError(t, err, "it may be paid again")
	require.Equal(t, "100.00 USD", again.Price.String())
}

func TestAPaymentAtBitPayInTimeIsNotLateBecauseItIsFoundLater(t *testing.T) {
	for _, c := range []struct {
		name  string
		found time.Time // as BitPay tells it; zero: when it was paid
		late  bool
	}{
		{name: "received before it was due"},
		{name: "received before it was asked for: not to be believed", found: newClock().Now().AddDate(0, 0, -1), late: true},
		{name: "received tomorrow: not to be believed", found: newClock().Now().AddDate(0, 0, 2), late: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newHostedWorld(t, unbroken)
			r, err := w.p.CreateInvoice(w.ctx, bill("7", 100_00))
			require.NoError(t, err)
			w.clock.Advance(r.DueAt.Sub(w.clock.Now()) - 10*time.Minute)
			h, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Invoice: r.Number})
			require.NoError(t, err)
			w.clock.Advance(8 * time.Minute)
			require.NoError(t, w.bitpay.PayExact(h.RemoteID, "BTC"))
			paid := w.clock.Now()
			if !c.found.IsZero() {
				told := regexp.MustCompile(`"receivedTime":"[^"]*"`)
				w.wire.alterWith(func(_ *http.Request, body []byte) []byte {
					return told.ReplaceAll(body, []byte(`"receivedTime":"`+c.found.Format(time.RFC3339)+`"`))
				})
				paid = paid.Add(time.Hour)
			}
			require.NoError(t, w.bitpay.Confirm(h.RemoteID, 6))
			w.after(time.Hour) // nobody asked meanwhile
			require.Equal(t, payments.HostedComplete, w.row(h.ID).State)
			require.Equal(t, paid, w.row(h.ID).PaidAt)
			require.Equal(t, invoice.Paid, w.standing(r.Number).Status)
			require.Equal(t, c.late, slices.Contains(w.standing(r.Number).Exceptions, invoice.Late))
		})
	}
}
