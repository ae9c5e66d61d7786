package payments_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func TestSmallestAndLargestAmountsInBothCurrencies(t *testing.T) {
	for _, cur := range []money.Currency{money.USD, money.EUR} {
		w := newHostedWorld(t, func(c *payments.Config) {
			c.Currency = cur
			c.BitPay.Amounts = []money.Amount{cur.Cents(1), cur.Cents(90_000_000), money.USD.Cents(5_000), money.EUR.Cents(5_000)}
		})
		for i, a := range w.p.Offers(cur) {
			acc := payments.Account{Profile: "p", Name: fmt.Sprint("n", i)}
			h, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: acc, Amount: a})
			require.NoError(t, err)
			require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
			require.NoError(t, w.bitpay.Complete(h.RemoteID))
			w.after(2 * time.Minute)
			require.Equal(t, a.String(), w.balance(acc))
			lines, _, err := w.p.Statement(w.ctx, acc, ledger.Cursor{}, 10)
			require.NoError(t, err)
			require.Len(t, lines, 1)
			require.Equal(t, a.String(), lines[0].Balance.String())
			require.Equal(t, h.RemoteID, lines[0].Reference)
		}
		wrong := money.USD
		if cur == money.USD {
			wrong = money.EUR
		}
		_, err := w.p.Checkout(w.ctx, payments.CheckoutRequest{Account: voice, Amount: wrong.Cents(5_000)})
		var input *payments.InputError
		require.ErrorAs(t, err, &input)
		rows, err := w.p.HostedInvoices(w.ctx, voice, "", 10)
		require.NoError(t, err)
		require.Empty(t, rows)
	}
}
