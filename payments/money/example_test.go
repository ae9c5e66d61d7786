package money_test

import (
	"fmt"

	"github.com/cointill/cointill/payments/money"
)

// A customer is credited the value of what arrived, rounded down; a refund of
// that value is rounded up to the atomic unit.
func Example() {
	bitcoin := money.Asset{Coin: "BTC", Network: "bitcoin", Decimals: 8}
	paid, err := money.ParseAmount(bitcoin, "0.00123456")
	if err != nil {
		fmt.Println(err)
		return
	}
	rate, err := money.ParseRate("64000.5")
	if err != nil {
		fmt.Println(err)
		return
	}
	exact, _ := rate.Exact(paid)
	credit, _ := rate.Value(paid, money.USD)
	refund, _ := rate.AmountFor(credit, bitcoin)
	fmt.Println(exact, "is credited as", credit)
	fmt.Println(credit, "is refunded as", refund)
	_, err = paid.Add(credit)
	fmt.Println(err)
	// Output:
	// 79.01245728 is credited as 79.01 USD
	// 79.01 USD is refunded as 0.00123453 BTC@bitcoin
	// money: amounts of different assets: BTC@bitcoin and USD
}
