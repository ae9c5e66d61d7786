package exchange_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

func TestCoinGeckoAsksOnceForAllCoinsById(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests["coingecko"]
		d := g.gate()
		s := g.source(t, d, noon)
		one(t, s, btcUSD)
		require.Equal(t, "0.8671", one(t, s, rates.Market{Coin: "GUSD", Quote: "EUR"}).Value.String())
		found, err := s.Quotes(t.Context(), []rates.Market{dogeUSD})
		require.NoError(t, err)
		require.Equal(t, "absent: no row of dogecoin", found[0].Price.Rejected)
		require.Equal(t, []string{"/api/v3/simple/price?ids=binancecoin,bitcoin,dai,dogecoin,ethereum,gemini-dollar,litecoin,tether,usd-coin" +
			"&include_last_updated_at=true&precision=full&vs_currencies=usd,eur"}, d.questions())
	})
}

func TestCoinGeckoIsRefusedTenMinutesAfterItsOwnTime(t *testing.T) {
	for at, says := range map[time.Time]string{
		noon.Add(10 * time.Minute):               "",
		noon.Add(10*time.Minute + time.Second):   "stale: 10m1s old by its own time, over 10m0s",
		noon.Add(24 * time.Hour):                 "stale: 24h0m0s old by its own time, over 10m0s",
		noon.Add(-time.Minute):                   "",
		noon.Add(-time.Minute - time.Second):     "ahead: 1m1s in the future",
		noon.Add(-time.Minute - time.Nanosecond): "ahead: 1m0s in the future",
	} {
		synctest.Test(t, func(t *testing.T) {
			g := guests["coingecko"]
			require.Equal(t, says, one(t, g.source(t, g.gate(), at), btcUSD).Price.Rejected)
		})
	}
}

func TestCoinGeckosAnswerGrowsOldWhileItIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests["coingecko"]
		s := g.source(t, g.gate(), noon.Add(8*time.Minute))
		require.Empty(t, one(t, s, btcUSD).Price.Rejected)
		pass(3 * time.Minute)
		require.Contains(t, one(t, s, btcUSD).Price.Rejected, "stale: 11m0s")
		require.Empty(t, one(t, s, gusdUSD).Price.Rejected, "GUSD has fifteen minutes")
	})
}

func TestADatedAnswerMayComeFromACacheAndAnUndatedMayNot(t *testing.T) {
	dated := map[string]bool{"coingecko": true, "ecb": true}
	each(t, func(t *testing.T, name string, g guest) {
		d := g.gate()
		fresh := d.answers[g.path]
		d.on(g.path, aged(fresh))
		_, err := g.source(t, d, noon).Quotes(t.Context(), []rates.Market{g.market})
		if dated[name] {
			require.NoError(t, err)
			return
		}
		require.ErrorContains(t, err, "a cache lies between")
	})
}

func TestCoinGeckosKeyIsSentToItAndWrittenNowhere(t *testing.T) {
	const secret = "CG-hunter2"
	each(t, func(t *testing.T, name string, g guest) {
		var log bytes.Buffer
		d := g.gate()
		d.on(g.path, status(500))
		o := exchange.Options{Transport: d, DemoKey: secret, Log: slog.New(slog.NewJSONHandler(&log, nil))}
		v, err := g.make(o)
		require.NoError(t, err)
		_, err = v.Quotes(t.Context(), []rates.Market{g.market})
		require.Error(t, err)
		require.NotEmpty(t, log.String())
		want := ""
		if name == "coingecko" {
			want = secret
		}
		require.Equal(t, want, d.header.Get("x-cg-demo-api-key"))
		o.Log.Info("options", "options", fmt.Sprintf("%v %+v %#v %s %q %x", o, o, o.DemoKey, o.DemoKey, o.DemoKey, o.DemoKey), "key", o.DemoKey)
		body, err := json.Marshal(o.DemoKey)
		require.NoError(t, err)
		require.NotContains(t, log.String()+string(body), "hunter2")
		require.NotContains(t, log.String(), fmt.Sprintf("%x", "hunter2"))
	})
}

func TestABadKeyIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, key := range []exchange.Key{"hunter2 ", "hunter2\r\nX: y", "hunter2ü", "a:hunter2"} {
		_, err := exchange.NewCoinGecko(exchange.Options{DemoKey: key})
		require.ErrorIs(t, err, exchange.ErrBadKey)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestBitPayIsAskedInItsSecondVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests["bitpay"]
		d := g.gate()
		s := g.source(t, d, noon)
		require.Equal(t, "55000.02", one(t, s, btcEUR).Value.String())
		require.Equal(t, "2.0.0", d.header.Get("X-Accept-Version"))
		require.Equal(t, []string{"/rates/BTC"}, d.questions())
		require.False(t, s.Serves(dogeUSD), "its DOGE row is dogecoins for a bitcoin")
	})
}

func TestTheECBsFridayHoldsOverALongWeekendAndNotForAWeek(t *testing.T) {
	friday := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for at, says := range map[time.Time]string{
		friday.Add(16 * time.Hour):                "",
		friday.Add(3*24*time.Hour + 9*time.Hour):  "", // Monday morning
		friday.Add(6 * 24 * time.Hour):            "",
		friday.Add(6*24*time.Hour + time.Second):  "stale: 144h0m1s old by its own time, over 144h0m0s",
		friday.Add(-time.Hour):                    "ahead: 1h0m0s in the future",
		friday.Add(-time.Minute - time.Second):    "ahead: 1m1s in the future",
		friday.Add(-time.Minute):                  "",
		friday.Add(2*24*time.Hour + 23*time.Hour): "", // Sunday night
		friday.Add(5*24*time.Hour + 15*time.Hour): "", // as from Maundy Thursday to the Tuesday after Easter
	} {
		synctest.Test(t, func(t *testing.T) {
			g := guests["ecb"]
			require.Equal(t, says, one(t, g.source(t, g.gate(), at), eurUSD).Price.Rejected, at)
		})
	}
}

func TestTheECBsFileMustBeOneDayWithOneDollar(t *testing.T) {
	envelope := func(in string) string {
		return `<e:Envelope xmlns:e="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">` + in + `</e:Envelope>`
	}
	day := func(in string) string { return `<Cube><Cube time="2026-11-20">` + in + `</Cube></Cube>` }
	dollar := `<Cube currency="USD" rate="1.15"/>`
	for name, body := range map[string]string{
		"another document":  `<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>`,
		"another namespace": `<Envelope>` + day(dollar) + `</Envelope>`,
		"no day":            envelope(`<Cube/>`),
		"two days":          envelope(`<Cube><Cube time="2026-11-20">` + dollar + `</Cube><Cube time="2026-11-19">` + dollar + `</Cube></Cube>`),
		"a day that is not": envelope(`<Cube><Cube time="2026-02-30">` + dollar + `</Cube></Cube>`),
		"no dollar":         envelope(day(`<Cube currency="GBP" rate="0.87"/>`)),
		"two dollars":       envelope(day(dollar + dollar)),
		"json":              `{"USD":1.15}`,
		"an entity of its own": `<!DOCTYPE e [<!ENTITY d "1.15">]>` +
			envelope(day(`<Cube currency="USD" rate="&d;"/>`)),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guests["ecb"]
				d := g.gate()
				d.on(g.path, typed(g.kind, body, 200))
				_, err := g.source(t, d, noon).Quotes(t.Context(), []rates.Market{eurUSD})
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.ErrorContains(t, err, "ecb: /stats/eurofxref/eurofxref-daily.xml: not as documented")
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		g := guests["ecb"]
		d := g.gate()
		d.on(g.path, typed("application/xml; charset=UTF-8", envelope(day(dollar)), 200))
		require.Equal(t, "1.15", one(t, g.source(t, d, noon), eurUSD).Value.String())
	})
}

