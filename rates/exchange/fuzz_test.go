package exchange

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/cointill/cointill/rates"
)

var fuzzed = listing{key: "XXBTZUSD", altname: "XBTUSD", status: online}

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
		if result, err := openEnvelope(body); err == nil {
			decode(t, result)
		}
	})
}

func FuzzPairs(f *testing.F) {
	fuzz(f, func(t *testing.T, result map[string]json.RawMessage) {
		m, err := decodePairs(result)
		if (err == nil) != (len(m) > 0) {
			t.Fatalf("%d pairs with error %v", len(m), err)
		}
		for p, l := range m {
			if q, ok := rates.ParsePair(p.String()); l.altname == "" || !p.Currency.Valid() || ok && q != p {
				t.Fatalf("%v listed as %v", p, l)
			}
		}
	})
}

func FuzzBook(f *testing.F) {
	fuzz(f, func(t *testing.T, result map[string]json.RawMessage) {
		s, err := bookSnapshot(rates.Pair{Coin: "BTC", Currency: "USD"}, fuzzed, result, answer{})
		if err != nil {
			return
		}
		if p := s.Prices[0]; s.Rate.Less(p.Bid) || p.Ask.Less(s.Rate) || s.ID == "" {
			t.Fatalf("%s outside %s to %s", s.Rate, p.Bid, p.Ask)
		}
	})
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
		result, err := openEnvelope(body)
		if (err == nil) != (result != nil) {
			t.Fatalf("%v with error %v", result, err)
		}
		if err != nil && len(err.Error()) > 1024 {
			t.Fatalf("an error of %d bytes", len(err.Error()))
		}
	})
}
