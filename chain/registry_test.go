package chain_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/payments/money"
)

// registry is every network of the package.
var registry = []chain.Network{
	chain.Bitcoin, chain.BitcoinRegtest, chain.Litecoin, chain.Dogecoin,
	chain.Ethereum, chain.BSC, chain.Sepolia, chain.BSCTestnet,
}

func TestTheRegistryIsWhole(t *testing.T) {
	ids, chainIDs := map[string]bool{}, map[uint64]bool{}
	for _, n := range registry {
		require.False(t, ids[n.ID], "id %s twice", n.ID)
		ids[n.ID] = true
		require.Equal(t, n.ID, n.Native.Network)
		require.Positive(t, n.BlockTime)
		require.True(t, n.UTXO() == (n.Genesis != ""), "%s: a genesis hash, or a chain id", n.ID)
		require.True(t, n.UTXO() == (n.ChainID == 0))
		require.True(t, n.UTXO() || !chainIDs[n.ChainID], "chain id %d twice", n.ChainID)
		chainIDs[n.ChainID] = true
		contracts, assets := map[chain.Address]bool{}, map[money.Asset]bool{n.Native: true}
		for _, token := range n.Listed() {
			require.Len(t, token.Contract.Raw, 20, "%s", token.Asset)
			require.False(t, contracts[token.Contract], "one contract, one asset")
			contracts[token.Contract] = true
			require.False(t, assets[token.Asset], "%s has two contracts", token.Asset)
			assets[token.Asset] = true
			require.Equal(t, n.ID, token.Asset.Network)
			require.LessOrEqual(t, token.Asset.Decimals, uint8(money.MaxDecimals))
		}
		for _, token := range n.Tokens {
			got, ok := n.Token(token.Asset)
			require.True(t, ok)
			require.Equal(t, token, got)
		}
	}
	_, ok := chain.Bitcoin.Asset("ETH")
	require.False(t, ok)
}

func TestUnacceptedTokensAreListedAndNeverOffered(t *testing.T) {
	for _, n := range registry {
		require.Len(t, n.Assets(), 1+len(n.Tokens))
		require.Len(t, n.Listed(), len(n.Tokens)+len(n.Unaccepted))
		for _, token := range n.Unaccepted {
			require.NotContains(t, n.Assets(), token.Asset)
			_, ok := n.Asset(token.Asset.Coin)
			require.False(t, ok, "%s", token.Asset)
			_, ok = n.Token(token.Asset)
			require.False(t, ok, "%s", token.Asset)
			require.Contains(t, n.Listed(), token)
		}
	}
}