// chart answers with samples of the given minutes after noon: "5m 0.999".
func chart(samples ...string) string {
	var rows []string
	for _, s := range samples {
		at, price, _ := strings.Cut(s, " ")
		d, err := time.ParseDuration(at)
		if err != nil {
			panic(err)
		}
		rows = append(rows, fmt.Sprintf("[%d,%s]", noon.Add(d).UnixMilli(), price))
	}
	return `{"prices":[` + strings.Join(rows, ",") + `],"market_caps":[],"total_volumes":[]}`
}

const gusdChart = "/api/v3/coins/gemini-dollar/market_chart/range"

func TestCoinGeckoHasTheLastSampleOfAStablecoinsMinute(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		close string
		at    time.Duration // after noon
		says  string
	}{
		"before the minute":             {chart("1m12s 0.998", "6m 0.997"), "0.998", 72 * time.Second, ""},
		"within the minute":             {chart("1m12s 0.998", "5m59.999s 0.997", "8m 0.996"), "0.997", 5*time.Minute + 59_999*time.Millisecond, ""},
		"none before":                   {chart("6m 0.998", "11m 0.998"), "", 0, "no sample from"},
		"over half an hour before":      {chart("-25m1s 0.998", "6m 0.998"), "", 0, "no sample from"},
		"none after":                    {chart("1m 0.998", "5m 0.998"), "", 0, "proves it complete"},
		"hourly":                        {chart("-20m 0.998", "40m 0.998"), "", 0, "are 1h0m0s apart"},
		"none":                          {chart(), "", 0, "proves it complete"},
		"not in order":                  {chart("5m 0.998", "1m 0.998"), "", 0, "not in order"},
		"null":                          {chart("1m null", "6m 0.998"), "", 0, "not a number"},
		"NaN":                           {chart(`1m "NaN"`, "6m 0.998"), "", 0, "not a number"},
		"bomb":                          {chart("1m 1e1000000000", "6m 0.998"), "", 0, "not a number"},
		"a sample of three":             {`{"prices":[[1795176000000,1,1]]}`, "", 0, "a time and a price"},
		"no prices":                     {`{"market_caps":[]}`, "", 0, "data is absent"},
		"a time after the year 9999":    {`{"prices":[[1795176000000000,1]]}`, "", 0, "year 9999"},
		"an instant that is no instant": {`{"prices":[[null,1]]}`, "", 0, "not a number"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guests["coingecko"]
				d := g.gate()
				d.on(gusdChart, typed(g.kind, c.body, 200))
				s := g.source(t, d, noon.Add(time.Hour))
				q, err := s.Candle(t.Context(), gusdUSD, noon.Add(5*time.Minute+10*time.Second))
				require.Equal(t, []string{gusdChart + "?from=1795093500&precision=full&to=1795179600&vs_currency=usd"}, d.questions())
				if c.says != "" {
					require.ErrorIs(t, err, rates.ErrUnavailable)
					require.ErrorContains(t, err, "coingecko")
					require.ErrorContains(t, err, c.says)
					return
				}
				require.NoError(t, err)
				require.Equal(t, c.close, q.Value.String())
				require.Equal(t, noon.Add(c.at), q.Price.SourceTime)
				require.Equal(t, "gemini-dollar", q.Price.Symbol)
			})
		})
	}
}

func TestCoinGeckosChartOfADayIsAskedOnceForAllItsMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests["coingecko"]
		d := g.gate()
		d.on(gusdChart, typed(g.kind, chart("0m 0.999", "5m 0.998", "10m 0.997", "15m 0.996"), 200))
		s := g.source(t, d, noon.Add(time.Hour))
		for minute, want := range []string{"0.999", "0.999", "0.999", "0.999", "0.999", "0.998", "0.998"} {
			q, err := s.Candle(t.Context(), gusdUSD, noon.Add(time.Duration(minute)*time.Minute))
			require.NoError(t, err)
			require.Equal(t, want, q.Value.String())
		}
		require.Len(t, d.questions(), 1)
		_, err := s.Candle(t.Context(), gusdUSD, noon.Add(-23*time.Hour))
		require.ErrorIs(t, err, rates.ErrUnavailable)
		require.ErrorContains(t, err, "over a day ago")
		require.Empty(t, d.questions())
	})
}
