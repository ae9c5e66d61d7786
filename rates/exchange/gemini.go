package exchange

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// gemini speaks docs.gemini.com/rest/market-data: Symbol details, Ticker,
// Candles, Rate limits. The venue's pricefeed has every pair in one answer but
// neither book nor time: a last trade hours old cannot be told there.
type gemini struct {
	*client
	details, ticker, candles endpoint
}

// geminiStale is how far the time of the venue's volume may lie. It is coarse and
// no time of the price, but yesterday's book shows by it.
const geminiStale = 15 * time.Minute

// NewGemini returns Gemini's public order books. It never quotes GUSD, which the
// venue exchanges for dollars one to one. Bad Options are refused with
// [ErrBadBaseURL].
func NewGemini(o Options) (*Venue, error) {
	// Published: 120 requests a minute.
	c, err := newClient("gemini", "https://api.gemini.com", time.Second, 10, o)
	if err != nil {
		return nil, err
	}
	d := &gemini{
		client:  c,
		details: endpoint{path: "/v1/symbols/details/all", dated: true},
		ticker:  endpoint{path: "/v1/pubticker/{symbol}", refusal: geminiRefusal},
		candles: endpoint{path: "/v2/candles/{symbol}/1m", refusal: geminiRefusal, backfill: true, dated: true},
	}
	return &Venue{client: c, dialect: d, role: rates.RoleMember, singly: true, offer: offer{
		"USD": "BTC LTC DOGE ETH BNB USDC USDT DAI EUR",
		"EUR": "BTC ETH",
	}}, nil
}

// geminiRefusal reads {"result":"error","reason":"Bad Request","message":"Supplied
// value 'x' is not a valid symbol."}.
func geminiRefusal(status int, body []byte) error {
	w, err := parseJSON[struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	}](body)
	switch {
	case err != nil:
		return nil
	case status == http.StatusBadRequest && (w.Reason == "InvalidSymbol" || strings.HasSuffix(w.Message, "is not a valid symbol.")):
		return errUnlisted
	case w.Reason == "RateLimit":
		return &stay{cause: fmt.Errorf("refused with %s", w.Reason)}
	}
	return nil
}

func (d *gemini) list(ctx context.Context) (roster, error) {
	all, _, err := ask(ctx, d.client, &d.details, "", nil, geminiPairs)
	return all, err
}

func geminiPairs(body []byte) (roster, error) {
	rows, err := parseRows[struct {
		Symbol  string `json:"symbol"`
		Base    string `json:"base_currency"`
		Quote   string `json:"quote_currency"`
		Status  string `json:"status"`
		Product string `json:"product_type"`
	}](body)
	if err != nil {
		return nil, err
	}
	var all shelf
	for _, w := range rows {
		if w.Product != "spot" || !strings.EqualFold(w.Symbol, w.Base+w.Quote) {
			continue
		}
		status := w.Status
		if status == "open" || status == "limit_only" { // a book with a price, both
			status = online
		}
		all.add(rates.Market{Coin: money.Coin(w.Base), Quote: w.Quote}, listing{symbol: strings.ToUpper(w.Symbol), status: status})
	}
	return all.done()
}

func (d *gemini) books(ctx context.Context, want roster) ([]rates.Quote, error) {
	return single(want, func(m rates.Market, l listing) (rates.Quote, error) {
		w, a, err := ask(ctx, d.client, &d.ticker, strings.ToLower(l.symbol), nil, parseJSON[geminiTicker])
		return w.book(m, a.asked).quote(d.name, m, l, a), err
	})
}

type geminiTicker struct {
	Bid    number            `json:"bid"`
	Ask    number            `json:"ask"`
	Last   number            `json:"last"`
	Volume map[string]number `json:"volume"`
}

// book names a ticker's pair by the units of its volume, and its day by when
// that was counted.
func (w geminiTicker) book(m rates.Market, asked time.Time) book {
	b := book{bid: w.Bid, ask: w.Ask, last: w.Last}
	counted, err := w.Volume["timestamp"].millis()
	switch {
	case w.Volume[string(m.Coin)] == "" || w.Volume[m.Quote] == "":
		b.bad = fmt.Errorf("symbol: volume is not in %s and %s", m.Coin, m.Quote)
	case err != nil:
		b.bad = fmt.Errorf("number: %w", err)
	case asked.Sub(counted) > geminiStale || counted.Sub(asked) > geminiStale:
		b.bad = fmt.Errorf("stale: volume was counted at %s", stamp(counted))
	}
	return b
}

// past reads the venue's fixed window of recent minutes, about a day; it takes no
// range.
func (d *gemini) past(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error) {
	rows, a, err := ask(ctx, d.client, &d.candles, strings.ToLower(l.symbol), nil, parseJSON[[][]number])
	if err != nil {
		return candle{}, a, err
	}
	minutes, err := geminiCandles(rows)
	return d.lastClose(&d.candles, minutes, err, a, from, minute)
}

// geminiCandles reads rows of time, open, high, low, close, volume.
func geminiCandles(rows [][]number) ([]candle, error) {
	var err error
	out := make([]candle, len(rows))
	for i, r := range rows {
		if len(r) < 6 {
			return nil, fmt.Errorf("%w: short row", errShape)
		}
		if out[i], err = minuteOf(r[0].millis, r[3], r[2], r[4], r[5]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
