package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// kraken speaks docs.kraken.com: Get Tradable Asset Pairs, Get Ticker
// Information, Get OHLC Data, Get Recent Trades.
type kraken struct {
	*client
	assetPairs, ticker, ohlc, trades endpoint
}

// NewKraken returns Kraken's public order books. Bad Options are refused with
// [ErrBadBaseURL].
func NewKraken(o Options) (*Venue, error) {
	// The public limit is not published; one request a second is known to be safe.
	c, err := newClient("kraken", "https://api.kraken.com", 2*time.Second, 2, o)
	if err != nil {
		return nil, err
	}
	k := &kraken{
		client:     c,
		assetPairs: endpoint{path: "/0/public/AssetPairs", dated: true},
		ticker:     endpoint{path: "/0/public/Ticker"},
		ohlc:       endpoint{path: "/0/public/OHLC", backfill: true, dated: true},
		trades:     endpoint{path: "/0/public/Trades", backfill: true, dated: true},
	}
	return &Venue{client: c, dialect: k, role: rates.RoleMember, offer: offer{
		"USD": "BTC LTC DOGE ETH BNB USDC USDT DAI EUR",
		"EUR": "BTC LTC DOGE ETH BNB USDC USDT DAI",
	}}, nil
}

// call asks one question and opens the envelope.
func (k *kraken) call(ctx context.Context, e *endpoint, query url.Values) (map[string]json.RawMessage, answer, error) {
	return ask(ctx, k.client, e, "", query, func(body []byte) (map[string]json.RawMessage, error) {
		return openEnvelope(body, k.now())
	})
}

func (k *kraken) list(ctx context.Context) (roster, error) {
	all, _, err := ask(ctx, k.client, &k.assetPairs, "", nil, func(body []byte) (roster, error) {
		result, err := openEnvelope(body, k.now())
		if err != nil {
			return nil, err
		}
		return krakenPairs(result)
	})
	return all, err
}

// krakenPairs maps the venue's list to our markets. A row of another shape is
// left out.
func krakenPairs(result map[string]json.RawMessage) (roster, error) {
	var all shelf
	for key, raw := range result {
		var w struct {
			Altname string `json:"altname"`
			Wsname  string `json:"wsname"`
			Base    string `json:"aclass_base"`
			Quote   string `json:"aclass_quote"`
			Status  string `json:"status"`
		}
		if json.Unmarshal(raw, &w) != nil || w.Base != "currency" || w.Quote != "currency" || strings.Contains(w.Altname, ",") {
			continue
		}
		coin, quote, _ := strings.Cut(w.Wsname, "/")
		all.add(rates.Market{Coin: krakenCoin(coin), Quote: string(krakenCoin(quote))}, listing{symbol: w.Altname, key: key, status: w.Status})
	}
	return all.done()
}

// krakenCoin gives a coin its usual name. XBT and XDG are the venue's.
func krakenCoin(name string) money.Coin {
	switch name {
	case "XBT":
		return "BTC"
	case "XDG":
		return "DOGE"
	}
	return money.Coin(name)
}

func (k *kraken) books(ctx context.Context, want roster) ([]rates.Quote, error) {
	var names []string
	for _, m := range want.sorted() {
		names = append(names, want[m].symbol)
	}
	result, a, err := k.call(ctx, &k.ticker, url.Values{"pair": {strings.Join(names, ",")}})
	if err != nil {
		return nil, err
	}
	var out []rates.Quote
	for m, l := range want {
		if raw, err := rowOf(result, l); err == nil {
			out = append(out, krakenQuote(m, l, raw, a))
		}
	}
	return out, nil
}

// krakenQuote reads the first number of a, b and c of a Ticker row.
func krakenQuote(m rates.Market, l listing, raw json.RawMessage, a answer) rates.Quote {
	var w struct {
		A, B, C []number
	}
	if err := json.Unmarshal(raw, &w); err != nil || len(w.A) == 0 || len(w.B) == 0 || len(w.C) == 0 {
		return refused(blank("kraken", m, l, a.asked), fmt.Errorf("number: %w: bid, ask or last trade", errShape))
	}
	return book{bid: w.B[0], ask: w.A[0], last: w.C[0]}.quote("kraken", m, l, a)
}
