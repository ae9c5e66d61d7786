package exchange_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

// recorded is a stub that answers with the shared payloads.
func recorded(t *testing.T) *stub {
	dir := os.Getenv("COINTILL_DATA")
	file := func(name string) string { return filepath.Join(dir, "rates", "kraken_"+name+".json") }
	s := newStub(t)
	for method, name := range map[string]string{"AssetPairs": "assetpairs", "Ticker": "ticker", "OHLC": "ohlc_1m", "Trades": "trades"} {
		s.on(method, says(read(t, file(name))))
	}
	return s
}

func TestSharedPayloads(t *testing.T) {
	dir := os.Getenv("COINTILL_DATA")
	if dir == "" {
		t.Skip("COINTILL_DATA names no folder with recorded payloads")
	}
	minute := time.Unix(1795228380, 0)
	t.Run("books", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			found, err := kraken(t, recorded(t), noon).Quotes(t.Context(), []rates.Market{btcUSD, dogeUSD})
			require.NoError(t, err)
			require.Equal(t, "81250.05", found[0].Value.String())
			require.Equal(t, "0.1423", found[1].Value.String())
		})
	})
	t.Run("candles", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			got, err := kraken(t, recorded(t), minute.Add(5*time.Minute)).Candle(t.Context(), btcUSD, minute)
			require.NoError(t, err)
			require.Equal(t, "81250", got.Value.String())
		})
	})
	t.Run("trades", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			got, err := kraken(t, recorded(t), minute.Add(24*time.Hour)).Candle(t.Context(), btcUSD, minute)
			require.NoError(t, err)
			require.Equal(t, "81249.9", got.Value.String())
		})
	})
	t.Run("error_throttled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := recorded(t)
			s.on("Ticker", says(read(t, filepath.Join(dir, "rates", "kraken_error_throttled.json"))))
			_, err := kraken(t, s, noon).Quotes(t.Context(), []rates.Market{btcUSD})
			require.ErrorIs(t, err, rates.ErrUnavailable)
			require.ErrorContains(t, err, "EAPI:Rate limit exceeded")
		})
	})
	t.Run("error_unknown_pair", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := recorded(t)
			s.on("Ticker", says(read(t, filepath.Join(dir, "rates", "kraken_error_unknown_pair.json"))))
			require.Contains(t, refusal(t, kraken(t, s, noon), btcUSD), "does not know it")
		})
	})
}

func TestSharedPayloadsOfTheOtherVenues(t *testing.T) {
	dir := os.Getenv("COINTILL_DATA")
	if dir == "" {
		t.Skip("COINTILL_DATA names no folder with recorded payloads")
	}
	at := time.Unix(1795228450, 0)
	for _, c := range []struct {
		house              *house
		book, past         string
		value, last, close string
	}{
		{coinbaseHouse(), "coinbase_exchange_ticker", "coinbase_exchange_candles_1m", "81251.015", "81251.01", "81212"},
		{bitstampHouse(), "bitstamp_ticker_all", "bitstamp_ohlc_1m", "81248.5", "81248", "81211"},
		{geminiHouse(), "gemini_pubticker", "gemini_v2_candles_1m", "81249.425", "81250", "81240"},
	} {
		t.Run(c.house.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := c.house
				_, d := h.open(t)
				d.answers("book", says(read(t, dir, "rates", c.book+".json")))
				d.answers("past", says(read(t, dir, "rates", c.past+".json")))
				start := time.Now()
				s, err := h.make(exchange.Options{Transport: d, Now: func() time.Time { return at.Add(time.Since(start)) }})
				require.NoError(t, err)
				q, err := h.ask(t, s)
				require.NoError(t, err)
				require.Equal(t, c.value, q.Value.String())
				require.Equal(t, c.last, q.Price.Last.String())
				require.True(t, usable(q, at), "%+v", q)
				pass(2 * time.Minute)
				open := time.Unix(1795228320, 0).UTC()
				if h.name == "gemini" {
					open = open.Add(time.Minute)
				}
				got, err := s.Candle(t.Context(), h.market, open)
				require.NoError(t, err)
				require.Equal(t, c.close, got.Value.String())
				require.Equal(t, open, got.Price.SourceTime)
			})
		})
	}
	t.Run("errors", func(t *testing.T) {
		for name, c := range map[string]struct {
			house  *house
			status int
		}{"coinbase_exchange_error": {coinbaseHouse(), 404}, "gemini_error": {geminiHouse(), 400}} {
			synctest.Test(t, func(t *testing.T) {
				s, d := c.house.open(t)
				d.answers("book", failing(c.status, read(t, dir, "rates", name+".json")))
				require.Contains(t, refusal(t, s, btcUSD), "does not know it")
			})
		}
	})
	t.Run("a closed GUSD", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s, d := geminiHouse().open(t)
			d.answers("list", says("["+read(t, dir, "rates", "gemini_symbol_details_gusdusd.json")+"]"))
			found, err := s.Quotes(t.Context(), []rates.Market{{Coin: "GUSD", Quote: "USD"}})
			require.NoError(t, err)
			require.Empty(t, found)
		})
	})
}
