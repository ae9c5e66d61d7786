package hd_test

import (
	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/payments/money"
)

func utxo(id string, f chain.Family, test bool, pkh, sh byte, hrp string) chain.Network {
	return chain.Network{
		ID: id, Family: f, Test: test,
		Native:  money.Asset{Coin: "COIN", Network: id, Decimals: 8},
		Address: chain.AddressParams{PubKeyHash: pkh, ScriptHash: sh, Bech32: hrp},
	}
}

var (
	bitcoinTestnet  = utxo("bitcoin-testnet", chain.FamilyBitcoin, true, 0x6f, 0xc4, "tb")
	litecoinTestnet = utxo("litecoin-testnet", chain.FamilyLitecoin, true, 0x6f, 0x3a, "tltc")
	dogecoinTestnet = utxo("dogecoin-testnet", chain.FamilyDogecoin, true, 0x71, 0xc4, "")
)

// accounts are accounts with their first addresses, as published in the named
// BIPs and SLIPs; of the others two implementations agree. The seed is BIP39's
// "abandon … about", except for BIP49 on Litecoin.
var accounts = []struct {
	name    string
	network chain.Network
	scheme  hd.Scheme
	key     string
	leaves  []string
}{
	{"BIP44 Bitcoin (SLIP-0132)", chain.Bitcoin, hd.BIP44,
		"xpub6BosfCnifzxcFwrSzQiqu2DBVTshkCXacvNsWGYJVVhhawA7d4R5WSWGFNbi8Aw6ZRc1brxMyWMzG3DSSSSoekkudhUd9yLb6qx39T9nMdj",
		[]string{
			"1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA",
			"1Ak8PffB2meyfYnbXZR9EGfLfFZVpzJvQP",
		}},
	{"BIP49 Bitcoin (SLIP-0132)", chain.Bitcoin, hd.BIP49,
		"ypub6Ww3ibxVfGzLrAH1PNcjyAWenMTbbAosGNB6VvmSEgytSER9azLDWCxoJwW7Ke7icmizBMXrzBx9979FfaHxHcrArf3zbeJJJUZPf663zsP",
		[]string{
			"37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf",
			"3LtMnn87fqUeHBUG414p9CWwnoV6E2pNKS",
		}},
	{"BIP84 Bitcoin (BIP84)", chain.Bitcoin, hd.BIP84,
		"zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs",
		[]string{
			"bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
			"bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g",
		}},
	{"BIP86 Bitcoin (BIP86)", chain.Bitcoin, hd.BIP86,
		"xpub6BgBgsespWvERF3LHQu6CnqdvfEvtMcQjYrcRzx53QJjSxarj2afYWcLteoGVky7D3UKDP9QyrLprQ3VCECoY49yfdDEHGCtMMj92pReUsQ",
		[]string{
			"bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
			"bc1p4qhjn9zdvkux4e44uhx8tc55attvtyu358kutcqkudyccelu0was9fqzwh",
		}},
	{"BIP84 Bitcoin testnet", bitcoinTestnet, hd.BIP84,
		"vpub5Y6cjg78GGuNLsaPhmYsiw4gYX3HoQiRBiSwDaBXKUafCt9bNwWQiitDk5VZ5BVxYnQdwoTyXSs2JHRPAgjAvtbBrf8ZhDYe2jWAqvZVnsc",
		[]string{
			"tb1q6rz28mcfaxtmd6v789l9rrlrusdprr9pqcpvkl",
			"tb1qd7spv5q28348xl4myc8zmh983w5jx32cjhkn97",
		}},
	{"BIP44 Litecoin", chain.Litecoin, hd.BIP44,
		"Ltub2YDQmP391UYeDYvLye9P1SuNJFkcRGN7SYHM8JMxaDnegcPTXHJ2BnYmvHnFnGPGKu2WMuCga6iZV3SDxDMGrRyMcrYEfSPhrpS1EPkC43E",
		[]string{
			"LUWPbpM43E2p7ZSh8cyTBEkvpHmr3cB8Ez",
			"Ldatw8ZjgMGNUo5HMN6RgCrjmh7q494Si3",
		}},
	{"BIP49 Litecoin", chain.Litecoin, hd.BIP49,
		"Mtub2sZjeBCxVccvybLHSD1i3Aw38QvCTDadaPyXbSkRRX1RQm3mxtfsbQU5M3PdCSP4xAFHCceEQ3FmQF69Du2wbcmebt3CaWAGALBSe8c4Gvw",
		[]string{
			"M8eTgzhoFTErAjkGa6cyBomcHfxAprbDgD",
			"MDbzUKkXkvE6SX126x2YmBZkmfavsST2jB",
		}},
	{"BIP84 Litecoin", chain.Litecoin, hd.BIP84,
		"zpub6rPo5mF47z5coVm5rvWv7fv181awb7Vckn5Cf3xQXBVKu18kuBHDhNi1Jrb4br6vVD3ZbrnXemEsWJoR18mZwkUdzwD8TQnHDUCGxqZ6swA",
		[]string{
			"ltc1qjmxnz78nmc8nq77wuxh25n2es7rzm5c2rkk4wh",
			"ltc1qwlezpr3890hcp6vva9twqh27mr6edadreqvhnn",
		}},
	{"BIP44 Dogecoin", chain.Dogecoin, hd.BIP44,
		"dgub8rUhDtD3YFGZTUphBfpBbzvFxSMKQXYLzg87Me2ta78r2SdVLmypBUkkxrrn9RTnchsyiJSkHZyLWxD13ibBiXtuFWktBoDaGaZjQUBLNLs",
		[]string{
			"DBus3bamQjgJULBJtYXpEzDWQRwF5iwxgC",
			"DAcDAtJRztxBHyA6D6h8du1HguyTR43Mas",
		}},
	{"BIP44 Ethereum", chain.Ethereum, hd.BIP44,
		"xpub6DCoCpSuQZB2jawqnGMEPS63ePKWkwWPH4TU45Q7LPXWuNd8TMtVxRrgjtEshuqpK3mdhaWHPFsBngh5GFZaM6si3yZdUsT8ddYM3PwnATt",
		[]string{
			"0x9858EfFD232B4033E47d90003D41EC34EcaEda94",
			"0x6Fac4D18c912343BF86fa7049364Dd4E424Ab9C0",
		}},
}

