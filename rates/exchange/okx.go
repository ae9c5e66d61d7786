package exchange

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/cointill/cointill/rates"
)

// okx speaks OKX's API v5: Get instruments, Get tickers, Get candlesticks history.
type okx struct {
	*client
	instruments, tickers, candles endpoint
}

// NewOKX returns OKX's spot books in USDT and EUR. All of its public questions
// are limited to 20 in two seconds per address; one in 200 ms is half of that.
// Its "USD" books are left alone, because it is not known that they are in US
// dollars.
func NewOKX(o Options) (*Venue, error) {
	c, err := newClient("okx", "https://www.okx.com", 200*time.Millisecond, 2, o)
	if err != nil {
		return nil, err
	}
	x := &okx{
		client:      c,
		instruments: endpoint{path: "/api/v5/public/instruments", refusal: okxRefusal},
		tickers:     endpoint{path: "/api/v5/market/tickers", refusal: okxRefusal},
		candles:     endpoint{path: "/api/v5/market/history-candles", refusal: okxRefusal, backfill: true},
	}
	return &Venue{client: c, dialect: x, role: rates.RoleMember, offer: offer{
		"USDT": "BTC LTC DOGE ETH BNB USDC DAI",
		"EUR":  "BTC LTC DOGE ETH BNB USDC USDT",
	}}, nil
}

func (x *okx) list(ctx context.Context) (roster, error) {
	all, _, err := ask(ctx, x.client, &x.instruments, "", url.Values{"instType": {"SPOT"}}, okxInstruments)
	return all, err
}

func (x *okx) books(ctx context.Context, want roster) ([]rates.Quote, error) {
	found, a, err := ask(ctx, x.client, &x.tickers, "", url.Values{"instType": {"SPOT"}}, okxTickers)
	if err != nil {
		return nil, err
	}
	var out []rates.Quote
	for _, m := range want.sorted() {
		if row, ok := found[want[m].symbol]; ok {
			out = append(out, row.quote(x.name, m, want[m], a))
		}
	}
	return out, nil
}

// past asks for the minutes before an instant, newest first; a row after the
// minute proves it finished.
func (x *okx) past(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error) {
	const page = 100
	// As far past the minute as a page that reaches back to from may begin.
	end := from.Add((page - 1) * time.Minute)
	rows, a, err := ask(ctx, x.client, &x.candles, l.symbol, url.Values{
		"instId": {l.symbol}, "bar": {"1m"}, "limit": {strconv.Itoa(page)},
		"after": {strconv.FormatInt(end.UnixMilli(), 10)},
	}, okxCandles)
	if err != nil {
		return candle{}, a, err
	}
	return x.lastClose(&x.candles, rows, nil, a, from, minute)
}
