package address_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
)

func FuzzParse(f *testing.F) {
	for _, c := range accepted {
		f.Add(c.text)
	}
	for _, c := range refused {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, n := range testNetworks {
			a, err := address.Parse(n, text)
			if err != nil {
				var e *address.Error
				require.ErrorAs(t, err, &e)
				require.Zero(t, a)
				require.NotEmpty(t, e.Error())
				continue
			}
			canonical, err := address.Format(n, a)
			require.NoError(t, err)
			again, err := address.Parse(n, canonical)
			require.NoError(t, err)
			require.Equal(t, a, again)
		}
	})
}

func FuzzFormat(f *testing.F) {
	for _, c := range accepted {
		a, err := address.Parse(testNetworks[c.network], c.text)
		require.NoError(f, err)
		f.Add(a.Raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, n := range testNetworks {
			a := chain.Address{Family: n.Family, Raw: raw}
			text, err := address.Format(n, a)
			if err != nil {
				continue
			}
			back, err := address.Parse(n, text)
			if err == nil {
				require.Equal(t, a, back)
				continue
			}
			// Only addresses that nobody should pay to are written and not read.
			var e *address.Error
			require.ErrorAs(t, err, &e)
			require.Contains(t, []address.Code{address.CodeZero, address.CodeTokenContract, address.CodePrecompile}, e.Code)
		}
	})
}
