package exchange_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

var (
	btcUSD  = rates.Market{Coin: "BTC", Quote: "USD"}
	dogeUSD = rates.Market{Coin: "DOGE", Quote: "USD"}
	usdcUSD = rates.Market{Coin: "USDC", Quote: "USD"}
	noon    = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
)

// stub is the venue as a transport: no socket, so that a synctest bubble's clock
// runs everything. It notes each question as "Ticker XBTUSD".
type stub struct {
	mu       sync.Mutex
	handlers map[string]http.HandlerFunc
	asked    []string
}

func newStub(t *testing.T) *stub {
	return &stub{handlers: map[string]http.HandlerFunc{
		"AssetPairs": fixture(t, "assetpairs.json"), "Ticker": fixture(t, "ticker.json"),
		"OHLC": fixture(t, "ohlc.json"), "Trades": fixture(t, "trades.json"),
	}}
}

func (s *stub) RoundTrip(r *http.Request) (*http.Response, error) {
	method := path.Base(r.URL.Path)
	s.mu.Lock()
	s.asked = append(s.asked, strings.TrimSpace(method+" "+r.URL.Query().Get("pair")))
	h := s.handlers[method]
	s.mu.Unlock()
	w := httptest.NewRecorder()
	h(w, r)
	return w.Result(), r.Context().Err()
}

func (s *stub) on(method string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[method] = h
}

// questions returns what was asked since the last call.
func (s *stub) questions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.asked
	s.asked = nil
	return out
}

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, body)
	}
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// failing answers with JSON under a status other than 200.
func failing(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func fixture(t testing.TB, name string) http.HandlerFunc { return says(read(t, "testdata", name)) }

func read(t testing.TB, elem ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elem...))
	require.NoError(t, err)
	return string(b)
}

// book is a Ticker answer of one pair; the prices are raw JSON.
func book(key, bid, ask, last string) http.HandlerFunc {
	return says(fmt.Sprintf(`{"error":[],"result":{%q:{"a":[%s,"1","1"],"b":[%s,"1","1"],"c":[%s,"1"]}}}`, key, ask, bid, last))
}

// kraken returns the source over the stub whose business clock starts at the
// given instant and runs with the bubble's.
func kraken(t *testing.T, s *stub, at time.Time) rates.Source {
	t.Helper()
	start := time.Now()
	k, err := exchange.NewKraken(exchange.Options{Transport: s, Now: func() time.Time { return at.Add(time.Since(start)) }})
	require.NoError(t, err)
	return k
}

// pass lets the bubble's clock run.
func pass(d time.Duration) { <-time.After(d) }
