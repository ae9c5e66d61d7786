package rates_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

func TestTheMedianNamesEverySourceAskedAndWhyItWasNotUsed(t *testing.T) {
	w := newWorld(t, rates.Policy{},
		"kraken: BTC/USD 64000",
		"coinbase: BTC/USD 64010",
		"bitstamp: BTC/USD 64020",
		"gemini: BTC/USD 64500",
		"dead: BTC/USD 64000",
		"shut: BTC/USD !closed",
		"other: BTC/USD",
		"elsewhere: LTC/USD 80",
		"binance: BTC/USDT 64030, USDT/USD",
		"COINGECKO: BTC/USD 64001")
	w.venues["dead"].fail = errors.New("http status 503")
	s := w.priceOf(t, "BTC/USD")
	require.Equal(t, "64015", s.Rate.String(), "the middle of four: the outlier keeps its rank")
	require.Equal(t, rates.MethodMedian, s.Method)
	require.Equal(t, minute, s.AsOf)
	require.Equal(t, map[string]string{
		"kraken btc/usd": "", "coinbase btc/usd": "", "bitstamp btc/usd": "",
		"gemini btc/usd": "outlier", "dead BTC/USD": "unavailable", "shut btc/usd": "closed",
		"other BTC/USD": "unlisted", "binance btc/usdt": "conversion", "coingecko btc/usd": "tripwire",
	}, reasons(s))
	require.Contains(t, s.Policy, "quorum 3 of 7")
	require.Empty(t, s.Degraded)
}

func TestABookInTetherIsConvertedWithTheCompositeOfTheSameRound(t *testing.T) {
	w := newWorld(t, rates.Policy{},
		"kraken: BTC/USD 64000, USDT/USD 0.99",
		"bitstamp: BTC/USD 64000, USDT/USD 0.99",
		"gemini: BTC/USD 63900, USDT/USD 0.99",
		"okx: BTC/USDT 64700, BTC/USD !closed",
		"binance: BTC/USDT 64660")
	s := w.priceOf(t, "BTC/USD")
	require.Equal(t, "64000", s.Rate.String())
	require.Equal(t, "", reasons(s)["binance btc/usdt"])
	require.Equal(t, "", reasons(s)["okx btc/usdt"])
	require.Equal(t, "closed", reasons(s)["okx btc/usd"])
	require.Len(t, s.Legs, 1)
	require.Equal(t, "USDT/USD", s.Legs[0].Pair.String())
	require.Equal(t, "0.99", s.Legs[0].Rate.String(), "at its market, neither snapped nor capped")
	require.Equal(t, s.AsOf, s.Legs[0].AsOf)
	for _, v := range w.venues {
		require.Equal(t, 1, v.calls(), v.name)
	}
	w.venues["kraken"].set("USDT/USD", "")
	w.venues["bitstamp"].set("USDT/USD", "")
	s = w.priceOf(t, "BTC/USD")
	require.Equal(t, "conversion", reasons(s)["binance btc/usdt"])
	require.Empty(t, s.Legs)
}

func TestAVenuesDirectBookCountsBeforeItsBookInTether(t *testing.T) {
	w := newWorld(t, rates.Policy{},
		"kraken: BTC/USD 64000, USDT/USD 1, BTC/USDT 70000",
		"bitstamp: BTC/USD 64000, USDT/USD 1",
		"gemini: BTC/USD 64000, USDT/USD 1")
	s := w.priceOf(t, "BTC/USD")
	require.Equal(t, "64000", s.Rate.String())
	require.Equal(t, "second", reasons(s)["kraken btc/usdt"])
}

func TestEuroBooksComeFirstAndTheCrossIsTheFallback(t *testing.T) {
	w := newWorld(t, rates.Policy{},
		"kraken: BTC/USD 64000, BTC/EUR 55000, EUR/USD 1.16",
		"bitstamp: BTC/USD 64000, BTC/EUR 55010, EUR/USD 1.16",
		"coinbase: BTC/USD 64000, BTC/EUR 55020, EUR/USD 1.16")
	s := w.priceOf(t, "BTC/EUR")
	require.Equal(t, rates.MethodMedian, s.Method)
	require.Equal(t, "55010", s.Rate.String())
	require.Empty(t, s.Legs)

	w.venues["kraken"].set("BTC/EUR", "!closed")
	w.venues["bitstamp"].set("BTC/EUR", "!closed")
	s = w.priceOf(t, "BTC/EUR")
	require.Equal(t, rates.MethodCross, s.Method)
	require.Equal(t, "55172.4137931", s.Rate.String())
	require.Equal(t, []string{"BTC/USD", "EUR/USD"}, []string{s.Legs[0].Pair.String(), s.Legs[1].Pair.String()})
	require.Equal(t, "quorum", reasons(s)["coinbase btc/eur"])

	for _, v := range w.venues {
		v.set("EUR/USD", "")
	}
	require.ErrorIs(t, w.refuses(t, "BTC/EUR"), rates.ErrUnavailable)
}

