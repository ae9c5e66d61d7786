package cointill_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitauth"
	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/payments/money"
)

// hosted is the client and a simulator that was written without it, from the same
// published facts.
func hosted(t *testing.T) (*bitpaysim.Server, bitpay.Config) {
	t.Helper()
	sim := bitpaysim.New(bitpaysim.Options{})
	api := httptest.NewServer(sim)
	t.Cleanup(api.Close)
	return sim, bitpay.Config{Environment: bitpay.Simulator(api.URL)}
}

func topUp(guid string) bitpay.NewInvoice {
	return bitpay.NewInvoice{Price: bitpay.NumberOf(money.Units(money.USD.Asset(), 25_00)), Currency: "USD",
		GUID: guid, OrderID: "topup-" + guid, ExtendedNotifications: true}
}

func client(t *testing.T, c bitpay.Config) *bitpay.Client {
	t.Helper()
	out, err := bitpay.New(c)
	require.NoError(t, err)
	return out
}

func TestBitPaysClientAndSimulatorAgreeOnTheLifeOfAnInvoice(t *testing.T) {
	sim, cfg := hosted(t)
	cfg.Token = bitpay.NewSecret(sim.POSToken())
	c, ctx := client(t, cfg), t.Context()
	made, err := c.CreateInvoice(ctx, topUp("one"))
	require.NoError(t, err)
	require.Equal(t, bitpay.StatusNew, made.Status)
	require.Equal(t, "25 USD", made.Price.String()+" "+made.Currency)
	again, err := c.CreateInvoice(ctx, topUp("one"))
	require.NoError(t, err)
	require.Equal(t, made.ID, again.ID, "one guid, one invoice")
	found, err := c.InvoiceByGUID(ctx, "one")
	require.NoError(t, err)
	require.Equal(t, made.ID, found.ID)
	other := topUp("one")
	other.Price = bitpay.NumberOf(money.Units(money.USD.Asset(), 30_00))
	_, err = c.CreateInvoice(ctx, other)
	var mismatch *bitpay.MismatchError
	require.ErrorAs(t, err, &mismatch, "a guid used for something else")

	status := func() bitpay.Status {
		now, err := c.Invoice(ctx, made.ID)
		require.NoError(t, err)
		return now.Status
	}
	require.NoError(t, sim.PayExact(made.ID, "BTC"))
	require.Equal(t, bitpay.StatusPaid, status())
	require.NoError(t, sim.Confirm(made.ID, 1))
	require.Equal(t, bitpay.StatusPaid, status(), "slow speed: six confirmations")
	require.NoError(t, sim.Confirm(made.ID, 5))
	require.Equal(t, bitpay.StatusComplete, status())

	late, err := c.CreateInvoice(ctx, topUp("late"))
	require.NoError(t, err)
	sim.Advance(16 * time.Minute)
	now, err := c.Invoice(ctx, late.ID)
	require.NoError(t, err)
	require.Equal(t, bitpay.StatusExpired, now.Status)
}

// 1,000 USD and more in a coin of 18 decimals: the totals have an exponent on the wire.
func TestALargeInvoiceIsPaidInACoinOfManyDecimals(t *testing.T) {
	sim, cfg := hosted(t)
	cfg.Token = bitpay.NewSecret(sim.POSToken())
	c, order := client(t, cfg), topUp("large")
	order.Price = bitpay.NumberOf(money.Units(money.USD.Asset(), 12_345_67))
	made, err := c.CreateInvoice(t.Context(), order)
	require.NoError(t, err)
	require.Equal(t, "12345670000000000000000", made.PaymentTotals["DAI"].String())
	require.NoError(t, sim.PayExact(made.ID, "DAI"))
	now, err := c.Invoice(t.Context(), made.ID)
	require.NoError(t, err)
	require.True(t, now.AmountPaid.Equal(made.PaymentTotals["DAI"]))
	require.Nil(t, now.Unreadable())
}

func TestBitPaysClientAndSimulatorAgreeOnPairingSignaturesAndRefunds(t *testing.T) {
	sim, cfg := hosted(t)
	key, err := bitauth.NewKey()
	require.NoError(t, err)
	token, err := sim.Grant(bitpaysim.Merchant, key.Identity())
	require.NoError(t, err)
	cfg.Token, cfg.Signer = bitpay.NewSecret(token), key
	c, ctx := client(t, cfg), t.Context()
	made, err := c.CreateInvoice(ctx, topUp("signed"))
	require.NoError(t, err)
	require.NoError(t, sim.PayExact(made.ID, "BTC"))
	require.NoError(t, sim.GiveEmail(made.ID, "buyer@example.com")) // refunds go by way of it
	require.NoError(t, sim.Complete(made.ID))
	refund, err := c.CreateRefund(ctx, bitpay.NewRefund{InvoiceID: made.ID, Currency: "USD", GUID: "refund-1",
		Amount: bitpay.NumberOf(money.Units(money.USD.Asset(), 10_00))})
	require.NoError(t, err)
	found, err := c.RefundByGUID(ctx, "refund-1")
	require.NoError(t, err)
	require.Equal(t, refund.ID, found.ID)
	require.Equal(t, "10", found.Amount.String())

	stranger, err := bitauth.NewKey()
	require.NoError(t, err)
	cfg.Signer = stranger
	_, err = client(t, cfg).CreateRefund(ctx, bitpay.NewRefund{InvoiceID: made.ID, Currency: "USD", GUID: "refund-2",
		Amount: bitpay.NumberOf(money.Units(money.USD.Asset(), 1_00))})
	require.ErrorIs(t, err, bitpay.ErrUnauthorized, "another key's signature")
	require.NoError(t, sim.Revoke(token))
	cfg.Signer = key
	_, err = client(t, cfg).Invoice(context.WithoutCancel(ctx), made.ID)
	require.Error(t, err, "a token revoked in mid-flight")
}
