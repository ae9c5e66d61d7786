package money_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments/money"
)

var (
	btc  = money.Asset{Coin: "BTC", Network: "bitcoin", Decimals: 8}
	eth  = money.Asset{Coin: "ETH", Network: "ethereum", Decimals: 18}
	gusd = money.Asset{Coin: "GUSD", Network: "ethereum", Decimals: 2}
	usdc = money.Asset{Coin: "USDC", Network: "ethereum", Decimals: 6}
)

// power is base to the exp.
func power(base, exp int64) *big.Int { return new(big.Int).Exp(big.NewInt(base), big.NewInt(exp), nil) }

// drawUnits draws up to 256 bits, small numbers and the ends as likely as large
// ones, and of both signs if signed.
func drawUnits(t *rapid.T, signed bool) *big.Int {
	bits := rapid.SampledFrom([]int{0, 1, 8, 31, 63, 64, 128, 255, 256}).Draw(t, "bits")
	raw := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "units")
	n := new(big.Int).SetBytes(raw)
	n.Rsh(n, uint(256-bits))
	if signed && rapid.Bool().Draw(t, "negative") {
		n.Neg(n)
	}
	return n
}

func drawAsset(t *rapid.T) money.Asset {
	return rapid.SampledFrom([]money.Asset{
		btc, eth, usdc, gusd, money.USD.Asset(), {Coin: "NFT", Network: "bsc"},
	}).Draw(t, "asset")
}

func TestAmountOfAnotherAssetNeverAddsUp(t *testing.T) {
	one := money.Units(btc, 1)
	for name, other := range map[string]money.Asset{
		"other coin":     {Coin: "LTC", Network: "bitcoin", Decimals: 8},
		"other network":  {Coin: "BTC", Network: "bsc", Decimals: 8},
		"other decimals": {Coin: "BTC", Network: "bitcoin", Decimals: 18},
		"no asset":       {},
		"currency":       money.USD.Asset(),
	} {
		t.Run(name, func(t *testing.T) {
			for _, units := range []int64{0, 1} { // nothing of another asset is still of another asset
				x := money.Units(other, units)
				_, err := one.Add(x)
				require.ErrorIs(t, err, money.ErrAssetMismatch)
				_, err = one.Sub(x)
				require.ErrorIs(t, err, money.ErrAssetMismatch)
				_, err = x.Cmp(one)
				require.ErrorIs(t, err, money.ErrAssetMismatch)
				require.False(t, one.Equal(x))
			}
		})
	}
}

func TestAmountArithmeticIsThatOfIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAsset(t)
		m, n := drawUnits(t, true), drawUnits(t, true)
		x, y := money.NewAmount(a, m), money.NewAmount(a, n)

		sum, err := x.Add(y)
		require.NoError(t, err)
		require.Zero(t, new(big.Int).Add(m, n).Cmp(sum.Units()))
		back, err := sum.Sub(y)
		require.NoError(t, err)
		require.Equal(t, x, back, "one number has one representation")
		c, err := x.Cmp(y)
		require.NoError(t, err)
		require.Equal(t, m.Cmp(n), c)
		require.Equal(t, c == 0, x.Equal(y))
		require.Equal(t, m.Sign(), x.Sign())
		require.Equal(t, m.Sign() == 0, x.IsZero())
		require.Equal(t, x, x.Neg().Neg())
		require.Equal(t, m.String(), x.UnitsText())
		got, fits := x.Int64()
		require.Equal(t, m.IsInt64(), fits)
		if fits {
			require.Equal(t, m.Int64(), got)
			require.Equal(t, x, money.Units(a, got))
		}
	})
}

func TestAmountCannotBeChangedThroughWhatItGaveOrTook(t *testing.T) {
	given := power(2, 255)
	x := money.NewAmount(eth, given)
	before := x.UnitsText()

	given.SetInt64(1)
	x.Units().SetInt64(2)
	sum, err := x.Add(money.Units(eth, 0))
	require.NoError(t, err)
	sum.Units().SetInt64(3)
	x.Neg().Units().SetInt64(4)
	d := x.Decimal()
	d.Coefficient().SetInt64(5)
	_ = d.Shift(3).Add(d)

	require.Equal(t, before, x.UnitsText())
	require.Equal(t, before, sum.UnitsText())

	var zero money.Amount
	zero.Units().SetInt64(6)
	require.Zero(t, zero.Units().Sign(), "zero shares no number")
}

func TestAmountIsWrittenWithAllItsDecimals(t *testing.T) {
	whole := power(10, 18)
	for _, c := range []struct {
		x    money.Amount
		want string
	}{
		{money.Units(btc, 123400), "0.00123400 BTC@bitcoin"},
		{money.Units(btc, -1), "-0.00000001 BTC@bitcoin"},
		{money.Units(btc, 0), "0.00000000 BTC@bitcoin"},
		{money.Units(btc, math.MinInt64), "-92233720368.54775808 BTC@bitcoin"},
		{money.NewAmount(eth, whole), "1.000000000000000000 ETH@ethereum"},
		{money.NewAmount(eth, new(big.Int).Sub(whole, big.NewInt(1))), "0.999999999999999999 ETH@ethereum"},
		{money.NewAmount(eth, nil), "0.000000000000000000 ETH@ethereum"},
		{money.USD.Cents(-6401), "-64.01 USD"},
		{money.EUR.Cents(7), "0.07 EUR"},
		{money.Units(money.Asset{Coin: "NFT", Network: "bsc"}, 12), "12 NFT@bsc"},
	} {
		require.Equal(t, c.want, c.x.String())
	}
}

func TestAssetIDNamesCoinAndNetwork(t *testing.T) {
	for id, a := range map[string]money.Asset{"USDT@bsc": {Coin: "USDT", Network: "bsc"}, "USD": {Coin: "USD"}, "": {}} {
		require.Equal(t, id, a.String())
		coin, network := money.SplitAssetID(id)
		require.Equal(t, a, money.Asset{Coin: coin, Network: network})
	}
	require.Equal(t, money.EUR, money.EUR.Asset().Currency())
	require.Empty(t, btc.Currency(), "a coin is no currency")
	for c, valid := range map[money.Currency]bool{money.USD: true, money.EUR: true, "usd": false, "GBP": false, "": false} {
		require.Equal(t, valid, c.Valid(), "%q", c)
	}
}