// invalidKeys are test vector 5 of BIP32.
var invalidKeys = []struct{ name, key string }{
	{"pubkey version / prvkey mismatch",
		"xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6LBpB85b3D2yc8sfvZU521AAwdZafEz7mnzBBsz4wKY5fTtTQBm"},
	{"prvkey version / pubkey mismatch",
		"xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFGTQQD3dC4H2D5GBj7vWvSQaaBv5cxi9gafk7NF3pnBju6dwKvH"},
	{"invalid pubkey prefix 04",
		"xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Txnt3siSujt9RCVYsx4qHZGc62TG4McvMGcAUjeuwZdduYEvFn"},
	{"invalid prvkey prefix 04",
		"xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFGpWnsj83BHtEy5Zt8CcDr1UiRXuWCmTQLxEK9vbz5gPstX92JQ"},
	{"invalid pubkey prefix 01",
		"xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6N8ZMMXctdiCjxTNq964yKkwrkBJJwpzZS4HS2fxvyYUA4q2Xe4"},
	{"invalid prvkey prefix 01",
		"xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFAzHGBP2UuGCqWLTAPLcMtD9y5gkZ6Eq3Rjuahrv17fEQ3Qen6J"},
	{"zero depth with non-zero parent fingerprint",
		"xprv9s2SPatNQ9Vc6GTbVMFPFo7jsaZySyzk7L8n2uqKXJen3KUmvQNTuLh3fhZMBoG3G4ZW1N2kZuHEPY53qmbZzCHshoQnNf4GvELZfqTUrcv"},
	{"zero depth with non-zero parent fingerprint",
		"xpub661no6RGEX3uJkY4bNnPcw4URcQTrSibUZ4NqJEw5eBkv7ovTwgiT91XX27VbEXGENhYRCf7hyEbWrR3FewATdCEebj6znwMfQkhRYHRLpJ"},
	{"zero depth with non-zero index",
		"xprv9s21ZrQH4r4TsiLvyLXqM9P7k1K3EYhA1kkD6xuquB5i39AU8KF42acDyL3qsDbU9NmZn6MsGSUYZEsuoePmjzsB3eFKSUEh3Gu1N3cqVUN"},
	{"zero depth with non-zero index",
		"xpub661MyMwAuDcm6CRQ5N4qiHKrJ39Xe1R1NyfouMKTTWcguwVcfrZJaNvhpebzGerh7gucBvzEQWRugZDuDXjNDRmXzSZe4c7mnTK97pTvGS8"},
	{"unknown extended key version",
		"DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8XnmdfHGMQzT7ayAmfo4z3gY5KfbrZWZ6St24UVf2Qgo6oujFktLHdHY4"},
	{"unknown extended key version",
		"DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8XnmdfHPmHJiEDXkTiJTVV9rHEBUem2mwVbbNfvT2MTcAqj3nesx8uBf9"},
	{"private key 0 not in 1..n-1",
		"xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzF93Y5wvzdUayhgkkFoicQZcP3y52uPPxFnfoLZB21Teqt1VvEHx"},
	{"private key n not in 1..n-1",
		"xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFAzHGBP2UuGCqWLTAPLcMtD5SDKr24z3aiUvKr9bJpdrcLg1y3G"},
	{"invalid pubkey 020000000000000000000000000000000000000000000000000000000000000007",
		"xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Q5JXayek4PRsn35jii4veMimro1xefsM58PgBMrvdYre8QyULY"},
	{"invalid checksum",
		"xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHL"},
}
