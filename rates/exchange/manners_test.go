package exchange_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

func TestNoVenueIsAskedOverHalfOfWhatItAllows(t *testing.T) {
	for _, h := range houses() {
		t.Run(h.name, func(t *testing.T) {
			half, err := strconv.Atoi(documented(t, "venue role a minute", h.name)[0][1])
			require.NoError(t, err)
			synctest.Test(t, func(t *testing.T) {
				s, d := h.open(t)
				for start := time.Now(); time.Since(start) < 10*time.Minute; {
					_, err := s.Quotes(t.Context(), []rates.Market{h.market, h.other})
					require.NoError(t, err)
				}
				asked := len(d.questions())
				require.LessOrEqual(t, asked, 10*half+12, "ten minutes, a burst and a round")
				require.Greater(t, asked, 9*half, "the limit is what held it back")
			})
		})
	}
}

func TestOneMarketsFailureLeavesTheOthersOfAVenueAskedSingly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := coinbaseHouse()
		s, d := h.open(t)
		good := d.on["book"]
		d.answers("book", func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "ETH-USD") {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			good(w, r)
		})
		found, err := s.Quotes(t.Context(), []rates.Market{ethUSD, btcUSD})
		require.NoError(t, err)
		require.Contains(t, found[0].Price.Rejected, "coinbase: /products/{symbol}/ticker: http status 500")
		require.Equal(t, "64005", found[1].Value.String())
	})
}

func TestALimitNamedInABodyPausesTheWholeVenueForAsLongAsItSays(t *testing.T) {
	for name, c := range map[string]struct {
		house  *house
		status int
		body   string
	}{
		"bitstamp": {bitstampHouse(), 400, `{"status":"error","reason":"x","code":"400.002"}`},
		"gemini":   {geminiHouse(), 400, `{"result":"error","reason":"RateLimit","message":"x"}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, d := c.house.open(t)
				answer := failing(c.status, c.body)
				d.answers("book", func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Retry-After", "60")
					answer(w, r)
				})
				if name == "gemini" { // its list has no refusals of its own
					_, err := c.house.ask(t, s)
					require.ErrorContains(t, err, "RateLimit")
				} else {
					_, err := c.house.ask(t, s)
					require.ErrorContains(t, err, "400.002")
				}
				pass(59 * time.Second)
				d.questions()
				_, err := c.house.candle(t, s, 5*time.Minute)
				require.ErrorContains(t, err, "pausing")
				require.Empty(t, d.questions())
				pass(2 * time.Second)
				_, err = c.house.candle(t, s, 5*time.Minute)
				require.NoError(t, err)
			})
		})
	}
}

func TestTheTableOfThePackageCommentIsWhatIsServed(t *testing.T) {
	for _, h := range houses() {
		s, err := h.make(exchange.Options{})
		require.NoError(t, err)
		var told, served []string
		for _, row := range documented(t, "venue in quotes", h.name) {
			for _, coin := range row[1:] {
				told = append(told, coin+"/"+row[0])
			}
		}
		for _, quote := range []string{"USD", "EUR", "USDT"} {
			for _, coin := range strings.Fields("BTC LTC DOGE ETH BNB USDC USDT DAI GUSD EUR") {
				if m := (rates.Market{Coin: money.Coin(coin), Quote: quote}); s.Serves(m) {
					served = append(served, m.String())
				}
			}
		}
		require.ElementsMatch(t, told, served, h.name)
		require.Equal(t, string(s.Role()), documented(t, "venue role a minute", h.name)[0][0])
	}
}

// documented returns a venue's rows of a table of the package comment, without
// its name.
func documented(t *testing.T, header, venue string) [][]string {
	t.Helper()
	_, table, ok := strings.Cut(strings.Join(strings.Fields(strings.ReplaceAll(read(t, "doc.go"), "\n", " \x00 ")), " "), "// "+header)
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\x00 // \x00")
	var out [][]string
	for line := range strings.SplitSeq(table, "\x00") {
		if f := strings.Fields(line); len(f) > 2 && f[1] == venue {
			out = append(out, f[2:])
		}
	}
	require.NotEmpty(t, out, "%s in the table of %s", venue, header)
	return out
}
