package rates_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

// past is a world whose venues keep history: the books are what they close at.
func past(t *testing.T, lines ...string) *world {
	w := newWorld(t, rates.Policy{}, lines...)
	for _, v := range w.venues {
		v.closes = v.books
	}
	return w
}

func TestACandleIsTheMedianOfFinishedMinutesAndNamesWhoHasNoHistory(t *testing.T) {
	w := past(t, "kraken: BTC/USD 64000, USDT/USD 0.99", "bitstamp: BTC/USD 64020, USDT/USD 0.99",
		"gemini: BTC/USD 1, USDT/USD 0.99", "coinbase: BTC/USD 64010", "binance: BTC/USDT 64650", "COINGECKO: BTC/USD 1")
	w.venues["gemini"].closes = nil
	at := minute.Add(20 * time.Second)
	for _, early := range []time.Duration{0, 20 * time.Second, time.Minute + 29*time.Second} {
		w.at = minute.Add(early)
		_, err := w.Candle(t.Context(), btcUSD, at)
		require.ErrorIs(t, err, rates.ErrUnavailable, "%s after the minute began", early)
	}
	require.Zero(t, w.venues["kraken"].candles, "nobody is asked for an unfinished minute")
	w.at = minute.Add(90 * time.Second)
	s, err := w.Candle(t.Context(), btcUSD, at.In(time.FixedZone("", 1172)))
	require.NoError(t, err)
	require.Equal(t, "64006.75", s.Rate.String())
	require.Equal(t, rates.MethodCandleMedian, s.Method)
	require.Equal(t, minute, s.AsOf)
	require.Equal(t, map[string]string{"kraken BTC/USD": "", "bitstamp BTC/USD": "", "coinbase BTC/USD": "",
		"gemini BTC/USD": "unavailable", "binance BTC/USDT": ""}, reasons(s))
	require.Equal(t, rates.MethodCandleMedian, s.Legs[0].Method)
	again, err := w.Candle(t.Context(), btcUSD, at)
	require.NoError(t, err)
	require.Equal(t, s.Rate, again.Rate)

	w.venues["kraken"].closes, w.venues["bitstamp"].closes = nil, nil
	_, err = w.Candle(t.Context(), btcUSD, at)
	require.ErrorIs(t, err, rates.ErrUnavailable, "too few reach back")
	_, err = w.Candle(t.Context(), pair("XMR/USD"), at)
	require.ErrorIs(t, err, rates.ErrUnknownPair)
}

func TestACloseFromFarBeforeItsMinuteIsStale(t *testing.T) {
	w := past(t, "kraken: BTC/USD 64000", "bitstamp: BTC/USD 64020", "gemini: BTC/USD 64010")
	late := late{w.venues["gemini"], 4 * time.Minute}
	c, err := rates.NewComposite(rates.Policy{Now: w.now}, w.venues["kraken"], w.venues["bitstamp"], late)
	require.NoError(t, err)
	w.at = minute.Add(time.Hour)
	s, err := c.Candle(t.Context(), btcUSD, minute)
	require.NoError(t, err)
	require.Equal(t, "stale", reasons(s)["gemini BTC/USD"])
	late.by = 3 * time.Minute
	c = rates.Median(w.venues["kraken"], w.venues["bitstamp"], late)
	s, err = c.Candle(t.Context(), btcUSD, minute)
	require.NoError(t, err)
	require.Equal(t, "", reasons(s)["gemini BTC/USD"], "three minutes without a trade are usual")
}

// late is a venue on which nothing was traded in the minute.
type late struct {
	*venue
	by time.Duration
}

func (l late) Candle(ctx context.Context, m rates.Market, at time.Time) (rates.Quote, error) {
	return l.venue.Candle(ctx, m, at.Add(-l.by))
}

func TestEqualConcurrentCandlesAreAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := past(t, "kraken: BTC/USD 64000", "bitstamp: BTC/USD 64020", "gemini: BTC/USD 64010")
		w.at = minute.Add(time.Hour)
		open := make(chan struct{})
		w.venues["kraken"].hang = open // every caller waits for this venue
		var wait sync.WaitGroup
		for range 100 {
			wait.Go(func() {
				s, err := w.Candle(t.Context(), btcUSD, minute)
				require.NoError(t, err)
				require.Equal(t, "64010", s.Rate.String())
			})
		}
		synctest.Wait()
		close(open)
		wait.Wait()
		for _, v := range w.venues {
			require.Equal(t, 1, v.candles, v.name)
		}
	})
}

