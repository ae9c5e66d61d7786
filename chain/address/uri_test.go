package address_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/payments/money"
)

// askedAt are deposit addresses of the product's networks.
var askedAt = map[string]string{
	"bitcoin":  "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
	"litecoin": "ltc1qjmxnz78nmc8nq77wuxh25n2es7rzm5c2rkk4wh",
	"dogecoin": "DBus3bamQjgJULBJtYXpEzDWQRwF5iwxgC",
	"ethereum": "0x9858EfFD232B4033E47d90003D41EC34EcaEda94",
	"bsc":      "0x9858EfFD232B4033E47d90003D41EC34EcaEda94",
}

// Every coin of the product on every network that has it.
func TestURIsOfAllCoinsOnTheirNetworks(t *testing.T) {
	asked := map[money.Asset]bool{}
	for _, c := range []struct {
		network chain.Network
		coin    money.Coin
		coins   string
		want    string
	}{
		{chain.Bitcoin, "BTC", "0.001", "bitcoin:bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu?amount=0.001"},
		{chain.Litecoin, "LTC", "1.5", "litecoin:ltc1qjmxnz78nmc8nq77wuxh25n2es7rzm5c2rkk4wh?amount=1.5"},
		{chain.Dogecoin, "DOGE", "250", "dogecoin:DBus3bamQjgJULBJtYXpEzDWQRwF5iwxgC?amount=250"},
		{chain.Ethereum, "ETH", "2.014", "ethereum:0x9858EfFD232B4033E47d90003D41EC34EcaEda94@1?value=2014000000000000000"},
		{chain.Ethereum, "USDC", "10.5", "ethereum:0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48@1/transfer?address=0x9858EfFD232B4033E47d90003D41EC34EcaEda94&uint256=10500000"},
		{chain.Ethereum, "USDT", "0.000001", "ethereum:0xdAC17F958D2ee523a2206206994597C13D831ec7@1/transfer?address=0x9858EfFD232B4033E47d90003D41EC34EcaEda94&uint256=1"},
		{chain.Ethereum, "GUSD", "10.01", "ethereum:0x056Fd409E1d7A124BD7017459dFEa2F387b6d5Cd@1/transfer?address=0x9858EfFD232B4033E47d90003D41EC34EcaEda94&uint256=1001"},
		{chain.Ethereum, "DAI", "10", "ethereum:0x6B175474E89094C44Da98b954EedeAC495271d0F@1/transfer?address=0x9858EfFD232B4033E47d90003D41EC34EcaEda94&uint256=10000000000000000000"},
		{chain.BSC, "BNB", "0.05", "ethereum:0x9858EfFD232B4033E47d90003D41EC34EcaEda94@56?value=50000000000000000"},
		{chain.BSC, "USDC", "10", "ethereum:0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d@56/transfer?address=0x9858EfFD232B4033E47d90003D41EC34EcaEda94&uint256=10000000000000000000"},
		{chain.BSC, "USDT", "10.5", "ethereum:0x55d398326f99059fF775485246999027B3197955@56/transfer?address=0x9858EfFD232B4033E47d90003D41EC34EcaEda94&uint256=10500000000000000000"},
		{chain.BSC, "DAI", "0.01", "ethereum:0x1AF3F329e8BE154074D8769D1FFa4eE058B1DBc3@56/transfer?address=0x9858EfFD232B4033E47d90003D41EC34EcaEda94&uint256=10000000000000000"},
		{chain.BSC, "BTC", "0.00012345", "ethereum:0x7130d2A12B9BCbFAe4f2634d864A1Ee1Ce3Ead9c@56/transfer?address=0x9858EfFD232B4033E47d90003D41EC34EcaEda94&uint256=123450000000000"},
		{chain.BSC, "LTC", "1.5", "ethereum:0x4338665CBB7B2485A8855A139b75D5e34AB0DB94@56/transfer?address=0x9858EfFD232B4033E47d90003D41EC34EcaEda94&uint256=1500000000000000000"},
		{chain.BSC, "DOGE", "250", "ethereum:0xbA2aE424d960c26247Dd6c32edC70B295c744C43@56/transfer?address=0x9858EfFD232B4033E47d90003D41EC34EcaEda94&uint256=25000000000"},
		{chain.BSC, "ETH", "2.014", "ethereum:0x2170Ed0880ac9A755fd29B2688956BD959F933F8@56/transfer?address=0x9858EfFD232B4033E47d90003D41EC34EcaEda94&uint256=2014000000000000000"},
	} {
		asset, ok := c.network.Asset(c.coin)
		require.True(t, ok)
		asked[asset] = true
		require.Equal(t, c.want, uriOf(t, c.network, asset, c.coins))
	}
	for _, n := range []chain.Network{chain.Bitcoin, chain.Litecoin, chain.Dogecoin, chain.Ethereum, chain.BSC} {
		for _, a := range n.Assets() {
			require.True(t, asked[a], "%s is asked for", a)
		}
	}
}

