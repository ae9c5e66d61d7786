package payments_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func TestCheckoutRefusesBadInputBeforeAnythingIsStored(t *testing.T) {
	w := newHostedWorld(t, nil)
	for field, req := range map[string]payments.CheckoutRequest{
		"amount":       {Account: voice, Amount: usd(51)[0]},
		"amount ":      {Account: voice},
		"amount  ":     {Account: voice, Amount: money.EUR.Cents(5000)},
		"profile":      {Account: payments.Account{Name: "voice"}, Amount: usd(50)[0]},
		"account name": {Account: payments.Account{Profile: "acme", Name: "invoice/7"}, Amount: usd(50)[0]},
		"key":          {Account: voice, Amount: usd(50)[0], Key: "a b"},
		"return URL":   {Account: voice, Amount: usd(50)[0], ReturnURL: "javascript:alert(1)"},
		"return URL ":  {Account: voice, Amount: usd(50)[0], ReturnURL: "https://user:pw@shop.example"},
		"invoice":      {Account: voice, Amount: usd(50)[0], Invoice: "7"},
		"invoice ":     {Invoice: "7/8"},
	} {
		_, err := w.p.Checkout(w.ctx, req)
		var input *payments.InputError
		require.ErrorAs(t, err, &input, field)
		require.NotContains(t, err.Error(), "pw@")
	}
	require.Zero(t, w.wire.count(), "BitPay was not asked")
	_, err := w.p.Balance(w.ctx, voice)
	require.ErrorIs(t, err, payments.ErrNotFound)
}

func TestCheckoutInTheWrongCurrencyIsRefused(t *testing.T) {
	w := newHostedWorld(t, func(c *payments.Config) { c.BitPay.Amounts = append(c.BitPay.Amounts, money.EUR.Cents(5000)) })
	require.NoError(t, w.p.OpenAccount(w.ctx, voice, money.EUR))
	_, err := w.p.Checkout(w.ctx, fifty(""))
	var input *payments.InputError
	require.ErrorAs(t, err, &input)
	h, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: voice, Amount: money.EUR.Cents(5000)})
	require.NoError(t, err)
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(time.Minute)
	require.Equal(t, "50.00 EUR", w.balance(voice))
}

func TestCheckoutNeedsTermsAndThePrecondition(t *testing.T) {
	blocked := errors.New("host: no billing address")
	var asked []payments.Account
	w := newHostedWorld(t, func(c *payments.Config) {
		c.Terms = "2026-11"
		c.Precondition = func(_ context.Context, a payments.Account) error {
			asked = append(asked, a)
			return blocked
		}
	})
	_, err := w.p.Checkout(w.ctx, fifty("a"))
	require.ErrorIs(t, err, payments.ErrTermsNotAccepted)
	require.NoError(t, w.p.AcceptTerms(w.ctx, "acme", "2026-11"))
	_, err = w.p.Checkout(w.ctx, fifty("a"))
	require.ErrorIs(t, err, blocked)
	require.Equal(t, []payments.Account{voice}, asked)
	blocked = nil
	h := w.checkout("a")
	require.Equal(t, h.ID, w.checkout("a").ID)
	require.Len(t, asked, 2, "not again for what stands")
}

func TestCheckoutNeedsCommitsOfItsOwn(t *testing.T) {
	w := newHostedWorld(t, nil)
	require.NoError(t, w.store.Update(w.ctx, func(tx payments.Tx) error {
		_, err := w.p.In(tx).Checkout(w.ctx, fifty("a"))
		require.ErrorIs(t, err, payments.ErrNeedsCommit)
		_, err = w.p.In(tx).RefreshHosted(w.ctx, "x")
		require.ErrorIs(t, err, payments.ErrNeedsCommit)
		_, err = w.p.In(tx).BitPayNotifications()
		require.ErrorIs(t, err, payments.ErrJoined)
		return nil
	}))
}

func TestWithoutBitPayNothingIsOfferedAndNothingIsAsked(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	require.Empty(t, b.p.Offers(money.USD))
	_, err := b.p.Checkout(b.ctx, fifty("a"))
	require.ErrorIs(t, err, payments.ErrNoBitPay)
	_, err = b.p.RefreshHosted(b.ctx, "x")
	require.ErrorIs(t, err, payments.ErrNoBitPay)
	_, err = b.p.BitPayNotifications()
	require.ErrorIs(t, err, payments.ErrNoBitPay)
	_, err = b.p.HostedInvoice(b.ctx, "x")
	require.ErrorIs(t, err, payments.ErrNotFound)
	h, err := b.p.Health(b.ctx)
	require.NoError(t, err)
	require.Nil(t, h.BitPay)
}

