package bitpaysim_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

func TestEveryFaultOfCallsIsWhatItSays(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{SlowBy: time.Millisecond})
	path := "/ledgers?token=" + w.merchant
	for _, c := range []struct {
		fault  bitpaysim.APIFault
		status int
		text   string
	}{
		{bitpaysim.BadGateway, http.StatusBadGateway, "<h1>502 Bad Gateway</h1>"},
		{bitpaysim.RateLimited, http.StatusTooManyRequests, "Rate limited"},
		{bitpaysim.ServerError, http.StatusInternalServerError, "000000"},
		{bitpaysim.Slow, http.StatusOK, "balance"},
	} {
		w.sim.FaultAPI("GET /ledgers", c.fault, 1)
		require.Equal(t, http.StatusOK, w.do(nil, http.MethodGet, "/rates", nil).status, "another route")
		r := w.get(path)
		require.Equal(t, c.status, r.status)
		require.Contains(t, r.body, c.text)
		require.Equal(t, http.StatusOK, w.get(path).status, "once only")
	}
}

// lost posts an invoice and gives the transport's error.
func (w *world) lost(body object) error {
	raw, err := json.Marshal(body)
	require.NoError(w.t, err)
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.api.URL+"/invoices", bytes.NewReader(raw))
	require.NoError(w.t, err)
	req.GetBody = nil // so that the transport cannot send it twice
	resp, err := w.client.Do(req)
	if err == nil {
		require.NoError(w.t, resp.Body.Close())
	}
	return err
}

func TestAnAnswerLostAfterTheCallLeavesOneInvoiceForTheGUID(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	lose := func(f bitpaysim.APIFault, guid string) error {
		w.sim.FaultAPI("POST /invoices", f, 1)
		return w.lost(object{"token": w.pos, "price": 1, "currency": "USD", "guid": guid})
	}
	require.Error(t, lose(bitpaysim.DropRequest, "a"))
	require.Empty(t, w.sim.Invoices())
	require.Error(t, lose(bitpaysim.DropAnswer, "a"))
	require.Len(t, w.sim.Invoices(), 1)
	r := w.do(nil, http.MethodPost, "/invoices", object{"token": w.pos, "price": 1, "currency": "USD", "guid": "a"})
	require.Equal(t, w.sim.Invoices()[0].ID, id(r.data(t)))
	require.Len(t, w.sim.Invoices(), 1)
}

func TestHalfAnAnswerAndAnotherInvoicesAnswer(t *testing.T) {
	w := newWorld(t, bitpaysim.Options{})
	a, b := w.create(nil), w.create(nil)
	w.sim.FaultAPI("GET /invoices/", bitpaysim.OtherInvoice, 1)
	require.Equal(t, id(b), id(w.fetch(id(a))))
	w.sim.FaultAPI("", bitpaysim.Garbage, -1)
	require.Nil(t, w.get("/invoices/" + id(a) + "?token=" + w.merchant).top["data"])
	w.sim.ClearFaults()
	require.Equal(t, id(a), id(w.fetch(id(a))))
}
