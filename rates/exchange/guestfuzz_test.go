package exchange

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cointill/cointill/rates"
)

// seeds adds the shared payloads of a source, where there are any, and answers of
// our own.
func seeds(f *testing.F, source string, own ...string) {
	f.Helper()
	names, _ := filepath.Glob(filepath.Join(os.Getenv("COINTILL_DATA"), "rates", source+"_*"))
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, s := range append(own, "null", "[]", "{}", "<html></html>") {
		f.Add([]byte(s))
	}
}

func checkRoster(t *testing.T, all roster, err error) {
	t.Helper()
	if (err == nil) != (len(all) > 0) {
		t.Fatalf("%d markets with error %v", len(all), err)
	}
	for m, l := range all {
		if m.Coin == "" || m.Quote == "" || l.symbol == "" {
			t.Fatalf("%v listed as %v", m, l)
		}
	}
}

func checkClose(t *testing.T, rows []candle) {
	t.Helper()
	minute := time.UnixMilli(1795228380000).UTC()
	from := minute.Add(-30 * time.Minute)
	c, err := lastClose(rows, from, minute, minute.Add(24*time.Hour))
	if err == nil && (!c.close.Valid() || c.open.Before(from) || c.open.After(minute)) {
		t.Fatalf("close %s of %s", c.close, c.open)
	}
}

func checkSpot(t *testing.T, s spot) {
	t.Helper()
	now := time.Unix(1795228440, 0)
	q := s.quote("source", rates.Market{Coin: "BTC", Quote: "USD"}, listing{symbol: "symbol"}, answer{asked: now}, now, time.Hour)
	if q.Value.Valid() == (q.Price.Rejected != "") || q.Value.Valid() && !q.Value.Equal(q.Price.Last) {
		t.Fatalf("%s is refused: %q", q.Value, q.Price.Rejected)
	}
	if q.Value.Valid() && !s.at.IsZero() && (s.at.Before(now.Add(-time.Hour)) || s.at.After(now.Add(ahead))) {
		t.Fatalf("a price of %s was taken at %s", s.at, now)
	}
}

func FuzzBinance(f *testing.F) {
	seeds(f, "binance", `{"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT"}]}`)
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := binanceSymbols(body)
		checkRoster(t, all, err)
		books, _ := binanceBooks(body)
		for symbol, b := range books {
			checkQuote(t, b.quote("binance", rates.Market{Coin: "BTC", Quote: "USDT"}, listing{symbol: "S" + symbol}, answer{}))
		}
		rows, _ := binanceKlines(body)
		checkClose(t, rows)
		_ = binanceRefusal(400, body)
	})
}

func FuzzOKX(f *testing.F) {
	seeds(f, "okx", `{"code":"0","data":[{"instType":"SPOT","instId":"BTC-USDT","baseCcy":"BTC","quoteCcy":"USDT","state":"live"}]}`)
	f.Fuzz(func(t *testing.T, body []byte) {
		all, err := okxInstruments(body)
		checkRoster(t, all, err)
		tickers, _ := okxTickers(body)
		for id, b := range tickers {
			if b.bad == nil && b.at.IsZero() {
				t.Fatalf("%q has no time", id)
			}
			checkQuote(t, b.quote("okx", rates.Market{Coin: "BTC", Quote: "USDT"}, listing{symbol: "S" + id}, answer{}))
		}
		rows, _ := okxCandles(body)
		checkClose(t, rows)
		_ = okxRefusal(400, body)
	})
}

func FuzzCoinGecko(f *testing.F) {
	seeds(f, "coingecko")
	f.Fuzz(func(t *testing.T, body []byte) {
		found, err := coinGeckoPrices(body)
		if (err == nil) != (len(found) > 0) {
			t.Fatalf("%d coins with error %v", len(found), err)
		}
		for _, spots := range found {
			for _, s := range spots {
				checkSpot(t, s)
			}
		}
	})
}

func FuzzBitPay(f *testing.F) {
	seeds(f, "bitpay")
	f.Fuzz(func(t *testing.T, body []byte) {
		found, _ := bitPayRates(body)
		for _, s := range found {
			checkSpot(t, s)
		}
	})
}

func FuzzECB(f *testing.F) {
	seeds(f, "ecb", `<E xmlns="http://www.gesmes.org/xml/2002-08-01"/>`)
	f.Fuzz(func(t *testing.T, body []byte) {
		if s, err := ecbDaily(body); err == nil {
			if s.at.IsZero() {
				t.Fatal("a rate without its day")
			}
			checkSpot(t, s)
		}
	})
}
