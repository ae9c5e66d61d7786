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

const binanceInfo = `{"timezone":"UTC","symbols":[
	{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","isSpotTradingAllowed":true},
	{"symbol":"ETHUSDT","status":"TRADING","baseAsset":"ETH","quoteAsset":"USDT"},
	{"symbol":"LTCUSDT","status":"BREAK","baseAsset":"LTC","quoteAsset":"USDT","isSpotTradingAllowed":true},
	{"symbol":"EURUSDT","status":"TRADING","baseAsset":"EUR","quoteAsset":"USDT","isSpotTradingAllowed":true},
	{"symbol":"BNBUSDT","status":"TRADING","baseAsset":"BNB","quoteAsset":"USDT","isSpotTradingAllowed":false},
	{"symbol":"DOGEUSDT","status":"TRADING","baseAsset":"DOGE","quoteAsset":"USDT"},
	{"symbol":"DOGEUSDT2","status":"TRADING","baseAsset":"DOGE","quoteAsset":"USDT"}]}`

const binanceUnknown = `{"code":-1121,"msg":"Invalid symbol."}`

func TestBinanceAsksForItsSymbolsAndForAllBooksInOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests["binance"]
		d := g.gate()
		s := g.source(t, d, noon)
		doge := rates.Market{Coin: "DOGE", Quote: "USDT"}
		ltc := rates.Market{Coin: "LTC", Quote: "USDT"}
		bnb := rates.Market{Coin: "BNB", Quote: "USDT"}
		found, err := s.Quotes(t.Context(), []rates.Market{ethUSDT, btcUSDT, doge, ltc, bnb})
		require.NoError(t, err)
		require.Len(t, found, 4, "a symbol listed twice is ambiguous")
		require.Equal(t, "3000.5", found[0].Value.String())
		require.Equal(t, "64005", found[1].Value.String())
		require.False(t, found[1].Price.Last.Valid(), "the venue says none")
		require.Equal(t, "closed: LTCUSDT is BREAK", found[2].Price.Rejected)
		require.Equal(t, "closed: BNBUSDT is not a spot market", found[3].Price.Rejected)
		require.Equal(t, []string{
			`/api/v3/exchangeInfo?symbols=["BNBEUR","BNBUSDT","BTCEUR","BTCUSDT","DOGEEUR","DOGEUSDT","ETHEUR","ETHUSDT","EURUSDT","LTCEUR","LTCUSDT","USDCUSDT"]`,
			`/api/v3/ticker/bookTicker?symbols=["BTCUSDT","ETHUSDT"]`,
		}, d.questions())
	})
}

func TestBinanceListsTheRestWhenOneSymbolIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests["binance"]
		d := g.gate()
		d.on("/api/v3/exchangeInfo", func(w http.ResponseWriter, r *http.Request) {
			answer := typed(g.kind, binanceUnknown, 400)
			if r.URL.Query().Get("symbols") == `["BTCUSDT"]` {
				answer = typed(g.kind, `{"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT"}]}`, 200)
			}
			answer(w, r)
		})
		s := g.source(t, d, noon)
		start := time.Now()
		require.Equal(t, "64005", one(t, s, btcUSDT).Value.String())
		require.Len(t, d.questions(), 1+12+1, "singly once, then the book")
		require.GreaterOrEqual(t, time.Since(start), 11*400*time.Millisecond, "at half of the limit")
		found, err := s.Quotes(t.Context(), []rates.Market{ethUSDT})
		require.NoError(t, err)
		require.Empty(t, found)
		require.Empty(t, d.questions())
	})
}

func TestBinanceDisablesARenamedSymbolAndListsAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests["binance"]
		d := g.gate()
		s := g.source(t, d, noon)
		one(t, s, btcUSDT)
		d.on(g.path, func(w http.ResponseWriter, r *http.Request) {
			answer := typed(g.kind, g.says(g.text, ""), 200)
			if strings.Contains(r.URL.RawQuery, "ETHUSDT") {
				answer = typed(g.kind, binanceUnknown, 400)
			}
			answer(w, r)
		})
		d.questions()
		both := []rates.Market{ethUSDT, btcUSDT}
		found, err := s.Quotes(t.Context(), both)
		require.NoError(t, err)
		require.Contains(t, found[0].Price.Rejected, "ETHUSDT is disabled")
		require.Empty(t, found[1].Price.Rejected)
		require.Len(t, d.questions(), 3, "together, then each singly")
		found, err = s.Quotes(t.Context(), both)
		require.NoError(t, err)
		require.Contains(t, found[0].Price.Rejected, "disabled")
		require.Equal(t, []string{`/api/v3/ticker/bookTicker?symbols=["BTCUSDT"]`}, d.questions())
		pass(5 * time.Minute)
		d.on("/api/v3/exchangeInfo", typed(g.kind, strings.ReplaceAll(binanceInfo, "ETHUSDT", "ETHNEW"), 200))
		d.on(g.path, typed(g.kind, strings.ReplaceAll(g.says(g.text, ""), "ETHUSDT", "ETHNEW"), 200))
		require.Equal(t, "ETHNEW", one(t, s, ethUSDT).Price.Symbol)
	})
}

