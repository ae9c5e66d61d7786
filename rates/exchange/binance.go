package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cointill/cointill/rates"
)

// binance speaks Binance's "Public Rest API": Exchange information, Symbol order
// book ticker, Kline/candlestick data.
type binance struct {
	*client
	info, ticker, klines endpoint
}

// binanceOffer are the books whose symbols are the coin and its quote. DAI is
// traded as USDTDAI and USDT as EURUSDT only: a price is never turned over, so
// neither is quoted.
var binanceOffer = offer{
	"USDT": "BTC LTC DOGE ETH BNB USDC EUR",
	"EUR":  "BTC LTC DOGE ETH BNB",
}

// NewBinance returns Binance's spot books in USDT and EUR, as its host for public
// market data has them; Options.BaseURL may name https://api.binance.com, which
// refuses some places (451). Its limit is a weight of 6,000 a minute per address.
// The heaviest question weighs 20, so that one in 400 ms keeps to half of it.
func NewBinance(o Options) (*Venue, error) {
	c, err := newClient("binance", "https://data-api.binance.vision", 400*time.Millisecond, 2, o)
	if err != nil {
		return nil, err
	}
	b := &binance{
		client: c,
		info:   endpoint{path: "/api/v3/exchangeInfo", refusal: binanceRefusal},
		ticker: endpoint{path: "/api/v3/ticker/bookTicker", refusal: binanceRefusal},
		klines: endpoint{path: "/api/v3/klines", refusal: binanceRefusal, backfill: true},
	}
	return &Venue{client: c, dialect: b, role: rates.RoleMember, closed: true, offer: binanceOffer}, nil
}

// list asks for the symbols of the offer: the list of all is longer than an
// answer may be. One that the venue does not know fails the whole question; then
// each is asked singly, once.
func (b *binance) list(ctx context.Context) (roster, error) {
	symbols := binanceOffer.symbols()
	all, err := b.symbols(ctx, symbols)
	if !errors.Is(err, errUnlisted) {
		return all, err
	}
	all = make(roster)
	for _, s := range symbols {
		one, err := b.symbols(ctx, []string{s})
		if err != nil && !errors.Is(err, errUnlisted) {
			return nil, err
		}
		maps.Copy(all, one)
	}
	if len(all) == 0 {
		return nil, err
	}
	return all, nil
}

func (b *binance) symbols(ctx context.Context, symbols []string) (roster, error) {
	all, _, err := ask(ctx, b.client, &b.info, "", url.Values{"symbols": {quoted(symbols)}}, binanceSymbols)
	return all, err
}

func (b *binance) books(ctx context.Context, want roster) ([]rates.Quote, error) {
	markets := want.sorted()
	symbols := make([]string, len(markets))
	for i, m := range markets {
		symbols[i] = want[m].symbol
	}
	found, a, err := ask(ctx, b.client, &b.ticker, "", url.Values{"symbols": {quoted(symbols)}}, binanceBooks)
	if err != nil {
		return nil, err
	}
	var out []rates.Quote
	for _, m := range markets {
		if row, ok := found[want[m].symbol]; ok {
			out = append(out, row.quote(b.name, m, want[m], a))
		}
	}
	return out, nil
}

// past asks for the minutes around the one asked; the row after it proves it
// finished.
func (b *binance) past(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error) {
	rows, a, err := ask(ctx, b.client, &b.klines, l.symbol, url.Values{
		"symbol": {l.symbol}, "interval": {"1m"}, "limit": {"1000"},
		"startTime": {strconv.FormatInt(from.UnixMilli(), 10)},
		"endTime":   {strconv.FormatInt(until(minute, b.now()).UnixMilli(), 10)},
	}, binanceKlines)
	if err != nil {
		return candle{}, a, err
	}
	return b.lastClose(&b.klines, rows, nil, a, from, minute)
}

// quoted writes symbols as the venue takes them: ["BTCUSDT","EURUSDT"].
func quoted(symbols []string) string {
	text, _ := json.Marshal(symbols) // strings always marshal
	return string(text)
}

// symbols are the offer's symbols in Binance's words, sorted.
func (o offer) symbols() []string {
	var out []string
	for quote, coins := range o {
		for coin := range strings.FieldsSeq(coins) {
			out = append(out, coin+quote)
		}
	}
	slices.Sort(out)
	return out
}
