package bitpaysim_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

func TestTheListIsFilteredAndPaged(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	a := w.create(object{"orderId": "a"})
	b := w.create(object{"orderId": "b"})
	require.NoError(t, w.sim.PayExact(id(b), "BTC"))
	w.sim.Advance(24 * time.Hour)
	c := w.create(object{"orderId": "c"})
	ids := func(query string) []string {
		list := []string{}
		for _, o := range w.get("/invoices?token=" + w.merchant + query).list(t) {
			list = append(list, id(o.(object)))
		}
		return list
	}
	both := "&dateStart=2026-11-21&dateEnd=2026-11-22"
	require.Equal(t, []string{id(c), id(b), id(a)}, ids(both))
	require.Equal(t, []string{id(b), id(a)}, ids("&dateStart=2026-11-21&dateEnd=2026-11-21"))
	require.Equal(t, []string{id(a)}, ids(both+"&status=expired"))
	require.Equal(t, []string{id(b)}, ids(both+"&orderId=b"))
	require.Equal(t, []string{id(b)}, ids(both+"&limit=1&offset=1"))
	require.Empty(t, ids(both+"&offset=9"))
	require.NotEmpty(t, w.get("/invoices?token=" + w.merchant).top["errors"])
	require.NotEmpty(t, w.get("/invoices?token=" + w.merchant + "&dateStart=yesterday&dateEnd=2026-11-22").top["errors"])
}

func TestTheBuyersContactIsSetOnce(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(object{"buyerEmail": nil})
	put := func(more object) reply {
		more["token"] = w.merchant
		return w.signed(http.MethodPut, "/invoices/"+id(o), more)
	}
	require.Equal(t, "030102", put(object{}).top["code"])
	require.Equal(t, "030102", put(object{"buyerEmail": "a@b.c", "buyerSms": "+12125551212"}).top["code"])
	require.Equal(t, "030112", put(object{"buyerSms": "12"}).top["code"])
	require.Equal(t, "030113", put(object{"buyerSms": "+12125551212", "smsCode": "1"}).top["code"])
	require.Equal(t, http.StatusOK, put(object{"buyerSms": "+12125551212"}).status)
	info := put(object{"buyerSms": "+12125551212", "smsCode": "123456"}).data(t)["buyerProvidedInfo"].(object)
	require.Equal(t, true, info["smsVerified"])
	require.Equal(t, "a@b.example", put(object{"buyerEmail": "a@b.example"}).data(t)["buyerEmail"])
	require.Equal(t, "030115", put(object{"buyerEmail": "a@b.example"}).top["code"])
}

func TestCancellingEndsAnUnpaidInvoiceOnly(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	free := w.create(nil)
	gone := w.signed(http.MethodDelete, "/invoices/"+id(free)+"?token="+w.merchant, nil).data(t)
	require.Equal(t, "expired", gone["status"])
	require.Equal(t, true, gone["isCancelled"])
	require.Equal(t, "040107", w.signed(http.MethodDelete, "/invoices/"+id(free)+"?token="+w.merchant, nil).top["code"])

	half := w.create(object{"guid": "half", "buyerEmail": nil})
	require.NoError(t, w.sim.PayPart(id(half), "BTC"))
	path := "/invoices/guid/half?token=" + w.merchant
	require.Equal(t, "040108", w.signed(http.MethodDelete, path, nil).top["code"])
	w.signed(http.MethodPut, "/invoices/"+id(half), object{"token": w.merchant, "buyerSms": "+12125551212"})
	require.Equal(t, "040109", w.signed(http.MethodDelete, path, nil).top["code"])
	require.Equal(t, "expired", w.signed(http.MethodDelete, path+"&forceCancel=true", nil).data(t)["status"])

	paid := w.create(nil)
	require.NoError(t, w.sim.PayExact(id(paid), "BTC"))
	require.Equal(t, "040107", w.signed(http.MethodDelete, "/invoices/"+id(paid)+"?token="+w.merchant+"&forceCancel=true", nil).top["code"])
	require.Equal(t, "040101", w.signed(http.MethodDelete, "/invoices/nothing?token="+w.merchant, nil).top["code"])
}

func TestResendingWantsTheInvoicesOwnToken(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(nil)
	r := w.signed(http.MethodPost, "/invoices/"+id(o)+"/notifications", object{"token": w.merchant})
	require.Equal(t, "Invalid token", r.top["error"])
	r = w.signed(http.MethodPost, "/invoices/"+id(o)+"/notifications", object{"token": o["token"]})
	require.Equal(t, "Success", r.top["data"])
	require.NotContains(t, r.top, "status")
	w.sim.Deliver(t.Context())
	require.Equal(t, []string{"invoice_manuallyNotified"}, w.shop.events())
}

func TestTheEventsTokenIsGiven(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	o := w.create(nil)
	events := w.get("/invoices/" + id(o) + "/events?token=" + w.merchant).data(t)
	require.Equal(t, []any{"payment", "confirmation"}, events["events"])
	require.Equal(t, w.api.URL+"/events", events["url"])
}

func TestRatesAndCurrenciesArePublic(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	require.Equal(t, json.Number("50000"), w.do(nil, http.MethodGet, "/rates", nil).list(t)[0].(object)["rate"])
	require.NoError(t, w.sim.SetPrice("ETH", "3000.5"))
	eth := w.do(nil, http.MethodGet, "/rates/ETH/USD", nil).data(t)
	require.Equal(t, object{"code": "USD", "name": "US Dollar", "rate": json.Number("3000.5")}, eth)
	require.NotEmpty(t, w.do(nil, http.MethodGet, "/rates/ETH", nil).list(t))
	require.Equal(t, "020001", w.do(nil, http.MethodGet, "/rates/XMR/USD", nil).top["code"])
	for _, o := range w.do(nil, http.MethodGet, "/currencies", nil).list(t) {
		c := o.(object)
		if c["code"] == "BTC" {
			require.Equal(t, json.Number("6"), c["precision"])
			require.Equal(t, json.Number("8"), c["decimals"])
			require.Equal(t, json.Number("0.000006"), c["minimum"])
		}
	}
	require.Equal(t, "bitpay", w.do(nil, http.MethodGet, "/supportedwallets", nil).list(t)[0].(object)["key"])
	require.ErrorIs(t, w.sim.SetPrice("XMR", "1"), bitpaysim.ErrUnknownCurrency)
	require.Error(t, w.sim.SetPrice("BTC", "-1"))
}
