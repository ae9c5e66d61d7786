package exchange_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

func TestCandleIsTheCloseOfTheFinishedMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		k := kraken(t, s, noon.Add(5*time.Minute))
		got, err := k.Candle(t.Context(), btcUSD, noon.Add(-time.Minute+59*time.Second))
		require.NoError(t, err)
		require.Equal(t, "64011", got.Value.String())
		require.Equal(t, btcUSD, got.Market)
		require.True(t, got.Price.Last.Equal(got.Value))
		require.Equal(t, noon.Add(-time.Minute), got.Price.SourceTime)
		require.Equal(t, noon.Add(5*time.Minute), got.Price.FetchedAt)

		pass(time.Minute)
		again, err := k.Candle(t.Context(), btcUSD, noon.Add(-time.Minute))
		require.NoError(t, err)
		require.True(t, again.Value.Equal(got.Value), "asked twice, one answer")
	})
}

func TestCandleOfAMinuteWithoutTradesIsThePreviousCloseWithEvidence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, err := kraken(t, newStub(t), noon.Add(5*time.Minute)).Candle(t.Context(), btcUSD, noon.Add(90*time.Second))
		require.NoError(t, err)
		require.Equal(t, "64011", got.Value.String())
		require.Equal(t, noon.Add(-time.Minute), got.Price.SourceTime, "the minute whose close it is")
		require.Empty(t, got.Price.Rejected)
	})
}

// minutes is an OHLC answer of XBTUSD that opens at noon: a close for each
// minute, "" for one without trades, the last one unfinished.
func minutes(closes ...string) http.HandlerFunc {
	var rows []string
	for i, c := range closes {
		count := "3"
		if c == "" {
			c, count = `"7"`, "0"
		}
		at := strconv.FormatInt(noon.Unix()+int64(i)*60, 10)
		rows = append(rows, "["+strings.Join([]string{at, c, c, c, c, c, `"1"`, count}, ",")+"]")
	}
	return says(`{"error":[],"result":{"XXBTZUSD":[` + strings.Join(rows, ",") + `],"last":1}}`)
}

func TestCandleIsUnavailable(t *testing.T) {
	for name, c := range map[string]struct {
		now    time.Duration // since noon
		minute time.Duration
		answer http.HandlerFunc
		says   string
		asked  int
	}{
		"before it has settled":               {89 * time.Second, 0, nil, "has not settled", 0},
		"in the future":                       {0, time.Hour, nil, "has not settled", 0},
		"yesterday's answer":                  {24 * time.Hour, 24*time.Hour - 5*time.Minute, nil, "is not finished there", 2},
		"the venue's last row is unfinished":  {5 * time.Minute, 3 * time.Minute, nil, "is not finished there", 2},
		"no trade for four minutes":           {10 * time.Minute, 4 * time.Minute, minutes(`"5"`, "", "", "", "", `"5"`), "no trade from", 2},
		"only later trades":                   {10 * time.Minute, -time.Minute, minutes(`"5"`, `"5"`), "no trade from", 2},
		"no rows":                             {10 * time.Minute, 0, minutes(), "is not finished there", 2},
		"another pair's rows":                 {10 * time.Minute, 0, says(`{"error":[],"result":{"XETHZUSD":[],"last":1}}`), "no row of XBTUSD", 2},
		"two pairs' rows":                     {10 * time.Minute, 0, says(`{"error":[],"result":{"XXBTZUSD":[],"XETHZUSD":[],"last":1}}`), "cursor were expected", 2},
		"short row":                           {10 * time.Minute, 0, says(`{"error":[],"result":{"XXBTZUSD":[[1795176000,"1"]],"last":1}}`), "short row", 2},
		"close above its high":                {10 * time.Minute, 0, says(`{"error":[],"result":{"XXBTZUSD":[[1795176000,"1","2","1","3","1","1",1],[1795176060,"1","2","1","3","1","1",1]],"last":1}}`), "outside low and high", 2},
		"rows not in order":                   {10 * time.Minute, 0, says(`{"error":[],"result":{"XXBTZUSD":[[1795176060,"1","1","1","1","1","1",1],[1795176000,"1","1","1","1","1","1",1]],"last":1}}`), "not in order", 2},
		"a row within a minute":               {10 * time.Minute, 0, says(`{"error":[],"result":{"XXBTZUSD":[[1795176001,"1","1","1","1","1","1",1]],"last":1}}`), "time or count", 2},
		"null price":                          {10 * time.Minute, 0, minutes(`null`, `"5"`), "not a number", 2},
		"NaN":                                 {10 * time.Minute, 0, minutes(`"NaN"`, `"5"`), "not a number", 2},
		"zero":                                {10 * time.Minute, 0, minutes(`"0"`, `"5"`), "not a number", 2},
		"exponent bomb":                       {10 * time.Minute, 0, minutes(`1e1000000000`, `"5"`), "not a number", 2},
		"exponent bomb in a row not asked of": {10 * time.Minute, time.Minute, minutes(`"1e1000000000"`, `"5"`, `"5"`), "not a number", 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(t)
				if c.answer != nil {
					s.on("OHLC", c.answer)
				}
				_, err := kraken(t, s, noon.Add(c.now)).Candle(t.Context(), btcUSD, noon.Add(c.minute))
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.ErrorContains(t, err, "kraken")
				require.ErrorContains(t, err, c.says)
				require.Len(t, s.questions(), c.asked)
			})
		})
	}
}

