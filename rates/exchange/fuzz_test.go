package exchange

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cointill/cointill/rates"
)

var (
	fuzzMarket = rates.Market{Coin: "BTC", Quote: "USD"}
	fuzzAnswer = answer{asked: time.Unix(1795228445, 0)}
)

// seeds adds the shared payloads whose names begin with a venue's, where there
// are any, and what is given.
func seeds(f *testing.F, venue string, more ...string) {
	shared, _ := filepath.Glob(filepath.Join(os.Getenv("COINTILL_DATA"), "rates", venue+"_*.json"))
	for _, name := range shared {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, text := range more {
		f.Add([]byte(text))
	}
}

// checkRoster fails unless every market of a list can be asked for.
func checkRoster(t *testing.T, all roster, err error) {
	t.Helper()
	if (err == nil) != (len(all) > 0) {
		t.Fatalf("%d markets with error %v", len(all), err)
	}
	for m, l := range all {
		if l.symbol == "" || m.Coin == "" || m.Quote == "" {
			t.Fatalf("%v listed as %v", m, l)
		}
	}
}

// checkCandles fails unless a close of rows is one of a minute asked for.
func checkCandles(t *testing.T, rows []candle, err error) {
	t.Helper()
	if err != nil {
		return
	}
	for i, r := range rows {
		if r.open.UnixMilli() <= 0 || r.open.Unix() > maxUnix {
			t.Fatalf("candle %d opens at %s", i, r.open)
		}
		from := r.open.Add(-3 * time.Minute)
		if c, err := lastClose(rows, from, r.open, fuzzAnswer.asked); err == nil && (!c.close.Valid() || c.open.Before(from) || c.open.After(r.open)) {
			t.Fatalf("the close of %s is %v", r.open, c)
		}
		if i > 20 {
			break
		}
	}
}

func FuzzCoinbase(f *testing.F) {
	seeds(f, "coinbase", `[{"id":"BTC-USD","base_currency":"BTC","quote_currency":"USD","status":"online","trading_disabled":true}]`)
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := coinbasePairs(body)
		checkRoster(t, all, err)
		if b, err := coinbaseBook(body); err == nil {
			checkQuote(t, b.quote("coinbase", fuzzMarket, listing{symbol: "BTC-USD"}, fuzzAnswer))
		}
		if rows, err := parseJSON[[][]number](body); err == nil {
			minutes, err := coinbaseCandles(rows)
			checkCandles(t, minutes, err)
		}
		_ = coinbaseRefusal(http.StatusNotFound, body)
	})
}

func FuzzBitstamp(f *testing.F) {
	seeds(f, "bitstamp", `[{"name":"BTC/USD","url_symbol":"btcusd","trading":"Enabled"}]`, `{"status":"error","reason":"x","code":"400.002"}`)
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := bitstampPairs(body)
		checkRoster(t, all, err)
		if books, err := bitstampBooks(body); err == nil {
			for _, rows := range books {
				for _, r := range rows {
					checkQuote(t, r.book().quote("bitstamp", fuzzMarket, listing{symbol: "btcusd"}, fuzzAnswer))
				}
			}
		}
		if w, err := parseJSON[bitstampOHLC](body); err == nil {
			minutes, err := w.candles("BTC/USD")
			checkCandles(t, minutes, err)
		}
		_ = bitstampRefusal(http.StatusNotFound, body)
	})
}

func FuzzGemini(f *testing.F) {
	seeds(f, "gemini", `[{"symbol":"BTCUSD","base_currency":"BTC","quote_currency":"USD","status":"open","product_type":"spot"}]`, `{"result":"error","reason":"RateLimit"}`, `[[1,0,7,1,1,0]]`)
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := geminiPairs(body)
		checkRoster(t, all, err)
		if w, err := parseJSON[geminiTicker](body); err == nil {
			checkQuote(t, w.book(fuzzMarket, fuzzAnswer.asked).quote("gemini", fuzzMarket, listing{symbol: "BTCUSD"}, fuzzAnswer))
		}
		if rows, err := parseJSON[[][]number](body); err == nil {
			minutes, err := geminiCandles(rows)
			checkCandles(t, minutes, err)
		}
		_ = geminiRefusal(http.StatusBadRequest, body)
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{`1`, `"1.5"`, `1e1000000000`, `"1e-1000000000"`, `null`, `"NaN"`, `253402300800`, `0.0001`, `1e18`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var n number
		if err := n.UnmarshalJSON(raw); err != nil {
			t.Fatal(err)
		}
		if r, err := n.rate(); (err == nil) != r.Valid() {
			t.Fatalf("%q is %v, %v", raw, r, err)
		}
		for _, read := range []func() (time.Time, error){n.seconds, n.millis} {
			if at, err := read(); err == nil && (at.Year() < 1970 || at.Year() > 9999) {
				t.Fatalf("%q is %s", raw, at)
			}
		}
	})
}
