package bitpay_test

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
)

// TestOpenSSLVerifiesWhatTheClientReallySends: the URL, body and headers are those that
// a server read off the wire, the verifier is not ours.
func TestOpenSSLVerifiesWhatTheClientReallySends(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("COINTILL_REQUIRE") != "" {
			t.Fatal("openssl is not installed")
		}
		t.Skip("openssl is not installed")
	}
	var wire []sent
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		wire = append(wire, sent{r.Method, server.URL + r.RequestURI, string(body), "", r.Header.Get("X-Identity"), r.Header.Get("X-Signature")})
		data := posView
		switch {
		case strings.HasPrefix(r.URL.Path, "/refunds"):
			data = refunded
		case r.Method == http.MethodGet && r.URL.Path == "/invoices":
			data = "[]"
		}
		reply(w, http.StatusOK, `{"data":`+strings.Replace(data, `"orderId":"order-1"`, `"orderId":"order-1","guid":"guid-1"`, 1)+`}`)
	}))
	defer server.Close()
	c, err := bitpay.New(bitpay.Config{Environment: bitpay.Simulator(server.URL), Token: bitpay.NewSecret(token), Signer: key(t)})
	require.NoError(t, err)

	order := order(t)
	order.ItemDesc = "Café – naïve ☕ <b> & \"quotes\" \u2028"
	_, err = c.CreateInvoice(t.Context(), order)
	require.NoError(t, err)
	_, err = c.Invoices(t.Context(), bitpay.InvoiceQuery{From: first, To: last, OrderID: "a b&c=d/é+%", Limit: 5})
	require.NoError(t, err)
	_, err = c.UpdateInvoice(t.Context(), invoiceA, bitpay.Contact{Email: "b+1@shop.example"})
	require.NoError(t, err)
	_, err = c.CancelInvoiceByGUID(t.Context(), "guid-1", true)
	require.NoError(t, err)
	_, err = c.CreateRefund(t.Context(), refund(t))
	require.NoError(t, err)

	methods := []string{}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, b, 0o600))
		return path
	}
	verify := func(r sent, message string) error {
		// SEQUENCE { SEQUENCE { ecPublicKey, secp256k1 }, BIT STRING compressed point }
		spki, err := hex.DecodeString("3036301006072a8648ce3d020106052b8104000a032200" + r.identity)
		require.NoError(t, err)
		der, err := hex.DecodeString(r.signature)
		require.NoError(t, err)
		return exec.CommandContext(t.Context(), openssl, "dgst", "-sha256", "-keyform", "DER", "-verify", write("pub.der", spki),
			"-signature", write("sig.der", der), write("message", []byte(message))).Run()
	}
	for _, r := range wire {
		methods = append(methods, r.method)
		require.NoError(t, verify(r, r.uri+r.body), "%s %s", r.method, r.uri)
		require.Error(t, verify(r, r.uri+r.body+" "), "another message")
	}
	require.Equal(t, []string{"POST", "GET", "PUT", "DELETE", "POST"}, methods)
}
