package exchange

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// limits are what a coin's book must keep to.
type limits struct {
	spread int64 // of the middle, in basis points
}

func limitsOf(c money.Coin) limits {
	switch c {
	case "USDC", "USDT", "DAI", "GUSD":
		return limits{spread: 30}
	case "DOGE":
		return limits{spread: 200}
	}
	return limits{spread: 100}
}

// drift is how far, in basis points, the last trade may lie from the middle.
const drift = 200

// middle returns the middle of a book, or why the book is not to be believed.
func middle(bid, ask, last money.Rate, spread int64) (money.Rate, error) {
	b, a := bid.Decimal(), ask.Decimal()
	if b.GreaterThan(a) {
		return money.Rate{}, fmt.Errorf("bid %s above ask %s", bid, ask)
	}
	sum := b.Add(a)
	whole := decimal.New(10_000, 0)
	if a.Sub(b).Mul(decimal.New(2, 0)).Mul(whole).GreaterThan(sum.Mul(decimal.New(spread, 0))) {
		return money.Rate{}, fmt.Errorf("spread from %s to %s over %d basis points", bid, ask, spread)
	}
	off := last.Decimal().Mul(decimal.New(2, 0)).Sub(sum).Abs()
	if off.Mul(whole).GreaterThan(sum.Mul(decimal.New(drift, 0))) {
		return money.Rate{}, fmt.Errorf("last trade %s over %d basis points from %s to %s", last, drift, bid, ask)
	}
	return money.NewRate(sum.Mul(decimal.New(5, -1)))
}
