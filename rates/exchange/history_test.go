package exchange_test

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

func TestCatchingUpOnHoursAsksOnceAndTellsTheSame(t *testing.T) {
	for _, h := range houses() {
		t.Run(h.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, d := h.open(t)
				var outage []minute
				for i := range 180 {
					outage = append(outage, minute{noon.Add(time.Duration(i-180) * time.Minute), fmt.Sprint(60000 + i)})
				}
				outage[50].close = ""
				d.answers("past", says(h.past(h.market, noon, outage...)))
				pass(time.Minute)
				for range 2 {
					for i, m := range outage {
						q, err := s.Candle(t.Context(), h.market, m.open)
						require.NoError(t, err)
						want := fmt.Sprint(60000 + i)
						if i == 50 {
							want = fmt.Sprint(60000 + i - 1)
						}
						require.Equal(t, want, q.Value.String())
						require.Equal(t, noon.Add(time.Minute), q.Price.FetchedAt, "the instant it was asked for")
					}
				}
				require.Equal(t, []string{"list", "past"}, d.questions())
			})
		})
	}
}

func TestAMinuteThatWasNotFinishedIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := geminiHouse()
		s, d := h.open(t)
		_, err := h.candle(t, s, 5*time.Minute)
		require.NoError(t, err)
		pass(90 * time.Second)
		d.questions()
		d.answers("past", says(h.past(h.market, noon.Add(time.Minute), append(h.history(), minute{noon, "64040"})...)))
		q, err := s.Candle(t.Context(), h.market, noon)
		require.NoError(t, err)
		require.Equal(t, "64040", q.Value.String())
		require.Equal(t, []string{"past"}, d.questions())
	})
}

func TestCatchingUpDoesNotKeepThePricesOfNowAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := kraken(t, newStub(t), dayAfter)
		_, err := k.Quotes(t.Context(), []rates.Market{btcUSD})
		require.NoError(t, err)
		var old sync.WaitGroup
		for i := range 20 { // from trades: one question each at least
			old.Go(func() { _, _ = k.Candle(t.Context(), btcUSD, noon.Add(-time.Duration(i)*time.Minute)) })
		}
		synctest.Wait()
		for range 5 {
			start := time.Now()
			_, err := k.Quotes(t.Context(), []rates.Market{btcUSD})
			require.NoError(t, err)
			require.LessOrEqual(t, time.Since(start), 5*time.Second)
			pass(15 * time.Second)
		}
		old.Wait()
	})
}

// drip is a body that stops in the middle until the request is given up.
type drip struct{ done <-chan struct{} }

func (d drip) Read(p []byte) (int, error) {
	if len(p) > 0 && d.done != nil {
		<-d.done
	}
	return 0, io.ErrUnexpectedEOF
}
func (drip) Close() error { return nil }

type dripping struct{ *desk }

func (d dripping) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := d.desk.RoundTrip(r)
	if err == nil && d.house.question(r.URL.Path) == "book" {
		resp.Body = drip{r.Context().Done()}
	}
	return resp, err
}

func TestABodyThatStopsIsGivenUpAfterFiveSeconds(t *testing.T) {
	for _, h := range houses() {
		t.Run(h.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, d := h.open(t)
				s, err := h.make(exchange.Options{Transport: dripping{d}})
				require.NoError(t, err)
				start := time.Now()
				_, err = h.ask(t, s)
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.Equal(t, 5*time.Second, time.Since(start))
			})
		})
	}
}
