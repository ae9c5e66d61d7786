package bitpaysim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

func (w *world) sin() string {
	sin, err := bitpaysim.SIN(w.key.identity())
	require.NoError(w.t, err)
	return sin
}

func TestAClientPairsAndAPersonApproves(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	pairing := w.do(nil, http.MethodPost, "/tokens", object{"id": w.sin(), "facade": "merchant", "label": "till"}).list(t)[0].(object)
	token, code := pairing["token"].(string), pairing["pairingCode"].(string)
	require.Len(t, code, 7)
	require.Len(t, token, 44)
	require.Equal(t, object{"policy": "id", "method": "inactive", "params": []any{w.sin()}}, pairing["policies"].([]any)[0])
	require.Equal(t, "Unauthorized sin", w.get("/ledgers?token=" + token).top["error"])
	require.NoError(t, w.sim.Approve(code))
	require.Equal(t, http.StatusOK, w.get("/ledgers?token="+token).status)
	require.ErrorIs(t, w.sim.Approve(code), bitpaysim.ErrUnknownPairing)
	require.Contains(t, w.get("/tokens").list(t), any(object{"merchant": token}))
}

func TestACodeFromTheDashboardIsClaimedOnceAndGivesASignedPOSToken(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	code := w.sim.NewPairingCode()
	got := w.do(nil, http.MethodPost, "/tokens", object{"id": w.sin(), "pairingCode": code}).list(t)[0].(object)
	require.Equal(t, "pos", got["facade"])
	body := object{"token": got["token"], "price": 1, "currency": "USD"}
	require.Equal(t, "Unauthorized sin", w.do(nil, http.MethodPost, "/invoices", body).top["error"])
	require.Equal(t, http.StatusOK, w.signed(http.MethodPost, "/invoices", body).status)
	require.Equal(t, http.StatusNotFound, w.do(nil, http.MethodPost, "/tokens", object{"id": w.sin(), "pairingCode": code}).status)
}

func TestAPairingCodeLapsesAfterADay(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	code := w.do(nil, http.MethodPost, "/tokens", object{"id": w.sin(), "facade": "merchant"}).list(t)[0].(object)["pairingCode"].(string)
	w.sim.Advance(24 * time.Hour)
	require.ErrorIs(t, w.sim.Approve(code), bitpaysim.ErrUnknownPairing)
}

func TestPairingRefusesWhatIsNoClientID(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	for _, body := range []object{{}, {"id": "x"}, {"id": w.sin(), "facade": "admin"}, {"id": w.sin(), "label": "<b>"}} {
		require.Equal(t, http.StatusBadRequest, w.do(nil, http.MethodPost, "/tokens", body).status)
	}
}

func TestAMerchantCallIsRefusedUnlessSignedByThePairedKey(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	path := "/ledgers?token=" + w.merchant
	other := newKey(t, keyC)
	require.Equal(t, "Unauthorized sin", w.do(nil, http.MethodGet, path, nil).top["error"])
	require.Equal(t, "Unauthorized sin", w.do(&other, http.MethodGet, path, nil).top["error"])
	header := http.Header{"X-Accept-Version": {"2.0.0"}, "X-Identity": {w.key.identity()}, "X-Signature": {w.key.sign(w.api.URL + path + "x")}}
	require.Equal(t, "Invalid signature", w.raw(http.MethodGet, path, nil, header).top["error"])
	none := w.get("/ledgers?token=nothing")
	require.Equal(t, "Invalid token", none.top["error"])
	require.Equal(t, http.StatusInternalServerError, none.status)
	require.Equal(t, "This endpoint does not support the `public` facade", w.get("/ledgers").top["error"])
	require.Equal(t, "This endpoint does not support the `pos` facade", w.do(nil, http.MethodGet, "/ledgers?token="+w.pos, nil).top["error"])
	require.NoError(t, w.sim.Revoke(w.merchant))
	require.Equal(t, "Invalid token", w.get(path).top["error"])
}

// The bytes signed are the bytes sent: spacing, order and escapes stay.
func TestASignatureIsOverTheRawBodyAndTheRawQuery(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	body := `{ "token" : "` + w.merchant + `", "currency":"USD",` + "\n" + `"price": 10.00, "itemDesc":"Caf\u00e9 \/ ☕" }`
	header := http.Header{"X-Accept-Version": {"2.0.0"}, "X-Identity": {w.key.identity()}, "X-Signature": {w.key.sign(w.api.URL + "/invoices" + body)}}
	r := w.raw(http.MethodPost, "/invoices", []byte(body), header)
	require.Equal(t, "Café / ☕", r.data(t)["itemDesc"])
	path := "/invoices/" + id(r.data(t)) + "?x=%7e+%20&token=" + w.merchant
	require.Equal(t, http.StatusOK, w.get(path).status)
	header.Set("X-Signature", w.key.sign(w.api.URL+"/invoices"+strings.ReplaceAll(body, " ", "")))
	require.Equal(t, "Invalid signature", w.raw(http.MethodPost, "/invoices", []byte(body), header).top["error"])
}

// BitPay's Node client sends the headers of its last signed call with unsigned
// ones.
func TestStaleSignatureHeadersAreIgnoredWhereNoneIsAskedFor(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	header := http.Header{"X-Accept-Version": {"2.0.0"}, "X-Identity": {w.key.identity()}, "X-Signature": {w.key.sign("something else")}}
	require.Equal(t, http.StatusOK, w.raw(http.MethodGet, "/rates", nil, header).status)
	require.Equal(t, http.StatusOK, w.raw(http.MethodPost, "/invoices", []byte(`{"token":"`+w.pos+`","price":1,"currency":"USD"}`), header).status)
}

func TestErrorsHaveTheOldShapeWithoutTheVersionHeader(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	r := w.raw(http.MethodGet, "/ledgers?token=nothing", nil, http.Header{})
	require.Equal(t, object{"type": "error", "message": "Invalid token"}, r.top["error"])
}

func TestEveryUnknownPathAnswersJSON(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	for _, path := range []string{"/nothing", "/rates//BTC", "//rates/x/y/z", "/invoices/../tokens/x"} {
		r := w.do(nil, http.MethodGet, path, nil)
		require.Equal(t, http.StatusNotFound, r.status, path)
		require.Equal(t, "020001", r.top["code"], path)
	}
	r := w.raw(http.MethodPost, "/invoices", []byte(`[1`), http.Header{"X-Accept-Version": {"2.0.0"}})
	require.Equal(t, "Invalid JSON in request body", r.top["error"])
}