func TestCandleCarriesACloseOverThreeMinutesAndThirtyForAStablecoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("OHLC", minutes(`"5"`, "", "", "", `"9"`))
		k := kraken(t, s, noon.Add(time.Hour))
		got, err := k.Candle(t.Context(), btcUSD, noon.Add(3*time.Minute))
		require.NoError(t, err)
		require.Equal(t, "5", got.Value.String())

		quiet := append([]string{`"1.001"`}, make([]string, 30)...)
		answer := minutes(append(quiet, `"1"`)...)
		s.on("OHLC", func(w http.ResponseWriter, r *http.Request) { answer(&renamed{w, "XXBTZUSD", "USDCUSD"}, r) })
		got, err = k.Candle(t.Context(), usdcUSD, noon.Add(30*time.Minute))
		require.NoError(t, err)
		require.Equal(t, "1.001", got.Value.String())
	})
}

// renamed replaces a pair's key in an answer.
type renamed struct {
	http.ResponseWriter
	from, to string
}

func (w *renamed) Write(b []byte) (int, error) {
	return w.ResponseWriter.Write([]byte(strings.ReplaceAll(string(b), w.from, w.to)))
}

func TestCandleOfAPairTheVenueForgotDisablesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub(t)
		s.on("OHLC", says(`{"error":["EQuery:Unknown asset pair"]}`))
		k := kraken(t, s, noon.Add(5*time.Minute))
		_, err := k.Candle(t.Context(), btcUSD, noon)
		require.ErrorIs(t, err, rates.ErrUnavailable)
		_, err = k.Candle(t.Context(), btcUSD, noon)
		require.ErrorContains(t, err, "disabled")
		require.Equal(t, []string{"AssetPairs", "OHLC XBTUSD"}, s.questions())
	})
}

func TestCandleReadsSinceInclusiveOrNot(t *testing.T) {
	for name, inclusive := range map[string]bool{"inclusive": true, "exclusive": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(t)
				s.on("OHLC", func(w http.ResponseWriter, r *http.Request) {
					since, _ := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64)
					var kept []string
					for i, c := range []string{`"5"`, "", "", "", `"9"`} {
						at := noon.Unix() + int64(i)*60
						if at < since || at == since && !inclusive {
							continue
						}
						count := "1"
						if c == "" {
							c, count = `"7"`, "0"
						}
						kept = append(kept, "["+strings.Join([]string{strconv.FormatInt(at, 10), c, c, c, c, c, `"1"`, count}, ",")+"]")
					}
					says(`{"error":[],"result":{"XXBTZUSD":[`+strings.Join(kept, ",")+`],"last":1}}`)(w, r)
				})
				got, err := kraken(t, s, noon.Add(time.Hour)).Candle(t.Context(), btcUSD, noon.Add(3*time.Minute))
				require.NoError(t, err)
				require.Equal(t, "5", got.Value.String())
			})
		})
	}
}
