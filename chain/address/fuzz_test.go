package address_test

import (
	"errors"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/payments/money"
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

// FuzzURI reads each URI as a wallet does: it asks for what was to be asked for,
// at the address that was given, and for nothing else.
func FuzzURI(f *testing.F) {
	for _, c := range accepted {
		a, err := address.Parse(testNetworks[c.network], c.text)
		require.NoError(f, err)
		f.Add(a.Raw, uint64(0), uint8(0))
		f.Add(a.Raw, uint64(1_000_000_000), uint8(1))
	}
	for _, n := range []chain.Network{chain.Litecoin, chain.BSC} { // each coin, with an amount
		to, err := address.Parse(n, askedAt[n.ID])
		require.NoError(f, err)
		for i := range n.Assets() {
			f.Add(to.Raw, uint64(150_000_000), uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, raw string, units uint64, asset uint8) {
		for _, n := range testNetworks {
			assets := n.Assets()
			amount := money.NewAmount(assets[int(asset)%len(assets)], new(big.Int).SetUint64(units))
			to := chain.Address{Family: n.Family, Raw: raw}
			text, err := address.URI(n, to, amount)
			var dust *address.DustError
			if errors.As(err, &dust) {
				require.Positive(t, units)
				require.Negative(t, amount.Units().Cmp(dust.Least.Units()))
				amount = dust.Least
				text, err = address.URI(n, to, amount)
				require.NoError(t, err, "the least is enough")
			}
			if err != nil {
				var e *address.Error
				require.ErrorAs(t, err, &e)
				continue
			}
			u, err := url.Parse(text)
			require.NoError(t, err)
			recipient, _, _ := strings.Cut(u.Opaque, "@")
			asked := u.Query()
			switch {
			case n.UTXO():
				require.Equal(t, n.URIScheme, u.Scheme)
				if units > 0 {
					got, err := money.ParseAmount(n.Native, asked.Get("amount"))
					require.NoError(t, err)
					require.True(t, amount.Equal(got), "%s asks for %s", text, got)
				}
			case amount.Asset() == n.Native:
				require.Equal(t, units > 0, asked.Has("value"), text)
				require.True(t, units == 0 || asked.Get("value") == amount.UnitsText(), text)
			default:
				token, _ := n.Token(amount.Asset())
				contract, err := address.Format(n, token.Contract)
				require.NoError(t, err)
				require.Equal(t, contract, recipient)
				recipient = asked.Get("address")
				require.True(t, units == 0 || asked.Get("uint256") == amount.UnitsText(), text)
			}
			want, err := address.Format(n, to)
			require.NoError(t, err)
			require.Equal(t, want, recipient)
			require.True(t, n.UTXO() || strings.Contains(u.Opaque, "@"+strconv.FormatUint(n.ChainID, 10)), text)
			require.LessOrEqual(t, len(asked), 2)
		}
	})
}
