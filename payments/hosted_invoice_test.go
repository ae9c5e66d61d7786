package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

func (w *hostedWorld) bill(number string) {
	w.Helper()
	_, err := w.p.CreateInvoice(w.ctx, invoice.Invoice{Number: number, Profile: "acme", IssuedAt: w.clock.Now(),
		Lines: []invoice.Line{{Description: "Line 1", Amount: usd(80)[0]}}, Total: usd(80)[0]})
	require.NoError(w, err)
}

func TestAnInvoiceIsPaidByOneHostedInvoiceAtATime(t *testing.T) {
	w := newHostedWorld(t, nil)
	w.bill("R-7")
	ask := payments.CheckoutRequest{Invoice: "R-7"}
	h, err := w.p.Checkout(w.ctx, ask)
	require.NoError(t, err)
	require.Equal(t, "80.00 USD", h.Price.String(), "what it lacks, whatever is offered")
	require.Equal(t, payments.Account{Profile: "acme", Name: "invoice/R-7"}, h.Account)
	again, err := w.p.Checkout(w.ctx, ask)
	require.NoError(t, err)
	require.Equal(t, h.ID, again.ID)

	w.clock.Advance(15 * time.Minute) // its page has closed, and nobody has polled
	w.bitpay.Advance(0)
	next, err := w.p.Checkout(w.ctx, ask)
	require.NoError(t, err)
	require.NotEqual(t, h.ID, next.ID)
	require.Equal(t, payments.HostedExpired, w.row(h.ID).State)

	require.NoError(t, w.bitpay.PayExact(next.RemoteID, ""))
	w.after(2 * time.Minute)
	_, err = w.p.Checkout(w.ctx, ask)
	var closed *payments.InvoiceClosedError
	require.ErrorAs(t, err, &closed, "a payment is under way")
	require.NoError(t, w.bitpay.Confirm(next.RemoteID, 6))
	w.after(5 * time.Minute)
	_, err = w.p.Checkout(w.ctx, ask)
	require.ErrorAs(t, err, &closed, "it is paid")
	w.bill("R-9")
	keyed := payments.CheckoutRequest{Invoice: "R-9", Key: "k"}
	first, err := w.p.Checkout(w.ctx, keyed)
	require.NoError(t, err)
	require.NoError(t, w.bitpay.PayExact(first.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(first.RemoteID))
	w.after(2 * time.Minute)
	same, err := w.p.Checkout(w.ctx, keyed)
	require.NoError(t, err, "a key's is its own for ever")
	require.Equal(t, first.ID, same.ID)
	require.Equal(t, payments.HostedComplete, same.State)
	_, err = w.p.Checkout(w.ctx, payments.CheckoutRequest{Invoice: "R-8"})
	require.ErrorIs(t, err, payments.ErrNotFound)
	v, err := w.p.Invoice(w.ctx, "R-7")
	require.NoError(t, err)
	require.Equal(t, invoice.Paid, v.Standing.Status)
}

func TestAnInvoicesPageAtAnotherEnvironmentDoesNotStandInTheWay(t *testing.T) {
	w := newHostedWorld(t, nil)
	w.bill("R-7")
	elsewhere, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Invoice: "R-7"})
	require.NoError(t, err)
	const other = "http://127.0.0.1:10"
	w.cfg.BitPay.Client, err = bitpay.New(bitpay.Config{Environment: bitpay.Simulator(other), Token: bitpay.NewSecret(w.bitpay.POSToken()),
		Transport: w.wire})
	require.NoError(t, err)
	w.restart()
	h, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Invoice: "R-7"})
	require.NoError(t, err)
	require.NotEqual(t, elsewhere.ID, h.ID)
	require.Equal(t, other, h.Environment)
}
