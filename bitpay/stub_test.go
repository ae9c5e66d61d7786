package bitpay_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitauth"
	"github.com/cointill/cointill/payments/money"
)

const (
	token    = "CANARYposTOKEN4411"
	resource = "CANARYresourceTOKEN5522"
	keyText  = "2882fd14b2a04735f676faebc8079227ed6ffa049a1e572252e4da7bd02ea227"
	invoiceA = "AbCdEfGh23456789jkmnpq"
)

// sent is a request as the stub saw it.
type sent struct {
	method, uri, body, version, identity, signature string
}

// stub is a transport that answers in this process, so that a test's clock can be
// synctest's.
type stub struct {
	mu     sync.Mutex
	seen   []sent
	answer func(n int, w http.ResponseWriter, r *http.Request, body string)
}

func (s *stub) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.seen = append(s.seen, sent{r.Method, r.URL.String(), string(body), r.Header.Get("X-Accept-Version"), r.Header.Get("X-Identity"), r.Header.Get("X-Signature")})
	n := len(s.seen)
	s.mu.Unlock()
	w := httptest.NewRecorder()
	s.answer(n, w, r, string(body))
	return w.Result(), nil
}

func (s *stub) requests() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sent(nil), s.seen...)
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// always answers every request alike.
func always(status int, body string) *stub {
	return &stub{answer: func(_ int, w http.ResponseWriter, _ *http.Request, _ string) { reply(w, status, body) }}
}

func pos(t testing.TB, s http.RoundTripper) *bitpay.Client {
	t.Helper()
	c, err := bitpay.New(bitpay.Config{Environment: bitpay.Test, Token: bitpay.NewSecret(token), Transport: s})
	require.NoError(t, err)
	return c
}

func key(t testing.TB) bitauth.Key {
	t.Helper()
	k, err := bitauth.ParseKey(keyText)
	require.NoError(t, err)
	return k
}

func merchant(t testing.TB, s http.RoundTripper) *bitpay.Client {
	t.Helper()
	c, err := bitpay.New(bitpay.Config{Environment: bitpay.Test, Token: bitpay.NewSecret(token), Signer: key(t), Transport: s})
	require.NoError(t, err)
	return c
}

var usd = money.USD.Asset()

func number(t testing.TB, s string) bitpay.Number {
	t.Helper()
	n, err := bitpay.ParseNumber(s)
	require.NoError(t, err)
	return n
}

func order(t testing.TB) bitpay.NewInvoice {
	return bitpay.NewInvoice{Price: number(t, "10"), Currency: "USD", GUID: "guid-1", OrderID: "order-1", ExtendedNotifications: true}
}

// hosted returns an invoice's answer with some members changed; a nil value
// removes one.
func hosted(t testing.TB, change map[string]any) string {
	t.Helper()
	members := map[string]any{}
	dec := json.NewDecoder(strings.NewReader(posView))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&members))
	maps.Copy(members, map[string]any{"guid": "guid-1", "token": resource})
	for k, v := range change {
		if members[k] = v; v == nil {
			delete(members, k)
		}
	}
	b, err := json.Marshal(map[string]any{"facade": "merchant/invoice", "data": members})
	require.NoError(t, err)
	return string(b)
}

const posView = `{
 "url":"https://test.bitpay.com/invoice?id=AbCdEfGh23456789jkmnpq","id":"AbCdEfGh23456789jkmnpq","status":"new",
 "price":10,"currency":"USD","orderId":"order-1","posData":"{\"k\":1}","invoiceTime":1790000000000,"expirationTime":1790000900000,"currentTime":1790000000050,
 "lowFeeDetected":false,"amountPaid":0,"displayAmountPaid":"0","exceptionStatus":false,"redirectURL":"https://shop.example/return",
 "refundAddressRequestPending":false,"buyerProvidedInfo":{},
 "paymentSubtotals":{"BTC":20000,"ETH":4000000000000000,"USDC":10000000,"DAI":123000000000000000000},
 "paymentTotals":{"BTC":20100,"ETH":4000000000000000,"USDC":10000000,"DAI":123000000000000000000},
 "paymentDisplayTotals":{"BTC":"0.000201"},"paymentDisplaySubTotals":{"BTC":"0.000200"},
 "exchangeRates":{"BTC":{"USD":50000,"ETH":20},"USDC":{"USD":1,"BTC":2.0E-5}},
 "supportedTransactionCurrencies":{"BTC":{"enabled":true},"SHIB":{"enabled":false,"reason":"price too low"}},
 "minerFees":{"BTC":{"satoshisPerByte":1.25,"totalFee":100,"fiatAmount":0.05}},
 "jsonPayProRequired":false,
 "paymentCodes":{"BTC":{"BIP73":"https://test.bitpay.com/i/AbCdEfGh23456789jkmnpq"}},
 "token":"x"}`
