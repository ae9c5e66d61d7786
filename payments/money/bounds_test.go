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
