package exchange

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cointill/cointill/rates"
)

var fuzzed = listing{key: "XXBTZUSD", symbol: "XBTUSD", status: online}

// seed adds our fixtures, the shared payloads where there are any, and errors.
func seed(f *testing.F) {
	ours, _ := filepath.Glob("testdata/*.json")
	shared, _ := filepath.Glob(filepath.Join(os.Getenv("COINTILL_DATA"), "rates", "kraken_*.json"))
	for _, name := range append(ours, shared...) {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"error":["EQuery:Unknown asset pair"]}`))
	f.Add([]byte(`{"error":["EService: Throttled: 1795176000"]}`))
}

// fuzz opens an envelope and hands what it holds to a decoder.
func fuzz(f *testing.F, decode func(*testing.T, map[string]json.RawMessage)) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		if result, err := openEnvelope(body, time.Time{}); err == nil {
			decode(t, result)
		}
	})
}

func FuzzPairs(f *testing.F) {
	fuzz(f, func(t *testing.T, result map[string]json.RawMessage) {
		m, err := krakenPairs(result)
		if (err == nil) != (len(m) > 0) {
			t.Fatalf("%d pairs with error %v", len(m), err)
		}
		for p, l := range m {
			if l.symbol == "" || p.Coin == "" || p.Quote == "" || p.Coin == "XBT" || p.Coin == "XDG" {
				t.Fatalf("%v listed as %v", p, l)
			}
		}
	})
}

func FuzzBook(f *testing.F) {
	fuzz(f, func(t *testing.T, result map[string]json.RawMessage) {
		for _, raw := range result {
			checkQuote(t, krakenQuote(rates.Market{Coin: "BTC", Quote: "USD"}, fuzzed, raw, answer{}))
		}
	})
}

// checkQuote fails unless a quote is either refused or the middle of its book.
func checkQuote(t *testing.T, q rates.Quote) {
	t.Helper()
	p := q.Price
	if q.Value.Valid() == (p.Rejected != "") || p.Source == "" || p.Symbol == "" {
		t.Fatalf("%s of %q %q is refused: %q", q.Value, p.Source, p.Symbol, p.Rejected)
	}
	if !q.Value.Valid() {
		return
	}
	if !p.Bid.Valid() || !p.Ask.Valid() || !q.Value.Decimal().Add(q.Value.Decimal()).Equal(p.Bid.Decimal().Add(p.Ask.Decimal())) {
		t.Fatalf("%s is not the middle of %s and %s", q.Value, p.Bid, p.Ask)
	}
}

func FuzzCandles(f *testing.F) {
	fuzz(f, func(t *testing.T, result map[string]json.RawMessage) {
		rows, unfinished, err := decodeCandles(result, fuzzed)
		if err != nil {
			return
		}
		for i, c := range rows {
			if !c.close.Valid() || !c.open.Before(unfinished) || i > 0 && !rows[i-1].open.Before(c.open) {
				t.Fatalf("candle %d of %v until %s", i, rows, unfinished)
			}
		}
	})
}

func FuzzTrades(f *testing.F) {
	fuzz(f, func(t *testing.T, result map[string]json.RawMessage) {
		rows, next, err := decodeTrades(result, fuzzed)
		if err != nil {
			return
		}
		for i, r := range rows {
			if !r.price.Valid() || r.at.Unix() < 0 || r.at.Unix() > maxUnix || next == "" || i > 0 && r.at.Before(rows[i-1].at) {
				t.Fatalf("trade %d of %v, then %q", i, rows, next)
			}
		}
	})
}

func FuzzEnvelope(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		result, err := openEnvelope(body, time.Time{})
		if (err == nil) != (result != nil) {
			t.Fatalf("%v with error %v", result, err)
		}
		if err != nil && len(err.Error()) > 1024 {
			t.Fatalf("an error of %d bytes", len(err.Error()))
		}
	})
}
