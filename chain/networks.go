package chain

import (
	"encoding/hex"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Bitcoin is Bitcoin's main network.
var Bitcoin = Network{
	ID: "bitcoin", Name: "Bitcoin", Family: FamilyBitcoin,
	Genesis:   "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
	Native:    money.Asset{Coin: "BTC", Network: "bitcoin", Decimals: 8},
	BlockTime: 10 * time.Minute,
	Address:   AddressParams{PubKeyHash: 0x00, ScriptHash: 0x05, Bech32: "bc"},
	URIScheme: "bitcoin", CoinType: 0, CoinbaseMaturity: 100,
}

// BitcoinRegtest is a private Bitcoin chain, as btcd and Bitcoin Core start it
// with -regtest.
var BitcoinRegtest = Network{
	ID: "bitcoin-regtest", Name: "Bitcoin (regtest)", Family: FamilyBitcoin, Test: true,
	Genesis:   "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
	Native:    money.Asset{Coin: "BTC", Network: "bitcoin-regtest", Decimals: 8},
	BlockTime: 10 * time.Minute,
	Address:   AddressParams{PubKeyHash: 0x6f, ScriptHash: 0xc4, Bech32: "bcrt"},
	URIScheme: "bitcoin", CoinType: 1, CoinbaseMaturity: 100,
}

// Litecoin is Litecoin's main network. Payments out of MWEB arrive as outputs of
// a block's last transaction, under another id than the payer sees.
var Litecoin = Network{
	ID: "litecoin", Name: "Litecoin", Family: FamilyLitecoin,
	Genesis:   "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2",
	Native:    money.Asset{Coin: "LTC", Network: "litecoin", Decimals: 8},
	BlockTime: 150 * time.Second,
	Address:   AddressParams{PubKeyHash: 0x30, ScriptHash: 0x32, Bech32: "ltc"},
	URIScheme: "litecoin", CoinType: 2, CoinbaseMaturity: 100, PegOutMaturity: 6,
}

// Dogecoin is Dogecoin's main network. It has no SegWit.
var Dogecoin = Network{
	ID: "dogecoin", Name: "Dogecoin", Family: FamilyDogecoin,
	Genesis:   "1a91e3dace36e2be3bf030a65679fe821aa1d6ef92e7c9902eb318182c355691",
	Native:    money.Asset{Coin: "DOGE", Network: "dogecoin", Decimals: 8},
	BlockTime: time.Minute,
	Address:   AddressParams{PubKeyHash: 0x1e, ScriptHash: 0x16},
	URIScheme: "dogecoin", CoinType: 3, CoinbaseMaturity: 240,
}

// BSC is BNB Smart Chain's main network with the Binance-Peg tokens the library
// knows. Their decimals differ from those on the coins' own networks. Contracts:
// PancakeSwap's and Trust Wallet's token lists, in agreement.
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
}

// Ethereum is Ethereum's main network with the tokens the library knows.
// Contracts and decimals: MetaMask contract-metadata and Uniswap's default
// token list, in agreement.
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
