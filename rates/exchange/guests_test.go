package exchange_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

// each runs a test for every guest in a bubble of its own.
func each(t *testing.T, test func(t *testing.T, name string, g guest)) {
	for name, g := range guests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, name, g) })
		})
	}
}

func TestAGuestsPriceHasItsEvidence(t *testing.T) {
	each(t, func(t *testing.T, name string, g guest) {
		s := g.source(t, g.gate(), noon)
		require.Equal(t, name, s.Name())
		require.Equal(t, g.role, s.Role())
		require.True(t, s.Serves(g.market))
		q := one(t, s, g.market)
		require.Empty(t, q.Price.Rejected)
		require.Equal(t, g.value, q.Value.String())
		require.Equal(t, name, q.Price.Source)
		require.Equal(t, g.symbol, q.Price.Symbol)
		require.Equal(t, noon, q.Price.FetchedAt)
		require.Equal(t, g.at, q.Price.SourceTime)
		require.Equal(t, g.role == rates.RoleMember, q.Price.Bid.Valid() && q.Price.Ask.Valid())
	})
}

func TestAGuestsBadNumberSpoilsItsOwnPriceOnly(t *testing.T) {
	bad := map[string]string{
		"null": `null`, "NaN": `"NaN"`, "a bare NaN": `NaN`, "empty": `""`, "zero": `0`, "negative": `-1`,
		"exponent bomb": `1e1000000000`, "quoted bomb": `"1e1000000000"`, "tiny bomb": `1e-1000000000`,
		"too many digits": strings.Repeat("9", 49), "a megabyte of digits": strings.Repeat("9", 1<<20), "an object": `{}`,
	}
	for what, text := range bad {
		each(t, func(t *testing.T, name string, g guest) {
			d := g.gate()
			d.on(g.path, typed(g.kind, g.says(text, g.time), 200))
			s := g.source(t, d, noon)
			found, err := s.Quotes(t.Context(), []rates.Market{g.market, g.beside})
			if what == "a bare NaN" && name != "ecb" {
				require.ErrorIs(t, err, rates.ErrUnavailable, "not JSON at all")
				require.ErrorContains(t, err, name)
				return
			}
			require.NoError(t, err, what)
			require.NotEmpty(t, found)
			require.Contains(t, found[0].Price.Rejected, "not a number", what)
			require.False(t, found[0].Value.Valid())
			if g.beside.Coin != "" {
				require.Len(t, found, 2)
				require.Empty(t, found[1].Price.Rejected, what)
				require.True(t, found[1].Value.Valid())
			}
		})
	}
}

func TestAGuestsBadTimeSpoilsItsPrice(t *testing.T) {
	for _, text := range []string{`null`, `"NaN"`, `1e1000000000`, `-5`, `"yesterday"`, `99999999999999999`} {
		each(t, func(t *testing.T, name string, g guest) {
			if g.time == "" {
				return // it carries none
			}
			d := g.gate()
			d.on(g.path, typed(g.kind, g.says(g.text, text), 200))
			s := g.source(t, d, noon)
			if name == "ecb" { // the day is the whole file's
				_, err := s.Quotes(t.Context(), []rates.Market{g.market})
				require.ErrorContains(t, err, "ecb")
				require.ErrorIs(t, err, rates.ErrUnavailable)
				return
			}
			require.NotEmpty(t, one(t, s, g.market).Price.Rejected, text)
			require.Empty(t, one(t, s, g.beside).Price.Rejected, text)
		})
	}
}

