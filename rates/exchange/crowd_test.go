package exchange_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

func slow(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { pass(time.Second); h(w, r) }
}

func TestAColdCrowdAsksEachEndpointOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("AssetPairs", slow(fixture(t, "assetpairs.json")))
		s.on("Ticker", slow(fixture(t, "ticker.json")))
		k := kraken(t, s, noon)
		var got atomic.Int64
		var crowd sync.WaitGroup
		for range 10_000 {
			crowd.Go(func() {
				found, err := k.Quotes(t.Context(), []rates.Market{btcUSD, dogeUSD})
				if err == nil && len(found) == 2 {
					got.Add(1)
				}
			})
		}
		crowd.Wait()
		require.EqualValues(t, 10_000, got.Load())
		require.Equal(t, []string{"AssetPairs", "Ticker XBTUSD,XDGUSD"}, s.questions())
	})
}

func TestEqualCandlesShareOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("OHLC", slow(fixture(t, "ohlc.json")))
		k := kraken(t, s, noon.Add(5*time.Minute))
		var crowd sync.WaitGroup
		for i := range 1000 {
			crowd.Go(func() {
				_, err := k.Candle(t.Context(), btcUSD, noon.Add(-time.Minute+time.Duration(i)*time.Millisecond))
				if err != nil {
					t.Error(err)
				}
			})
		}
		crowd.Wait()
		require.Equal(t, []string{"AssetPairs", "OHLC XBTUSD"}, s.questions())
	})
}

func TestTheFirstCallerMayLeaveWithoutFailingTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("AssetPairs", slow(fixture(t, "assetpairs.json")))
		k := kraken(t, s, noon)
		first, leave := context.WithCancel(t.Context())
		gone, stayed := make(chan error, 1), make(chan error, 1)
		go func() { _, err := k.Quotes(first, []rates.Market{btcUSD}); gone <- err }()
		synctest.Wait()
		go func() { _, err := k.Quotes(t.Context(), []rates.Market{btcUSD}); stayed <- err }()
		synctest.Wait()
		leave()
		err := <-gone
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.NoError(t, <-stayed)
		require.Equal(t, []string{"AssetPairs", "Ticker XBTUSD"}, s.questions())
	})
}

func TestTheBucketLetsOneQuestionPassInTwoSecondsAfterABurstOfTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := kraken(t, newStub(t), noon)
		start := time.Now()
		for range 6 { // and one discovery
			_, err := k.Quotes(t.Context(), []rates.Market{btcUSD})
			require.NoError(t, err)
		}
		require.Equal(t, 10*time.Second, time.Since(start).Round(time.Millisecond))
	})
}
