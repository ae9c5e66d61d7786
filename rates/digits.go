package rates

import (
	"fmt"
	"math/big"

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

// rounded returns d to 12 significant digits.
func rounded(d decimal.Decimal) (money.Rate, error) {
	if d.NumDigits() <= significant && d.Exponent() >= -maxDecimals {
		return money.NewRate(d)
	}
	return quotient(d, par)
}

// tens are the powers of ten by which bounded exponents can differ.
var tens = func() (out [56]big.Int) {
	out[0].SetInt64(1)
	for i := range len(out) - 1 {
		out[i+1].Mul(&out[i], big.NewInt(10))
	}
	return out
}()

// align writes the numbers of rates at one exponent, which it returns: comparing
// and adding decimals of different exponents costs far more.
func align(into []big.Int, rates []money.Rate) int32 {
	var exp int32
	for i, r := range rates {
		if e := r.Decimal().Exponent(); i == 0 || e < exp {
			exp = e
		}
	}
	for i, r := range rates {
		d := r.Decimal()
		into[i].Mul(d.Coefficient(), &tens[d.Exponent()-exp])
	}
	return exp
}

// half returns n/2 at an exponent.
func half(n *big.Int, exp int32) decimal.Decimal {
	var out big.Int
	if n.Bit(0) == 0 {
		return decimal.NewFromBigInt(out.Rsh(n, 1), exp)
	}
	return decimal.NewFromBigInt(out.Mul(n, big.NewInt(5)), exp-1)
}

// over reports whether a×n is more than b×m; n and m are below 2^15.
func over(a *big.Int, n int64, b *big.Int, m int64) bool {
	if a.BitLen() <= 48 && b.BitLen() <= 48 {
		return a.Int64()*n > b.Int64()*m
	}
	var left, right, factor big.Int
	left.Mul(a, factor.SetInt64(n))
	return left.Cmp(right.Mul(b, factor.SetInt64(m))) > 0
}

// apart reports whether two positive numbers differ by more than bps basis
// points of the second.
func apart(a, of decimal.Decimal, bps int) bool {
	return a.Sub(of).Abs().Shift(4).GreaterThan(of.Mul(decimal.New(int64(bps), 0)))
}

// bpsOf returns width in basis points of of, rounded up, and at most a million.
func bpsOf(width, of *big.Int) int64 {
	var q, rem big.Int
	q.QuoRem(q.Mul(width, big.NewInt(whole)), of, &rem)
	if !q.IsInt64() || q.Int64() >= 1_000_000 {
		return 1_000_000
	}
	if rem.Sign() > 0 {
		return q.Int64() + 1
	}
	return q.Int64()
}

// distance returns how far a lies from of, in basis points of it.
func distance(a, of money.Rate) int64 {
	var n [2]big.Int
	align(n[:], []money.Rate{a, of})
	return bpsOf(n[0].Abs(n[0].Sub(&n[0], &n[1])), &n[1])
}
