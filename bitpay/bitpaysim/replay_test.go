package bitpaysim_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

// recorded is one request of BitPay's Node client 8.0.4, unmodified, as it came off the
// wire, the HTTP status it got, and what the client made of the answer for its caller
// (nothing, for pairing and the simulator's controls, which it has no call for).
type recorded struct {
	Method, URI, Body string
	Header            map[string]string
	Status            int
	Got               json.RawMessage
}

// The whole life of an invoice by the official client: it paired, created, got,
// listed, updated, paid, resent, refunded (preview, create, get, list, resend,
// cancel), read rates, currencies, wallets, ledgers and settlements, cancelled;
// then asked for two things that cannot be. Its keys, ids and tokens are the
// simulator's own with that seed, and the clock stands: its signatures hold on every
// replay, and every value that it understood must be in the answer, times and ids too.
func TestTheOfficialNodeClientsExchangeIsAnsweredAsItExpects(t *testing.T) {
	file, err := os.Open("testdata/node-sdk-8.0.4.jsonl")
	require.NoError(t, err)
	defer file.Close()
	sim := bitpaysim.New(bitpaysim.Options{Seed: "replay", BaseURL: "http://127.0.0.1:18480"})
	calls, understood, signed, highS := 0, 0, 0, 0
	failed := []string{}
	lines := bufio.NewScanner(file)
	for ; lines.Scan(); calls++ {
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
		if c.Got != nil {
			understood++
			answer := asClient(t, c, rec.Body.Bytes())
			require.Equal(t, exact(t, c.Got), answer, "%s %s", c.Method, c.URI)
			echoes(t, c, answer)
		}
	}
	require.NoError(t, lines.Err())
	require.Equal(t, [2]int{42, 37}, [2]int{calls, understood})
	require.Equal(t, []string{"040107", "020101"}, failed, "what cannot be, and nothing else")
	require.Greater(t, highS, 0)
	require.Less(t, highS, signed)
}

// exact decodes JSON with every number as the fraction it is: 2E-5 and 0.00002 are one.
func exact(t *testing.T, body []byte) any {
	t.Helper()
	var v any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&v))
	var walk func(any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case json.Number:
			n, ok := new(big.Rat).SetString(v.String())
			require.True(t, ok, v)
			return "number " + n.RatString()
		case map[string]any:
			for name := range v {
				v[name] = walk(v[name])
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		}
		return v
	}
	return walk(v)
}

// asClient is what the official client returns of an answer.
func asClient(t *testing.T, c recorded, body []byte) any {
	t.Helper()
	top, ok := exact(t, body).(object)
	require.True(t, ok, "%s", body)
	path, _, _ := strings.Cut(c.URI, "?")
	data := top["data"]
	switch {
	case c.Status != http.StatusOK: // an exception of these two
		return object{"error": top["error"], "code": top["code"]}
	case strings.HasSuffix(path, "/notifications"):
		return data == "Success" || top["status"] == "success"
	case path == "/rates" || path == "/rates/ETH":
		return object{"rates": data}
	case path == "/currencies": // it was asked for ETH
		for _, one := range data.([]any) {
			if one.(object)["code"] == "ETH" {
				return one
			}
		}
	}
	return data
}

// echoes requires of what the client sent that it comes back as it was sent, wherever
// the answer has a member of that name.
func echoes(t *testing.T, c recorded, answer any) {
	t.Helper()
	got, ok := answer.(object)
	if !ok || c.Body == "" || c.Method == http.MethodDelete {
		return
	}
	sent := exact(t, []byte(c.Body)).(object)
	for name, value := range sent {
		if back, ok := got[name]; ok && name != "token" { // the answer's is the resource's
			require.Equal(t, value, back, "%s %s: %s", c.Method, c.URI, name)
		}
	}
	if c.Method == http.MethodPost && c.URI == "/invoices" {
		for _, name := range []string{"price", "currency"} {
			require.Equal(t, sent[name], got[name])
		}
	}
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
