package bitpaysim_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// key signs as the merchant's client does.
type key struct{ *secp256k1.PrivateKey }

func newKey(t testing.TB, text string) key {
	t.Helper()
	return key{secp256k1.PrivKeyFromBytes(hexBytes(t, text))}
}

func (k key) identity() string { return hex.EncodeToString(k.PubKey().SerializeCompressed()) }

func (k key) sign(message string) string {
	digest := sha256.Sum256([]byte(message))
	return hex.EncodeToString(ecdsa.Sign(k.PrivateKey, digest[:]).Serialize())
}

const (
	keyB = "2882fd14b2a04735f676faebc8079227ed6ffa049a1e572252e4da7bd02ea227"
	keyC = "b4e7c2d1a09f8e7d6c5b4a392817060504030201f0e0d0c0b0a0908070605040"
)

// world is a simulator behind HTTP, with a merchant and a shop that hears
// notifications.
type world struct {
	t        testing.TB
	sim      *bitpaysim.Server
	api      *httptest.Server
	client   *http.Client
	key      key
	merchant string
	pos      string
	shop     *shop
}

func newWorld(t testing.TB, o bitpaysim.Options) *world {
	t.Helper()
	w := &world{t: t, sim: bitpaysim.New(o), key: newKey(t, keyB)}
	w.api = httptest.NewServer(w.sim)
	w.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(w.api.Close)
	var err error
	w.merchant, err = w.sim.Grant(bitpaysim.Merchant, w.key.identity())
	require.NoError(t, err)
	w.pos = w.sim.POSToken()
	w.shop = newShop(t)
	return w
}

type object = map[string]any

// reply is an answer, its numbers as text.
type reply struct {
	status int
	body   string
	top    object
}

func (r reply) data(t testing.TB) object {
	t.Helper()
	o, ok := r.top["data"].(object)
	require.True(t, ok, r.body)
	return o
}

func (r reply) list(t testing.TB) []any {
	t.Helper()
	l, ok := r.top["data"].([]any)
	require.True(t, ok, r.body)
	return l
}

func (w *world) do(signer *key, method, path string, body any) reply {
	w.t.Helper()
	var raw []byte
	if body != nil {
		var err error
		raw, err = json.Marshal(body)
		require.NoError(w.t, err)
	}
	header := http.Header{"X-Accept-Version": {"2.0.0"}, "Content-Type": {"application/json"}}
	if signer != nil {
		header.Set("X-Identity", signer.identity())
		header.Set("X-Signature", signer.sign(w.api.URL+path+string(raw)))
	}
	return w.raw(method, path, raw, header)
}

func (w *world) raw(method, path string, body []byte, header http.Header) reply {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.api.URL+path, bytes.NewReader(body))
	require.NoError(w.t, err)
	req.Header = header
	resp, err := w.client.Do(req)
	require.NoError(w.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	r := reply{status: resp.StatusCode, body: string(raw)}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	_ = dec.Decode(&r.top) // pages and lists have no top object; tests that want one look
	return r
}

// signed is a call of the merchant's.
func (w *world) signed(method, path string, body any) reply {
	w.t.Helper()
	return w.do(&w.key, method, path, body)
}

func (w *world) get(path string) reply {
	w.t.Helper()
	return w.signed(http.MethodGet, path, nil)
}

// create makes an invoice of 10 USD as the merchant, with what more is asked.
func (w *world) create(more object) object {
	w.t.Helper()
	body := object{"token": w.merchant, "price": 10, "currency": "USD", "orderId": "order-1", "notificationURL": w.shop.url, "extendedNotifications": true, "buyerEmail": "buyer@example.com"}
	for k, v := range more {
		body[k] = v
	}
	r := w.signed(http.MethodPost, "/invoices", body)
	require.Equal(w.t, http.StatusOK, r.status, r.body)
	return r.data(w.t)
}

func (w *world) fetch(id string) object {
	w.t.Helper()
	return w.get("/invoices/" + id + "?token=" + w.merchant).data(w.t)
}

func (w *world) status(id string) bitpaysim.Status {
	w.t.Helper()
	return bitpaysim.Status(w.fetch(id)["status"].(string))
}

func id(o object) string { return o["id"].(string) }

func hexBytes(t testing.TB, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	require.NoError(t, err)
	return raw
}