func TestAStablecoinOfThePastIsOffItsPegBelowTheUpperFloor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := past(t, "kraken: USDC/USD 0.999, EUR/USD 1.25", "bitstamp: USDC/USD 0.999, EUR/USD 1.25", "gemini: USDC/USD 0.999, EUR/USD 1.25")
		at := func(price string) (rates.Snapshot, error) {
			w.move("USDC/USD", price)
			return w.Candle(t.Context(), pair("USDC/USD"), minute)
		}
		w.at = minute.Add(time.Hour)
		s, err := at("0.999")
		require.NoError(t, err)
		require.Equal(t, "1", s.Rate.String())
		euro, err := w.Candle(t.Context(), pair("USDC/EUR"), minute)
		require.NoError(t, err)
		require.Equal(t, "0.8", euro.Rate.String())
		s, err = at("0.986")
		require.NoError(t, err)
		require.Equal(t, "0.986", s.Rate.String())
		_, err = at("0.984")
		require.ErrorIs(t, err, rates.ErrDepegged)
		w.refuses(t, "USDC/USD") // off its peg since now
		s, err = at("0.999")
		require.NoError(t, err, "an hour before it was not")
		require.Equal(t, "1", s.Rate.String())
		since := w.now()
		w.pass(10 * time.Minute)
		_, err = w.Candle(t.Context(), pair("USDC/USD"), since.Add(time.Minute))
		require.ErrorIs(t, err, rates.ErrDepegged)
	})
}

func TestGUSDOfThePastNeedsTheSameWord(t *testing.T) {
	w := past(t, "kraken: BTC/USD 1", "COINGECKO: GUSD/USD 0.995")
	w.at = minute.Add(time.Hour)
	s, err := w.Candle(t.Context(), pair("GUSD/USD"), minute)
	require.NoError(t, err)
	require.Equal(t, "1", s.Rate.String())
	w.venues["coingecko"].closes = nil
	_, err = w.Candle(t.Context(), pair("GUSD/USD"), minute)
	require.ErrorIs(t, err, rates.ErrUnavailable)
}

func TestAVenueThatHangsDoesNotHoldACandleForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := past(t, "kraken: BTC/USD 64000", "bitstamp: BTC/USD 64020", "gemini: BTC/USD 64010")
		w.at = minute.Add(time.Hour)
		open := make(chan struct{})
		w.venues["gemini"].hang = open
		began := time.Now()
		s, err := w.Candle(t.Context(), btcUSD, minute)
		require.NoError(t, err)
		require.Equal(t, "unavailable", reasons(s)["gemini BTC/USD"])
		require.Equal(t, time.Minute, time.Since(began))
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		_, err = w.Candle(ctx, btcUSD, minute)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, rates.ErrUnavailable)
		close(open)
	})
}

// Three hours without any price, while it moves: each deposit is priced by the
// minute it was received in.
func TestThreeHoursOfOutageAreBackFilledMinuteByMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := past(t, "kraken: BTC/USD 64000", "bitstamp: BTC/USD 64000", "gemini: BTC/USD 64000", "coinbase: BTC/USD 64000")
		var points []rates.Point
		record := func(s rates.Snapshot, candle bool) {
			points = append(points, rates.Point{Pair: s.Pair, AsOf: s.AsOf, Rate: s.Rate, Snapshot: s.ID, Candle: candle})
		}
		record(w.priceOf(t, "BTC/USD"), false)
		for _, v := range w.venues {
			v.fail = errors.New("no route to host")
		}
		began := w.now()
		for range 3 * 60 {
			w.pass(time.Minute)
			require.ErrorIs(t, w.refuses(t, "BTC/USD"), rates.ErrUnavailable)
		}
		w.pass(90 * time.Second)
		for i := range 3 * 60 {
			received := began.Add(time.Duration(i)*time.Minute + 61*time.Second)
			_, ok := rates.Receipt(points, received)
			require.False(t, ok, "no older price is taken for it")
			w.move("BTC/USD", fmt.Sprint(64000+100*i))
			s, err := w.Candle(t.Context(), btcUSD, received)
			require.NoError(t, err)
			record(s, true)
		}
		for i := range 3 * 60 {
			p, ok := rates.Receipt(points, began.Add(time.Duration(i)*time.Minute+61*time.Second))
			require.True(t, ok)
			require.Equal(t, fmt.Sprint(64000+100*i), p.Rate.String())
		}
	})
}