func TestAGuestsFaultIsUnavailableNamesTheSourceAndPauses(t *testing.T) {
	page := "<html><body>Just a moment…</body></html>"
	for what, f := range map[string]struct {
		answer func(g guest) http.HandlerFunc
		says   string
		pause  time.Duration // at least
	}{
		"html":           {func(guest) http.HandlerFunc { return typed("text/html; charset=utf-8", page, 200) }, "content type", 5 * time.Second},
		"html as itself": {func(g guest) http.HandlerFunc { return typed(g.kind, page, 200) }, "not as documented", 5 * time.Second},
		"no type":        {func(g guest) http.HandlerFunc { return typed("", g.says(g.text, g.time), 200) }, "content type", 5 * time.Second},
		"null":           {func(g guest) http.HandlerFunc { return typed(g.kind, "null", 200) }, "not as documented", 5 * time.Second},
		"nothing":        {func(g guest) http.HandlerFunc { return typed(g.kind, "", 200) }, "not as documented", 5 * time.Second},
		"cut short": {func(g guest) http.HandlerFunc {
			return typed(g.kind, g.says(g.text, g.time)[:len(g.prices)/2], 200)
		}, "not as documented", 5 * time.Second},
		"too long": {func(g guest) http.HandlerFunc {
			return typed(g.kind, g.says(g.text, g.time)+strings.Repeat(" ", 4<<20), 200)
		}, "longer than", 5 * time.Second},
		"redirect": {func(guest) http.HandlerFunc { return status(302, "Location", "https://elsewhere.example/") }, "http status 302", 5 * time.Second},
		"500":      {func(guest) http.HandlerFunc { return status(500) }, "http status 500", 5 * time.Second},
		"429":      {func(guest) http.HandlerFunc { return status(429, "Retry-After", "90") }, "http status 429", 90 * time.Second},
		"418":      {func(guest) http.HandlerFunc { return status(418) }, "banned: http status 418", 2 * time.Minute},
		"a long 418": {func(guest) http.HandlerFunc { return status(418, "Retry-After", "200000") },
			"banned: http status 418", 200_000 * time.Second},
		"a year's 418": {func(guest) http.HandlerFunc { return status(418, "Retry-After", "31536000") }, "banned", 72 * time.Hour},
		"403":          {func(guest) http.HandlerFunc { return typed("text/html", page, 403) }, "http status 403", time.Hour},
		"451": {func(guest) http.HandlerFunc {
			return typed("application/json", `{"code":0,"msg":"Service unavailable from a restricted location"}`, 451)
		}, "http status 451", time.Hour},
	} {
		each(t, func(t *testing.T, name string, g guest) {
			d := g.gate()
			s := g.source(t, d, noon)
			ask := func() error { _, err := s.Quotes(t.Context(), []rates.Market{g.market}); return err }
			d.on(g.path, f.answer(g))
			err := ask()
			require.ErrorIs(t, err, rates.ErrUnavailable, what)
			require.ErrorContains(t, err, name, what)
			require.ErrorContains(t, err, f.says, what)
			d.on(g.path, typed(g.kind, g.says(g.text, g.time), 200))
			d.questions()

			pass(f.pause - time.Second)
			require.ErrorContains(t, ask(), "pausing", what)
			require.Empty(t, d.questions(), what)
			pass(f.pause/5 + 10*time.Minute) // also the slowest token
			found, err := s.Quotes(t.Context(), []rates.Market{g.market})
			require.NoError(t, err, what)
			require.Len(t, found, 1)
		})
	}
}

func TestAGuestDoesNoIOUntilItIsAskedForWhatItServes(t *testing.T) {
	each(t, func(t *testing.T, name string, g guest) {
		d := g.gate()
		s := g.source(t, d, noon)
		for _, m := range []rates.Market{{}, {Coin: "SOL", Quote: "JPY"}, {Coin: "USDT", Quote: "DAI"}, {Coin: "DAI", Quote: "USDT"}, {Coin: "EUR", Quote: "EUR"}} {
			if name == "okx" && m.Coin == "DAI" {
				continue
			}
			require.False(t, s.Serves(m), m)
			found, err := s.Quotes(t.Context(), []rates.Market{m})
			require.NoError(t, err)
			require.Empty(t, found)
			_, err = s.Candle(t.Context(), m, noon.Add(-time.Hour))
			require.ErrorIs(t, err, rates.ErrUnknownPair)
			require.ErrorContains(t, err, name)
		}
		require.Empty(t, d.questions())
	})
}

