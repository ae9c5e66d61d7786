package rates_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// stables is a world of one stablecoin on three venues at a price.
func stables(t require.TestingT, coin, price string) *world {
	line := fmt.Sprintf("%s/USD %s, EUR/USD 1.25", coin, price)
	return newWorld(t, rates.Policy{}, "kraken: "+line, "bitstamp: "+line, "gemini: "+line)
}

func (w *world) move(market, price string) {
	for _, v := range w.venues {
		v.set(market, price)
	}
}

func (w *world) refund(t *testing.T, p string) (rates.Snapshot, error) {
	t.Helper()
	s, err := w.LatestForRefund(t.Context(), []rates.Pair{pair(p)})
	if err != nil {
		return rates.Snapshot{}, err
	}
	return s[0], nil
}

func TestAStablecoinIsSnappedInsideTheBandCappedAboveAndAtMarketBelow(t *testing.T) {
	for market, c := range map[string]struct {
		credit, refund string
		method         rates.Method
	}{
		"1":         {"1", "1", rates.MethodParSnap},
		"0.997":     {"1", "1", rates.MethodParSnap},
		"1.003":     {"1", "1", rates.MethodParSnap},
		"1.0031":    {"1", "1.0031", rates.MethodParCap},
		"1.04":      {"1", "1.04", rates.MethodParCap},
		"0.9969":    {"0.9969", "0.9969", rates.MethodMedian},
		"0.985":     {"0.985", "0.985", rates.MethodMedian},
		"0.9999999": {"1", "1", rates.MethodParSnap},
	} {
		w := stables(t, "USDC", market)
		s := w.priceOf(t, "USDC/USD")
		require.Equal(t, c.credit, s.Rate.String(), market)
		require.Equal(t, c.method, s.Method, market)
		refund, err := w.refund(t, "USDC/USD")
		require.NoError(t, err)
		require.Equal(t, c.refund, refund.Rate.String(), market)
		if s.Rate.String() != market {
			require.Equal(t, market, s.Market.String(), "the evidence keeps the market")
		} else {
			require.False(t, s.Market.Valid())
		}

		euro := w.priceOf(t, "USDC/EUR")
		require.Equal(t, rates.MethodCross, euro.Method)
		require.True(t, euro.Rate.Decimal().Equal(num(c.credit).Div(num("1.25"))), "par means par in USD")
		require.Equal(t, c.method, euro.Legs[0].Method)
		refund, err = w.refund(t, "USDC/EUR")
		require.NoError(t, err)
		require.True(t, refund.Rate.Decimal().Equal(num(c.refund).Div(num("1.25"))))
	}
}

func TestSnappingCanBeTurnedOff(t *testing.T) {
	r := rates.RuleOf("USDC")
	r.SnapBps = 0
	w := newWorld(t, rates.Policy{Rules: map[money.Coin]rates.Rule{"USDC": r}},
		"kraken: USDC/USD 0.999", "bitstamp: USDC/USD 0.999", "gemini: USDC/USD 0.999")
	require.Equal(t, "0.999", w.priceOf(t, "USDC/USD").Rate.String())
}

func TestACreditIsNeverOverParAndInsideTheBandBothWaysAreEqual(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(t *testing.T) {
			price := decimal.New(rapid.Int64Range(98_500_000, 108_000_000).Draw(rt, "price"), -8)
			w := stables(t, "DAI", price.String())
			credit := w.priceOf(t, "DAI/USD")
			refund, err := w.refund(t, "DAI/USD")
			require.NoError(t, err)
			one := decimal.New(1, 0)
			require.False(t, credit.Rate.Decimal().GreaterThan(one))
			require.False(t, refund.Rate.Less(credit.Rate), "a refund must not cost more coins than a credit gave")
			if price.Sub(one).Abs().LessThanOrEqual(decimal.New(3, -3)) {
				require.True(t, credit.Rate.Decimal().Equal(one))
				require.True(t, refund.Rate.Equal(credit.Rate))
			} else {
				require.True(t, refund.Rate.Decimal().Equal(price))
			}
		})
	})
}

func TestBelowTheFloorACoinIsHeldAndReturnsOnlyAfterHalfAnHourAbove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := stables(t, "USDC", "1")
		rounds := func(d time.Duration) {
			for range d / time.Minute {
				w.pass(time.Minute)
				_, _ = w.Latest(t.Context(), []rates.Pair{pair("USDC/USD")})
			}
		}
		rounds(31 * time.Minute)
		w.move("USDC/USD", "0.971")
		w.pass(time.Minute)
		require.Equal(t, "0.971", w.priceOf(t, "USDC/USD").Rate.String(), "above the floor it is worth its market")
		w.move("USDC/USD", "0.969")
		w.pass(time.Minute)
		for _, p := range []string{"USDC/USD", "USDC/EUR"} {
			err := w.refuses(t, p)
			require.ErrorIs(t, err, rates.ErrUnavailable)
			var off *rates.DepeggedError
			require.ErrorAs(t, err, &off)
			require.Equal(t, "0.969", off.Market.Rate.String())
			_, err = w.refund(t, p)
			require.ErrorIs(t, err, rates.ErrDepegged, "no new refund in that coin")
		}
		_, shown := w.Current(pair("USDC/USD"))
		require.False(t, shown, "what was shown before is gone")
		w.tells(t, "depegged USDC/USD")

		w.move("USDC/USD", "0.984")
		rounds(time.Hour)
		require.ErrorIs(t, w.refuses(t, "USDC/USD"), rates.ErrDepegged, "above the floor, not above the upper one")
		w.move("USDC/USD", "0.999")
		rounds(20 * time.Minute)
		w.move("USDC/USD", "0.984")
		rounds(time.Minute)
		w.move("USDC/USD", "0.999")
		rounds(30 * time.Minute)
		require.ErrorIs(t, w.refuses(t, "USDC/USD"), rates.ErrDepegged, "half an hour in one piece")
		rounds(2 * time.Minute)
		require.Equal(t, "1", w.priceOf(t, "USDC/USD").Rate.String())
	})
}

