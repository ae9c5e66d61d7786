package chain

import (
	"encoding/hex"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Ethereum is Ethereum's main network with the tokens the library knows.
// Contracts and decimals of Tokens: MetaMask contract-metadata and Uniswap's
// default token list, in agreement. Of Unaccepted: Aave's address book with
// Trust Wallet's asset list (WBTC, WETH, PYUSD, USDS) or with several wallets'
// configurations (cbBTC); Trust Wallet's list with several exchanges'
// configurations (BUSD, FDUSD); each in agreement.
var Ethereum = Network{
	ID: "ethereum", Name: "Ethereum", Family: FamilyEVM, ChainID: 1,
	Native:    money.Asset{Coin: "ETH", Network: "ethereum", Decimals: 18},
	BlockTime: 12 * time.Second,
	URIScheme: "ethereum", CoinType: 60,
	Tokens: []Token{
		token("USDC", "ethereum", 6, "A0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"),
		token("USDT", "ethereum", 6, "dAC17F958D2ee523a2206206994597C13D831ec7"),
		token("GUSD", "ethereum", 2, "056Fd409E1d7A124BD7017459dFEa2F387b6d5Cd"),
		token("DAI", "ethereum", 18, "6B175474E89094C44Da98b954EedeAC495271d0F"),
	},
	Unaccepted: []Token{
		token("WBTC", "ethereum", 8, "2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599"),
		token("CBBTC", "ethereum", 8, "cbB7C0000aB88B473b1f5aFd9ef808440eed33Bf"),
		token("WETH", "ethereum", 18, "C02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"),
		token("BUSD", "ethereum", 18, "4Fabb145d64652a948d72533023f6E7A623C7C53"),
		token("FDUSD", "ethereum", 18, "c5f0f7b66764F6ec8C8Dff7BA683102295E16409"),
		token("PYUSD", "ethereum", 6, "6c3ea9036406852006290770BEdFcAbA0e23A0e8"),
		token("USDS", "ethereum", 18, "dC035D45d973E3EC169d2276DDab16f1e407384F"),
	},
}

// BSC is BNB Smart Chain's main network with the Binance-Peg tokens the library
// knows. Their decimals differ from those on the coins' own networks. Contracts
// of Tokens: PancakeSwap's and Trust Wallet's token lists, in agreement. Of
// Unaccepted: Trust Wallet's list with Aave's address book (WBNB, FDUSD) or
// PancakeSwap's list (BUSD), in agreement. No two lists agree on a WBTC, cbBTC,
// PYUSD or USDS of this network; its ETH is listed among Tokens.
var BSC = Network{
	ID: "bsc", Name: "BNB Smart Chain", Family: FamilyEVM, ChainID: 56,
	Native:    money.Asset{Coin: "BNB", Network: "bsc", Decimals: 18},
	BlockTime: 450 * time.Millisecond,
	URIScheme: "ethereum", CoinType: 60,
	Tokens: []Token{
		token("USDC", "bsc", 18, "8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d"),
		token("USDT", "bsc", 18, "55d398326f99059fF775485246999027B3197955"),
		token("DAI", "bsc", 18, "1AF3F329e8BE154074D8769D1FFa4eE058B1DBc3"),
		token("BTC", "bsc", 18, "7130d2A12B9BCbFAe4f2634d864A1Ee1Ce3Ead9c"),
		token("LTC", "bsc", 18, "4338665CBB7B2485A8855A139b75D5e34AB0DB94"),
		token("DOGE", "bsc", 8, "bA2aE424d960c26247Dd6c32edC70B295c744C43"),
		token("ETH", "bsc", 18, "2170Ed0880ac9A755fd29B2688956BD959F933F8"),
	},
	Unaccepted: []Token{
		token("WBNB", "bsc", 18, "bb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c"),
		token("BUSD", "bsc", 18, "e9e7CEA3DedcA5984780Bafc599bD69ADd087D56"),
		token("FDUSD", "bsc", 18, "c5f0f7b66764F6ec8C8Dff7BA683102295E16409"),
	},
}

// Sepolia is Ethereum's test network, with Circle's test USDC (Circle's faucet
// page and several applications' configurations, in agreement). No test contract
// of the other tokens is confirmed by two sources.
var Sepolia = Network{
	ID: "sepolia", Name: "Ethereum Sepolia", Family: FamilyEVM, ChainID: 11155111, Test: true,
	Native:    money.Asset{Coin: "ETH", Network: "sepolia", Decimals: 18},
	BlockTime: 12 * time.Second,
	URIScheme: "ethereum", CoinType: 60,
	Tokens: []Token{
		token("USDC", "sepolia", 6, "1c7D4B196Cb0C7B01d743Fbc6116a902379C7238"),
	},
}

// BSCTestnet is BNB Smart Chain's test network, with the faucet tokens that
// SushiSwap's list and several applications' configurations agree on. All have 18
// decimals.
var BSCTestnet = Network{
	ID: "bsc-testnet", Name: "BNB Smart Chain Testnet", Family: FamilyEVM, ChainID: 97, Test: true,
	Native:    money.Asset{Coin: "BNB", Network: "bsc-testnet", Decimals: 18},
	BlockTime: 450 * time.Millisecond,
	URIScheme: "ethereum", CoinType: 60,
	Tokens: []Token{
		token("USDT", "bsc-testnet", 18, "337610d27c682E347C9cD60BD4b3b107C9d34dDd"),
		token("USDC", "bsc-testnet", 18, "64544969ed7EBf5f083679233325356EbE738930"),
		token("DAI", "bsc-testnet", 18, "EC5dCb5Dbf4B114C9d0F65BcCAb49EC54F6A0867"),
		token("BTC", "bsc-testnet", 18, "6ce8dA28E2f864420840cF74474eFf5fD80E65B8"),
		token("ETH", "bsc-testnet", 18, "d66c6B4F0be8CE5b39D52E0Fd1344c389929B378"),
	},
}

// token makes a registry row. A malformed contract in the table gives a token
// with an empty address, which the registry's test refuses.
func token(c money.Coin, network string, decimals uint8, contract string) Token {
	raw, err := hex.DecodeString(contract)
	if err != nil {
		raw = nil
	}
	return Token{
		Asset:    money.Asset{Coin: c, Network: network, Decimals: decimals},
		Contract: Address{Family: FamilyEVM, Raw: string(raw)},
	}
}