// uriOf asks for coins at the network's deposit address.
func uriOf(t *testing.T, n chain.Network, asset money.Asset, coins string) string {
	t.Helper()
	to, err := address.Parse(n, askedAt[n.ID])
	require.NoError(t, err)
	var amount money.Amount
	if coins != "" {
		amount, err = money.ParseAmount(asset, coins)
		require.NoError(t, err)
	}
	uri, err := address.URI(n, to, amount)
	require.NoError(t, err)
	return uri
}

func TestURIsOfPlainAmounts(t *testing.T) {
	usdt, _ := chain.BSC.Asset("USDT")
	for _, c := range []struct {
		name    string
		network chain.Network
		asset   money.Asset
		coins   string // empty: the zero Amount
		want    string
	}{
		{"whole coins keep their zeros", chain.Bitcoin, chain.Bitcoin.Native, "100", "bitcoin:" + askedAt["bitcoin"] + "?amount=100"},
		{"all eight places", chain.Litecoin, chain.Litecoin.Native, "0.12345678", "litecoin:" + askedAt["litecoin"] + "?amount=0.12345678"},
		{"any amount", chain.Bitcoin, money.Asset{}, "", "bitcoin:" + askedAt["bitcoin"]},
		{"zero", chain.Bitcoin, chain.Bitcoin.Native, "0", "bitcoin:" + askedAt["bitcoin"]},
		{"litecoin, any amount", chain.Litecoin, money.Asset{}, "", "litecoin:" + askedAt["litecoin"]},
		{"ether, any amount", chain.Ethereum, money.Asset{}, "", "ethereum:" + askedAt["ethereum"] + "@1"},
		{"BNB, any amount", chain.BSC, money.Asset{}, "", "ethereum:" + askedAt["bsc"] + "@56"},
		{"token, any amount", chain.BSC, usdt, "0", "ethereum:0x55d398326f99059fF775485246999027B3197955@56/transfer?address=" + askedAt["bsc"]},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, uriOf(t, c.network, c.asset, c.coins))
		})
	}
}

func TestURIsThatWouldMisleadAreRefused(t *testing.T) {
	to, err := address.Parse(chain.Bitcoin, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu")
	require.NoError(t, err)
	_, err = address.URI(chain.Bitcoin, to, money.Units(chain.Bitcoin.Native, -1))
	require.ErrorIs(t, err, address.ErrAmount)
	_, err = address.URI(chain.Bitcoin, to, money.Units(chain.Litecoin.Native, 1))
	require.ErrorIs(t, err, address.ErrAmount)
	_, err = address.URI(chain.Bitcoin, to, money.USD.Cents(100))
	require.ErrorIs(t, err, address.ErrAmount)
	_, err = address.URI(chain.Ethereum, to, money.Units(chain.Ethereum.Native, 1))
	var e *address.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, address.CodeWrongChain, e.Code)
}

// The limits are those that each node's own tests and documents state: 546, 540,
// 294 and 330 satoshi for the forms of output, ten times that in litoshi, and
// 0.01 DOGE below which Dogecoin Core asks as much again in fees.
func TestURIsNeverAskForDust(t *testing.T) {
	for _, c := range []struct {
		network     chain.Network
		to          string
		less, least string
	}{
		{chain.Bitcoin, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "0.00000545", "0.00000546"},
		{chain.Bitcoin, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "0.00000539", "0.0000054"},
		{chain.Bitcoin, askedAt["bitcoin"], "0.00000293", "0.00000294"},
		{chain.Bitcoin, "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "0.00000329", "0.0000033"},
		{chain.Litecoin, "LUWPbpM43E2p7ZSh8cyTBEkvpHmr3cB8Ez", "0.00005459", "0.0000546"},
		{chain.Litecoin, askedAt["litecoin"], "0.00002939", "0.0000294"},
		{chain.Dogecoin, askedAt["dogecoin"], "0.00999999", "0.01"},
		{chain.Dogecoin, askedAt["dogecoin"], "0.00099999", "0.01"},
	} {
		to, err := address.Parse(c.network, c.to)
		require.NoError(t, err)
		ask := func(coins string) (string, error) {
			amount, err := money.ParseAmount(c.network.Native, coins)
			require.NoError(t, err)
			return address.URI(c.network, to, amount)
		}
		_, err = ask(c.less)
		var dust *address.DustError
		require.ErrorAs(t, err, &dust, "%s to %s", c.less, c.to)
		require.ErrorIs(t, err, address.ErrAmount)
		require.ErrorContains(t, err, dust.Least.String())
		uri, err := ask(c.least)
		require.NoError(t, err)
		require.Equal(t, c.network.URIScheme+":"+c.to+"?amount="+c.least, uri)
		_, err = ask("0")
		require.NoError(t, err, "any amount")
	}
	to, err := address.Parse(chain.BSC, askedAt["bsc"])
	require.NoError(t, err)
	for _, a := range chain.BSC.Assets() {
		_, err := address.URI(chain.BSC, to, money.Units(a, 1))
		require.NoError(t, err, "%s", a)
	}
}
