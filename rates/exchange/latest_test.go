package exchange_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

func TestLatestDiscoversOnceAndAsksForAllPairsInOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		k := kraken(t, s, noon)
		found, err := k.Latest(t.Context(), []rates.Pair{dogeUSD, btcUSD, dogeUSD})
		require.NoError(t, err)
		require.Len(t, found, 3, "in the order asked")
		require.Equal(t, []rates.Pair{dogeUSD, btcUSD, dogeUSD}, []rates.Pair{found[0].Pair, found[1].Pair, found[2].Pair})
		require.Equal(t, "0.1423", found[0].Rate.String())
		require.Equal(t, "64005", found[1].Rate.String())
		require.Equal(t, rates.MethodVenue, found[1].Method)
		require.Equal(t, noon, found[1].AsOf)
		p := found[1].Prices[0]
		require.Equal(t, []string{"kraken", "XBTUSD", "64000", "64010", "64004.5", ""},
			[]string{p.Source, p.Symbol, p.Bid.String(), p.Ask.String(), p.Last.String(), p.Rejected})
		again, err := rates.NewSnapshot(found[1])
		require.NoError(t, err)
		require.Equal(t, again.ID, found[1].ID)
		require.Equal(t, []string{"AssetPairs", "Ticker XBTUSD,XDGUSD"}, s.questions())
		_, err = k.Latest(t.Context(), []rates.Pair{btcUSD})
		require.NoError(t, err)
		require.Equal(t, []string{"Ticker XBTUSD"}, s.questions())
	})
}

func TestLatestRefusesABookAndNamesTheSource(t *testing.T) {
	long := `"` + string(bytes.Repeat([]byte("9"), 49)) + `"`
	for name, b := range map[string][3]string{
		"crossed":                       {`"64010"`, `"64000"`, `"64005"`},
		"wider than one percent":        {`"64000"`, `"64700"`, `"64350"`},
		"last trade far from the book":  {`"64000"`, `"64010"`, `"60000"`},
		"zero":                          {`"0"`, `"64000"`, `"64000"`},
		"negative":                      {`"-1"`, `"64000"`, `"64000"`},
		"null":                          {`null`, `"64000"`, `"64000"`},
		"empty":                         {`""`, `"64000"`, `"64000"`},
		"NaN":                           {`"NaN"`, `"64000"`, `"64000"`},
		"exponent bomb":                 {`"64000"`, `"1e1000000000"`, `"64000"`},
		"exponent bomb as a bare token": {`"64000"`, `1e1000000000`, `"64000"`},
		"tiny exponent bomb":            {`"64000"`, `"64000"`, `"1e-1000000000"`},
		"too many digits":               {long, long, long},
		"an object":                     {`{}`, `"64000"`, `"64000"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(t)
				s.on("Ticker", book("XXBTZUSD", b[0], b[1], b[2]))
				k := kraken(t, s, noon)
				_, err := k.Latest(t.Context(), []rates.Pair{btcUSD})
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.ErrorContains(t, err, "kraken: BTC/USD")
				s.on("Ticker", fixture(t, "ticker.json"))
				_, err = k.Latest(t.Context(), []rates.Pair{btcUSD})
				require.NoError(t, err, "one bad row pauses nothing")
			})
		})
	}
}

func TestSpreadLimitIsTheCoins(t *testing.T) {
	for _, c := range []struct {
		name          string
		pair          rates.Pair
		key, bid, ask string
		ok            bool
	}{
		{"bitcoin at one percent", btcUSD, "XXBTZUSD", `"99.5"`, `"100.5"`, true},
		{"bitcoin just over", btcUSD, "XXBTZUSD", `"99.499"`, `"100.5"`, false},
		{"dogecoin at two percent", dogeUSD, "XDGUSD", `"0.99"`, `"1.01"`, true},
		{"dogecoin just over", dogeUSD, "XDGUSD", `"0.98999"`, `"1.01"`, false},
		{"stablecoin at 0.3 percent", usdcUSD, "USDCUSD", `"0.9985"`, `"1.0015"`, true},
		{"stablecoin just over", usdcUSD, "USDCUSD", `"0.99849"`, `"1.0015"`, false},
		{"bid equal to ask", btcUSD, "XXBTZUSD", `"100"`, `100`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(t)
				s.on("Ticker", book(c.key, c.bid, c.ask, c.bid))
				_, err := kraken(t, s, noon).Latest(t.Context(), []rates.Pair{c.pair})
				if c.ok {
					require.NoError(t, err)
					return
				}
				require.ErrorIs(t, err, rates.ErrUnavailable)
			})
		})
	}
}

func TestARefusedBookIsLeftOutAndTheLogSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		var log bytes.Buffer
		k, err := exchange.NewKraken(exchange.Options{Transport: s, Log: slog.New(slog.NewTextHandler(&log, nil))})
		require.NoError(t, err)
		found, err := k.Latest(t.Context(), []rates.Pair{usdcUSD, btcUSD}) // no row of USDC
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, btcUSD, found[0].Pair)
		require.Contains(t, log.String(), "pair=USDC/USD")
		require.Contains(t, log.String(), "no row of USDCUSD")
		require.NotContains(t, log.String(), "pair=BTC/USD")
	})
}

func TestALateCallerNeverGetsAPriceAskedBeforeItsCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		answer := fixture(t, "ticker.json")
		s.on("Ticker", func(w http.ResponseWriter, r *http.Request) { pass(2 * time.Second); answer(w, r) })
		k := kraken(t, s, noon)
		go func() { _, _ = k.Latest(t.Context(), []rates.Pair{btcUSD}) }()
		pass(time.Second) // the first question is under way
		found, err := k.Latest(t.Context(), []rates.Pair{btcUSD})
		require.NoError(t, err)
		require.False(t, found[0].AsOf.Before(noon.Add(time.Second)), "as of %s", found[0].AsOf)
	})
}
