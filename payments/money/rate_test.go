package money_test

import (
	"math"
	"math/big"
	"strings"
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

func TestNewRateRefusesWhatArithmeticCannotBear(t *testing.T) {
	for name, d := range map[string]decimal.Decimal{
		"zero value":         {},
		"zero":               decimal.New(0, 5),
		"negative":           decimal.New(-1, 0),
		"largest exponent":   decimal.New(1, math.MaxInt32),
		"smallest exponent":  decimal.New(1, math.MinInt32),
		"exponent of 19":     decimal.New(1, 19),
		"exponent of -37":    decimal.New(1, -37),
		"49 digits":          decimal.NewFromBigInt(power(10, 48), 0),
		"49 characters":      decimal.NewFromBigInt(power(10, 47), -36).Add(decimal.New(1, -36)),
		"digits that expand": decimal.NewFromBigInt(power(10, 40), 18),
		"a million bits":     decimal.NewFromBigInt(power(2, 1_000_000), 0),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := money.NewRate(d)
			require.ErrorIs(t, err, money.ErrBadNumber)
			require.False(t, r.Valid())
		})
	}
}

func TestWhatARateWritesIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coefficient := new(big.Int).Rsh(drawUnits(t, false), uint(rapid.IntRange(90, 250).Draw(t, "shift")))
		r, err := money.NewRate(decimal.NewFromBigInt(coefficient, rapid.Int32Range(-40, 20).Draw(t, "exponent")))
		if err != nil {
			require.ErrorIs(t, err, money.ErrBadNumber)
			return
		}
		back, err := money.ParseRate(r.String())
		require.NoError(t, err, r)
		require.True(t, back.Equal(r))
		require.Equal(t, r.String(), back.String())
		require.False(t, strings.ContainsAny(r.String(), "eE"))
	})
}

func TestAForgottenRateConvertsNothing(t *testing.T) {
	var none money.Rate
	require.False(t, none.Valid())
	require.Empty(t, none.String())
	_, err := none.Exact(money.Units(btc, 1))
	require.ErrorIs(t, err, money.ErrNoRate)
	_, err = none.Value(money.Units(btc, 1), money.USD)
	require.ErrorIs(t, err, money.ErrNoRate)
	_, err = none.AmountFor(money.USD.Cents(1), btc)
	require.ErrorIs(t, err, money.ErrNoRate)

	one, err := money.ParseRate("1")
	require.NoError(t, err)
	same, err := money.ParseRate("1.00")
	require.NoError(t, err)
	require.False(t, none.Equal(one))
	require.True(t, none.Equal(money.Rate{}))
	require.True(t, one.Equal(same))
	require.True(t, none.Less(one))
	require.False(t, one.Less(same))
}

func TestARateConvertsCoinsIntoMoneyAndNotOtherwise(t *testing.T) {
	one, err := money.ParseRate("1")
	require.NoError(t, err)
	_, err = one.Value(money.USD.Cents(100), money.EUR)
	require.ErrorIs(t, err, money.ErrAssetMismatch)
	_, err = one.AmountFor(money.Units(btc, 1), eth)
	require.ErrorIs(t, err, money.ErrAssetMismatch)
	_, err = one.AmountFor(money.USD.Cents(1), money.EUR.Asset())
	require.ErrorIs(t, err, money.ErrAssetMismatch)
}

// Half-up rounding would credit a cent for each of many payments worth less.
func TestDustIsCreditedAsNothing(t *testing.T) {
	r, err := money.ParseRate("600")
	require.NoError(t, err)
	dust, err := money.ParseAmount(btc, "0.0000084")
	require.NoError(t, err)
	v, err := r.Value(dust, money.USD)
	require.NoError(t, err)
	require.Equal(t, money.USD.Cents(0), v)
	v, err = money.Floor(decimal.New(-1, -9), money.USD)
	require.NoError(t, err)
	require.Equal(t, money.USD.Cents(-1), v, "down is towards minus infinity")
}

func TestFloorRefusesWhatItWouldHaveToExpand(t *testing.T) {
	for _, exp := range []int32{math.MaxInt32, math.MinInt32, 1_000_000, -1_000_000, 37, -73} {
		_, err := money.Floor(decimal.New(1, exp), money.USD)
		require.ErrorIs(t, err, money.ErrBadNumber, "exponent %d", exp)
	}
	// The smallest atom at the smallest rate is within, and worth nothing yet.
	r, err := money.ParseRate("1e-36")
	require.NoError(t, err)
	v, err := r.Value(money.Units(eth, 1), money.USD)
	require.NoError(t, err)
	require.Equal(t, money.USD.Cents(0), v)
	r, err = money.ParseRate("1e18")
	require.NoError(t, err)
	v, err = r.Value(money.NewAmount(eth, power(2, 255)), money.USD)
	require.NoError(t, err)
	require.Equal(t, new(big.Int).Mul(power(2, 255), big.NewInt(100)).String(), v.UnitsText())
}
