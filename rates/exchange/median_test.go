package exchange_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

var btcInUSD = rates.Pair{Coin: "BTC", Currency: money.USD}

// dollarHouses are the houses that quote bitcoin in dollars.
func dollarHouses() []*house {
	return slices.DeleteFunc(houses(), func(h *house) bool { return h.market != btcUSD })
}

// market opens them as the sources of one composite.
func market(t *testing.T) (*rates.Composite, map[string]*desk) {
	t.Helper()
	start := time.Now()
	now := func() time.Time { return noon.Add(time.Since(start)) }
	desks := map[string]*desk{}
	var sources []rates.Source
	for _, h := range dollarHouses() {
		_, d := h.open(t)
		s, err := h.make(exchange.Options{Transport: d, Now: now})
		require.NoError(t, err)
		desks[h.name] = d
		sources = append(sources, s)
	}
	c, err := rates.NewComposite(rates.Policy{Now: now}, sources...)
	require.NoError(t, err)
	return c, desks
}

func TestTheMedianWithstandsAVenueThatFailsOrLies(t *testing.T) {
	lie := func(d *desk) http.HandlerFunc {
		return says(d.house.books(noon, quoted{btcUSD, `"20000"`, `"20001"`, `"20000"`}))
	}
	yesterday := func(d *desk) http.HandlerFunc {
		return says(d.house.books(noon.Add(-24*time.Hour), quoted{btcUSD, `"60000"`, `"60001"`, `"60000"`}))
	}
	for name, fault := range map[string]func(*desk) http.HandlerFunc{
		"nothing":   func(d *desk) http.HandlerFunc { return d.on["book"] },
		"html":      func(*desk) http.HandlerFunc { return html },
		"451":       func(*desk) http.HandlerFunc { return status(451) },
		"a lie":     lie,
		"yesterday": yesterday,
		"silence": func(*desk) http.HandlerFunc {
			return func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		},
	} {
		for _, h := range dollarHouses() {
			t.Run(name+" from "+h.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c, desks := market(t)
					desks[h.name].answers("book", fault(desks[h.name]))
					found, err := c.Latest(t.Context(), []rates.Pair{btcInUSD})
					require.NoError(t, err)
					require.Equal(t, "64005", found[0].Rate.String())
					require.Len(t, found[0].Prices, len(dollarHouses()), "every source asked is in the evidence")
					for _, p := range found[0].Prices {
						if p.Source == h.name && name != "nothing" && name != "a lie" && (name != "yesterday" || h.timed) {
							require.NotEmpty(t, p.Rejected)
						}
					}
				})
			})
		}
	}
}

func TestAColdStartAsksEachVenueOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, desks := market(t)
		for _, d := range desks {
			for q, answer := range d.on {
				d.answers(q, slow(answer))
			}
		}
		var crowd sync.WaitGroup
		for range 10_000 {
			crowd.Go(func() {
				if found, err := c.Latest(t.Context(), []rates.Pair{btcInUSD}); err != nil || found[0].Rate.String() != "64005" {
					t.Error(found, err)
				}
			})
		}
		crowd.Wait()
		for name, d := range desks {
			require.Equal(t, []string{"list", "book"}, d.questions(), name)
		}
	})
}

func TestAnOutageIsPricedByTheCandlesOfItsMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, desks := market(t)
		desks["gemini"].answers("past", status(403))
		got, err := c.Candle(t.Context(), btcInUSD, noon.Add(-5*time.Minute+20*time.Second))
		require.NoError(t, err)
		require.Equal(t, "64000.5", got.Rate.String())
		require.Equal(t, rates.MethodCandleMedian, got.Method)
		require.Equal(t, noon.Add(-5*time.Minute), got.AsOf)
	})
}
