package money

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"
)

// ErrAssetMismatch is returned when amounts of two assets meet in one sum or
// comparison.
var ErrAssetMismatch = errors.New("money: amounts of different assets")

// maxBits bounds every amount read from text: the EVM's 256 bits, plus head room
// for sums.
const maxBits = 320

// Amount is a whole number of atomic units of one asset. It may be negative:
// a balance can be. The zero Amount has no asset and no units. Amounts are
// immutable; compare them with [Amount.Equal], not with ==.
type Amount struct {
	asset Asset
	units *big.Int // nil means zero; never changed after construction
}

// NewAmount returns an amount of units atomic units. It copies units; nil
// counts as zero.
func NewAmount(a Asset, units *big.Int) Amount {
	if units == nil || units.Sign() == 0 {
		return Amount{asset: a}
	}
	return Amount{asset: a, units: new(big.Int).Set(units)}
}

// Units returns an amount of n atomic units.
func Units(a Asset, n int64) Amount {
	if n == 0 {
		return Amount{asset: a}
	}
	return Amount{asset: a, units: big.NewInt(n)}
}

// Asset returns what is counted.
func (x Amount) Asset() Asset { return x.asset }

// Units returns the number of atomic units as a fresh big.Int.
func (x Amount) Units() *big.Int {
	if x.units == nil {
		return new(big.Int)
	}
	return new(big.Int).Set(x.units)
}

// UnitsText returns the atomic units in decimal digits, the form stores keep.
func (x Amount) UnitsText() string {
	if x.units == nil {
		return "0"
	}
	return x.units.String()
}

// Int64 returns the atomic units, and false if they do not fit.
func (x Amount) Int64() (int64, bool) {
	if x.units == nil {
		return 0, true
	}
	return x.units.Int64(), x.units.IsInt64()
}

// Sign returns -1, 0 or +1.
func (x Amount) Sign() int {
	if x.units == nil {
		return 0
	}
	return x.units.Sign()
}

// IsZero reports whether there are no units.
func (x Amount) IsZero() bool { return x.Sign() == 0 }

// Neg returns -x.
func (x Amount) Neg() Amount {
	if x.units == nil {
		return x
	}
	return Amount{asset: x.asset, units: new(big.Int).Neg(x.units)}
}

// Add returns x + y, or [ErrAssetMismatch].
func (x Amount) Add(y Amount) (Amount, error) {
	if x.asset != y.asset {
		return Amount{}, fmt.Errorf("%w: %s and %s", ErrAssetMismatch, x.asset, y.asset)
	}
	return NewAmount(x.asset, new(big.Int).Add(x.Units(), y.Units())), nil
}

// Sub returns x - y, or [ErrAssetMismatch].
func (x Amount) Sub(y Amount) (Amount, error) { return x.Add(y.Neg()) }

// Cmp compares x and y, or returns [ErrAssetMismatch].
func (x Amount) Cmp(y Amount) (int, error) {
	if x.asset != y.asset {
		return 0, fmt.Errorf("%w: %s and %s", ErrAssetMismatch, x.asset, y.asset)
	}
	return x.Units().Cmp(y.Units()), nil
}

// Equal reports whether x and y are the same number of units of one asset.
func (x Amount) Equal(y Amount) bool {
	c, err := x.Cmp(y)
	return err == nil && c == 0
}

// Decimal returns x in whole coins, exactly.
func (x Amount) Decimal() decimal.Decimal {
	return decimal.NewFromBigInt(x.Units(), -int32(x.asset.Decimals))
}

// Text returns x in whole coins with all its decimals and no unit, the form a
// payer copies: "0.00123400".
func (x Amount) Text() string { return x.Decimal().StringFixed(int32(x.asset.Decimals)) }

// String returns [Amount.Text] and the asset: "0.00123400 BTC@bitcoin".
func (x Amount) String() string { return x.Text() + " " + x.asset.String() }
