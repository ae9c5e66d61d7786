package exchange_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
	"github.com/cointill/cointill/rates/exchange"
)

func TestSpreadLimitIsTheCoins(t *testing.T) {
	usd := func(c rates.Market) rates.Pair { return rates.Pair{Coin: c.Coin, Currency: "USD"} }
	for _, c := range []struct {
		name                string
		pair                rates.Pair
		key, bid, ask, last string
		ok                  bool
	}{
		{"crossed", usd(btcUSD), "XXBTZUSD", `"64010"`, `"64000"`, `"64005"`, false},
		{"last trade far from the book", usd(btcUSD), "XXBTZUSD", `"64000"`, `"64010"`, `"60000"`, false},
		{"bitcoin at one percent", usd(btcUSD), "XXBTZUSD", `"99.5"`, `"100.5"`, `"99.5"`, true},
		{"bitcoin just over", usd(btcUSD), "XXBTZUSD", `"99.499"`, `"100.5"`, `"99.5"`, false},
		{"dogecoin at two percent", usd(dogeUSD), "XDGUSD", `"0.99"`, `"1.01"`, `"0.99"`, true},
		{"dogecoin just over", usd(dogeUSD), "XDGUSD", `"0.98999"`, `"1.01"`, `"0.99"`, false},
		{"stablecoin at 0.3 percent", usd(usdcUSD), "USDCUSD", `"0.9985"`, `"1.0015"`, `"0.9985"`, true},
		{"stablecoin just over", usd(usdcUSD), "USDCUSD", `"0.99849"`, `"1.0015"`, `"0.9985"`, false},
		{"bid equal to ask", usd(btcUSD), "XXBTZUSD", `"100"`, `100`, `100`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(t)
				s.on("Ticker", book(c.key, c.bid, c.ask, c.last))
				k, err := exchange.NewKraken(exchange.Options{Transport: s})
				require.NoError(t, err)
				_, err = k.Latest(t.Context(), []rates.Pair{c.pair})
				if c.ok {
					require.NoError(t, err)
					return
				}
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.ErrorContains(t, err, "kraken: "+c.pair.String())
			})
		})
	}
}
