package address_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/payments/money"
)

func TestURIs(t *testing.T) {
	const btc, evm = "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
	doge := dogecoin
	usdt := bsc.Tokens[0].Asset
	for _, c := range []struct {
		name    string
		network chain.Network
		to      string
		asset   money.Asset
		coins   string // empty: the zero Amount
		want    string
	}{
		{"bitcoin", chain.Bitcoin, btc, chain.Bitcoin.Native, "0.001", "bitcoin:" + btc + "?amount=0.001"},
		{"whole coins keep their zeros", chain.Bitcoin, btc, chain.Bitcoin.Native, "100", "bitcoin:" + btc + "?amount=100"},
		{"one satoshi", chain.Bitcoin, btc, chain.Bitcoin.Native, "0.00000001", "bitcoin:" + btc + "?amount=0.00000001"},
		{"any amount", chain.Bitcoin, btc, money.Asset{}, "", "bitcoin:" + btc},
		{"zero", chain.Bitcoin, btc, chain.Bitcoin.Native, "0", "bitcoin:" + btc},
		{"dogecoin", doge, "DBus3bamQjgJULBJtYXpEzDWQRwF5iwxgC", doge.Native, "250", "dogecoin:DBus3bamQjgJULBJtYXpEzDWQRwF5iwxgC?amount=250"},
		{"ether", chain.Ethereum, evm, chain.Ethereum.Native, "2.014", "ethereum:" + evm + "@1?value=2014000000000000000"},
		{"ether, any amount", chain.Ethereum, evm, money.Asset{}, "", "ethereum:" + evm + "@1"},
		{"token", bsc, evm, usdt, "10", "ethereum:0x55d398326f99059fF775485246999027B3197955@56/transfer?address=" + evm + "&uint256=10000000000000000000"},
		{"token, any amount", bsc, evm, usdt, "0", "ethereum:0x55d398326f99059fF775485246999027B3197955@56/transfer?address=" + evm},
	} {
		t.Run(c.name, func(t *testing.T) {
			to, err := address.Parse(c.network, c.to)
			require.NoError(t, err)
			var amount money.Amount
			if c.coins != "" {
				amount, err = money.ParseAmount(c.asset, c.coins)
				require.NoError(t, err)
			}
			uri, err := address.URI(c.network, to, amount)
			require.NoError(t, err)
			require.Equal(t, c.want, uri)
		})
	}
}

func TestURIsThatWouldMisleadAreRefused(t *testing.T) {
	to, err := address.Parse(chain.Bitcoin, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu")
	require.NoError(t, err)
	_, err = address.URI(chain.Bitcoin, to, money.Units(chain.Bitcoin.Native, -1))
	require.ErrorIs(t, err, address.ErrAmount)
	_, err = address.URI(chain.Bitcoin, to, money.Units(litecoin.Native, 1))
	require.ErrorIs(t, err, address.ErrAmount)
	_, err = address.URI(chain.Bitcoin, to, money.USD.Cents(100))
	require.ErrorIs(t, err, address.ErrAmount)
	_, err = address.URI(chain.Ethereum, to, money.Units(chain.Ethereum.Native, 1))
	var e *address.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, address.CodeOtherChain, e.Code)
}
