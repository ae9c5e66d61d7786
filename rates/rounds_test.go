package rates_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

// five is a world of five venues with the clock of the test's bubble.
func five(t *testing.T) *world {
	line := "BTC/USD 64000, LTC/USD 80, USDC/USD 1, USDT/USD 1"
	return newWorld(t, rates.Policy{Now: time.Now}, "kraken: "+line, "coinbase: "+line, "bitstamp: "+line, "gemini: "+line, "okx: BTC/USDT 64000")
}

func TestTenThousandLookupsAtAColdStartMakeOneCallPerVenue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := five(t)
		for _, v := range w.venues {
			v.wait = 300 * time.Millisecond
		}
		var wait sync.WaitGroup
		var good atomic.Int64
		for i := range 10_000 {
			wait.Go(func() {
				p := []string{"BTC/USD", "LTC/USD", "USDC/USD"}[i%3]
				s, err := w.Latest(t.Context(), []rates.Pair{pair(p)})
				if err == nil && len(s) == 1 && s[0].Pair == pair(p) {
					good.Add(1)
				}
			})
		}
		wait.Wait()
		require.EqualValues(t, 10_000, good.Load())
		for _, v := range w.venues {
			require.Equal(t, 1, v.calls(), v.name)
		}
		require.Len(t, w.venues["kraken"].asked[0], 4, "all pairs and the conversion in one question")
	})
}

func TestACallIsNeverAnsweredWithAPriceAskedForBeforeIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := five(t)
		for _, v := range w.venues {
			v.wait = 2 * time.Second
		}
		var wait sync.WaitGroup
		for i := range 50 {
			wait.Go(func() {
				<-time.After(time.Duration(i) * 97 * time.Millisecond)
				began := time.Now()
				s := w.priceOf(t, "BTC/USD")
				require.False(t, s.AsOf.Before(began.Truncate(time.Millisecond)))
				for _, p := range s.Prices {
					require.False(t, p.FetchedAt.Before(began.Truncate(time.Millisecond)))
				}
			})
		}
		wait.Wait()
		require.LessOrEqual(t, w.venues["kraken"].calls(), 4, "rounds follow one another")
	})
}

func TestASlowOrDeadSourceNeverDelaysBeyondItsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := five(t)
		release := make(chan struct{})
		w.venues["gemini"].hang = release
		w.venues["okx"].wait = time.Hour
		began := time.Now()
		s := w.priceOf(t, "BTC/USD")
		require.LessOrEqual(t, time.Since(began), 5*time.Second+20*time.Millisecond)
		require.Equal(t, "unavailable", reasons(s)["gemini BTC/USD"])
		require.Equal(t, "unavailable", reasons(s)["okx BTC/USDT"])

		w.venues["okx"].with(func(v *venue) { v.wait = 0 })
		began = time.Now()
		w.priceOf(t, "BTC/USD")
		require.Less(t, time.Since(began), time.Second, "what hangs is not asked again")
		require.Equal(t, 1, w.venues["gemini"].calls())
		close(release)
		w.venues["gemini"].with(func(v *venue) { v.hang = nil })
		synctest.Wait()
		require.Equal(t, "", reasons(w.priceOf(t, "BTC/USD"))["gemini btc/usd"])
	})
}

func TestACallerThatLeavesDoesNotFailTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := five(t)
		for _, v := range w.venues {
			v.wait = time.Second
		}
		ctx, leave := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		wait.Go(func() {
			_, err := w.Latest(ctx, []rates.Pair{btcUSD})
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, err, rates.ErrUnavailable)
		})
		wait.Go(func() {
			<-time.After(time.Millisecond)
			require.Equal(t, "64000", w.priceOf(t, "BTC/USD").Rate.String())
		})
		<-time.After(500 * time.Millisecond)
		leave()
		wait.Wait()
		require.Equal(t, 1, w.venues["kraken"].calls())
		_, err := w.Latest(ctx, []rates.Pair{btcUSD})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, 1, w.venues["kraken"].calls(), "who has left asks nothing")
	})
}

// rude is a source that panics.
type rude struct{ *venue }

func (rude) Quotes(context.Context, []rates.Market) ([]rates.Quote, error) { panic("nil map") }

func TestASourceThatPanicsIsASourceThatFails(t *testing.T) {
	v := func(name string) *venue {
		return &venue{name: name, role: rates.RoleMember, now: time.Now, books: map[string]string{"BTC/USD": "64000"}}
	}
	c := rates.Median(v("kraken"), v("bitstamp"), rude{v("acme")})
	s, err := c.Latest(t.Context(), []rates.Pair{btcUSD})
	require.NoError(t, err)
	require.Equal(t, "unavailable", reasons(s[0])["acme BTC/USD"])
	require.Contains(t, c.Health()[2].LastError, "panic: nil map")
}

func TestRunPollsFollowedPairsWithOneCallPerVenueARound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := five(t)
		w.Follow(pair("BTC/USD"), pair("USDC/USD"))
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		<-time.After(10 * time.Minute)
		stop()
		require.ErrorIs(t, <-done, context.Canceled)
		<-time.After(time.Minute) // a round under way ends by itself
		rounds := w.venues["kraken"].calls()
		require.InDelta(t, 40, rounds, 4, "every 15 seconds, a tenth more or less")
		var stable int
		for _, markets := range w.venues["kraken"].asked {
			for _, m := range markets {
				if m == market("USDC/USD") {
					stable++
				}
			}
		}
		require.InDelta(t, 10, stable, 1, "every minute")
	})
}

func TestCurrentIsNeverOlderThanItsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, rates.Policy{}, "kraken: BTC/USD 64000, USDC/USD 1", "bitstamp: BTC/USD 64000, USDC/USD 1", "gemini: BTC/USD 64000, USDC/USD 1")
		has := func(p string) bool { _, ok := w.Current(pair(p)); return ok }
		require.False(t, has("BTC/USD"))
		_, err := w.Latest(t.Context(), []rates.Pair{pair("BTC/USD"), pair("USDC/USD")})
		require.NoError(t, err)
		require.True(t, has("BTC/USD"))
		require.False(t, has("LTC/USD"))
		calls := w.venues["kraken"].calls()
		w.pass(time.Minute)
		require.True(t, has("BTC/USD"))
		w.pass(time.Millisecond)
		require.False(t, has("BTC/USD"))
		require.True(t, has("USDC/USD"))
		w.pass(4 * time.Minute)
		require.False(t, has("USDC/USD"))
		w.pass(-10 * time.Minute)
		require.False(t, has("USDC/USD"), "a clock that went back")
		require.Equal(t, calls, w.venues["kraken"].calls(), "nobody was asked")
	})
}

func TestTooFewAnswersLeaveTheLastPriceOnShowAndARefusalDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := stables(t, "BTC", "64000")
		w.priceOf(t, "BTC/USD")
		for _, v := range w.venues {
			v.fail = errors.New("down")
		}
		w.pass(15 * time.Second)
		require.ErrorIs(t, w.refuses(t, "BTC/USD"), rates.ErrUnavailable)
		_, ok := w.Current(btcUSD)
		require.True(t, ok)
		for _, v := range w.venues {
			v.fail = nil
		}
		w.venues["kraken"].set("BTC/USD", "72000")
		w.venues["gemini"].set("BTC/USD", "68000")
		w.pass(15 * time.Second)
		require.ErrorIs(t, w.refuses(t, "BTC/USD"), rates.ErrUnavailable)
		_, ok = w.Current(btcUSD)
		require.False(t, ok)
	})
}
