package exchange_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

const okxList = `{"code":"0","msg":"","data":[
	{"instType":"SPOT","instId":"BTC-USDT","baseCcy":"BTC","quoteCcy":"USDT","state":"live"},
	{"instType":"SPOT","instId":"ETH-EUR","baseCcy":"ETH","quoteCcy":"EUR","state":"live"},
	{"instType":"SPOT","instId":"BTC-USD","baseCcy":"BTC","quoteCcy":"USD","state":"live"},
	{"instType":"SPOT","instId":"LTC-USDT","baseCcy":"LTC","quoteCcy":"USDT","state":"suspend"},
	{"instType":"SPOT","instId":"DAI-USDT","baseCcy":"DAI","quoteCcy":"USDT","state":"live"},
	{"instType":"SWAP","instId":"ETH-USDT-SWAP","baseCcy":"ETH","quoteCcy":"USDT","state":"live"}]}`

func TestOKXAsksForAllBooksInOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests["okx"]
		d := g.gate()
		s := g.source(t, d, noon)
		ltc, dai := rates.Market{Coin: "LTC", Quote: "USDT"}, rates.Market{Coin: "DAI", Quote: "USDT"}
		found, err := s.Quotes(t.Context(), []rates.Market{ethEUR, btcUSDT, ethUSDT, ltc, dai})
		require.NoError(t, err)
		require.Len(t, found, 4, "a swap is no spot book")
		require.Equal(t, "3000.5", found[0].Value.String())
		require.Equal(t, "64004", found[1].Price.Last.String())
		require.Equal(t, "closed: LTC-USDT is suspend", found[2].Price.Rejected)
		require.Equal(t, "absent: no row of DAI-USDT", found[3].Price.Rejected, "listed and gone: renamed")
		require.False(t, s.Serves(btcUSD), "its USD is not known to be dollars")
		require.Equal(t, []string{"/api/v5/public/instruments?instType=SPOT", "/api/v5/market/tickers?instType=SPOT"}, d.questions())
	})
}

func TestOKXSaysWhenABookIsYesterdays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests["okx"]
		d := g.gate()
		d.on(g.path, typed(g.kind, g.says(g.text, `"1795089600000"`), 200))
		q := one(t, g.source(t, d, noon), btcUSDT)
		require.Equal(t, noon.Add(-24*time.Hour), q.Price.SourceTime, "by which the composite refuses it")
	})
}

func TestOKXRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		code  int
		says  string
		whole bool // the venue pauses, not the endpoint
	}{
		"too fast":             {`{"code":"50011","msg":"Too Many Requests","data":[]}`, 200, "50011", true},
		"too fast with status": {`{"code":"50011","msg":"Too Many Requests"}`, 429, "http status 429", true},
		"unavailable":          {`{"code":"50001","msg":"Service temporarily unavailable","data":[]}`, 200, "50001", false},
		"no code":              {`{"data":[]}`, 200, "code is absent", false},
		"no data":              {`{"code":"0","msg":""}`, 200, "data is absent", false},
		"null data":            {`{"code":"0","msg":"","data":null}`, 200, "null", false},
		"a code that is 0":     {`{"code":0,"msg":"","data":[]}`, 200, "not as documented", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guests["okx"]
				d := g.gate()
				d.on(g.path, typed(g.kind, c.body, c.code))
				d.on("/api/v5/market/history-candles", typed(g.kind, okxRows(okxRow(6, "1", "1", "0"), okxRow(5, "64000", "2", "1")), 200))
				s := g.source(t, d, noon.Add(7*time.Minute))
				_, err := s.Quotes(t.Context(), []rates.Market{btcUSDT})
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.ErrorContains(t, err, "okx: /api/v5/market/tickers")
				require.ErrorContains(t, err, c.says)
				_, err = s.Candle(t.Context(), btcUSDT, noon.Add(5*time.Minute))
				if c.whole {
					require.ErrorContains(t, err, "pausing")
					return
				}
				require.NoError(t, err)
			})
		})
	}
}