func TestAPairNobodyQuotesIsUnknownAndOneNobodyAnswersForIsNot(t *testing.T) {
	w := newWorld(t, rates.Policy{}, "kraken: BTC/USD 1, LTC/USD", "bitstamp: BTC/USD 1", "gemini: BTC/USD 1")
	for _, p := range []string{"XMR/USD", "LTC/USD", "XMR/EUR", "USD/USD", "EUR/EUR"} {
		require.ErrorIs(t, w.refuses(t, p), rates.ErrUnknownPair, p)
	}
	for _, v := range w.venues {
		v.fail = errors.New("down")
	}
	err := w.refuses(t, "LTC/USD")
	require.ErrorIs(t, err, rates.ErrUnavailable)
	require.NotErrorIs(t, err, rates.ErrUnknownPair)
	both, err := w.Latest(t.Context(), []rates.Pair{pair("LTC/USD"), pair("XMR/USD")})
	require.Empty(t, both)
	require.NotErrorIs(t, err, rates.ErrUnknownPair, "one of them may be had later")
}

func TestPairsComeInTheOrderAskedAndTheUnpricedAreLeftOut(t *testing.T) {
	w := newWorld(t, rates.Policy{}, "kraken: BTC/USD 64000, LTC/USD 80", "bitstamp: BTC/USD 64000, LTC/USD 80", "gemini: BTC/USD 64000, LTC/USD 80")
	s, err := w.Latest(t.Context(), []rates.Pair{pair("LTC/USD"), pair("XMR/USD"), pair("BTC/USD"), pair("LTC/USD")})
	require.NoError(t, err)
	require.Len(t, s, 3)
	require.Equal(t, []string{"80", "64000", "80"}, []string{s[0].Rate.String(), s[1].Rate.String(), s[2].Rate.String()})
	none, err := w.Latest(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestATripwireDegradesAndFarAwayHolds(t *testing.T) {
	w := newWorld(t, rates.Policy{}, "kraken: BTC/USD 64000, EUR/USD 1.16", "bitstamp: BTC/USD 64000, EUR/USD 1.16",
		"gemini: BTC/USD 64000, EUR/USD 1.16", "COINGECKO: BTC/USD 64000", "ECB: EUR/USD 1.16")
	tripwire := func(name, market, price string) { w.pass(time.Minute); w.venues[name].set(market, price) }
	require.Empty(t, w.priceOf(t, "BTC/USD").Degraded)
	tripwire("coingecko", "BTC/USD", "62700")
	s := w.priceOf(t, "BTC/USD")
	require.Len(t, s.Degraded, 1)
	require.Contains(t, s.Degraded[0], "coingecko")
	require.Equal(t, "64000", s.Rate.String(), "it never counts")
	tripwire("coingecko", "BTC/USD", "58000")
	require.ErrorIs(t, w.refuses(t, "BTC/USD"), rates.ErrUnavailable)
	tripwire("coingecko", "BTC/USD", "64000")
	require.Empty(t, w.priceOf(t, "BTC/USD").Degraded)
	w.tells(t, "tripwire coingecko BTC/USD", "held BTC/USD", "tripwire over coingecko BTC/USD", "held over BTC/USD")

	tripwire("ecb", "EUR/USD", "1.13")
	require.Empty(t, w.priceOf(t, "EUR/USD").Degraded, "three percent are allowed")
	tripwire("ecb", "EUR/USD", "1.12")
	require.Len(t, w.priceOf(t, "EUR/USD").Degraded, 1)
}

func TestATripwireIsAskedOnceAMinuteAndItsLastWordStands(t *testing.T) {
	w := newWorld(t, rates.Policy{}, "kraken: BTC/USD 64000, LTC/USD 80", "bitstamp: BTC/USD 64000, LTC/USD 80",
		"gemini: BTC/USD 64000, LTC/USD 80", "COINGECKO: BTC/USD 50000, LTC/USD 80")
	gecko := w.venues["coingecko"]
	for range 3 {
		require.ErrorIs(t, w.refuses(t, "BTC/USD"), rates.ErrUnavailable)
		w.pass(15 * time.Second)
	}
	require.Equal(t, 1, gecko.calls())
	w.priceOf(t, "LTC/USD")
	require.Equal(t, 2, gecko.calls(), "a new market is asked for at once")
	require.Len(t, gecko.asked[1], 2, "with all others")
	gecko.fail = errors.New("down")
	w.pass(9 * time.Minute)
	require.ErrorIs(t, w.refuses(t, "BTC/USD"), rates.ErrUnavailable, "its last word")
	w.pass(2 * time.Minute)
	require.Equal(t, "64000", w.priceOf(t, "BTC/USD").Rate.String(), "which is too old now")
}

func TestTheHaircutIsTakenOffCreditsOnly(t *testing.T) {
	btc, usdc := rates.RuleOf("BTC"), rates.RuleOf("USDC")
	btc.HaircutBps, usdc.HaircutBps = 50, 10
	w := newWorld(t, rates.Policy{Rules: map[money.Coin]rates.Rule{"BTC": btc, "USDC": usdc}},
		"kraken: BTC/USD 64000, USDC/USD 1.001, EUR/USD 1.25", "bitstamp: BTC/USD 64000, USDC/USD 1.001, EUR/USD 1.25",
		"gemini: BTC/USD 64000, USDC/USD 1.001, EUR/USD 1.25")
	for p, want := range map[string][3]string{
		"BTC/USD":  {"63680", "64000", "64000"},
		"USDC/USD": {"0.999", "1.001", "1"},
		"USDC/EUR": {"0.7992", "0.8008", "0.8"},
	} {
		s := w.priceOf(t, p)
		require.Equal(t, want[0], s.Rate.String(), p)
		require.Equal(t, want[1], s.Market.String(), p)
		require.Positive(t, s.HaircutBps)
		refund, err := w.LatestForRefund(t.Context(), []rates.Pair{pair(p)})
		require.NoError(t, err)
		require.Equal(t, want[2], refund[0].Rate.String(), p)
		require.Zero(t, refund[0].HaircutBps)
	}
}

func TestAPolicyThatMakesNoSenseIsRefused(t *testing.T) {
	member := &venue{name: "kraken", role: rates.RoleMember}
	for name, change := range map[string]func(*rates.Rule){
		"a haircut of all":  func(r *rates.Rule) { r.HaircutBps = 10_000 },
		"a negative snap":   func(r *rates.Rule) { r.SnapBps = -1 },
		"made by hand":      func(r *rates.Rule) { *r = rates.Rule{MinSources: 1} },
		"a peg taken away":  func(r *rates.Rule) { r.Stable = false },
		"minus two sources": func(r *rates.Rule) { r.MinSources = -2 },
	} {
		r := rates.RuleOf("USDC")
		change(&r)
		_, err := rates.NewComposite(rates.Policy{Rules: map[money.Coin]rates.Rule{"USDC": r}}, member)
		require.ErrorIs(t, err, rates.ErrBadPolicy, name)
	}
	for name, sources := range map[string][]rates.Source{
		"none":          nil,
		"nil":           {member, nil},
		"one twice":     {member, &venue{name: "kraken", role: rates.RoleMember}},
		"tripwire only": {&venue{name: "coingecko", role: rates.RoleTripwire}},
	} {
		_, err := rates.NewComposite(rates.Policy{}, sources...)
		require.ErrorIs(t, err, rates.ErrBadPolicy, name)
		c := rates.Median(sources...)
		_, err = c.Latest(t.Context(), []rates.Pair{btcUSD})
		require.ErrorIs(t, err, rates.ErrBadPolicy, name)
		_, err = c.Candle(t.Context(), btcUSD, minute)
		require.ErrorIs(t, err, rates.ErrBadPolicy, name)
		require.ErrorIs(t, c.Run(t.Context()), rates.ErrBadPolicy, name)
		c.Follow(btcUSD)
		_, ok := c.Current(btcUSD)
		require.False(t, ok)
		require.Empty(t, c.Health())
	}
}

func TestAnAnswerAskedForBeforeTheRoundDoesNotCount(t *testing.T) {
	w := newWorld(t, rates.Policy{}, "kraken: BTC/USD 64000", "bitstamp: BTC/USD 64000", "gemini: BTC/USD 64000", "okx: BTC/USD 70000")
	w.venues["okx"].now = func() time.Time { return w.now().Add(-time.Second) }
	s := w.priceOf(t, "BTC/USD")
	require.Equal(t, "stale", reasons(s)["okx btc/usd"])
	require.Equal(t, "64000", s.Rate.String())
}
