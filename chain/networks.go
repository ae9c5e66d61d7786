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
	URIScheme: "bitcoin", CoinType: 0,
}

// BitcoinRegtest is a private Bitcoin chain, as btcd and Bitcoin Core start it
// with -regtest.
var BitcoinRegtest = Network{
	ID: "bitcoin-regtest", Name: "Bitcoin (regtest)", Family: FamilyBitcoin, Test: true,
	Genesis:   "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
	Native:    money.Asset{Coin: "BTC", Network: "bitcoin-regtest", Decimals: 8},
	BlockTime: 10 * time.Minute,
	Address:   AddressParams{PubKeyHash: 0x6f, ScriptHash: 0xc4, Bech32: "bcrt"},
	URIScheme: "bitcoin", CoinType: 1,
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