func TestHostedInvoicesPagesByID(t *testing.T) {
	w := newHostedWorld(t, nil)
	for range 5 {
		w.checkout("")
	}
	first, err := w.p.HostedInvoices(w.ctx, voice, "", 3)
	require.NoError(t, err)
	rest, err := w.p.HostedInvoices(w.ctx, voice, first[2].ID, 3)
	require.NoError(t, err)
	require.Len(t, append(first, rest...), 5)
	none, err := w.p.HostedInvoices(w.ctx, sms, "", 3)
	require.NoError(t, err)
	require.Empty(t, none)
	for _, limit := range []int{0, 1_001} {
		_, err = w.p.HostedInvoices(w.ctx, voice, "", limit)
		require.Error(t, err)
	}
	_, err = w.p.HostedInvoices(w.ctx, payments.Account{}, "", 3)
	require.Error(t, err)
}

func TestARowOfAnotherEnvironmentIsNeverAskedFor(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	c, err := bitpay.New(bitpay.Config{Environment: bitpay.Simulator("http://127.0.0.1:10"),
		Token: bitpay.NewSecret(w.token), Transport: w.wire})
	require.NoError(t, err)
	w.cfg.BitPay.Client = c
	w.restart()
	calls := w.wire.count()
	w.after(time.Hour)
	w.after(time.Hour)
	_, err = w.p.RefreshHosted(w.ctx, h.ID)
	var input *payments.InputError
	require.ErrorAs(t, err, &input)
	_, err = w.p.Checkout(w.ctx, fifty("a"))
	require.ErrorAs(t, err, &input)
	require.Equal(t, calls, w.wire.count())
	require.False(t, w.row(h.ID).PollAt.IsZero(), "the configuration may change back")
}

func TestABadBitPayConfigurationIsRefusedWithEveryComplaint(t *testing.T) {
	w := newHostedWorld(t, nil)
	refused := func(field string, change func(*payments.BitPay)) {
		cfg := w.cfg
		b := *w.cfg.BitPay
		change(&b)
		cfg.BitPay = &b
		_, err := payments.New(cfg)
		var bad *payments.ConfigError
		require.ErrorAs(t, err, &bad, field)
		require.Equal(t, "BitPay."+field, bad.Field)
	}
	live, err := bitpay.New(bitpay.Config{Environment: bitpay.Production, Token: bitpay.NewSecret("x")})
	require.NoError(t, err)
	refused("Client", func(b *payments.BitPay) { b.Client = nil })
	refused("Client", func(b *payments.BitPay) { b.Client = live })
	refused("Amounts", func(b *payments.BitPay) { b.Amounts = nil })
	refused("Amounts", func(b *payments.BitPay) { b.Amounts = usd(0) })
	refused("Amounts", func(b *payments.BitPay) { b.Amounts = usd(-5) })
	refused("Amounts", func(b *payments.BitPay) { b.Amounts = usd(5, 6, 5) })
	refused("Amounts", func(b *payments.BitPay) { b.Amounts = []money.Amount{w.coins(5)} })
	refused("Amounts", func(b *payments.BitPay) {
		b.Amounts = []money.Amount{money.Units(money.Asset{Coin: "USD", Decimals: 4}, 50)}
	})
	refused("Speed", func(b *payments.BitPay) { b.Speed = bitpay.High })
	refused("NotificationURL", func(b *payments.BitPay) { b.NotificationURL = "/bitpay" })
	refused("NotificationURL", func(b *payments.BitPay) { b.NotificationURL = "ftp://shop.example/" })
	refused("Secrets", func(b *payments.BitPay) { b.Secrets = []bitpay.Secret{{}} })

	cfg := w.cfg
	cfg.BitPay = &payments.BitPay{}
	_, err = payments.New(cfg)
	require.ErrorContains(t, err, "BitPay.Client")
	require.ErrorContains(t, err, "BitPay.Amounts")
}