// The texts are those of the sources named beside the registry, with their
// EIP-55 checksums.
func TestContractsHaveTheChecksumsOfTheirSources(t *testing.T) {
	coins := []money.Coin{"BTC", "LTC", "DOGE", "ETH", "USDC", "USDT", "GUSD", "DAI"} // the product's
	rows := map[string]int{}
	for _, c := range []struct {
		network  chain.Network
		coin     money.Coin
		decimals uint8
		contract string
	}{
		{chain.Ethereum, "WBTC", 8, "0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599"},
		{chain.Ethereum, "CBBTC", 8, "0xcbB7C0000aB88B473b1f5aFd9ef808440eed33Bf"},
		{chain.Ethereum, "WETH", 18, "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"},
		{chain.Ethereum, "BUSD", 18, "0x4Fabb145d64652a948d72533023f6E7A623C7C53"},
		{chain.Ethereum, "FDUSD", 18, "0xc5f0f7b66764F6ec8C8Dff7BA683102295E16409"},
		{chain.Ethereum, "PYUSD", 6, "0x6c3ea9036406852006290770BEdFcAbA0e23A0e8"},
		{chain.Ethereum, "USDS", 18, "0xdC035D45d973E3EC169d2276DDab16f1e407384F"},
		{chain.BSC, "WBNB", 18, "0xbb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c"},
		{chain.BSC, "BUSD", 18, "0xe9e7CEA3DedcA5984780Bafc599bD69ADd087D56"},
		{chain.BSC, "FDUSD", 18, "0xc5f0f7b66764F6ec8C8Dff7BA683102295E16409"},
		{chain.Ethereum, "USDC", 6, "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"},
		{chain.Ethereum, "USDT", 6, "0xdAC17F958D2ee523a2206206994597C13D831ec7"},
		{chain.Ethereum, "GUSD", 2, "0x056Fd409E1d7A124BD7017459dFEa2F387b6d5Cd"},
		{chain.Ethereum, "DAI", 18, "0x6B175474E89094C44Da98b954EedeAC495271d0F"},
		{chain.BSC, "USDC", 18, "0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d"},
		{chain.BSC, "USDT", 18, "0x55d398326f99059fF775485246999027B3197955"},
		{chain.BSC, "DAI", 18, "0x1AF3F329e8BE154074D8769D1FFa4eE058B1DBc3"},
		{chain.BSC, "BTC", 18, "0x7130d2A12B9BCbFAe4f2634d864A1Ee1Ce3Ead9c"},
		{chain.BSC, "LTC", 18, "0x4338665CBB7B2485A8855A139b75D5e34AB0DB94"},
		{chain.BSC, "DOGE", 8, "0xbA2aE424d960c26247Dd6c32edC70B295c744C43"},
		{chain.BSC, "ETH", 18, "0x2170Ed0880ac9A755fd29B2688956BD959F933F8"},
		{chain.Sepolia, "USDC", 6, "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238"},
		{chain.BSCTestnet, "USDT", 18, "0x337610d27c682E347C9cD60BD4b3b107C9d34dDd"},
		{chain.BSCTestnet, "USDC", 18, "0x64544969ed7EBf5f083679233325356EbE738930"},
		{chain.BSCTestnet, "DAI", 18, "0xEC5dCb5Dbf4B114C9d0F65BcCAb49EC54F6A0867"},
		{chain.BSCTestnet, "BTC", 18, "0x6ce8dA28E2f864420840cF74474eFf5fD80E65B8"},
		{chain.BSCTestnet, "ETH", 18, "0xd66c6B4F0be8CE5b39D52E0Fd1344c389929B378"},
	} {
		token, ok := listed(c.network, c.contract)
		require.True(t, ok, "%s on %s", c.coin, c.network.ID)
		require.Equal(t, money.Asset{Coin: c.coin, Network: c.network.ID, Decimals: c.decimals}, token.Asset)
		_, accepted := c.network.Token(token.Asset)
		require.Equal(t, slices.Contains(coins, c.coin), accepted, "%s", token.Asset)
		rows[c.network.ID]++
	}
	for _, n := range registry {
		require.Equal(t, len(n.Listed()), rows[n.ID], "%s has contracts that no source is named for", n.ID)
	}
}

// listed finds a token by its contract's checksummed text.
func listed(n chain.Network, contract string) (chain.Token, bool) {
	for _, token := range n.Listed() {
		text, err := address.Format(n, token.Contract)
		if err == nil && text == contract {
			return token, true
		}
	}
	return chain.Token{}, false
}

type sheetToken struct {
	Asset, Network, Address, Status string

	Decimals uint8
}

func TestTheRegistryAgreesWithTheTokenSheet(t *testing.T) {
	dir := os.Getenv("COINTILL_DATA")
	if dir == "" {
		t.Skip("COINTILL_DATA names no folder with the token sheet")
	}
	text, err := os.ReadFile(filepath.Join(dir, "tokens.json"))
	require.NoError(t, err)
	var sheet struct {
		Tokens     []sheetToken
		Testnet    []sheetToken `json:"testnet_tokens"`
		Lookalikes []sheetToken `json:"lookalikes_to_ignore"`
	}
	require.NoError(t, json.Unmarshal(text, &sheet))
	require.NotEmpty(t, sheet.Tokens)
	require.NotEmpty(t, sheet.Lookalikes)
	networks, rows := map[string]chain.Network{}, map[string]int{}
	for _, n := range registry {
		networks[n.ID] = n
	}
	for _, row := range append(sheet.Tokens, sheet.Testnet...) {
		token, ok := listed(networks[row.Network], row.Address)
		if row.Status == "single_source" {
			require.False(t, ok, "%s on %s has one source", row.Asset, row.Network)
			continue
		}
		require.True(t, ok, "%s on %s", row.Asset, row.Network)
		require.Equal(t, money.Asset{Coin: money.Coin(row.Asset), Network: row.Network, Decimals: row.Decimals}, token.Asset)
		_, ok = networks[row.Network].Token(token.Asset)
		require.True(t, ok, "%s on %s is accepted", row.Asset, row.Network)
		rows[row.Network]++
	}
	for _, n := range registry {
		require.Equal(t, len(n.Tokens), rows[n.ID], "%s has tokens the sheet does not know", n.ID)
	}
	for _, row := range sheet.Lookalikes {
		token, ok := listed(networks[row.Network], row.Address)
		if !ok {
			continue
		}
		// BUSD is no other coin's look-alike under its own name, and unaccepted.
		require.EqualValues(t, "BUSD", token.Asset.Coin)
		require.Contains(t, networks[row.Network].Unaccepted, token)
	}
}
