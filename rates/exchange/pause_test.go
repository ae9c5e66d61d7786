package exchange_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

func html(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write([]byte("<html>Just a moment…</html>"))
}

func oversize(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`{"error":[],"result":{}}` + strings.Repeat(" ", 4<<20)))
}

func cached(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Age", "90")
	book("XXBTZUSD", `"1"`, `"1"`, `"1"`)(w, r)
}

func untyped(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	_, _ = w.Write([]byte(`{"error":[],"result":{}}`))
}

func TestAFaultPausesForAsLongAsItSays(t *testing.T) {
	at := func(d time.Duration) string { return noon.Add(d).Format(http.TimeFormat) }
	for _, c := range []struct {
		name  string
		fault http.HandlerFunc
		says  string
		pause time.Duration // at least; at most a fifth more
		whole bool          // of the venue, not of the endpoint
	}{
		{"server error", status(500), "http status 500", 5 * time.Second, false},
		{"html", html, "content type", 5 * time.Second, false},
		{"wrong content type", untyped, "content type", 5 * time.Second, false},
		{"oversize", oversize, "longer than", 5 * time.Second, false},
		{"from a cache", cached, "cache", 5 * time.Second, false},
		{"redirect", status(302, "Location", "https://elsewhere.example/"), "http status 302", 5 * time.Second, false},
		{"not json", says("oops"), "not as documented", 5 * time.Second, false},
		{"cut short", says(`{"error":[],"result":{"XXBTZUSD"`), "not as documented", 5 * time.Second, false},
		{"no error list", says(`{"result":{}}`), "not as documented", 5 * time.Second, false},
		{"no result", says(`{"error":[]}`), "not as documented", 5 * time.Second, false},
		{"service unavailable", says(`{"error":["EService:Unavailable"]}`), "EService:Unavailable", 5 * time.Second, false},
		{"rate limit", says(`{"error":["EAPI:Rate limit exceeded"]}`), "EAPI:Rate limit exceeded", 5 * time.Second, true},
		{"throttled until", says(fmt.Sprintf(`{"error":["EService: Throttled: %d"]}`, noon.Unix()+90)), "Throttled", 90 * time.Second, true},
		{"throttled until long ago", says(`{"error":["EService: Throttled: 12"]}`), "Throttled", 5 * time.Second, true},
		{"429", status(429), "http status 429", 5 * time.Second, true},
		{"429 with seconds", status(429, "Retry-After", "120"), "http status 429", 2 * time.Minute, true},
		{"429 with a date", status(429, "Retry-After", at(10*time.Minute)), "http status 429", 10 * time.Minute, true},
		{"429 with a date gone by", status(429, "Retry-After", at(-time.Hour)), "http status 429", 5 * time.Second, true},
		{"503 with seconds", status(503, "Retry-After", "30"), "http status 503", 30 * time.Second, true},
		{"a year", status(503, "Retry-After", "31536000"), "http status 503", time.Hour, true},
		{"an absurd wait", status(503, "Retry-After", "99999999999999999999"), "http status 503", 5 * time.Second, false},
		{"403", status(403), "http status 403", time.Hour, true},
		{"451", status(451, "Retry-After", "1"), "http status 451", time.Hour, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(t)
				s.on("Ticker", c.fault)
				k := kraken(t, s, noon)
				ask := func() error { _, err := k.Quotes(t.Context(), []rates.Market{btcUSD}); return err }
				err := ask()
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.ErrorContains(t, err, "kraken: /0/public/Ticker")
				require.ErrorContains(t, err, c.says)
				s.on("Ticker", fixture(t, "ticker.json"))
				s.questions()

				pass(c.pause - time.Second)
				err = ask()
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.ErrorContains(t, err, "pausing")
				_, err = k.Candle(t.Context(), btcUSD, noon.Add(-2*time.Minute))
				if c.whole {
					require.ErrorContains(t, err, "pausing")
					require.Empty(t, s.questions())
				} else {
					require.NoError(t, err, "another endpoint still answers")
				}
				pass(c.pause/5 + time.Second)
				require.NoError(t, ask())
			})
		})
	}
}

func TestPausesDoubleToFiveMinutesAndASuccessForgetsThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("Ticker", status(500))
		k := kraken(t, s, noon)
		ask := func() error { _, err := k.Quotes(t.Context(), []rates.Market{btcUSD}); return err }
		require.Error(t, ask())
		s.questions()
		for _, seconds := range []int{5, 10, 20, 40, 80, 160, 300, 300} {
			wait := time.Duration(seconds) * time.Second
			pass(wait - time.Second)
			require.ErrorContains(t, ask(), "pausing")
			require.Empty(t, s.questions())
			pass(wait/5 + time.Second)
			require.ErrorContains(t, ask(), "http status 500")
			require.Len(t, s.questions(), 1)
		}
		s.on("Ticker", fixture(t, "ticker.json"))
		pass(6 * time.Minute)
		require.NoError(t, ask())
		s.on("Ticker", status(500))
		require.Error(t, ask())
		pass(6 * time.Second)
		require.NotContains(t, ask().Error(), "pausing")
	})
}

func TestASlowAnswerIsGivenUpAfterFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("Ticker", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		k := kraken(t, s, noon)
		start := time.Now()
		_, err := k.Quotes(t.Context(), []rates.Market{btcUSD})
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.Equal(t, 5*time.Second, time.Since(start))
	})
}
