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

// testNetworks are the networks of the version table, by chain and name: those
// the product has, and test networks that a host may make.
var testNetworks = map[string]chain.Network{
	"bitcoin/mainnet":  chain.Bitcoin,
	"bitcoin/testnet":  utxo("bitcoin-testnet", chain.FamilyBitcoin, true, 0x6f, 0xc4, "tb"),
	"bitcoin/regtest":  chain.BitcoinRegtest,
	"litecoin/mainnet": chain.Litecoin,
	"litecoin/testnet": utxo("litecoin-testnet", chain.FamilyLitecoin, true, 0x6f, 0x3a, "tltc"),
	"litecoin/regtest": utxo("litecoin-regtest", chain.FamilyLitecoin, true, 0x6f, 0x3a, "rltc"),
	"dogecoin/mainnet": chain.Dogecoin,
	"dogecoin/testnet": utxo("dogecoin-testnet", chain.FamilyDogecoin, true, 0x71, 0xc4, ""),
	"dogecoin/regtest": utxo("dogecoin-regtest", chain.FamilyDogecoin, true, 0x6f, 0xc4, ""),
	"ethereum/mainnet": chain.Ethereum,
	"bsc/mainnet":      chain.BSC,
}
