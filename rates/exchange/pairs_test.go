package exchange_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

func TestDiscoverySaysWhichPairsHaveNoPrice(t *testing.T) {
	for _, c := range []struct {
		name string
		pair rates.Pair
		want error
	}{
		{"not listed", rates.Pair{Coin: "GUSD", Currency: "USD"}, rates.ErrUnknownPair},
		{"listed twice", rates.Pair{Coin: "BNB", Currency: "USD"}, rates.ErrUnknownPair},
		{"not a currency", rates.Pair{Coin: "AAPLX", Currency: "USD"}, rates.ErrUnknownPair},
		{"the venue's own name of a coin", rates.Pair{Coin: "XBT", Currency: "USD"}, rates.ErrUnknownPair},
		{"not online", rates.Pair{Coin: "LTC", Currency: "USD"}, rates.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(t)
				k := kraken(t, s, noon)
				_, err := k.Latest(t.Context(), []rates.Pair{c.pair})
				require.ErrorIs(t, err, c.want)
				require.ErrorContains(t, err, "kraken: "+c.pair.String())
				_, err = k.Candle(t.Context(), c.pair, noon.Add(-time.Hour))
				require.ErrorIs(t, err, c.want)
				require.Equal(t, []string{"AssetPairs"}, s.questions(), "no price is asked")
				found, err := k.Latest(t.Context(), []rates.Pair{c.pair, btcUSD})
				require.NoError(t, err)
				require.Len(t, found, 1)
			})
		})
	}
}

func TestUnknownAndUnavailableTogetherAreUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := kraken(t, newStub(t), noon)
		_, err := k.Latest(t.Context(), []rates.Pair{{Coin: "GUSD", Currency: "USD"}, {Coin: "LTC", Currency: "USD"}})
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.NotErrorIs(t, err, rates.ErrUnknownPair)
	})
}

// forgets answers like a venue that still lists XDGUSD but no longer knows it.
func forgets(t *testing.T) http.HandlerFunc {
	known := fixture(t, "ticker.json")
	unknown := says(`{"error":["EQuery:Unknown asset pair"]}`)
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Query().Get("pair"), "XDGUSD") {
			unknown(w, r)
			return
		}
		known(w, r)
	}
}

func TestOneUnknownPairInABatchIsFoundByAskingSinglyOnceAndDisabled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("Ticker", forgets(t))
		k := kraken(t, s, noon)
		both := []rates.Pair{dogeUSD, btcUSD}
		found, err := k.Latest(t.Context(), both)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, btcUSD, found[0].Pair)
		require.ElementsMatch(t, []string{"AssetPairs", "Ticker XBTUSD,XDGUSD", "Ticker XBTUSD", "Ticker XDGUSD"}, s.questions())

		_, err = k.Latest(t.Context(), both)
		require.NoError(t, err)
		require.Equal(t, []string{"Ticker XBTUSD"}, s.questions(), "the bad pair is not asked again")
		_, err = k.Latest(t.Context(), []rates.Pair{dogeUSD})
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.ErrorContains(t, err, "disabled")
	})
}

func TestARenamedPairIsPricedAgainAfterTheListIsReadAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("Ticker", forgets(t))
		k := kraken(t, s, noon)
		_, err := k.Latest(t.Context(), []rates.Pair{dogeUSD})
		require.ErrorIs(t, err, rates.ErrUnavailable, "a listed pair may come back: not unknown for ever")

		s.on("AssetPairs", says(strings.NewReplacer(`"XDGUSD":`, `"DOGEUSD":`, `"XDGUSD"`, `"DOGEUSD"`, "XDG/USD", "DOGE/USD").Replace(read(t, "testdata", "assetpairs.json"))))
		s.on("Ticker", book("DOGEUSD", `"0.15"`, `"0.15"`, `"0.15"`))
		pass(5 * time.Minute)
		s.questions()
		found, err := k.Latest(t.Context(), []rates.Pair{dogeUSD})
		require.NoError(t, err)
		require.Equal(t, "DOGEUSD", found[0].Prices[0].Symbol)
		require.Equal(t, []string{"AssetPairs", "Ticker DOGEUSD"}, s.questions())
	})
}

func TestADelistedPairIsUnknownAfterTheListIsReadAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		k := kraken(t, s, noon)
		_, err := k.Latest(t.Context(), []rates.Pair{dogeUSD})
		require.NoError(t, err)
		s.on("AssetPairs", says(strings.ReplaceAll(read(t, "testdata", "assetpairs.json"), "XDG/USD", "OLD/USD")))
		pass(time.Hour)
		_, err = k.Latest(t.Context(), []rates.Pair{dogeUSD})
		require.ErrorIs(t, err, rates.ErrUnknownPair)
	})
}

func TestAListThatCannotBeReadAgainDoesNotKeepPricesAway(t *testing.T) {
	for name, fault := range map[string]http.HandlerFunc{
		"server error": status(http.StatusBadGateway),
		"html":         html,
		"no pair":      says(`{"error":[],"result":{}}`),
		"an error":     says(`{"error":["EService:Unavailable"]}`),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(t)
				k := kraken(t, s, noon)
				_, err := k.Latest(t.Context(), []rates.Pair{btcUSD})
				require.NoError(t, err)
				s.on("AssetPairs", fault)
				pass(time.Hour)
				s.questions()
				for range 3 { // the old list serves, and the venue is not asked each time
					_, err = k.Latest(t.Context(), []rates.Pair{btcUSD})
					require.NoError(t, err)
				}
				require.Equal(t, []string{"AssetPairs", "Ticker XBTUSD", "Ticker XBTUSD"}, s.questions()[:3])
			})
		})
	}
}

func TestWithoutAnyListThereIsNoPriceUntilItsPauseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("AssetPairs", status(http.StatusBadGateway))
		k := kraken(t, s, noon)
		_, err := k.Latest(t.Context(), []rates.Pair{btcUSD})
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.ErrorContains(t, err, "502")
		s.on("AssetPairs", fixture(t, "assetpairs.json"))
		_, err = k.Latest(t.Context(), []rates.Pair{btcUSD})
		require.ErrorContains(t, err, "pausing")
		require.Equal(t, []string{"AssetPairs"}, s.questions())
		pass(6 * time.Second)
		_, err = k.Latest(t.Context(), []rates.Pair{btcUSD})
		require.NoError(t, err)
	})
}