func TestASymbolToldTwiceHasNoPrice(t *testing.T) {
	for name, twice := range map[string]string{"binance": `{"symbol":"BTCUSDT","bidPrice":"1","askPrice":"1"},`,
		"okx":    `{"instId":"BTC-USDT","last":"1","askPx":"1","bidPx":"1","ts":"1795176000000"},`,
		"bitpay": `{"code":"USD","rate":1},`} {
		synctest.Test(t, func(t *testing.T) {
			g := guests[name]
			d := g.gate()
			d.on(g.path, typed(g.kind, strings.Replace(g.says(g.text, g.time), "[", "["+twice, 1), 200))
			s := g.source(t, d, noon)
			require.NotEmpty(t, one(t, s, g.market).Price.Rejected, name)
			require.Empty(t, one(t, s, g.beside).Price.Rejected, name)
		})
	}
}

// kline is a minute after noon; no volume means no trade.
func kline(minute int, high, low, closing, volume string) string {
	return fmt.Sprintf(`[%d,"1",%s,%s,%s,%s,%d,"1",1,"1","1","0"]`,
		noon.Add(time.Duration(minute)*time.Minute).UnixMilli(), high, low, closing, volume,
		noon.Add(time.Duration(minute+1)*time.Minute).UnixMilli()-1)
}

func klines(rows ...string) string { return "[" + strings.Join(rows, ",") + "]" }

func TestBinanceCandle(t *testing.T) {
	traded := func(minute int, price string) string { return kline(minute, price, price, price, `"1.5"`) }
	quiet := func(minute int, price string) string { return kline(minute, price, price, price, `"0.00000000"`) }
	for name, c := range map[string]struct {
		rows  string
		close string
		open  int    // minute of the close
		says  string // or why there is none
	}{
		"the minute's close":         {klines(traded(4, `"63000"`), traded(5, `"64000"`), traded(6, `"65000"`)), "64000", 5, ""},
		"a minute without trades":    {klines(traded(4, `"63000"`), quiet(5, `"7"`), quiet(6, `"7"`)), "63000", 4, ""},
		"three minutes without":      {klines(traded(1, `"63000"`), quiet(2, `"7"`), quiet(5, `"7"`), traded(6, `"7"`)), "", 0, "no trade from"},
		"nothing later":              {klines(traded(5, `"64000"`)), "", 0, "proves it complete"},
		"yesterday":                  {klines(traded(-1440, `"63000"`), traded(-1439, `"63000"`)), "", 0, "no trade from"},
		"no rows":                    {klines(), "", 0, "no trade from"},
		"out of order":               {klines(traded(6, `"1"`), traded(4, `"1"`), traded(5, `"1"`)), "", 0, "not in order"},
		"close above high":           {klines(kline(5, `"2"`, `"1"`, `"3"`, `"1"`), traded(6, `"1"`)), "", 0, "outside low and high"},
		"close below low":            {klines(kline(5, `"4"`, `"3.5"`, `"3"`, `"1"`), traded(6, `"1"`)), "", 0, "outside low and high"},
		"null close":                 {klines(kline(5, `"2"`, `"1"`, `null`, `"1"`), traded(6, `"1"`)), "", 0, "not a number"},
		"NaN":                        {klines(traded(5, `"NaN"`), traded(6, `"1"`)), "", 0, "not a number"},
		"bomb":                       {klines(traded(5, `1e1000000000`), traded(6, `"1"`)), "", 0, "not a number"},
		"short row":                  {`[[1795176300000,"1"]]`, "", 0, "short row"},
		"opens within a minute":      {`[[1795176300001,"1","1","1","1","1"],[1795176360000,"1","1","1","1","1"]]`, "", 0, "within a minute"},
		"null":                       {`null`, "", 0, "not as documented"},
		"an object instead of a row": {`[{}]`, "", 0, "not as documented"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guests["binance"]
				d := g.gate()
				d.on("/api/v3/klines", typed(g.kind, c.rows, 200))
				s := g.source(t, d, noon.Add(7*time.Minute))
				q, err := s.Candle(t.Context(), btcUSDT, noon.Add(5*time.Minute+30*time.Second))
				asked := d.questions()
				require.Equal(t, `/api/v3/klines?endTime=1795176420000&interval=1m&limit=1000&startTime=1795176120000&symbol=BTCUSDT`, asked[len(asked)-1])
				if c.says != "" {
					require.ErrorIs(t, err, rates.ErrUnavailable)
					require.ErrorContains(t, err, "binance")
					require.ErrorContains(t, err, c.says)
					return
				}
				require.NoError(t, err)
				require.Equal(t, c.close, q.Value.String())
				require.Equal(t, noon.Add(time.Duration(c.open)*time.Minute), q.Price.SourceTime)
			})
		})
	}
}
