package money_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments/money"
)

// drawRate draws a rate between 1e-18 and about 1e13.
func drawRate(t *rapid.T) money.Rate {
	digits := rapid.Int64Range(1, 1e12).Draw(t, "digits")
	exp := rapid.Int32Range(-18, 1).Draw(t, "exponent")
	r, err := money.NewRate(decimal.New(digits, exp))
	require.NoError(t, err)
	return r
}

func ratOf(d decimal.Decimal) *big.Rat { return d.Rat() }

// worth is units times rate in cents, with other arithmetic than the package's.
func worth(r money.Rate, x money.Amount) *big.Rat {
	v := new(big.Rat).SetFrac(x.Units(), power(10, int64(x.Asset().Decimals)-2+20))
	v.Mul(v, new(big.Rat).SetInt(power(10, 20)))
	return v.Mul(v, ratOf(r.Decimal()))
}

func TestValueIsTheFloorOfTheExactProduct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, x := drawRate(t), money.NewAmount(btc, drawUnits(t, true))
		v, err := r.Value(x, money.EUR)
		require.NoError(t, err)
		require.Equal(t, money.EUR.Asset(), v.Asset())
		exact := worth(r, x)
		floor := new(big.Int).Div(exact.Num(), exact.Denom()) // Euclidean: down, for a positive divisor
		require.Equal(t, floor.String(), v.UnitsText())
	})
}

func TestSplittingAPaymentNeverRaisesTheCredit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, a := drawRate(t), rapid.SampledFrom([]money.Asset{btc, eth, usdc, gusd}).Draw(t, "asset")
		sum, credited := money.Units(a, 0), money.USD.Cents(0)
		for range rapid.IntRange(1, 8).Draw(t, "parts") {
			part := money.NewAmount(a, drawUnits(t, false))
			v, err := r.Value(part, money.USD)
			require.NoError(t, err)
			credited, err = credited.Add(v)
			require.NoError(t, err)
			sum, err = sum.Add(part)
			require.NoError(t, err)
		}
		once, err := r.Value(sum, money.USD)
		require.NoError(t, err)
		c, err := credited.Cmp(once)
		require.NoError(t, err)
		require.LessOrEqual(t, c, 0, "%s in parts, %s at once", credited, once)
	})
}

func TestARefundIsNeverWorthLessAndOvershootsByLessThanOneAtom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, a := drawRate(t), rapid.SampledFrom([]money.Asset{btc, eth, usdc, gusd}).Draw(t, "asset")
		value := money.USD.Cents(rapid.Int64Range(0, 1e13).Draw(t, "cents"))
		x, err := r.AmountFor(value, a)
		require.NoError(t, err)
		back, err := r.Value(x, money.USD)
		require.NoError(t, err)
		c, err := back.Cmp(value)
		require.NoError(t, err)
		require.GreaterOrEqual(t, c, 0)

		atom := worth(r, money.Units(a, 1))
		over := worth(r, x)
		over.Sub(over, new(big.Rat).SetInt(value.Units()))
		require.GreaterOrEqual(t, over.Sign(), 0)
		require.Negative(t, over.Cmp(atom), "one atom less would do")
		if atom.Cmp(big.NewRat(1, 1)) <= 0 { // an atom is worth a cent at most
			require.Equal(t, value, back)
		}
	})
}

func TestARoundTripAtOneRateNeverReturnsMoreThanCame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, a := drawRate(t), rapid.SampledFrom([]money.Asset{btc, eth, usdc, gusd}).Draw(t, "asset")
		in := money.NewAmount(a, drawUnits(t, false))
		v, err := r.Value(in, money.USD)
		require.NoError(t, err)
		out, err := r.AmountFor(v, a)
		require.NoError(t, err)
		c, err := out.Cmp(in)
		require.NoError(t, err)
		require.LessOrEqual(t, c, 0, "%s became %s", in, out)
	})
}
