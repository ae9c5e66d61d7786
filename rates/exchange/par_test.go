package exchange_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

// composite is a composite of sources at noon.
func composite(t *testing.T, sources ...rates.Source) *rates.Composite {
	t.Helper()
	start := time.Now()
	c, err := rates.NewComposite(rates.Policy{Now: func() time.Time { return noon.Add(time.Since(start)) }}, sources...)
	require.NoError(t, err)
	return c
}

func TestGUSDIsAtParByCoinGeckosWordNowAndAfterAnOutage(t *testing.T) {
	gusd := rates.Pair{Coin: "GUSD", Currency: "USD"}
	for name, price := range map[string]struct {
		text string
		off  bool
	}{"near par": {"0.9951", false}, "off its peg": {"0.9", true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guests["coingecko"]
				d := g.gate()
				d.on(g.path, typed(g.kind, `{"gemini-dollar":{"usd":`+price.text+`,"eur":0.86,"last_updated_at":1795175700}}`, 200))
				d.on(gusdChart, typed(g.kind, chart("-3h "+price.text, "-2h55m "+price.text), 200))
				kraken, _ := krakenHouse().open(t)
				c := composite(t, kraken, g.source(t, d, noon))
				found, live := c.Latest(t.Context(), []rates.Pair{gusd})
				past, back := c.Candle(t.Context(), gusd, noon.Add(-3*time.Hour+2*time.Minute))
				if price.off {
					require.ErrorIs(t, live, rates.ErrDepegged)
					require.ErrorIs(t, back, rates.ErrDepegged)
					return
				}
				require.NoError(t, live)
				require.NoError(t, back)
				for _, s := range []rates.Snapshot{found[0], past} {
					require.Equal(t, "1", s.Rate.String())
					require.Equal(t, rates.MethodParSnap, s.Method)
					require.Equal(t, price.text, s.Market.String())
				}
			})
		})
	}
}

func TestATripwireDegradesACompositeThatLiesFarFromIt(t *testing.T) {
	for name, c := range map[string]struct {
		price    string
		degraded int
	}{"near": {"64000", 0}, "three percent away": {"62100", 1}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guests["coingecko"]
				d := g.gate()
				d.on(g.path, typed(g.kind, g.says(c.price, g.time), 200))
				kraken, _ := krakenHouse().open(t)
				coinbase, _ := coinbaseHouse().open(t)
				found, err := composite(t, kraken, coinbase, g.source(t, d, noon)).Latest(t.Context(), []rates.Pair{{Coin: "BTC", Currency: "USD"}})
				require.NoError(t, err)
				require.Equal(t, "64005", found[0].Rate.String(), "it never counts")
				require.Len(t, found[0].Degraded, c.degraded)
			})
		})
	}
}
