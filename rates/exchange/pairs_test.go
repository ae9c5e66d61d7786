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

func TestAMarketTheVenueDoesNotListIsLeftOut(t *testing.T) {
	for name, m := range map[string]rates.Market{
		"not served":                        {Coin: "GUSD", Quote: "USD"},
		"not listed":                        {Coin: "DAI", Quote: "USD"},
		"listed twice":                      {Coin: "BNB", Quote: "USD"},
		"not a currency":                    {Coin: "AAPLX", Quote: "USD"},
		"the venue's own name of a coin":    {Coin: "XBT", Quote: "USD"},
		"quoted in what is not asked of it": {Coin: "BTC", Quote: "JPY"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(t)
				k := kraken(t, s, noon)
				found, err := k.Quotes(t.Context(), []rates.Market{m, btcUSD})
				require.NoError(t, err)
				require.Len(t, found, 1)
				require.Equal(t, btcUSD, found[0].Market)
				s.questions()
				found, err = k.Quotes(t.Context(), []rates.Market{m})
				require.NoError(t, err)
				require.Empty(t, found)
				_, err = k.Candle(t.Context(), m, noon.Add(-time.Hour))
				require.ErrorIs(t, err, rates.ErrUnknownPair)
				require.ErrorContains(t, err, "kraken: "+m.String())
				require.Empty(t, s.questions(), "no price is asked")
			})
		})
	}
}

func TestAMarketThatIsNotOnlineIsAQuoteThatSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		k, ltc := kraken(t, s, noon), rates.Market{Coin: "LTC", Quote: "USD"}
		require.Equal(t, "closed: LTCUSD is cancel_only", refusal(t, k, ltc))
		_, err := k.Candle(t.Context(), ltc, noon.Add(-time.Hour))
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.ErrorContains(t, err, "kraken: LTC/USD: closed: LTCUSD is cancel_only")
		require.Equal(t, []string{"AssetPairs"}, s.questions(), "no price is asked")
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
		both := []rates.Market{dogeUSD, btcUSD}
		found, err := k.Quotes(t.Context(), both)
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.Contains(t, found[0].Price.Rejected, "disabled")
		require.Equal(t, "64005", found[1].Value.String())
		require.ElementsMatch(t, []string{"AssetPairs", "Ticker XBTUSD,XDGUSD", "Ticker XBTUSD", "Ticker XDGUSD"}, s.questions())

		_, err = k.Quotes(t.Context(), both)
		require.NoError(t, err)
		require.Equal(t, []string{"Ticker XBTUSD"}, s.questions(), "the bad pair is not asked again")
		require.Contains(t, refusal(t, k, dogeUSD), "disabled, the venue does not know it")
	})
}

func TestARenamedPairIsPricedAgainAfterTheListIsReadAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("Ticker", forgets(t))
		k := kraken(t, s, noon)
		require.Contains(t, refusal(t, k, dogeUSD), "disabled", "a listed pair may come back: not unknown for ever")

		s.on("AssetPairs", says(strings.NewReplacer(`"XDGUSD":`, `"DOGEUSD":`, `"XDGUSD"`, `"DOGEUSD"`, "XDG/USD", "DOGE/USD").Replace(read(t, "testdata", "assetpairs.json"))))
		s.on("Ticker", book("DOGEUSD", `"0.15"`, `"0.15"`, `"0.15"`))
		pass(5 * time.Minute)
		s.questions()
		found, err := k.Quotes(t.Context(), []rates.Market{dogeUSD})
		require.NoError(t, err)
		require.Equal(t, "DOGEUSD", found[0].Price.Symbol)
		require.Equal(t, []string{"AssetPairs", "Ticker DOGEUSD"}, s.questions())
	})
}

func TestADelistedPairIsUnknownAfterTheListIsReadAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		k := kraken(t, s, noon)
		_, err := k.Quotes(t.Context(), []rates.Market{dogeUSD})
		require.NoError(t, err)
		s.on("AssetPairs", says(strings.ReplaceAll(read(t, "testdata", "assetpairs.json"), "XDG/USD", "OLD/USD")))
		pass(time.Hour)
		found, err := k.Quotes(t.Context(), []rates.Market{dogeUSD})
		require.NoError(t, err)
		require.Empty(t, found)
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
				_, err := k.Quotes(t.Context(), []rates.Market{btcUSD})
				require.NoError(t, err)
				s.on("AssetPairs", fault)
				pass(time.Hour)
				s.questions()
				for range 3 { // the old list serves, and the venue is not asked each time
					_, err = k.Quotes(t.Context(), []rates.Market{btcUSD})
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
		_, err := k.Quotes(t.Context(), []rates.Market{btcUSD})
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.ErrorContains(t, err, "502")
		s.on("AssetPairs", fixture(t, "assetpairs.json"))
		_, err = k.Quotes(t.Context(), []rates.Market{btcUSD})
		require.ErrorContains(t, err, "pausing")
		require.Equal(t, []string{"AssetPairs"}, s.questions())
		pass(6 * time.Second)
		_, err = k.Quotes(t.Context(), []rates.Market{btcUSD})
		require.NoError(t, err)
	})
}
