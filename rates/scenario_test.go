package rates_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

// On 2023-03-11 USDC fell to 0.87, DAI followed, USDT went to a small premium.
func TestUSDCOnMarch11th2023(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := "USDC/USD 1, DAI/USD 1, USDT/USD 1, BTC/USD 20000"
		w := newWorld(t, rates.Policy{}, "kraken: "+line, "bitstamp: "+line, "gemini: "+line, "coinbase: USDT/USD 1, DAI/USD 1, BTC/USD 20000",
			"binance: BTC/USDT 20000, USDC/USDT 1", "COINGECKO: USDC/USD 1, DAI/USD 1, USDT/USD 1, BTC/USD 20000")
		all := []rates.Pair{pair("USDC/USD"), pair("DAI/USD"), pair("USDT/USD"), pair("BTC/USD")}
		hour := func(usdc, dai, usdt, tetherBTC string) map[string]string {
			out := map[string]string{}
			for range 60 {
				w.pass(time.Minute)
				for _, v := range w.venues {
					for market, price := range map[string]string{"USDC/USD": usdc, "DAI/USD": dai, "USDT/USD": usdt} {
						if _, ok := v.books[market]; ok {
							v.set(market, price)
						}
					}
				}
				w.venues["binance"].set("USDC/USDT", usdc)
				w.venues["binance"].set("BTC/USDT", tetherBTC)
				s, err := w.Latest(t.Context(), all)
				require.NoError(t, err)
				out = map[string]string{}
				for _, one := range s {
					out[one.Pair.String()] = one.Rate.String()
				}
			}
			return out
		}
		require.Equal(t, map[string]string{"USDC/USD": "1", "DAI/USD": "1", "USDT/USD": "1", "BTC/USD": "20000"}, hour("0.9995", "1.0001", "1", "20000"))
		require.Equal(t, map[string]string{"USDT/USD": "1", "BTC/USD": "20000"}, hour("0.87", "0.88", "1.008", "19841.27"), "credits of both wait for an operator")
		require.Equal(t, map[string]string{"USDT/USD": "1", "BTC/USD": "20000"}, hour("0.96", "0.965", "1.004", "19920.32"))
		require.Equal(t, map[string]string{"USDC/USD": "0.99", "DAI/USD": "0.991", "USDT/USD": "1", "BTC/USD": "20000"}, hour("0.99", "0.991", "1.002", "19960.08"))
		var depegs []string
		for _, f := range w.found {
			if len(f) > 8 && f[:8] == "depegged" {
				depegs = append(depegs, f)
			}
		}
		require.Len(t, depegs, 4, "each began and ended once: %v", depegs)
	})
}

// On 2021-10-21 one venue printed 8,200 while the others held 64,200.
func TestAWickOnASingleVenueMovesNothing(t *testing.T) {
	w := newWorld(t, rates.Policy{}, "kraken: BTC/USD 64200", "coinbase: BTC/USD 64210", "bitstamp: BTC/USD 64190", "binance.us: BTC/USD 64200")
	w.priceOf(t, "BTC/USD")
	w.venues["binance.us"].set("BTC/USD", "8200")
	w.pass(15 * time.Second)
	s := w.priceOf(t, "BTC/USD")
	require.Equal(t, "64195", s.Rate.String())
	require.Equal(t, "outlier", reasons(s)["binance.us btc/usd"])
	_, err := w.Latest(t.Context(), []rates.Pair{btcUSD})
	require.NoError(t, err)
}

func TestTwoOfFourVenuesDownIsNoPriceAndOneOfThreeIs(t *testing.T) {
	w := newWorld(t, rates.Policy{}, "kraken: BTC/USD 64200", "coinbase: BTC/USD 64210", "bitstamp: BTC/USD 64190", "gemini: BTC/USD 64200")
	w.venues["kraken"].fail = errors.New("down")
	require.Equal(t, "64200", w.priceOf(t, "BTC/USD").Rate.String())
	w.venues["gemini"].fail = errors.New("down")
	require.ErrorIs(t, w.refuses(t, "BTC/USD"), rates.ErrUnavailable)

	w = newWorld(t, rates.Policy{}, "kraken: BTC/USD 64200", "coinbase: BTC/USD 64210", "bitstamp: BTC/USD 64190")
	w.venues["kraken"].fail = errors.New("down")
	require.Equal(t, "64200", w.priceOf(t, "BTC/USD").Rate.String())
}

// Forex feeds stand still from Friday to Sunday; books of crypto venues go on.
func TestAFeedThatFreezesOverTheWeekendDoesNotPriceEuros(t *testing.T) {
	w := newWorld(t, rates.Policy{}, "kraken: BTC/USD 60000, EUR/USD 1.20", "bitstamp: BTC/USD 60000, EUR/USD 1.20",
		"gemini: BTC/USD 60000, EUR/USD 1.20", "forex: EUR/USD 1.19")
	w.venues["forex"].age = 30 * time.Hour
	s := w.priceOf(t, "BTC/EUR")
	require.Equal(t, "50000", s.Rate.String())
	require.Equal(t, "stale", reasons(s.Legs[1])["forex eur/usd"])
	for _, name := range []string{"kraken", "bitstamp"} {
		w.venues[name].set("EUR/USD", "")
	}
	require.ErrorIs(t, w.refuses(t, "BTC/EUR"), rates.ErrUnavailable, "Friday's rate is never a substitute")
}

func TestAClockThatJumpsBackPricesNothingOld(t *testing.T) {
	w := newWorld(t, rates.Policy{}, "kraken: BTC/USD 64200", "coinbase: BTC/USD 64210", "bitstamp: BTC/USD 64190")
	first := w.priceOf(t, "BTC/USD")
	w.pass(-time.Hour)
	_, ok := w.Current(btcUSD)
	require.False(t, ok)
	second := w.priceOf(t, "BTC/USD")
	require.Equal(t, first.AsOf.Add(-time.Hour), second.AsOf)

	// It jumps within a round: the answers lie before the round's beginning.
	v := w.venues["kraken"]
	v.now = func() time.Time { return w.now().Add(-time.Hour) }
	w.venues["coinbase"].now, w.venues["bitstamp"].now = v.now, v.now
	require.ErrorIs(t, w.refuses(t, "BTC/USD"), rates.ErrUnavailable)
}

func TestStandingStillForLongIsFineWhenNobodyMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := stables(t, "USDC", "1")
		for range 100 {
			w.pass(time.Minute)
			require.Equal(t, "1", w.priceOf(t, "USDC/USD").Rate.String())
		}
	})
}