func TestAnHourNobodyWatchedDoesNotMendAPeg(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := stables(t, "USDT", "0.9")
		require.ErrorIs(t, w.refuses(t, "USDT/USD"), rates.ErrDepegged)
		w.move("USDT/USD", "1")
		w.pass(time.Minute)
		require.ErrorIs(t, w.refuses(t, "USDT/USD"), rates.ErrDepegged)
		w.pass(time.Hour)
		require.ErrorIs(t, w.refuses(t, "USDT/USD"), rates.ErrDepegged)
		w.pass(-2 * time.Hour)
		require.ErrorIs(t, w.refuses(t, "USDT/USD"), rates.ErrDepegged, "a clock that jumps back mends nothing")
	})
}

func TestAfterARestartTheUpperFloorHoldsForHalfAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := stables(t, "USDC", "0.98")
		require.ErrorIs(t, w.refuses(t, "USDC/USD"), rates.ErrDepegged)
		w = stables(t, "USDC", "1")
		w.priceOf(t, "USDC/USD")
		w.pass(29 * time.Minute)
		w.move("USDC/USD", "0.98")
		require.ErrorIs(t, w.refuses(t, "USDC/USD"), rates.ErrDepegged)
		w = stables(t, "USDC", "1")
		w.priceOf(t, "USDC/USD")
		w.pass(31 * time.Minute)
		w.move("USDC/USD", "0.98")
		require.Equal(t, "0.98", w.priceOf(t, "USDC/USD").Rate.String())
	})
}

func TestVenuesThatDisagreeTakeACoinOffItsPeg(t *testing.T) {
	for name, c := range map[string]struct {
		prices  [4]string
		depeg   bool
		refused bool
	}{
		"one liar of four":         {[4]string{"1", "1", "1", "0.5"}, false, false},
		"a spread of one percent":  {[4]string{"0.999", "0.996", "1.004", "1.001"}, false, false},
		"a spread over one":        {[4]string{"0.994", "0.998", "1.002", "1.006"}, true, true},
		"two camps":                {[4]string{"1", "1", "0.95", "0.95"}, true, true},
		"too few, all at par":      {[4]string{"1", "1", "!closed", "!closed"}, false, true},
		"too few, none at par":     {[4]string{"0.9", "0.9", "!closed", "!closed"}, false, true},
		"three at the lower price": {[4]string{"1", "0.9", "0.9", "0.9"}, true, true},
	} {
		w := newWorld(t, rates.Policy{}, "kraken: USDC/USD "+c.prices[0], "bitstamp: USDC/USD "+c.prices[1],
			"gemini: USDC/USD "+c.prices[2], "okx: USDC/USD "+c.prices[3])
		_, err := w.Latest(t.Context(), []rates.Pair{pair("USDC/USD")})
		require.Equal(t, c.refused, err != nil, "%s: %v", name, err)
		require.Equal(t, c.depeg, errors.Is(err, rates.ErrDepegged), "%s: %v", name, err)
	}
}

func TestGUSDIsAtParByTheWordOfCoinGeckoAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, rates.Policy{}, "kraken: EUR/USD 1.25", "bitstamp: EUR/USD 1.25", "gemini: GUSD/USD 1, EUR/USD 1.25", "COINGECKO: GUSD/USD 0.992")
		gecko := w.venues["coingecko"]
		gecko.age = 3 * time.Minute
		s := w.priceOf(t, "GUSD/USD")
		require.Equal(t, "1", s.Rate.String())
		require.Equal(t, "0.992", s.Market.String())
		require.Equal(t, rates.MethodParSnap, s.Method)
		require.Contains(t, s.Policy, "par by coingecko")
		require.Equal(t, map[string]string{"coingecko gusd/usd": "", "gemini gusd/usd": "par"}, reasons(s))
		require.Equal(t, "0.8", w.priceOf(t, "GUSD/EUR").Rate.String())

		gecko.set("GUSD/USD", "0.989")
		w.pass(time.Minute)
		require.ErrorIs(t, w.refuses(t, "GUSD/USD"), rates.ErrDepegged)
		gecko.set("GUSD/USD", "1.011")
		w.pass(time.Minute)
		require.ErrorIs(t, w.refuses(t, "GUSD/EUR"), rates.ErrDepegged)
		gecko.set("GUSD/USD", "1.01")
		w.pass(time.Minute)
		require.Equal(t, "1", w.priceOf(t, "GUSD/USD").Rate.String())

		gecko.age = 16 * time.Minute
		w.pass(time.Minute)
		err := w.refuses(t, "GUSD/USD")
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.NotErrorIs(t, err, rates.ErrDepegged, "an old word says nothing")
		gecko.age, gecko.fail = 0, errors.New("http status 429")
		w.pass(time.Minute)
		require.ErrorIs(t, w.refuses(t, "GUSD/USD"), rates.ErrUnavailable)
	})
	w := newWorld(t, rates.Policy{}, "kraken: GUSD/USD 1", "bitstamp: GUSD/USD 1", "gemini: GUSD/USD 1", "coingecko: GUSD/USD 1")
	require.ErrorContains(t, w.refuses(t, "GUSD/USD"), "coingecko", "a member of that name is not the tripwire")
}
