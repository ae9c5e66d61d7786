package exchange

import (
	"fmt"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// binanceBadSymbol is the code of a symbol the venue does not know; one of them
// fails the whole question.
const binanceBadSymbol = -1121

// binanceRefusal reads an answer other than 200. Its status says the rest: 429,
// 418 for those who went on after it, 451 and 403 for a restricted place.
func binanceRefusal(_ int, body []byte) error {
	w, err := parseJSON[struct {
		Code int    `json:"code"`
		Msg  string `json:"msg"`
	}](body)
	if err == nil && w.Code == binanceBadSymbol {
		return fmt.Errorf("%w: %d %.100q", errUnlisted, w.Code, w.Msg)
	}
	return nil
}

// binanceSymbols reads exchangeInfo.
func binanceSymbols(body []byte) (roster, error) {
	w, err := parseJSON[struct {
		Symbols []struct {
			Symbol string `json:"symbol"`
			Status string `json:"status"`
			Base   string `json:"baseAsset"`
			Quote  string `json:"quoteAsset"`
			Spot   *bool  `json:"isSpotTradingAllowed"`
		} `json:"symbols"`
	}](body)
	if err != nil {
		return nil, err
	}
	var all shelf
	for _, s := range w.Symbols {
		status := s.Status
		switch {
		case s.Spot != nil && !*s.Spot:
			status = "not a spot market"
		case status == "TRADING":
			status = online
		}
		all.add(rates.Market{Coin: money.Coin(s.Base), Quote: s.Quote}, listing{symbol: s.Symbol, status: status})
	}
	return all.done()
}

// binanceBooks reads bookTicker for several symbols. The venue says neither the
// last trade nor a time. A symbol told twice has no price to be believed.
func binanceBooks(body []byte) (map[string]book, error) {
	rows, err := parseJSON[[]struct {
		Symbol string `json:"symbol"`
		Bid    number `json:"bidPrice"`
		Ask    number `json:"askPrice"`
	}](body)
	if err != nil {
		return nil, err
	}
	out := make(map[string]book, len(rows))
	for _, r := range rows {
		b := book{bid: r.Bid, ask: r.Ask, noLast: true}
		if _, twice := out[r.Symbol]; twice {
			b.bad = errTwice
		}
		out[r.Symbol] = b
	}
	return out, nil
}

// binanceKlines reads klines, oldest first.
func binanceKlines(body []byte) ([]candle, error) {
	rows, err := parseJSON[[][]number](body)
	if err != nil {
		return nil, err
	}
	out := make([]candle, len(rows))
	for i, row := range rows {
		if out[i], err = candleRow(row); err != nil {
			return nil, err
		}
	}
	return out, nil
}
