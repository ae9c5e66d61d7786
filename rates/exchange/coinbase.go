package exchange

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// coinbase speaks docs.cdp.coinbase.com, Exchange REST API: Get all known trading
// pairs, Get product ticker, Get product candles, Rate limits.
type coinbase struct {
	*client
	products, ticker, candles endpoint
}

// NewCoinbase returns Coinbase Exchange's public order books. It has no USDC/USD:
// the venue settles USDC as dollars and so says nothing of its price. Bad Options
// are refused with [ErrBadBaseURL].
func NewCoinbase(o Options) (*Venue, error) {
	// Published: 10 requests a second, with bursts of 15.
	c, err := newClient("coinbase", "https://api.exchange.coinbase.com", 200*time.Millisecond, 7, o)
	if err != nil {
		return nil, err
	}
	d := &coinbase{
		client:   c,
		products: endpoint{path: "/products", dated: true},
		ticker:   endpoint{path: "/products/{symbol}/ticker", refusal: coinbaseRefusal},
		candles:  endpoint{path: "/products/{symbol}/candles", refusal: coinbaseRefusal, backfill: true, dated: true},
	}
	return &Venue{client: c, dialect: d, role: rates.RoleMember, singly: true, offer: offer{
		"USD": "BTC LTC DOGE ETH BNB USDT DAI",
		"EUR": "BTC LTC DOGE ETH USDC USDT",
	}}, nil
}

// coinbaseRefusal reads {"message":"NotFound"}.
func coinbaseRefusal(status int, body []byte) error {
	w, err := parseJSON[struct {
		Message string `json:"message"`
	}](body)
	if err != nil || status != http.StatusNotFound || w.Message != "NotFound" {
		return nil
	}
	return errUnlisted
}

func (d *coinbase) list(ctx context.Context) (roster, error) {
	all, _, err := ask(ctx, d.client, &d.products, "", nil, coinbasePairs)
	return all, err
}

func coinbasePairs(body []byte) (roster, error) {
	rows, err := parseRows[struct {
		ID              string `json:"id"`
		Base            string `json:"base_currency"`
		Quote           string `json:"quote_currency"`
		Status          string `json:"status"`
		TradingDisabled bool   `json:"trading_disabled"`
		CancelOnly      bool   `json:"cancel_only"`
		PostOnly        bool   `json:"post_only"`
		AuctionMode     bool   `json:"auction_mode"`
	}](body)
	if err != nil {
		return nil, err
	}
	var all shelf
	for _, w := range rows {
		switch {
		case w.ID != w.Base+"-"+w.Quote:
			continue // a product of another kind
		case w.TradingDisabled:
			w.Status = "trading_disabled"
		case w.CancelOnly:
			w.Status = "cancel_only"
		case w.PostOnly:
			w.Status = "post_only"
		case w.AuctionMode:
			w.Status = "auction_mode"
		}
		all.add(rates.Market{Coin: money.Coin(w.Base), Quote: w.Quote}, listing{symbol: w.ID, status: w.Status})
	}
	return all.done()
}

func (d *coinbase) books(ctx context.Context, want roster) ([]rates.Quote, error) {
	return single(want, func(m rates.Market, l listing) (rates.Quote, error) {
		b, a, err := ask(ctx, d.client, &d.ticker, l.symbol, nil, coinbaseBook)
		return b.quote(d.name, m, l, a), err
	})
}

// coinbaseBook reads a product's ticker. Its time is that of the last trade.
func coinbaseBook(body []byte) (book, error) {
	w, err := parseJSON[struct {
		Bid   number `json:"bid"`
		Ask   number `json:"ask"`
		Price number `json:"price"`
		Time  string `json:"time"`
	}](body)
	if err != nil {
		return book{}, err
	}
	b := book{bid: w.Bid, ask: w.Ask, last: w.Price}
	at, err := time.Parse(time.RFC3339Nano, w.Time)
	if err != nil || at.Unix() <= 0 {
		b.bad = fmt.Errorf("number: time %.40q", w.Time)
	} else {
		b.at = at.UTC()
	}
	return b, nil
}

// past asks for at most 271 minutes of the 300 that the venue allows. It sends no
// row for a minute without trades.
func (d *coinbase) past(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error) {
	query := url.Values{
		"granularity": {"60"},
		"start":       {strconv.FormatInt(from.Unix(), 10)},
		"end":         {strconv.FormatInt(until(minute, d.now()).Unix(), 10)},
	}
	rows, a, err := ask(ctx, d.client, &d.candles, l.symbol, query, parseJSON[[][]number])
	if err != nil {
		return candle{}, a, err
	}
	minutes, err := coinbaseCandles(rows)
	return d.lastClose(&d.candles, minutes, err, a, from, minute)
}

// coinbaseCandles reads rows of time, low, high, open, close, volume.
func coinbaseCandles(rows [][]number) ([]candle, error) {
	var err error
	out := make([]candle, len(rows))
	for i, r := range rows {
		if len(r) < 6 {
			return nil, fmt.Errorf("%w: short row", errShape)
		}
		if out[i], err = minuteOf(r[0].seconds, r[1], r[2], r[4], r[5]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
