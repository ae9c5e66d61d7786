package rates_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/rates"
)

// A payment takes the first price at or after the moment it was received.
func Example() {
	received := time.Date(2026, 11, 21, 8, 30, 20, 0, time.UTC)
	fixed, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, func() time.Time { return received.Add(3 * time.Second) })
	if err != nil {
		fmt.Println(err)
		return
	}
	pair, _ := rates.ParsePair("BTC/USD")
	round, err := fixed.Latest(context.Background(), []rates.Pair{pair})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := round[0]
	points := []rates.Point{{Pair: s.Pair, AsOf: s.AsOf, Rate: s.Rate, Snapshot: s.ID}}
	if p, ok := rates.Receipt(points, received); ok {
		fmt.Println(p.Pair, p.Rate, p.AsOf.Sub(received), "after receipt")
	}
	_, ok := rates.Receipt(points, received.Add(4*time.Second))
	fmt.Println("priced with what was known before:", ok)
	// Output:
	// BTC/USD 64000 3s after receipt
	// priced with what was known before: false
}
