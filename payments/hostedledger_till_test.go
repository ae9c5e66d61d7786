package payments_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
)

// TestARefundOfAFormerTillsInvoiceIsNamedByTheHour: BitPay's ledger is the merchant's, the
// invoice is the till's, and a till cannot read refunds.
func TestARefundOfAFormerTillsInvoiceIsNamedByTheHour(t *testing.T) {
	w := newHostedWorld(t, nil)
	merchant, till := w.cfg.BitPay.Client, w.posClient()
	w.cfg.BitPay.Client = till
	w.restart()
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Complete(h.RemoteID))
	w.after(time.Minute)
	w.cfg.BitPay.Client, w.cfg.BitPay.Former = merchant, []*bitpay.Client{till}
	w.restart()
	reads := 0
	w.wire.alterWith(func(r *http.Request, body []byte) []byte {
		if !strings.HasPrefix(r.URL.Path, "/ledgers/USD") {
			return body
		}
		reads++
		line := fmt.Sprintf(`{"id":"refund.line","code":1020,"amount":-2000000000,"scale":100000000,"currency":"USD","invoiceId":%q}`, h.RemoteID)
		return []byte(strings.Replace(string(body), `{"data":[`, `{"data":[`+line+`,`, 1))
	})
	named := 0
	for range 36 {
		w.clock.Advance(5 * time.Minute)
		if err := w.p.Advance(w.ctx); err != nil {
			require.ErrorIs(t, err, bitpay.ErrMerchantOnly)
			named++
		}
	}
	require.Equal(t, 3, reads)
	require.Equal(t, 3, named)
}
