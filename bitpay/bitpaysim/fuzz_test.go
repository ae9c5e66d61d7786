package bitpaysim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay/bitpaysim"
)

// Whatever is posted, the answer is JSON, and nothing is stored unless the
// answer shows it.
func FuzzPostInvoice(f *testing.F) {
	for _, seed := range []string{`{"price":10,"currency":"USD"`, `{"price":1e400,"currency":"USD"`, `{"price":null,"currency":"EUR","buyer":[]`,
		`{"price":0.1,"currency":"BTC","paymentCurrencies":["DAI"],"guid":""`, `{"price":-0,"currency":"JPY","acceptanceWindow":1.5`, `[`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		sim := bitpaysim.New(bitpaysim.Options{})
		req := httptest.NewRequest(http.MethodPost, "/invoices", strings.NewReader(body+`,"token":"`+sim.POSToken()+`"}`))
		req.Header.Set("X-Accept-Version", "2.0.0")
		rec := httptest.NewRecorder()
		sim.ServeHTTP(rec, req)
		var top map[string]any
		require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &top))
		if rec.Code == http.StatusOK {
			require.Len(t, sim.Invoices(), 1)
			require.Equal(t, sim.Invoices()[0].ID, top["data"].(map[string]any)["id"])
			page := httptest.NewRecorder()
			sim.ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/invoice?id="+sim.Invoices()[0].ID, nil))
			require.Equal(t, http.StatusOK, page.Code)
		} else {
			require.Empty(t, sim.Invoices())
		}
	})
}

func FuzzVerify(f *testing.F) {
	f.Add(pubA, "304402207682bc30a199e0f11b3d7e7dc4be975db1242820bbb0b0f441588924f79dd419022006f049eeb5c96f94aa2a4dd47ef9a97b6e62d276b67084a3e25a4f5bd1e8e6a0", m1)
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, identity, signature, message string) {
		if bitpaysim.Verify(identity, signature, []byte(message)) {
			_, err := bitpaysim.SIN(identity)
			require.NoError(t, err)
			require.False(t, bitpaysim.Verify(identity, signature, []byte(message+"x")))
		}
	})
}
