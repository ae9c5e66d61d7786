package exchange_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

var dayAfter = noon.Add(24 * time.Hour)

func TestOldCandleComesFromTradesOfTheAskedMinuteInOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		got, err := kraken(t, s, dayAfter).Candle(t.Context(), btcUSD, noon)
		require.NoError(t, err)
		require.Equal(t, "64002", got.Value.String(), "the trade at 59.9999 s, not the one at 60 s")
		require.Equal(t, noon, got.Price.SourceTime)
		require.Equal(t, []string{"AssetPairs", "Trades XBTUSD"}, s.questions())
	})
}

// tape answers Trades from a list of trades, a page at a time, as an inclusive
// or exclusive venue.
type tape struct {
	at        []time.Duration // since noon; the price is 1 + the index
	page      int
	inclusive bool
}

func (v tape) serve(w http.ResponseWriter, r *http.Request) {
	since, _ := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64)
	last, rows := since, []string{}
	for i, d := range v.at {
		at := noon.Add(d)
		if ns := at.UnixNano(); ns > since || ns == since && v.inclusive {
			rows = append(rows, fmt.Sprintf(`["%d","1",%d.%09d,"b","m","",%d]`, i+1, at.Unix(), at.Nanosecond(), i))
			last = ns
		}
		if len(rows) == v.page {
			break
		}
	}
	says(fmt.Sprintf(`{"error":[],"result":{"XXBTZUSD":[%s],"last":"%d"}}`, strings.Join(rows, ","), last))(w, r)
}

func TestTradesArePagedWhetherSinceIsInclusiveOrNot(t *testing.T) {
	s := time.Second
	for _, c := range []struct {
		name  string
		tape  []time.Duration
		want  string // "" is unavailable
		pages [2]int // exclusive, inclusive
	}{
		{"several pages of the minute", []time.Duration{-5 * s, s, 2 * s, 3 * s, 59 * s, 60 * s}, "5", [2]int{3, 4}},
		{"a trade at the minute's opening", []time.Duration{-s, 0, 61 * s}, "2", [2]int{1, 1}},
		{"none in the minute, one before", []time.Duration{-180 * s, -100 * s, 60 * s, 61 * s}, "2", [2]int{3, 4}},
		{"the earliest instant that counts", []time.Duration{-180 * s, 60 * s}, "1", [2]int{2, 2}},
		{"one too long before", []time.Duration{-181 * s, 60 * s}, "", [2]int{2, 2}},
		{"nothing after proves the minute complete", []time.Duration{s, 2 * s}, "", [2]int{2, 2}},
	} {
		for i, kind := range []string{"exclusive", "inclusive"} {
			t.Run(c.name+" "+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					stub := newStub(t)
					stub.on("Trades", tape{c.tape, 2, i == 1}.serve)
					got, err := kraken(t, stub, dayAfter).Candle(t.Context(), btcUSD, noon)
					if c.want == "" {
						require.ErrorIs(t, err, rates.ErrUnavailable)
					} else {
						require.NoError(t, err)
						require.Equal(t, c.want, got.Value.String())
						require.True(t, strings.HasPrefix(c.name, "none") || strings.HasPrefix(c.name, "the earliest") || got.Price.SourceTime.Equal(noon))
					}
					require.LessOrEqual(t, len(stub.questions())-1, c.pages[i])
				})
			})
		}
	}
}

func TestACloseFromBeforeTheMinuteSaysSoInTheEvidence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("Trades", tape{[]time.Duration{-100 * time.Second, time.Hour}, 1000, false}.serve)
		got, err := kraken(t, s, dayAfter).Candle(t.Context(), btcUSD, noon)
		require.NoError(t, err)
		require.Equal(t, noon.Add(-2*time.Minute), got.Price.SourceTime)
	})
}

func TestTradesEndAfterABoundedNumberOfPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		var busy []time.Duration
		for i := range 100 {
			busy = append(busy, time.Duration(i)*time.Millisecond)
		}
		s.on("Trades", tape{busy, 2, false}.serve)
		_, err := kraken(t, s, dayAfter).Candle(t.Context(), btcUSD, noon)
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.ErrorContains(t, err, "over 30 pages")
		require.Len(t, s.questions(), 1+30)
	})
}

func TestTheVenuesCandlesServeUntilTheirDepthEnds(t *testing.T) {
	for age, want := range map[time.Duration]string{
		700 * time.Minute: "OHLC XBTUSD",
		707 * time.Minute: "Trades XBTUSD", // with three minutes to look back
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStub(t)
			_, err := kraken(t, s, noon.Add(age)).Candle(t.Context(), btcUSD, noon)
			require.NoError(t, err)
			require.Equal(t, []string{"AssetPairs", want}, s.questions())
		})
	}
}

func TestTradesOutsideTheRulesAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ rows, last, says string }{
		"no cursor":           {`["1","1",1795176001]`, `""`, "cursor"},
		"numeric cursor":      {`["1","1",1795176001]`, `1`, "cursor"},
		"wild cursor":         {`["1","1",1795176001]`, `"1&pair=X"`, "cursor"},
		"not in order":        {`["1","1",1795176002],["1","1",1795176001]`, `"1"`, "not in order"},
		"zero price":          {`["0","1",1795176001]`, `"1"`, "not a number"},
		"null price":          {`[null,"1",1795176001]`, `"1"`, "not a number"},
		"NaN":                 {`["NaN","1",1795176001]`, `"1"`, "not a number"},
		"exponent bomb":       {`["1e1000000000","1",1795176001]`, `"1"`, "not a number"},
		"time bomb":           {`["1","1",1e1000000000]`, `"1"`, "time of a trade"},
		"time after all":      {`["1","1",253402300800]`, `"1"`, "time of a trade"},
		"time missing":        {`["1","1"]`, `"1"`, "short row"},
		"row is not a list":   {`{"price":"1"}`, `"1"`, "not as documented"},
		"cursor stands still": {`["1","1",1795176001]`, `"1795175999999999999"`, "no trade since"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(t)
				s.on("Trades", says(`{"error":[],"result":{"XXBTZUSD":[`+c.rows+`],"last":`+c.last+`}}`))
				_, err := kraken(t, s, dayAfter).Candle(t.Context(), btcUSD, noon)
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.ErrorContains(t, err, "kraken: /0/public/Trades")
				require.ErrorContains(t, err, c.says)
			})
		})
	}
}
