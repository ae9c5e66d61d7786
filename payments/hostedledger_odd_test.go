package payments_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
