package exchange_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

// guest is a source, with answers that give it one good price beside the one
// whose text is a parameter.
type guest struct {
	make   func(exchange.Options) (*exchange.Venue, error)
	role   rates.Role
	kind   string            // content type
	others map[string]string // answers by path
	path   string            // of the prices
	prices string            // with NUMBER and, if they carry one, TIME
	text   string            // a good NUMBER
	time   string            // a good TIME, noon's
	market rates.Market      // whose price NUMBER is
	value  string            // of it
	beside rates.Market      // quoted in the same answer; zero if there is none
	at     time.Time         // Price.SourceTime
	symbol string
}

var (
	btcUSDT = rates.Market{Coin: "BTC", Quote: "USDT"}
	ethUSDT = rates.Market{Coin: "ETH", Quote: "USDT"}
	ethEUR  = rates.Market{Coin: "ETH", Quote: "EUR"}
	btcEUR  = rates.Market{Coin: "BTC", Quote: "EUR"}
	gusdUSD = rates.Market{Coin: "GUSD", Quote: "USD"}
	eurUSD  = rates.Market{Coin: "EUR", Quote: "USD"}
)

var guests = map[string]guest{
	"binance": {
		make: exchange.NewBinance, role: rates.RoleMember, kind: "application/json;charset=UTF-8",
		others: map[string]string{"/api/v3/exchangeInfo": binanceInfo}, path: "/api/v3/ticker/bookTicker",
		prices: `[{"symbol":"BTCUSDT","bidPrice":NUMBER,"bidQty":"1","askPrice":"64010.00","askQty":"1"},
			{"symbol":"ETHUSDT","bidPrice":"3000","askPrice":"3001"}]`,
		text: `"64000.00"`, market: btcUSDT, value: "64005", beside: ethUSDT, symbol: "BTCUSDT",
	},
	"okx": {
		make: exchange.NewOKX, role: rates.RoleMember, kind: "application/json",
		others: map[string]string{"/api/v5/public/instruments": okxList}, path: "/api/v5/market/tickers",
		prices: `{"code":"0","msg":"","data":[
			{"instType":"SPOT","instId":"BTC-USDT","last":"64004","askPx":"64010","bidPx":NUMBER,"ts":TIME},
			{"instType":"SPOT","instId":"ETH-EUR","last":"3000","askPx":"3001","bidPx":"3000","ts":"1795176000000"}]}`,
		text: `"64000"`, time: `"1795176000000"`, market: btcUSDT, value: "64005", beside: ethEUR, at: noon, symbol: "BTC-USDT",
	},
	"coingecko": {
		make: exchange.NewCoinGecko, role: rates.RoleTripwire, kind: "application/json; charset=utf-8",
		path: "/api/v3/simple/price",
		prices: `{"bitcoin":{"usd":NUMBER,"eur":55000,"last_updated_at":TIME},
			"gemini-dollar":{"usd":0.99912345,"eur":0.8671,"last_updated_at":1795176000}}`,
		text: `64005.31250217`, time: `1795176000`, market: btcUSD, value: "64005.31250217", beside: gusdUSD, at: noon, symbol: "bitcoin",
	},
	"bitpay": {
		make: exchange.NewBitPay, role: rates.RoleTripwire, kind: "application/json", path: "/rates/BTC",
		prices: `{"data":[{"code":"BTC","name":"Bitcoin","rate":1},{"code":"USD","name":"US Dollar","rate":NUMBER},
			{"code":"EUR","name":"Eurozone Euro","rate":55000.02}]}`,
		text: `64005.5`, market: btcUSD, value: "64005.5", beside: btcEUR, symbol: "BTC/USD",
	},
	"ecb": {
		make: exchange.NewECB, role: rates.RoleTripwire, kind: "text/xml", path: "/stats/eurofxref/eurofxref-daily.xml",
		prices: `<?xml version="1.0" encoding="UTF-8"?>
			<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
			<gesmes:subject>Reference rates</gesmes:subject>
			<Cube><Cube time='TIME'><Cube currency='USD' rate='NUMBER'/><Cube currency='GBP' rate='0.8755'/></Cube></Cube>
			</gesmes:Envelope>`,
		text: `1.1519`, time: `2026-11-20`, market: eurUSD, value: "1.1519",
		at: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), symbol: "USD",
	},
}

// says returns the prices with a number and a time.
func (g guest) says(text, at string) string {
	return strings.NewReplacer("NUMBER", text, "TIME", at).Replace(g.prices)
}

// gate answers a guest's questions by their path, without a socket.
type gate struct {
	mu      sync.Mutex
	answers map[string]http.HandlerFunc
	asked   []string // "/path?query", decoded
	header  http.Header
}

func (d *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	line := r.URL.Path
	if q, err := url.QueryUnescape(r.URL.RawQuery); err == nil && q != "" {
		line += "?" + q
	}
	d.mu.Lock()
	d.asked, d.header = append(d.asked, line), r.Header.Clone()
	h := d.answers[r.URL.Path]
	d.mu.Unlock()
	if h == nil {
		h = http.NotFound
	}
	w := httptest.NewRecorder()
	h(w, r)
	return w.Result(), r.Context().Err()
}

func (d *gate) on(path string, h http.HandlerFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers[path] = h
}

// questions returns what was asked since the last call.
func (d *gate) questions() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := d.asked
	d.asked = nil
	return out
}

// typed answers with a body of a content type and a status.
func typed(kind, body string, code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func (g guest) gate() *gate {
	d := &gate{answers: make(map[string]http.HandlerFunc)}
	for path, body := range g.others {
		d.on(path, typed(g.kind, body, 200))
	}
	d.on(g.path, typed(g.kind, g.says(g.text, g.time), 200))
	return d
}

// source returns the guest's source over a gate. Its business clock starts at the
// instant and runs with the bubble's.
func (g guest) source(t *testing.T, d *gate, at time.Time) rates.Source {
	t.Helper()
	start := time.Now()
	v, err := g.make(exchange.Options{Transport: d, Now: func() time.Time { return at.Add(time.Since(start)) }})
	require.NoError(t, err)
	return v
}

// one asks for one market, which must be answered.
func one(t *testing.T, s rates.Source, m rates.Market) rates.Quote {
	t.Helper()
	found, err := s.Quotes(t.Context(), []rates.Market{m})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, m, found[0].Market)
	return found[0]
}

// aged answers like a cache that has held an answer for 90 seconds.
func aged(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Age", "90"); h(w, r) }
}
