package exchange_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

// A venue of one's own stands in for Kraken; without BaseURL it is Kraken's
// public address.
func ExampleNewKraken() {
	answers := map[string]string{
		"AssetPairs": `{"error":[],"result":{"XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD",
			"aclass_base":"currency","aclass_quote":"currency","status":"online"}}}`,
		"Ticker": `{"error":[],"result":{"XXBTZUSD":{"a":["64010.0","1","1"],"b":["64000.0","2","2"],"c":["64004.5","0.1"]}}}`,
	}
	venue := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, answers[path.Base(r.URL.Path)])
	}))
	defer venue.Close()

	kraken, err := exchange.NewKraken(exchange.Options{BaseURL: venue.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := kraken.Quotes(context.Background(), []rates.Market{{Coin: "BTC", Quote: "USD"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, q := range found {
		fmt.Println(q.Market, q.Price.Symbol, q.Price.Bid, q.Price.Ask, q.Value)
	}
	// Output: BTC/USD XBTUSD 64000 64010 64005
}
