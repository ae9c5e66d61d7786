package sqltx

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments/money"
)

func TestParseDecimal_takesPlainDigitsOnly(t *testing.T) {
	for _, s := range []string{"0", "-0.5", "123456789012345678901234567890.000000000000000001"} {
		d, err := parseDecimal(s)
		require.NoError(t, err)
		require.Equal(t, s, d.String())
	}
	for _, s := range []string{"", "-", ".", "1.", ".5", "1e9", "1e1000000000", "+1", "NaN", "0x1", "1.2.3", "--1", " 1"} {
		_, err := parseDecimal(s)
		require.ErrorIs(t, err, money.ErrBadNumber, s)
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0", "-0.5", "1e1000000000", "00.10"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseDecimal(s)
		if err != nil {
			return
		}
		text, err := decimalText(d)
		require.NoError(t, err)
		again, err := parseDecimal(text)
		require.NoError(t, err)
		require.True(t, d.Equal(again))
	})
}

func FuzzParseOutpoints(f *testing.F) {
	f.Add(`[{"TxID":"0000000000000000000000000000000000000000000000000000000000000001","Vout":7}]`)
	f.Add(`[{"TxID":"","Vout":-1}]`)
	f.Fuzz(func(t *testing.T, s string) {
		ops, err := parseOutpoints(s)
		if err != nil {
			return
		}
		text, err := outpointsText(ops)
		require.NoError(t, err)
		again, err := parseOutpoints(text.(string))
		require.NoError(t, err)
		if len(ops) > 0 {
			require.Equal(t, ops, again)
		}
	})
}