// okxRow is a minute after noon.
func okxRow(minute int, price, volume, confirm string) string {
	return fmt.Sprintf(`["%d","1","%s","%s","%s","%s","1","1","%s"]`,
		noon.Add(time.Duration(minute)*time.Minute).UnixMilli(), price, price, price, volume, confirm)
}

func okxRows(rows ...string) string {
	return `{"code":"0","msg":"","data":[` + strings.Join(rows, ",") + `]}`
}

func TestOKXCandle(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		close string
		open  int
		says  string
	}{
		"the minute's close":             {okxRows(okxRow(6, "65000", "1", "1"), okxRow(5, "64000", "1", "1"), okxRow(4, "63000", "1", "1")), "64000", 5, ""},
		"an unfinished minute proves it": {okxRows(okxRow(6, "65000", "1", "0"), okxRow(5, "64000", "1", "1")), "64000", 5, ""},
		"a minute without trades":        {okxRows(okxRow(6, "65000", "1", "1"), okxRow(5, "7", "0", "1"), okxRow(4, "63000", "1", "1")), "63000", 4, ""},
		"not confirmed":                  {okxRows(okxRow(5, "64000", "1", "0"), okxRow(4, "63000", "1", "1")), "", 0, "proves it complete"},
		"an old one not confirmed":       {okxRows(okxRow(6, "65000", "1", "1"), okxRow(5, "64000", "1", "0")), "", 0, "with a later one"},
		"confirm of another kind":        {okxRows(okxRow(6, "65000", "1", "1"), okxRow(5, "64000", "1", "true")), "", 0, "confirm of a candle"},
		"nothing later":                  {okxRows(okxRow(5, "64000", "1", "1")), "", 0, "proves it complete"},
		"yesterday":                      {okxRows(okxRow(-1439, "1", "1", "1"), okxRow(-1440, "1", "1", "1")), "", 0, "no trade from"},
		"no rows":                        {okxRows(), "", 0, "no trade from"},
		"out of order":                   {okxRows(okxRow(6, "1", "1", "1"), okxRow(4, "1", "1", "1"), okxRow(5, "1", "1", "1")), "", 0, "not in order"},
		"NaN":                            {okxRows(okxRow(6, "1", "1", "1"), okxRow(5, "NaN", "1", "1")), "", 0, "not a number"},
		"bomb":                           {okxRows(okxRow(6, "1", "1", "1"), okxRow(5, "1e1000000000", "1", "1")), "", 0, "not a number"},
		"an index row":                   {`{"code":"0","msg":"","data":[["1795176300000","1","1","1","1","1"]]}`, "", 0, "confirm of a candle"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guests["okx"]
				d := g.gate()
				d.on("/api/v5/market/history-candles", typed(g.kind, c.body, 200))
				s := g.source(t, d, noon.Add(7*time.Minute))
				q, err := s.Candle(t.Context(), btcUSDT, noon.Add(5*time.Minute+30*time.Second))
				asked := d.questions()
				require.Contains(t, asked[len(asked)-1], "/api/v5/market/history-candles?after=")
				require.Contains(t, asked[len(asked)-1], "&bar=1m&instId=BTC-USDT&limit=100")
				if c.says != "" {
					require.ErrorIs(t, err, rates.ErrUnavailable)
					require.ErrorContains(t, err, "okx")
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

func TestOKXCandleOfAnUnknownInstrumentDisablesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guests["okx"]
		for _, code := range []int{200, 400} {
			d := g.gate()
			d.on("/api/v5/market/history-candles", typed(g.kind, `{"code":"51001","msg":"Instrument ID does not exist","data":[]}`, code))
			s := g.source(t, d, noon)
			_, err := s.Candle(t.Context(), btcUSDT, noon.Add(-time.Hour))
			require.ErrorIs(t, err, rates.ErrUnavailable)
			d.questions()
			_, err = s.Candle(t.Context(), btcUSDT, noon.Add(-time.Hour))
			require.ErrorContains(t, err, "disabled")
			require.Empty(t, d.questions())
		}
	})
}