func TestATripwireHasNoCandlesAndIsNotAskedForThem(t *testing.T) {
	each(t, func(t *testing.T, name string, g guest) {
		if g.role == rates.RoleMember {
			return
		}
		d := g.gate()
		_, err := g.source(t, d, noon).Candle(t.Context(), g.market, noon.Add(-time.Hour))
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.ErrorContains(t, err, name+": candle: the source has no one-minute candles")
		require.Empty(t, d.questions())
	})
}

func TestATripwireAnswersFromWhatItWasToldUntilAskingIsOfUse(t *testing.T) {
	hold := map[string]time.Duration{"coingecko": 5 * time.Minute, "bitpay": time.Minute, "ecb": 5 * time.Minute}
	each(t, func(t *testing.T, name string, g guest) {
		if g.role == rates.RoleMember {
			return
		}
		d := g.gate()
		s := g.source(t, d, noon)
		first := one(t, s, g.market)
		require.Len(t, d.questions(), 1)
		pass(hold[name] - time.Second)
		require.Equal(t, first, one(t, s, g.market), "with the times of the question")
		require.Empty(t, d.questions())
		pass(time.Second)
		require.Equal(t, noon.Add(hold[name]), one(t, s, g.market).Price.FetchedAt)
		require.Len(t, d.questions(), 1)

		d.on(g.path, status(500))
		pass(hold[name])
		_, err := s.Quotes(t.Context(), []rates.Market{g.market})
		require.ErrorIs(t, err, rates.ErrUnavailable, "an older answer is not given instead")
	})
}

func TestAGuestRefusesABadBaseURL(t *testing.T) {
	for name, g := range guests {
		_, err := g.make(exchange.Options{BaseURL: "https://user:hunter2@host"})
		require.ErrorIs(t, err, exchange.ErrBadBaseURL, name)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestAGuestsMutatedAnswerIsNeverAWrongPrice(t *testing.T) {
	each(t, func(t *testing.T, name string, g guest) {
		refused := 0
		for _, m := range mutations(g.says(g.text, g.time)) {
			d := g.gate()
			d.on(g.path, typed(g.kind, m, 200))
			found, err := g.source(t, d, noon).Quotes(t.Context(), []rates.Market{g.market})
			switch {
			case err != nil:
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.ErrorContains(t, err, name)
				refused++
			case !found[0].Value.Valid():
				require.NotEmpty(t, found[0].Price.Rejected)
				refused++
			default:
				require.Equal(t, g.value, found[0].Value.String(), m)
			}
		}
		require.Positive(t, refused)
	})
}

func TestTheTableOfThePackageCommentIsWhatATripwireServes(t *testing.T) {
	each(t, func(t *testing.T, name string, g guest) {
		s := g.source(t, g.gate(), noon)
		var told, served []string
		for _, row := range documented(t, "venue in quotes", name) {
			for _, coin := range row[1:] {
				told = append(told, coin+"/"+row[0])
			}
		}
		for _, quote := range []string{"USD", "EUR", "USDT"} {
			for _, coin := range strings.Fields("BTC LTC DOGE ETH BNB USDC USDT DAI GUSD EUR SOL") {
				if m := (rates.Market{Coin: money.Coin(coin), Quote: quote}); s.Serves(m) && (coin != "SOL" || name != "okx") {
					served = append(served, m.String())
				}
			}
		}
		require.ElementsMatch(t, told, served)
		require.Equal(t, string(g.role), documented(t, "venue role a minute", name)[0][0])
	})
}

func TestAColdCrowdAsksATripwireOnce(t *testing.T) {
	each(t, func(t *testing.T, _ string, g guest) {
		d := g.gate()
		d.on(g.path, slow(d.answers[g.path]))
		s := g.source(t, d, noon)
		var crowd sync.WaitGroup
		for i := range 10_000 {
			crowd.Go(func() {
				markets := []rates.Market{g.market, g.beside}
				if found, err := s.Quotes(t.Context(), markets[:1+i%2]); err != nil || len(found) == 0 || !found[0].Value.Valid() {
					t.Error(found, err)
				}
			})
		}
		crowd.Wait()
		if g.role == rates.RoleTripwire {
			require.Len(t, d.questions(), 1, "whatever markets are asked for")
		}
	})
}
