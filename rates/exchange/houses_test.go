package exchange_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

// houses are the venues that sourceSuite judges.
func houses() []*house {
	return []*house{krakenHouse(), coinbaseHouse(), bitstampHouse(), geminiHouse(), binanceHouse(), okxHouse()}
}

func TestEverySource(t *testing.T) {
	for _, h := range houses() {
		t.Run(h.name, func(t *testing.T) { sourceSuite(t, h) })
	}
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func krakenHouse() *house {
	name := func(m rates.Market) string {
		return strings.NewReplacer("BTC", "XBT", "DOGE", "XDG").Replace(coins(m, ""))
	}
	return &house{
		name: "kraken", market: btcUSD, other: ethUSD, symbol: "XBTUSD", named: true, closed: "cancel_only",
		make: exchange.NewKraken,
		question: func(path string) string {
			return map[string]string{"AssetPairs": "list", "Ticker": "book", "OHLC": "past", "Trades": "past"}[path[strings.LastIndex(path, "/")+1:]]
		},
		list: func(rows ...row) string {
			var out []string
			for i, r := range rows {
				out = append(out, fmt.Sprintf(`"X%d%s":{"altname":"%s","wsname":"%s","aclass_base":"currency","aclass_quote":"currency","status":%q}`,
					i, name(r.market), name(r.market), strings.Replace(coins(r.market, "/"), "BTC", "XBT", 1), or(r.status, "online")))
			}
			return `{"error":[],"result":{` + strings.Join(out, ",") + `}}`
		},
		books: func(_ time.Time, rows ...quoted) string {
			var out []string
			for _, r := range rows {
				out = append(out, fmt.Sprintf(`%q:{"a":[%s,"1"],"b":[%s,"1"],"c":[%s,"1"]}`, name(r.market), r.ask, r.bid, r.last))
			}
			return `{"error":[],"result":{` + strings.Join(out, ",") + `}}`
		},
		past: func(m rates.Market, now time.Time, minutes ...minute) string {
			minutes = append(minutes, minute{now, ""})
			rows := joined(minutes, func(x minute) string {
				count := "3"
				if x.close == "" {
					count = "0"
				}
				c := or(x.close, "7")
				return fmt.Sprintf(`[%d,%s,%s,%s,%s,"1","1",%s]`, x.open.Unix(), c, c, c, c, count)
			})
			return fmt.Sprintf(`{"error":[],"result":{%q:%s,"last":1}}`, name(m), rows)
		},
		unknown: says(`{"error":["EQuery:Unknown asset pair"]}`),
	}
}

func coinbaseHouse() *house {
	return &house{
		name: "coinbase", market: btcUSD, other: ethUSD, symbol: "BTC-USD", singly: true, timed: true, closed: "delisted",
		make: exchange.NewCoinbase,
		question: func(path string) string {
			switch {
			case strings.HasSuffix(path, "/ticker"):
				return "book"
			case strings.HasSuffix(path, "/candles"):
				return "past"
			}
			return "list"
		},
		list: func(rows ...row) string {
			return joined(rows, func(r row) string {
				return fmt.Sprintf(`{"id":"%s","base_currency":%q,"quote_currency":%q,"status":%q,"trading_disabled":false,"cancel_only":false,"post_only":false,"auction_mode":false}`,
					coins(r.market, "-"), r.market.Coin, r.market.Quote, or(r.status, "online"))
			})
		},
		books: func(at time.Time, rows ...quoted) string {
			r := rows[0]
			return fmt.Sprintf(`{"ask":%s,"bid":%s,"volume":"5321.1","trade_id":9,"price":%s,"size":"0.1","time":%q}`, r.ask, r.bid, r.last, at.Format(time.RFC3339Nano))
		},
		past: func(_ rates.Market, now time.Time, minutes ...minute) string {
			minutes = slices.DeleteFunc(append(slices.Clone(minutes), minute{now, "64033"}), func(x minute) bool { return x.close == "" })
			slices.Reverse(minutes)
			return joined(minutes, func(x minute) string {
				return fmt.Sprintf(`[%d,%s,%s,%s,%s,0.5]`, x.open.Unix(), x.close, x.close, x.close, x.close)
			})
		},
		unknown: failing(404, `{"message":"NotFound"}`),
	}
}

func bitstampHouse() *house {
	return &house{
		name: "bitstamp", market: btcUSD, other: ethUSD, symbol: "btcusd", named: true, timed: true, closed: "Disabled",
		make: exchange.NewBitstamp,
		question: func(path string) string {
			switch {
			case strings.HasSuffix(path, "/ticker/"):
				return "book"
			case strings.Contains(path, "/ohlc/") && strings.HasSuffix(path, "/"):
				return "past"
			case strings.HasSuffix(path, "/trading-pairs-info/"):
				return "list"
			}
			return "nothing"
		},
		list: func(rows ...row) string {
			return joined(rows, func(r row) string {
				return fmt.Sprintf(`{"name":%q,"url_symbol":"%s","trading":%q}`, coins(r.market, "/"), strings.ToLower(coins(r.market, "")), or(r.status, "Enabled"))
			})
		},
		books: func(at time.Time, rows ...quoted) string {
			return joined(rows, func(r quoted) string {
				return fmt.Sprintf(`{"timestamp":"%d","last":%s,"bid":%s,"ask":%s,"side":"0","pair":%q}`, at.Unix(), r.last, r.bid, r.ask, coins(r.market, "/"))
			})
		},
		past: func(m rates.Market, now time.Time, minutes ...minute) string {
			rows := joined(append(slices.Clone(minutes), minute{now, "64033"}), func(x minute) string {
				volume := "0.5"
				if x.close == "" {
					volume = "0.00000000"
				}
				c := or(x.close, "7")
				return fmt.Sprintf(`{"timestamp":"%d","open":%s,"high":%s,"low":%s,"close":%s,"volume":%q}`, x.open.Unix(), c, c, c, c, volume)
			})
			return fmt.Sprintf(`{"data":{"pair":%q,"ohlc":%s}}`, coins(m, "/"), rows)
		},
	}
}

func geminiHouse() *house {
	return &house{
		name: "gemini", market: btcUSD, other: ethUSD, symbol: "BTCUSD", named: true, singly: true, timed: true, closed: "closed",
		make: exchange.NewGemini,
		question: func(path string) string {
			switch {
			case strings.HasPrefix(path, "/v1/pubticker/"):
				return "book"
			case strings.HasPrefix(path, "/v2/candles/") && strings.HasSuffix(path, "/1m"):
				return "past"
			case path == "/v1/symbols/details/all":
				return "list"
			}
			return "nothing"
		},
		list: func(rows ...row) string {
			return joined(rows, func(r row) string {
				return fmt.Sprintf(`{"symbol":"%s","base_currency":%q,"quote_currency":%q,"status":%q,"product_type":"spot","tick_size":0.01}`,
					coins(r.market, ""), r.market.Coin, r.market.Quote, or(r.status, "open"))
			})
		},
		books: func(at time.Time, rows ...quoted) string {
			r := rows[0]
			return fmt.Sprintf(`{"bid":%s,"ask":%s,"last":%s,"volume":{%q:"210.5",%q:"17100000.25","timestamp":%d}}`, r.bid, r.ask, r.last, r.market.Coin, r.market.Quote, at.UnixMilli())
		},
		past: func(_ rates.Market, now time.Time, minutes ...minute) string {
			minutes = append(slices.Clone(minutes), minute{now, "64033"})
			slices.Reverse(minutes)
			return joined(minutes, func(x minute) string {
				volume := "0.5"
				if x.close == "" {
					volume = "0"
				}
				c := or(x.close, "7")
				return fmt.Sprintf(`[%d,%s,%s,%s,%s,%s]`, x.open.UnixMilli(), c, c, c, c, volume)
			})
		},
		unknown: failing(400, `{"result":"error","reason":"Bad Request","message":"Supplied value 'bla' is not a valid symbol."}`),
	}
}
