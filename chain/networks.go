package chain

import (
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
	Dust: Dust{FeeRate: 3_000},
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
	Dust: Dust{FeeRate: 3_000},
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
	Dust: Dust{FeeRate: 30_000},
}

// Dogecoin is Dogecoin's main network. It has no SegWit.
var Dogecoin = Network{
	ID: "dogecoin", Name: "Dogecoin", Family: FamilyDogecoin,
	Genesis:   "1a91e3dace36e2be3bf030a65679fe821aa1d6ef92e7c9902eb318182c355691",
	Native:    money.Asset{Coin: "DOGE", Network: "dogecoin", Decimals: 8},
	BlockTime: time.Minute,
	Address:   AddressParams{PubKeyHash: 0x1e, ScriptHash: 0x16},
	URIScheme: "dogecoin", CoinType: 3, CoinbaseMaturity: 240,
	Dust: Dust{Hard: 100_000, Soft: 1_000_000},
}
