package money_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments/money"
)

func TestParseAmountTakesPlainDigitsOnly(t *testing.T) {
	for text, units := range map[string]string{
		"0": "0", "0.0": "0", "1": "100000000", "0.00000001": "1", "21000000": "2100000000000000",
		"007.5": "750000000", "0.5000000000000": "50000000", // zeros beyond the decimals say nothing
		strings.Repeat("0", 80) + "1": "100000000",
	} {
		x, err := money.ParseAmount(btc, text)
		require.NoError(t, err, text)
		require.Equal(t, units, x.UnitsText(), text)
		require.Equal(t, btc, x.Asset())
	}
	for _, text := range []string{
		"", ".", "5.", ".5", "1.2.3", "-1", "+1", "1e8", "1E-8", "1,5", "1_000", " 1", "1 ", "1\n", "0x10",
		"NaN", "Inf", "١", "１", "1.\x00", "\xff", "-0", "1.-5", strings.Repeat("9", 98), strings.Repeat("1", 1<<20),
		"0." + strings.Repeat("0", 99),
	} {
		_, err := money.ParseAmount(btc, text)
		require.ErrorIs(t, err, money.ErrBadNumber, "%.40q", text)
		require.Less(t, len(err.Error()), 300, "a hostile text does not fill the error")
	}
}

func TestParseAmountNamesTooManyDecimals(t *testing.T) {
	for a, text := range map[money.Asset]string{btc: "0.000000001", gusd: "0.001", money.USD.Asset(): "1.005", {Coin: "NFT", Network: "bsc"}: "0.5"} {
		_, err := money.ParseAmount(a, text)
		var p *money.PrecisionError
		require.ErrorAs(t, err, &p)
		require.Equal(t, money.PrecisionError{Asset: a, Text: text}, *p)
		require.ErrorContains(t, err, a.String())
	}
}

func TestWhatAnAmountWritesIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAsset(t)
		x := money.NewAmount(a, drawUnits(t, true))
		back, err := money.ParseUnits(a, x.UnitsText())
		require.NoError(t, err)
		require.Equal(t, x, back)
		if x.Sign() < 0 {
			_, err = money.ParseAmount(a, x.Text())
			require.ErrorIs(t, err, money.ErrBadNumber, "nobody pays a negative amount")
			return
		}
		back, err = money.ParseAmount(a, x.Text())
		require.NoError(t, err)
		require.Equal(t, x, back)
	})
}

func TestParseUnitsBoundsWhatItExpands(t *testing.T) {
	most := power(2, 320)
	_, err := money.ParseUnits(eth, most.String())
	require.ErrorIs(t, err, money.ErrBadNumber)
	most.Sub(most, power(2, 0))
	x, err := money.ParseUnits(eth, "-"+most.String())
	require.NoError(t, err)
	require.Equal(t, "-"+most.String(), x.UnitsText())
	for _, text := range []string{"", "-", "--1", "+1", "1.0", "1e3", "0x1", " 1", "1_0", strings.Repeat("0", 101)} {
		_, err := money.ParseUnits(btc, text)
		require.ErrorIs(t, err, money.ErrBadNumber, "%q", text)
	}
	zero, err := money.ParseUnits(btc, "-0")
	require.NoError(t, err)
	require.Equal(t, money.Units(btc, 0), zero)
}

func TestParseDecimalGuardsAgainstHostileNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"1.09e-05": "0.0000109", "6e4": "60000", "1e18": "1000000000000000000", "1E+5": "100000",
		"1e-36": "0." + strings.Repeat("0", 35) + "1", "5.": "5", ".5": "0.5", "0001.50": "1.5",
		"0." + strings.Repeat("3", 34):  "0." + strings.Repeat("3", 34),
		strings.Repeat("9", 48):         strings.Repeat("9", 48),
		strings.Repeat("9", 44) + "e18": strings.Repeat("9", 44) + strings.Repeat("0", 18),
	} {
		d, err := money.ParseDecimal(text)
		require.NoError(t, err, text)
		require.Equal(t, want, d.String())
	}
	for _, text := range []string{
		"1e1000000000", "1e-1000000000", "1e99", "1e2147483647", "1e-2147483648", "1e+99", "1e19", "1e-37", "1e-40",
		"-1", "0", "0.00", "0e5", "-0", "", ".", "e", "e5", ".e5", "1e", "1e+", "1e5.", "1e.5", "1e5e5", "1e--5", "1e0018", "1e+018", "1e-036",
		"+1", "1.2.3", "1,5", "1_0", "0x1", " 1", "1 ", "NaN", "Inf", "-Inf", "null", `"1"`, "\u22121", "1\u2212", "١",
		strings.Repeat("9", 49), "0." + strings.Repeat("0", 36) + "1", strings.Repeat("1", 1<<20),
	} {
		_, err := money.ParseDecimal(text)
		require.ErrorIs(t, err, money.ErrBadNumber, "%.50q", text)
		require.Less(t, len(err.Error()), 300)
		_, err = money.ParseRate(text)
		require.ErrorIs(t, err, money.ErrBadNumber, "%.50q", text)
	}
}

// A refusal must cost nothing: an answer may hold thousands of such numbers.
func TestAnExponentBombIsRefusedBeforeItIsExpanded(t *testing.T) {
	for _, text := range []string{"1e99", "1e1000000000", "1e-1000000000"} {
		require.Less(t, testing.AllocsPerRun(20, func() {
			if _, err := money.ParseRate(text); err == nil {
				t.Error("the bomb was taken")
			}
		}), float64(20), text)
	}
}
