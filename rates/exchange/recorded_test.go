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
