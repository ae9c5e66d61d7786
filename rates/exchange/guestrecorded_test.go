package exchange_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

// TestSharedPayloadsOfGuests reads the recorded answers of every guest.
func TestSharedPayloadsOfGuests(t *testing.T) {
	dir := os.Getenv("COINTILL_DATA")
	if dir == "" {
		t.Skip("COINTILL_DATA names no folder with recorded payloads")
	}
	minute := time.UnixMilli(1795228380000).UTC()
	for _, c := range []struct {
		name, file string
		market     rates.Market
		value      string
		at         time.Time
	}{
		{"binance", "binance_bookticker_many.json", btcUSDT, "81262.015", time.Time{}},
		{"binance", "binance_bookticker_many.json", rates.Market{Coin: "EUR", Quote: "USDT"}, "1.15225", time.Time{}},
		{"okx", "okx_ticker.json", btcUSDT, "81261.95", time.UnixMilli(1795228440412).UTC()},
		{"coingecko", "coingecko_simple_price.json", btcUSD, "81248.31250217", time.Unix(1795228420, 0).UTC()},
		{"coingecko", "coingecko_simple_price.json", gusdUSD, "0.99912345", time.Unix(1795228300, 0).UTC()},
		{"bitpay", "bitpay_rates_btc.json", btcEUR, "70515.02", time.Time{}},
		{"ecb", "ecb_eurofxref_daily.xml", eurUSD, "1.1519", time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)},
	} {
		t.Run(c.file+" "+c.market.String(), func(t *testing.T) {
			body := read(t, filepath.Join(dir, "rates", c.file))
			synctest.Test(t, func(t *testing.T) {
				g := guests[c.name]
				d := g.gate()
				d.on(g.path, typed(g.kind, body, 200))
				q := one(t, g.source(t, d, minute.Add(time.Minute)), c.market)
				require.Empty(t, q.Price.Rejected)
				require.Equal(t, c.value, q.Value.String())
				require.Equal(t, c.at, q.Price.SourceTime)
			})
		})
	}
	for name, c := range map[string]struct{ path, file, close string }{
		"binance": {"/api/v3/klines", "binance_klines_1m.json", "81262.01"},
		"okx":     {"/api/v5/market/history-candles", "okx_history_candles_1m.json", "81261.9"},
	} {
		t.Run(c.file, func(t *testing.T) {
			body := read(t, filepath.Join(dir, "rates", c.file))
			synctest.Test(t, func(t *testing.T) {
				g := guests[name]
				d := g.gate()
				d.on(c.path, typed(g.kind, body, 200))
				_, err := g.source(t, d, minute.Add(2*time.Minute)).Candle(t.Context(), btcUSDT, minute)
				require.ErrorContains(t, err, "proves it complete", "it is the newest row")
				q, err := g.source(t, d, minute.Add(10*time.Minute)).Candle(t.Context(), btcUSDT, minute)
				require.NoError(t, err)
				require.Equal(t, c.close, q.Value.String())
				require.Equal(t, minute, q.Price.SourceTime)
			})
		})
	}
	t.Run("coingecko_market_chart_range.json", func(t *testing.T) {
		body := read(t, filepath.Join(dir, "rates", "coingecko_market_chart_range.json"))
		synctest.Test(t, func(t *testing.T) {
			g := guests["coingecko"]
			d := g.gate()
			d.on(gusdChart, typed(g.kind, body, 200))
			q, err := g.source(t, d, minute.Add(10*time.Minute)).Candle(t.Context(), gusdUSD, minute)
			require.NoError(t, err)
			require.Equal(t, "81210.77", q.Value.String())
			require.Equal(t, time.UnixMilli(1795228140530).UTC(), q.Price.SourceTime)
		})
	})
	for file, want := range map[string]string{"binance_error_451.json": "http status 451", "binance_error_symbol.json": "disabled"} {
		t.Run(file, func(t *testing.T) {
			body := read(t, filepath.Join(dir, "rates", file))
			synctest.Test(t, func(t *testing.T) {
				g := guests["binance"]
				d := g.gate()
				code := 400
				if want != "disabled" {
					code = 451
				}
				d.on(g.path, typed(g.kind, body, code))
				found, err := g.source(t, d, noon).Quotes(t.Context(), []rates.Market{btcUSDT})
				if want != "disabled" {
					require.ErrorContains(t, err, want)
					return
				}
				require.NoError(t, err)
				require.Contains(t, found[0].Price.Rejected, want)
			})
		})
	}
}
