package exchange_test

import (
	"bytes"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

func TestQuotesDiscoversOnceAndAsksForAllMarketsInOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		k := kraken(t, s, noon)
		found, err := k.Quotes(t.Context(), []rates.Market{dogeUSD, btcUSD, dogeUSD})
		require.NoError(t, err)
		require.Len(t, found, 3, "in the order asked")
		require.Equal(t, []rates.Market{dogeUSD, btcUSD, dogeUSD}, []rates.Market{found[0].Market, found[1].Market, found[2].Market})
		require.Equal(t, "0.1423", found[0].Value.String())
		require.Equal(t, "64005", found[1].Value.String())
		p := found[1].Price
		require.Equal(t, []string{"kraken", "XBTUSD", "64000", "64010", "64004.5", ""},
			[]string{p.Source, p.Symbol, p.Bid.String(), p.Ask.String(), p.Last.String(), p.Rejected})
		require.Equal(t, noon, p.FetchedAt)
		require.Zero(t, p.SourceTime, "the venue says none")
		require.Equal(t, []string{"AssetPairs", "Ticker XBTUSD,XDGUSD"}, s.questions())
		_, err = k.Quotes(t.Context(), []rates.Market{btcUSD})
		require.NoError(t, err)
		require.Equal(t, []string{"Ticker XBTUSD"}, s.questions())
	})
}

func TestABookThatCannotBeReadIsAQuoteThatSaysSo(t *testing.T) {
	long := `"` + string(bytes.Repeat([]byte("9"), 49)) + `"`
	huge := `"` + string(bytes.Repeat([]byte("9"), 1<<20)) + `"`
	for name, b := range map[string][3]string{
		"zero":                          {`"0"`, `"64000"`, `"64000"`},
		"negative":                      {`"-1"`, `"64000"`, `"64000"`},
		"null":                          {`null`, `"64000"`, `"64000"`},
		"null last trade":               {`"64000"`, `"64000"`, `null`},
		"empty":                         {`""`, `"64000"`, `"64000"`},
		"NaN":                           {`"NaN"`, `"64000"`, `"64000"`},
		"exponent bomb":                 {`"64000"`, `"1e1000000000"`, `"64000"`},
		"exponent bomb as a bare token": {`"64000"`, `1e1000000000`, `"64000"`},
		"tiny exponent bomb":            {`"64000"`, `"64000"`, `"1e-1000000000"`},
		"too many digits":               {long, long, long},
		"a megabyte of digits":          {huge, huge, huge},
		"an object":                     {`{}`, `"64000"`, `"64000"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(t)
				s.on("Ticker", book("XXBTZUSD", b[0], b[1], b[2]))
				k := kraken(t, s, noon)
				require.Contains(t, refusal(t, k, btcUSD), "not a number")
				s.on("Ticker", fixture(t, "ticker.json"))
				found, err := k.Quotes(t.Context(), []rates.Market{btcUSD})
				require.NoError(t, err, "one bad row pauses nothing")
				require.Empty(t, found[0].Price.Rejected)
			})
		})
	}
}

// refusal asks for one market and returns why its quote must not be counted.
func refusal(t *testing.T, s rates.Source, m rates.Market) string {
	t.Helper()
	found, err := s.Quotes(t.Context(), []rates.Market{m})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, m, found[0].Market)
	require.Equal(t, s.Name(), found[0].Price.Source)
	require.False(t, found[0].Value.Valid())
	require.NotEmpty(t, found[0].Price.Rejected)
	require.LessOrEqual(t, len(found[0].Price.Rejected), 800)
	return found[0].Price.Rejected
}

func TestAListedMarketWithoutARowIsAQuoteThatSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		found, err := kraken(t, newStub(t), noon).Quotes(t.Context(), []rates.Market{usdcUSD, btcUSD})
		require.NoError(t, err)
		require.Len(t, found, 2)
		require.Equal(t, "absent: no row of USDCUSD", found[0].Price.Rejected)
		require.True(t, found[1].Value.Valid())
	})
}

func TestALateCallerNeverGetsAPriceAskedBeforeItsCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		answer := fixture(t, "ticker.json")
		s.on("Ticker", func(w http.ResponseWriter, r *http.Request) { pass(2 * time.Second); answer(w, r) })
		k := kraken(t, s, noon)
		go func() { _, _ = k.Quotes(t.Context(), []rates.Market{btcUSD}) }()
		pass(time.Second) // the first question is under way
		found, err := k.Quotes(t.Context(), []rates.Market{btcUSD})
		require.NoError(t, err)
		require.False(t, found[0].Price.FetchedAt.Before(noon.Add(time.Second)), "asked at %s", found[0].Price.FetchedAt)
	})
}
