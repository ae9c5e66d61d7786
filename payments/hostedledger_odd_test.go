package payments_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
)

// TestAFeeThatDiffersFromTheBooksHasTheLedgerReadNoSooner changes a fee that was booked.
func TestAFeeThatDiffersFromTheBooksHasTheLedgerReadNoSooner(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(time.Minute)
	require.Equal(t, "0.50 USD", w.row(h.ID).Fee.String())
	reads := 0
	w.wire.alterWith(func(r *http.Request, body []byte) []byte {
		if strings.HasPrefix(r.URL.Path, "/ledgers/USD") {
			reads++
			return []byte(strings.ReplaceAll(string(body), `"amount":-50000000`, `"amount":-60000000`))
		}
		return body
	})
	told := 0
	for range 36 { // three hours
		w.clock.Advance(5 * time.Minute)
		if err := w.p.Advance(w.ctx); err != nil {
			require.ErrorContains(t, err, "another amount")
			told++
		}
	}
	require.Equal(t, "0.50 USD", w.row(h.ID).Fee.String(), "what is booked stands")
	require.Equal(t, 3, told, "by the hour")
	require.Equal(t, 3, reads)
}

// TestARefundInTheLedgerWithoutAReadableTimeIsFollowedOnce: the time decides nothing.
func TestARefundInTheLedgerWithoutAReadableTimeIsFollowedOnce(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.GiveEmail(h.RemoteID, "payer@example.com"))
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	require.NoError(t, w.bitpay.Fund("USD", "1000"))
	v, err := w.client(w.token).CreateRefund(w.ctx, bitpay.NewRefund{InvoiceID: h.RemoteID, Amount: bitpay.NumberOf(usd(20)[0]), Currency: "USD", GUID: "r", Immediate: true})
	require.NoError(t, err)
	require.NoError(t, w.bitpay.GiveAddress(v.ID, "bcrt1qpayer"))
	require.NoError(t, w.bitpay.PayOutRefund(v.ID))
	asked := 0
	w.wire.alterWith(func(r *http.Request, body []byte) []byte {
		if r.URL.Path == "/refunds" {
			asked++
		}
		if strings.HasPrefix(r.URL.Path, "/ledgers/USD") {
			return regexp.MustCompile(`"timestamp":"[^"]*"`).ReplaceAll(body, []byte(`"timestamp":{}`))
		}
		return body
	})
	w.after(time.Minute)
	require.Equal(t, "30.00 USD", w.balance(voice))
	w.after(61 * time.Minute)
	before := asked
	for range 5 {
		w.after(61 * time.Minute)
	}
	require.Equal(t, before, asked)
}

// TestALedgerWithADayTooLongComparesNoReceivable: the lines of that day would explain it.
func TestALedgerWithADayTooLongComparesNoReceivable(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(time.Minute)
	w.wire.alterWith((&busyLedger{bytes: func(string) int { return 9 << 20 }}).alter)
	report, err := w.p.ReconcileBitPay(w.ctx, w.clock.Now(), w.clock.Now())
	require.ErrorIs(t, err, bitpay.ErrTooLong)
	require.Empty(t, report.Receivables)
}
