package money_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments/money"
)

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"0.001234", "1e9", "-1", "00.0", "21000000.00000000", "999999999999999999999999"} {
		f.Add(s, byte(8))
	}
	f.Fuzz(func(t *testing.T, s string, decimals byte) {
		a := money.Asset{Coin: "X", Network: "n", Decimals: decimals % (money.MaxDecimals + 1)}
		x, err := money.ParseAmount(a, s)
		if err != nil {
			var p *money.PrecisionError
			require.True(t, errors.Is(err, money.ErrBadNumber) || errors.As(err, &p), "%v", err)
			return
		}
		require.GreaterOrEqual(t, x.Sign(), 0)
		require.LessOrEqual(t, x.Units().BitLen(), 320)
		back, err := money.ParseAmount(a, x.Text())
		require.NoError(t, err)
		require.Equal(t, x, back)
	})
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"1.09e-05", "6e4", "1e1000000000", "1e5.", ".e5", "1e+", "0.0", "9e-36", "\u22121"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := money.ParseDecimal(s)
		if err != nil {
			require.ErrorIs(t, err, money.ErrBadNumber)
			return
		}
		require.Positive(t, d.Sign())
		require.LessOrEqual(t, d.Exponent(), int32(18))
		require.GreaterOrEqual(t, d.Exponent(), int32(-36))
		require.LessOrEqual(t, d.NumDigits(), 48)
		if r, err := money.ParseRate(s); err == nil {
			back, err := money.ParseRate(r.String())
			require.NoError(t, err)
			require.True(t, back.Equal(r))
		}
	})
}

func FuzzAmountFromJSON(f *testing.F) {
	f.Add([]byte(`{"asset":"BTC@bitcoin","decimals":8,"units":"123400"}`))
	f.Add([]byte(`{"asset":"A@b@c","decimals":0,"units":"-0"}`))
	f.Add([]byte(`{"asset":"BTC@","units":1e9}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var x money.Amount
		if json.Unmarshal(b, &x) != nil {
			require.Equal(t, money.Amount{}, x)
			return
		}
		again, err := json.Marshal(x)
		require.NoError(t, err)
		var y money.Amount
		require.NoError(t, json.Unmarshal(again, &y))
		require.Equal(t, x, y)
	})
}

func FuzzRateFromJSON(f *testing.F) {
	f.Add([]byte(`"64000.5"`))
	f.Add([]byte(`"1e1000000000"`))
	f.Add([]byte(`""`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r money.Rate
		if json.Unmarshal(b, &r) != nil {
			require.False(t, r.Valid())
			return
		}
		again, err := json.Marshal(r)
		require.NoError(t, err)
		var s money.Rate
		require.NoError(t, json.Unmarshal(again, &s))
		require.True(t, r.Equal(s))
	})
}
