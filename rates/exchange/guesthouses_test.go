package exchange_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

func binanceHouse() *house {
	return &house{
		name: "binance", market: btcUSDT, other: ethUSDT, symbol: "BTCUSDT", closed: "BREAK", lastless: true,
		stable: rates.Market{Coin: "USDC", Quote: "USDT"},
		make:   exchange.NewBinance,
		question: func(path string) string {
			return map[string]string{"/api/v3/exchangeInfo": "list", "/api/v3/ticker/bookTicker": "book", "/api/v3/klines": "past"}[path]
		},
		list: func(rows ...row) string {
			return `{"timezone":"UTC","symbols":` + joined(rows, func(r row) string {
				return fmt.Sprintf(`{"symbol":"%s","status":%q,"baseAsset":%q,"quoteAsset":%q,"isSpotTradingAllowed":true}`,
					coins(r.market, ""), or(r.status, "TRADING"), r.market.Coin, r.market.Quote)
			}) + `}`
		},
		books: func(_ time.Time, rows ...quoted) string {
			return joined(rows, func(r quoted) string {
				return fmt.Sprintf(`{"symbol":"%s","bidPrice":%s,"bidQty":"1.2","askPrice":%s,"askQty":"0.8"}`, coins(r.market, ""), r.bid, r.ask)
			})
		},
		past: func(_ rates.Market, now time.Time, minutes ...minute) string {
			return joined(append(slices.Clone(minutes), minute{now, "64033"}), func(x minute) string {
				volume, c := "0.5", or(x.close, "7")
				if x.close == "" {
					volume = "0.00000000"
				}
				return fmt.Sprintf(`[%d,%s,%s,%s,%s,%q,%d,"1",3,"1","1","0"]`, x.open.UnixMilli(), c, c, c, c, volume, x.open.UnixMilli()+59_999)
			})
		},
		unknown: failing(400, binanceUnknown),
	}
}

func okxHouse() *house {
	envelope := func(rows string) string { return `{"code":"0","msg":"","data":` + rows + `}` }
	return &house{
		name: "okx", market: btcUSDT, other: ethUSDT, symbol: "BTC-USDT", timed: true, closed: "suspend",
		stable: rates.Market{Coin: "USDC", Quote: "USDT"},
		make:   exchange.NewOKX,
		question: func(path string) string {
			return map[string]string{"/api/v5/public/instruments": "list", "/api/v5/market/tickers": "book",
				"/api/v5/market/history-candles": "past"}[path]
		},
		list: func(rows ...row) string {
			return envelope(joined(rows, func(r row) string {
				return fmt.Sprintf(`{"instType":"SPOT","instId":"%s","baseCcy":%q,"quoteCcy":%q,"state":%q}`,
					coins(r.market, "-"), r.market.Coin, r.market.Quote, or(r.status, "live"))
			}))
		},
		books: func(at time.Time, rows ...quoted) string {
			return envelope(joined(rows, func(r quoted) string {
				return fmt.Sprintf(`{"instType":"SPOT","instId":"%s","last":%s,"askPx":%s,"bidPx":%s,"ts":"%d"}`,
					coins(r.market, "-"), r.last, r.ask, r.bid, at.UnixMilli())
			}))
		},
		past: func(_ rates.Market, now time.Time, minutes ...minute) string {
			minutes = append(slices.Clone(minutes), minute{now, "64033"})
			slices.Reverse(minutes)
			return envelope(joined(minutes, func(x minute) string {
				volume, confirm, c := "0.5", "1", or(x.close, "7")
				if x.close == "" {
					volume = "0"
				}
				if x.open.Equal(now) {
					confirm = "0"
				}
				return fmt.Sprintf(`["%d",%s,%s,%s,%s,%q,"1","1",%q]`, x.open.UnixMilli(), c, c, c, c, volume, confirm)
			}))
		},
		unknown: failing(400, `{"code":"51001","msg":"Instrument ID does not exist","data":[]}`),
	}
}
