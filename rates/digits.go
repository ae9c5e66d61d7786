package rates

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

const (
	// whole is one in basis points.
	whole = 10_000
	// significant digits of a composite, and the most decimals it may have.
	significant = 12
	maxDecimals = 18
)

var (
	two = decimal.New(2, 0)
	par = decimal.New(1, 0)
)

// quotient returns n/d rounded once, half to even, to 12 significant digits and
// at most 18 decimals. Both must be positive and bounded as a [money.Rate] or a
// product of two is.
func quotient(n, d decimal.Decimal) (money.Rate, error) {
	// n/d has a whole part of n's digits less d's, or one less.
	left := int32(n.NumDigits()) + n.Exponent() - int32(d.NumDigits()) - d.Exponent()
	places := min(significant-left, maxDecimals)
	q, rem := n.QuoRem(d, places)
	if q.Shift(places).NumDigits() > significant {
		places--
		q, rem = n.QuoRem(d, places)
	}
	unit := decimal.New(1, -places)
	up := rem.Mul(two).Cmp(d.Mul(unit))
	if up > 0 || up == 0 && q.Shift(places).BigInt().Bit(0) == 1 {
		q = q.Add(unit)
	}
	r, err := money.NewRate(q)
	if err != nil {
		return money.Rate{}, fmt.Errorf("rates: %s / %s: %w", n, d, err)
	}
	return r, nil
}

// apart reports whether two positive numbers differ by more than bps basis
// points of the second.
func apart(a, of decimal.Decimal, bps int) bool {
	return a.Sub(of).Abs().Shift(4).GreaterThan(of.Mul(decimal.New(int64(bps), 0)))
}

// bpsOf returns how far a lies from of, in basis points of it, rounded up, and
// at most a million.
func bpsOf(a, of decimal.Decimal) int64 {
	q, rem := a.Sub(of).Abs().Shift(4).QuoRem(of, 0)
	if q.GreaterThan(decimal.New(1_000_000, 0)) {
		return 1_000_000
	}
	if rem.Sign() > 0 {
		return q.IntPart() + 1
	}
	return q.IntPart()
}
