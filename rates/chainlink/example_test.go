package chainlink_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/chainlink"
)

// A node of one's own stands in for Ethereum's; any that answers eth_call will do.
func ExampleNew() {
	server := httptest.NewServer(newStub())
	defer server.Close()

	oracle, err := chainlink.New(chainlink.Options{
		URL:     server.URL,
		Network: chainlink.Ethereum(),
		Now:     func() time.Time { return time.Date(2026, 11, 19, 12, 0, 4, 0, time.UTC) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	quotes, err := oracle.Quotes(context.Background(), []rates.Market{{Coin: "BTC", Quote: "USD"}, {Coin: "EUR", Quote: "USD"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, q := range quotes {
		fmt.Println(oracle.Role(), q.Market, q.Value, q.Price.SourceTime.Format(time.TimeOnly), q.Price.Symbol)
	}
	// Output:
	// tripwire BTC/USD 64005.12345678 11:59:00 BTC / USD round 36893488147419103234
	// tripwire EUR/USD 1.08765 11:59:00 EUR / USD round 36893488147419103234
}
