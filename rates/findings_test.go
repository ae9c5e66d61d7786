package rates_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

func TestFindingsTellBeginningAndEndOnceAndMayAskTheComposite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := five(t)
		w.Follow(btcUSD)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go func() { _ = w.Run(ctx) }()
		<-time.After(time.Minute)
		for _, v := range w.venues {
			v.with(func(v *venue) { v.fail = errors.New("http status 503") })
		}
		<-time.After(5 * time.Minute)
		for _, h := range w.Health() {
			require.False(t, h.OK)
			require.Contains(t, h.LastError, "503")
			require.Less(t, time.Since(h.Since), 5*time.Minute+time.Second)
			require.Greater(t, h.Failures, 10)
		}
		w.tells(t, "no_quorum BTC/USD", "source_down kraken", "source_down coinbase", "source_down bitstamp", "source_down gemini",
			"source_down okx", "stale BTC/USD")
		for _, v := range w.venues {
			v.with(func(v *venue) { v.fail = nil })
		}
		<-time.After(time.Minute)
		w.tells(t, "source_down over kraken", "source_down over coinbase", "source_down over bitstamp", "source_down over gemini",
			"source_down over okx", "no_quorum over BTC/USD", "stale over BTC/USD")
		require.True(t, w.Health()[0].OK)
		require.NotEmpty(t, w.Health()[0].LastError, "what was wrong is kept")
		stop()
		<-time.After(time.Minute)
	})

	var c *rates.Composite
	asked := make(chan error, 1)
	v := &venue{name: "kraken", role: rates.RoleMember, now: time.Now, books: map[string]string{"BTC/USD": "64000"}}
	c, err := rates.NewComposite(rates.Policy{Notify: func(rates.Finding) {
		_ = c.Health()
		_, err := c.Latest(t.Context(), []rates.Pair{btcUSD})
		asked <- err
	}}, v)
	require.NoError(t, err)
	_, err = c.Latest(t.Context(), []rates.Pair{btcUSD})
	require.ErrorContains(t, err, "MinSources", "one source alone is not enough, and the error says what to do")
	require.ErrorIs(t, <-asked, rates.ErrUnavailable)
}

func TestAnOutlierTooOftenIsDemotedUntilTwentyCleanRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := five(t)
		okx := w.venues["gemini"]
		okx.set("BTC/USD", "66000")
		reason := func() string { return reasons(w.priceOf(t, "BTC/USD"))["gemini btc/usd"] }
		for range 11 {
			require.Equal(t, "outlier", reason())
		}
		require.Equal(t, "demoted", reason())
		require.Equal(t, []rates.Pair{btcUSD}, w.Health()[3].Demoted)
		require.Equal(t, "", reasons(w.priceOf(t, "LTC/USD"))["gemini ltc/usd"], "its other pairs count")
		okx.set("BTC/USD", "64000")
		for range 10 {
			require.Equal(t, "demoted", reason())
		}
		okx.set("BTC/USD", "66000")
		require.Equal(t, "demoted", reason())
		okx.set("BTC/USD", "64000")
		for i := range 20 {
			require.Equal(t, "demoted", reason(), "round %d", i)
		}
		require.Equal(t, "", reason())
		require.Empty(t, w.Health()[3].Demoted)
		w.tells(t, "source_demoted gemini BTC/USD", "source_demoted over gemini BTC/USD")
	})
}

func TestABookThatStandsStillWhileOthersMoveIsFrozen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := five(t)
		rounds := func(step int) (s rates.Snapshot) {
			for i := range 12 {
				for _, v := range w.venues {
					if v.name != "gemini" {
						v.set("BTC/USD", fmt.Sprint(64000+step*i))
					}
				}
				s = w.priceOf(t, "BTC/USD")
			}
			return s
		}
		require.Equal(t, "", reasons(rounds(0))["gemini btc/usd"], "nobody moves")
		require.Equal(t, "frozen", reasons(rounds(20))["gemini btc/usd"])
		w.venues["gemini"].set("BTC/USD", "64221")
		require.Equal(t, "", reasons(w.priceOf(t, "BTC/USD"))["gemini btc/usd"])
	})
}
