package bitpaysim_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

// recorded is one request of BitPay's Node client 8.0.4, unmodified, as it came
// off the wire, and the HTTP status it got.
type recorded struct {
	Method, URI, Body string
	Header            map[string]string
	Status            int
}

// The whole life of an invoice by the official client: it paired, created, got,
// listed, updated, paid, resent, refunded (preview, create, get, list, resend,
// cancel), read rates, currencies, wallets, ledgers and settlements, cancelled;
// then asked for two things that cannot be. Its keys, ids and tokens are the
// simulator's own with that seed, so its signatures hold on every replay.
func TestTheOfficialNodeClientsExchangeIsAnsweredAsItExpects(t *testing.T) {
	file, err := os.Open("testdata/node-sdk-8.0.4.jsonl")
	require.NoError(t, err)
	defer file.Close()
	sim := bitpaysim.New(bitpaysim.Options{Seed: "replay", BaseURL: "http://127.0.0.1:18480"})
	calls, signed, highS := 0, 0, 0
	failed := []string{}
	for lines := bufio.NewScanner(file); lines.Scan(); calls++ {
		var c recorded
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		req := httptest.NewRequest(c.Method, c.URI, strings.NewReader(c.Body))
		for name, value := range c.Header {
			req.Header.Set(name, value)
		}
		rec := httptest.NewRecorder()
		sim.ServeHTTP(rec, req)
		require.Equal(t, c.Status, rec.Code, "%s %s: %s", c.Method, c.URI, rec.Body)
		if sig := c.Header["X-Signature"]; sig != "" && bitpaysim.Verify(c.Header["X-Identity"], sig, []byte("http://127.0.0.1:18480"+c.URI+c.Body)) {
			signed++
			if isHighS(t, sig) {
				highS++
			}
		}
		if rec.Code == http.StatusOK {
			accepts(t, rec.Body.Bytes())
		} else {
			var body struct{ Code string }
			require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
			failed = append(failed, body.Code)
		}
	}
	require.Equal(t, 40, calls)
	require.Equal(t, []string{"040107", "020101"}, failed, "what cannot be, and nothing else")
	require.Greater(t, highS, 0)
	require.Less(t, highS, signed)
}

// accepts applies the rules of the official client's response parser.
func accepts(t *testing.T, body []byte) {
	t.Helper()
	var bare []any
	if json.Unmarshal(body, &bare) == nil {
		return
	}
	var top map[string]any
	require.NoError(t, json.Unmarshal(body, &top))
	require.NotContains(t, top, "error")
	require.NotContains(t, top, "errors")
	if status, ok := top["status"]; ok {
		require.Equal(t, "success", status)
		require.Equal(t, map[string]any{}, top["data"], "with data the client would not see the status")
	}
}

// isHighS reads S off a DER signature: its last 32 bytes, unless S is shorter by
// chance, which no recorded one is.
func isHighS(t *testing.T, signature string) bool {
	t.Helper()
	var s secp256k1.ModNScalar
	raw := hexBytes(t, signature)
	s.SetByteSlice(raw[len(raw)-32:])
	return s.IsOverHalfOrder()
}
