package sqltx

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func FuzzParseNested(f *testing.F) {
	whole, err := nestedText([]payments.HostedRefund{{ID: "r", Amount: money.USD.Cents(-5)}, {}}, refundToText)
	require.NoError(f, err)
	for _, s := range []string{whole, "[]", "null", "[null]", "[] []", `[{"amount":{"units":1e5}}]`, ` [{"id":"\ud800"}]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		refunds, err := parseNested(s, refundFromText)
		if err != nil {
			return
		}
		text, err := nestedText(refunds, refundToText)
		require.NoError(t, err)
		again, err := parseNested(text, refundFromText)
		require.NoError(t, err)
		require.Equal(t, refunds, again)
	})
}
