package rates_test

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// board is a venue that says what is written on it.
type board struct {
	name   string
	prices map[rates.Market]string
}

func (b board) Name() string               { return b.name }
func (b board) Role() rates.Role           { return rates.RoleMember }
func (b board) Serves(m rates.Market) bool { _, ok := b.prices[m]; return ok }
func (b board) unavailable(what string) error {
	return fmt.Errorf("%w: %s: %s", rates.ErrUnavailable, b.name, what)
}

func (b board) Quotes(_ context.Context, markets []rates.Market) ([]rates.Quote, error) {
	asked := time.Now()
	var out []rates.Quote
	for _, m := range markets {
		price, err := money.ParseRate(b.prices[m])
		if err != nil {
			return nil, b.unavailable(err.Error())
		}
		out = append(out, rates.Quote{Market: m, Price: rates.Price{Symbol: m.String(), Bid: price, Ask: price, FetchedAt: asked}})
	}
	return out, nil
}

func (b board) Candle(context.Context, rates.Market, time.Time) (rates.Quote, error) {
	return rates.Quote{}, b.unavailable("no history")
}

// One venue prints a wick, one keeps its books in USDT; a stablecoin is at par.
func ExampleMedian() {
	btc, usdc, usdt := rates.Market{Coin: "BTC", Quote: "USD"}, rates.Market{Coin: "USDC", Quote: "USD"}, rates.Market{Coin: "USDT", Quote: "USD"}
	prices := rates.Median(
		board{"kraken", map[rates.Market]string{btc: "64000", usdc: "0.9998", usdt: "0.999"}},
		board{"bitstamp", map[rates.Market]string{btc: "64020", usdc: "0.9999", usdt: "0.999"}},
		board{"gemini", map[rates.Market]string{btc: "8200", usdc: "1.0001", usdt: "0.999"}},
		board{"binance", map[rates.Market]string{{Coin: "BTC", Quote: "USDT"}: "64050"}},
	)
	pairs := []rates.Pair{{Coin: "BTC", Currency: money.USD}, {Coin: "USDC", Currency: money.USD}}
	round, err := prices.Latest(context.Background(), pairs)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range round {
		fmt.Println(s.Pair, s.Rate, s.Method)
		for _, p := range s.Prices {
			fmt.Printf("  %-8s %-8s %s %s\n", p.Source, p.Symbol, p.Bid, cmp.Or(p.Rejected, "used"))
		}
	}
	fmt.Println(round[0].Policy)
	shown, ok := prices.Current(pairs[0])
	fmt.Println("on show:", shown.Rate, ok)
	// Output:
	// BTC/USD 63992.975 median
	//   kraken   BTC/USD  64000 used
	//   bitstamp BTC/USD  64020 used
	//   gemini   BTC/USD  8200 outlier: 8719 bps from the median, agrees with no quorum
	//   binance  BTC/USDT 64050 used
	// USDC/USD 1 par_snap
	//   kraken   USDC/USD 0.9998 used
	//   bitstamp USDC/USD 0.9999 used
	//   gemini   USDC/USD 1.0001 used
	// quorum 3 of 4; spread 100, agree 50, tripwire 200 bps, age 1m30s
	// on show: 63992.975 true
}
