package exchange

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cointill/cointill/rates"
)

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
		rows, err := binanceKlines(body)
		checkCandles(t, rows, err)
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
		rows, err := okxCandles(body)
		checkCandles(t, rows, err)
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
		samples, err := coinGeckoChart(body)
		for i, s := range samples {
			if err != nil || !s.close.Valid() || i > 0 && !samples[i-1].open.Before(s.open) {
				t.Fatalf("sample %d of %v, %v", i, samples, err)
			}
		}
		minute := time.UnixMilli(1795228140000).UTC()
		if c, err := lastSample(samples, minute.Add(-30*time.Minute), minute); err == nil && c.open.Sub(minute) >= time.Minute {
			t.Fatalf("a sample of %s for the minute %s", c.open, minute)
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
	if b, err := os.ReadFile(filepath.Join(os.Getenv("COINTILL_DATA"), "rates", "ecb_eurofxref_daily.xml")); err == nil {
		f.Add(b)
	}
	f.Add([]byte(`<E:Envelope xmlns:E="http://www.gesmes.org/xml/2002-08-01"><Cube><Cube time="2026-11-20"><Cube currency="USD" rate="1"/></Cube></Cube></E:Envelope>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if s, err := ecbDaily(body); err == nil {
			if s.at.IsZero() {
				t.Fatal("a rate without its day")
			}
			checkSpot(t, s)
		}
	})
}
