package address_test

import (
	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

func utxo(id string, f chain.Family, test bool, pkh, sh byte, hrp string) chain.Network {
	return chain.Network{
		ID: id, Name: id, Family: f, Test: test, URIScheme: string(f),
		Native:  money.Asset{Coin: "COIN", Network: id, Decimals: 8},
		Address: chain.AddressParams{PubKeyHash: pkh, ScriptHash: sh, Bech32: hrp},
	}
}

var (
	litecoin = utxo("litecoin", chain.FamilyLitecoin, false, 0x30, 0x32, "ltc")
	dogecoin = utxo("dogecoin", chain.FamilyDogecoin, false, 0x1e, 0x16, "")
	bsc      = chain.Network{
		ID: "bsc", Name: "BNB Smart Chain", Family: chain.FamilyEVM, ChainID: 56, URIScheme: "ethereum",
		Native: money.Asset{Coin: "BNB", Network: "bsc", Decimals: 18},
		Tokens: []chain.Token{{
			Asset: money.Asset{Coin: "USDT", Network: "bsc", Decimals: 18},
			Contract: chain.Address{
				Family: chain.FamilyEVM,
				Raw:    "\x55\xd3\x98\x32\x6f\x99\x05\x9f\xf7\x75\x48\x52\x46\x99\x90\x27\xb3\x19\x79\x55",
			},
		}},
	}
)

// testNetworks are the networks of the version table, by chain and name.
var testNetworks = map[string]chain.Network{
	"bitcoin/mainnet":  chain.Bitcoin,
	"bitcoin/testnet":  utxo("bitcoin-testnet", chain.FamilyBitcoin, true, 0x6f, 0xc4, "tb"),
	"bitcoin/regtest":  chain.BitcoinRegtest,
	"litecoin/mainnet": litecoin,
	"litecoin/testnet": utxo("litecoin-testnet", chain.FamilyLitecoin, true, 0x6f, 0x3a, "tltc"),
	"litecoin/regtest": utxo("litecoin-regtest", chain.FamilyLitecoin, true, 0x6f, 0x3a, "rltc"),
	"dogecoin/mainnet": dogecoin,
	"dogecoin/testnet": utxo("dogecoin-testnet", chain.FamilyDogecoin, true, 0x71, 0xc4, ""),
	"dogecoin/regtest": utxo("dogecoin-regtest", chain.FamilyDogecoin, true, 0x6f, 0xc4, ""),
	"ethereum/mainnet": chain.Ethereum,
	"bsc/mainnet":      bsc,
}
