package money

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"
)

// ErrNoRate is returned when something is to be converted with the zero Rate.
var ErrNoRate = errors.New("money: no rate: fetch one before converting")

// Rate is the price of one whole coin in a currency's major unit (dollars, not
// cents). The zero Rate is no rate: [Rate.Valid] is false and every conversion
// with it fails with [ErrNoRate], so a forgotten rate can never be taken for a free coin.
type Rate struct {
	d     decimal.Decimal
	valid bool
}

// NewRate returns d as a rate. It refuses numbers that are not positive, and
// numbers built elsewhere whose exponent or length makes arithmetic dangerous
// (exponent outside [-36, 18], more than 48 characters in plain digits, so that
// whatever a rate writes can be read again).
func NewRate(d decimal.Decimal) (Rate, error) {
	if !bounded(d) || d.Sign() <= 0 || len(d.String()) > maxNumeral {
		return Rate{}, fmt.Errorf("%w: a rate must be positive and of at most 48 characters", ErrBadNumber)
	}
	return Rate{d: d, valid: true}, nil
}

// ParseRate parses a rate with [ParseDecimal].
func ParseRate(s string) (Rate, error) {
	d, err := ParseDecimal(s)
	if err != nil {
		return Rate{}, err
	}
	return NewRate(d)
}

// Valid reports whether r holds a rate.
func (r Rate) Valid() bool { return r.valid }

// Decimal returns the rate's number, zero if it is not valid.
func (r Rate) Decimal() decimal.Decimal { return r.d }

// String returns the rate in plain digits, "" if it is not valid.
func (r Rate) String() string {
	if !r.valid {
		return ""
	}
	return r.d.String()
}

// Equal reports whether two rates are the same number.
func (r Rate) Equal(o Rate) bool { return r.valid == o.valid && r.d.Equal(o.d) }

// Less reports whether r is a lower price than o.
func (r Rate) Less(o Rate) bool { return r.d.LessThan(o.d) }

// Exact returns the unrounded value of an amount: whole coins times the rate.
// It fails with [ErrNoRate], or with [ErrAssetMismatch] for a currency.
func (r Rate) Exact(x Amount) (decimal.Decimal, error) {
	if !r.valid {
		return decimal.Decimal{}, fmt.Errorf("%w: value of %s", ErrNoRate, x)
	}
	if x.asset.Fiat() {
		return decimal.Decimal{}, fmt.Errorf("%w: %s is fiat and has no rate", ErrAssetMismatch, x)
	}
	return x.Decimal().Mul(r.d), nil
}

// Value returns what x is worth in c, rounded down to the minor unit.
func (r Rate) Value(x Amount, c Currency) (Amount, error) {
	exact, err := r.Exact(x)
	if err != nil {
		return Amount{}, err
	}
	return Floor(exact, c)
}

// AmountFor returns the amount of a that is worth value, rounded up to the
// atomic unit, so that r.Value of it is never less than value. It fails with
// [ErrNoRate], or with [ErrAssetMismatch] unless value is fiat and a is not.
func (r Rate) AmountFor(value Amount, a Asset) (Amount, error) {
	if !r.valid {
		return Amount{}, fmt.Errorf("%w: %s for %s", ErrNoRate, a, value)
	}
	if !value.asset.Fiat() || a.Fiat() {
		return Amount{}, fmt.Errorf("%w: %s into %s", ErrAssetMismatch, value, a)
	}
	q, rem := value.Decimal().QuoRem(r.d, int32(a.Decimals))
	units := q.Shift(int32(a.Decimals)).BigInt()
	if rem.Sign() > 0 {
		units.Add(units, big.NewInt(1))
	}
	return NewAmount(a, units), nil
}

// Floor rounds an unrounded value down (towards minus infinity) to the minor
// unit of c. It refuses, with [ErrBadNumber], a number built elsewhere whose
// exponent would make that dangerous (outside [-72, 36]: the product of an amount
// and a rate is always within).
func Floor(exact decimal.Decimal, c Currency) (Amount, error) {
	if exact.Exponent() < -72 || exact.Exponent() > 36 {
		return Amount{}, fmt.Errorf("%w: a value with the exponent %d", ErrBadNumber, exact.Exponent())
	}
	a := c.Asset()
	return NewAmount(a, exact.Shift(int32(a.Decimals)).Floor().BigInt()), nil
}
