package exchange

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// bitstamp speaks www.bitstamp.net/api: Trading pairs info, Currency pair
// tickers, OHLC data, Request limits. Its paths end in a slash, and its ticker
// refuses any query.
type bitstamp struct {
	*client
	pairs, ticker, ohlc endpoint
}

// NewBitstamp returns Bitstamp's public order books. Bad Options are refused with
// [ErrBadBaseURL].
func NewBitstamp(o Options) (*Venue, error) {
	// Published: 10,000 requests in ten minutes.
	c, err := newClient("bitstamp", "https://www.bitstamp.net", 120*time.Millisecond, 4, o)
	if err != nil {
		return nil, err
	}
	d := &bitstamp{
		client: c,
		pairs:  endpoint{path: "/api/v2/trading-pairs-info/", refusal: bitstampLimit, dated: true},
		ticker: endpoint{path: "/api/v2/ticker/", refusal: bitstampLimit},
		ohlc:   endpoint{path: "/api/v2/ohlc/{symbol}/", refusal: bitstampRefusal, backfill: true, dated: true},
	}
	return &Venue{client: c, dialect: d, role: rates.RoleMember, offer: offer{
		"USD": "BTC LTC DOGE ETH BNB USDC USDT DAI EUR",
		"EUR": "BTC LTC DOGE ETH BNB USDC USDT",
	}}, nil
}

type bitstampError struct {
	Code string `json:"code"`
}

// bitstampLimit reads {"status":"error","reason":"…","code":"400.002"}: the codes
// of a caller over its limit.
func bitstampLimit(_ int, body []byte) error {
	w, err := parseJSON[bitstampError](body)
	if err == nil && slices.Contains([]string{"400.002", "400.067", "400.068"}, w.Code) {
		return &stay{cause: fmt.Errorf("refused with code %s", w.Code)}
	}
	return nil
}

// bitstampRefusal also tells a pair that is not known.
func bitstampRefusal(status int, body []byte) error {
	if w, err := parseJSON[bitstampError](body); err == nil && status == http.StatusNotFound && w.Code != "" {
		return fmt.Errorf("%w: code %.20s", errUnlisted, w.Code)
	}
	return bitstampLimit(status, body)
}

func (d *bitstamp) list(ctx context.Context) (roster, error) {
	all, _, err := ask(ctx, d.client, &d.pairs, "", nil, bitstampPairs)
	return all, err
}

func bitstampPairs(body []byte) (roster, error) {
	rows, err := parseRows[struct {
		Name    string `json:"name"`
		Symbol  string `json:"url_symbol"`
		Trading string `json:"trading"`
	}](body)
	if err != nil {
		return nil, err
	}
	var all shelf
	for _, w := range rows {
		coin, quote, _ := strings.Cut(w.Name, "/")
		if w.Symbol != strings.ToLower(coin+quote) {
			continue // crossed names, or a product of another kind
		}
		status := w.Trading
		if status == "Enabled" {
			status = online
		}
		all.add(rates.Market{Coin: money.Coin(coin), Quote: quote}, listing{symbol: w.Symbol, key: w.Name, status: status})
	}
	return all.done()
}

// books reads every pair's book of one answer. A pair that is there twice is
// ambiguous.
func (d *bitstamp) books(ctx context.Context, want roster) ([]rates.Quote, error) {
	rows, a, err := ask(ctx, d.client, &d.ticker, "", nil, bitstampBooks)
	if err != nil {
		return nil, err
	}
	var out []rates.Quote
	for _, m := range want.sorted() {
		l := want[m]
		if found := rows[l.key]; len(found) == 1 {
			out = append(out, found[0].book().quote(d.name, m, l, a))
		} else if len(found) > 1 {
			out = append(out, refused(blank(d.name, m, l, a.asked), fmt.Errorf("absent: %d rows of %s", len(found), l.key)))
		}
	}
	return out, nil
}

type bitstampTicker struct {
	Pair string `json:"pair"`
	Bid  number `json:"bid"`
	Ask  number `json:"ask"`
	Last number `json:"last"`
	Time number `json:"timestamp"`
}

func (w bitstampTicker) book() book {
	b := book{bid: w.Bid, ask: w.Ask, last: w.Last}
	at, err := w.Time.seconds()
	if err != nil {
		b.bad = fmt.Errorf("number: %w", err)
	}
	b.at = at
	return b
}

func bitstampBooks(body []byte) (map[string][]bitstampTicker, error) {
	rows, err := parseRows[bitstampTicker](body)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]bitstampTicker, len(rows))
	for _, r := range rows {
		out[r.Pair] = append(out[r.Pair], r)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: no ticker", errShape)
	}
	return out, nil
}

// past sends start, end and limit alike: right whichever of them the venue goes
// by when it is given all.
func (d *bitstamp) past(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error) {
	end := until(minute, d.now())
	query := url.Values{
		"step": {"60"}, "exclude_current_candle": {"false"},
		"start": {strconv.FormatInt(from.Unix(), 10)},
		"end":   {strconv.FormatInt(end.Unix(), 10)},
		"limit": {strconv.FormatInt(int64(end.Sub(from)/time.Minute)+2, 10)},
	}
	w, a, err := ask(ctx, d.client, &d.ohlc, l.symbol, query, parseJSON[bitstampOHLC])
	if err != nil {
		return candle{}, a, err
	}
	minutes, err := w.candles(l.key)
	return d.lastClose(&d.ohlc, minutes, err, a, from, minute)
}

type bitstampOHLC struct {
	Data struct {
		Pair string `json:"pair"`
		OHLC []struct {
			Time   number `json:"timestamp"`
			High   number `json:"high"`
			Low    number `json:"low"`
			Close  number `json:"close"`
			Volume number `json:"volume"`
		} `json:"ohlc"`
	} `json:"data"`
}

// candles reads the rows, which must be of the pair that was asked for.
func (w bitstampOHLC) candles(pair string) ([]candle, error) {
	var err error
	if w.Data.Pair != pair {
		return nil, fmt.Errorf("%w: rows of %.20q, not of %s", errShape, w.Data.Pair, pair)
	}
	out := make([]candle, len(w.Data.OHLC))
	for i, r := range w.Data.OHLC {
		if out[i], err = minuteOf(r.Time.seconds, r.Low, r.High, r.Close, r.Volume); err != nil {
			return nil, err
		}
	}
	return out, nil
}
