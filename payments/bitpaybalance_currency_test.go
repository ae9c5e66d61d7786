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

// TestWhatBitPaySettlesInAnotherCurrencyIsExplainedInBoth has the account at BitPay
// settle in euros what was asked in dollars: a sale of 92.00 less a fee of 0.92, then a
// refund of 27.60 and its fee.
func TestWhatBitPaySettlesInAnotherCurrencyIsExplainedInBoth(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	line := func(id string, code int, cents int64) string {
		return fmt.Sprintf(`{"id":%q,"code":%d,"amount":%d,"scale":100,"currency":"EUR","invoiceId":%q,"invoiceAmount":100,"invoiceCurrency":"USD","timestamp":%q}`,
			id, code, cents, h.RemoteID, w.clock.Now().Format(time.RFC3339))
	}
	lines, balance := line("sale", 1000, 9_200)+","+line("fee", 1023, -92), "91.08"
	w.answer.set("", func(path, body string) string {
		switch path {
		case "/ledgers":
			return `{"data":[{"currency":"USD","balance":0},{"currency":"EUR","balance":` + balance + `}]}`
		case "/ledgers/USD":
			return `{"data":[]}`
		case "/ledgers/EUR":
			return `{"data":[` + lines + `]}`
		}
		return body
	})
	swapped := func(cents int64, c money.Currency) []payments.BitPayExplanation {
		return []payments.BitPayExplanation{{What: "sales and refunds that BitPay settled in another currency than the price: each stands at its own amount",
			Amount: c.Cents(cents)}}
	}
	r := w.sync()
	require.Len(t, r.Receivables, 2)
	euros, dollars := r.Receivables[0], r.Receivables[1]
	require.Equal(t, "-0.92 EUR", euros.Owed.String(), "the fee is booked in euros")
	require.Equal(t, "91.08 EUR", euros.Held.String())
	require.Equal(t, swapped(9_200, money.EUR), euros.Explained)
	require.True(t, euros.Unexplained.IsZero(), euros.Unexplained)
	require.Equal(t, "100.00 USD", dollars.Owed.String())
	require.Equal(t, "0.00 USD", dollars.Held.String())
	require.Equal(t, swapped(-10_000, money.USD), dollars.Explained)
	require.True(t, dollars.Unexplained.IsZero(), dollars.Unexplained)
	require.Equal(t, "-0.92", w.holds(ledger.ProviderFee("bitpay"), money.EUR))
	require.Equal(t, "100.00", w.books(voice)[0], "the customer has what was asked")
	require.True(t, w.row(h).Fee.IsZero(), "which is told in the price's currency alone")

	v := w.refunded(h, 3_000)
	w.paidOut(v)
	lines, balance = lines+","+line("refund", 1020, -2_765), "63.43"
	r = w.sync()
	euros, dollars = r.Receivables[0], r.Receivables[1]
	require.Equal(t, swapped(9_200-2_765, money.EUR), euros.Explained)
	require.True(t, euros.Unexplained.IsZero(), euros.Unexplained)
	require.Equal(t, less(t, "70.00", v), dollars.Owed.Text())
	require.Len(t, dollars.Explained, 1)
	require.True(t, dollars.Unexplained.IsZero(), dollars.Unexplained)
	w.entries()
}
