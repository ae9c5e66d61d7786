package bitpaysim_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

// browse gets a page, or posts a form and gives where it leads.
func (w *world) browse(path string, form url.Values) (page, location string) {
	w.t.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.api.URL+path, strings.NewReader(body))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Referer", w.api.URL+"/dashboard")
	resp, err := w.client.Do(req)
	require.NoError(w.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	return string(raw), resp.Header.Get("Location")
}

func TestAPersonChoosesACoinAndPays(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(object{"buyerEmail": nil, "merchantName": "Acme <Telecom>", "redirectURL": "https://shop.example/back", "price": 25})
	page, _ := w.browse("/invoice?id="+id(o), nil)
	require.Contains(t, page, "Acme &lt;Telecom&gt;")
	require.Contains(t, page, "25.00 USD")
	require.Contains(t, page, "coin=BTC")
	require.NotContains(t, page, `value="pay"`, "the coin comes first")
	page, _ = w.browse("/invoice?id="+id(o)+"&coin=ETH", nil)
	require.Contains(t, page, "Pay 0.010000 ETH")
	require.Contains(t, page, `type="email"`)
	_, location := w.browse("/sim/invoice", url.Values{"id": {id(o)}, "coin": {"ETH"}, "do": {"pay"}, "email": {"b@example.com"}})
	require.Equal(t, "/dashboard", location)
	page, _ = w.browse("/i/"+id(o), nil)
	require.Contains(t, page, "Payment received")
	require.Contains(t, page, "https://shop.example/back")
	require.Equal(t, bitpaysim.StatusPaid, w.status(id(o)))
	require.Equal(t, "b@example.com", w.fetch(id(o))["buyerProvidedEmail"])
}

func TestTheOnlyCoinSkipsTheChoice(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(object{"paymentCurrencies": []string{"USDC"}})
	page, _ := w.browse("/invoice?id="+id(o), nil)
	require.Contains(t, page, "Pay 10.00 USDC")
	require.NotContains(t, page, "Choose another coin")
	require.NotContains(t, page, `type="email"`, "the merchant gave one")
}

func TestThePageOfAnExpiredInvoiceTakesNoMoney(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(object{"closeURL": "https://shop.example/close"})
	w.sim.Advance(time.Hour)
	page, _ := w.browse("/invoice?id="+id(o)+"&coin=BTC", nil)
	require.Contains(t, page, "Invoice expired")
	require.Contains(t, page, "https://shop.example/close")
	require.NotContains(t, page, `value="pay"`)
	page, _ = w.browse("/invoice?id=nothing", nil)
	require.Contains(t, page, "No such invoice")
}

func TestTheDashboardApprovesAndPaysOutByButtons(t *testing.T) {
	w, inv := completed(t, nil)
	pairing := w.do(nil, http.MethodPost, "/tokens", object{"id": w.sin(), "facade": "merchant", "label": "second till"}).list(t)[0].(object)
	r := w.refund(inv, nil).data(t)
	page, _ := w.browse("/dashboard/merchant/api-tokens", nil)
	require.Contains(t, page, "second till")
	require.Contains(t, page, inv)
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{"/sim/approve", url.Values{"code": {pairing["pairingCode"].(string)}}},
		{"/sim/refund", url.Values{"id": {id(r)}, "do": {"address"}}},
		{"/sim/refund", url.Values{"id": {id(r)}, "do": {"payout"}}},
		{"/sim/advance", url.Values{"by": {"24h"}}},
	} {
		_, location := w.browse(step.path, step.form)
		require.Equal(t, "/dashboard", location, step.path)
	}
	require.Equal(t, http.StatusOK, w.get("/ledgers?token="+pairing["token"].(string)).status)
	require.Equal(t, "success", w.sim.Refunds()[0].Status)
	require.Equal(t, "2026-11-22", w.sim.Now().Format(time.DateOnly))
}

func TestAControlThatMakesNoSenseIsRefused(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	for _, c := range [][2]string{{"/sim/nothing", ""}, {"/sim/invoice", "id=x&do=pay"}, {"/sim/fault", "n=x"}, {"/sim/fault", "n=1&api=nothing"}, {"/sim/advance", "by=soon"}} {
		r := w.raw(http.MethodPost, c[0], []byte(c[1]), http.Header{})
		require.Equal(t, http.StatusBadRequest, r.status, c[0])
		require.NotEmpty(t, r.top["error"])
	}
	r := w.raw(http.MethodPost, "/sim/fault", []byte("n=1&api=502&route=GET+/rates"), http.Header{})
	require.Equal(t, true, r.top["ok"])
	require.Equal(t, http.StatusBadGateway, w.do(nil, http.MethodGet, "/rates", nil).status)
}
