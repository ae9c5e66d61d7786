package payments_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

const (
	refundReserved = payments.EventHostedRefundReserved
	refundPaid     = payments.EventHostedRefundPaid
	refundFailed   = payments.EventHostedRefundFailed
)

var hundred = money.USD.Cents(10_000)

// plus adds up cents and what BitPay says a refund costs, as text.
func plus(t testing.TB, cents int64, fees ...bitpay.Refund) string {
	t.Helper()
	sum := money.USD.Cents(cents)
	for _, v := range fees {
		fee, err := v.RefundFee.Amount(money.USD.Asset())
		require.NoError(t, err)
		require.Positive(t, fee.Sign(), "a fee that is worth booking")
		sum, err = sum.Add(fee)
		require.NoError(t, err)
	}
	return sum.Text()
}

func minus(text string) string {
	if strings.HasPrefix(text, "-") {
		return text[1:]
	}
	return "-" + text
}

// less takes what BitPay says refunds cost off an amount.
func less(t testing.TB, text string, fees ...bitpay.Refund) string {
	t.Helper()
	x, err := money.ParseAmount(money.USD.Asset(), text)
	require.NoError(t, err)
	for _, v := range fees {
		fee, err := v.RefundFee.Amount(money.USD.Asset())
		require.NoError(t, err)
		x, err = x.Sub(fee)
		require.NoError(t, err)
	}
	return x.Text()
}
