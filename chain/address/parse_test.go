package address_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
)

// accepted are addresses of BIP173, BIP350, EIP-55 and of each chain's own
// tests, with their bytes and, where it differs, their canonical text.
var accepted = []struct{ name, network, text, raw, canonical string }{
	{"P2PKH", "bitcoin/mainnet", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac", ""},
	{"P2SH", "bitcoin/mainnet", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "a914b472a266d0bd89c13706a4132ccfb16f7c3b9fcb87", ""},
	{"P2WPKH in capitals", "bitcoin/mainnet", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
	{"P2WSH", "bitcoin/testnet", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262", ""},
	{"Taproot", "bitcoin/mainnet", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", ""},
	{"witness version 16", "bitcoin/mainnet", "BC1SW50QGDZ25J", "6002751e", "bc1sw50qgdz25j"},
	{"witness version 2", "bitcoin/mainnet", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323", ""},
	{"Litecoin P2SH", "litecoin/mainnet", "MHhghmmCTASDnuwpgsPUNJVPTFaj61GzaG", "a9146b85b3dac9340f36b9d32bbacf2ffcb0851ef17987", ""},
	{"Litecoin P2SH, legacy", "litecoin/mainnet", "3BVYPtMEW3anzQfvazQ8YfEz8YzH8WffDq", "a9146b85b3dac9340f36b9d32bbacf2ffcb0851ef17987", "MHhghmmCTASDnuwpgsPUNJVPTFaj61GzaG"},
	{"Litecoin testnet P2SH, legacy", "litecoin/testnet", "2MvGVySztevmycxrSmMRjJaVj2iJin7qpap", "a9142126232e3f47ae0f1246ec5f05fc400d83c86a0d87", "QPdG6Ts8g2q4m9cVPTTkPGwAB6kYgXB7Hc"},
	{"Dogecoin P2PKH", "dogecoin/mainnet", "DBus3bamQjgJULBJtYXpEzDWQRwF5iwxgC", "76a9144a483568665dcdfa68dd58a1f62893448a64333988ac", ""},
	{"EIP-55", "ethereum/mainnet", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", ""},
	{"EVM in lower case", "bsc/mainnet", "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359", "fb6916095ca1df60bb79ce92ce3ea74c37c5d359", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"},
	{"EVM in upper case", "ethereum/mainnet", "0xDBF03B407C01E7CD3CBEA99509D93F8DDDC8C6FB", "dbf03b407c01e7cd3cbea99509d93f8dddc8c6fb", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"},
}

func TestAddressesParseToTheirBytesAndFormatToTheirText(t *testing.T) {
	for _, c := range accepted {
		t.Run(c.name, func(t *testing.T) {
			n := testNetworks[c.network]
			a, err := address.Parse(n, c.text)
			require.NoError(t, err)
			require.Equal(t, n.Family, a.Family)
			require.Equal(t, c.raw, hex.EncodeToString([]byte(a.Raw)))
			text, err := address.Format(n, a)
			require.NoError(t, err)
			if c.canonical == "" {
				c.canonical = c.text
			}
			require.Equal(t, c.canonical, text)
		})
	}
}

// refused are texts with the most helpful reason there is.
var refused = []struct {
	name, network, text string
	code                address.Code
	other               string
}{
	{"TRON", "ethereum/mainnet", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", address.CodeTron, "TRON"},
	{"TRON, mistyped", "bsc/mainnet", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", address.CodeTron, "TRON"},
	{"TRON in hex", "bsc/mainnet", "41a614f803b6fd780986a42c78ec9c7f77e6ded13c", address.CodeTron, "TRON"},
	{"TRON in hex with 0x", "bsc/mainnet", "0x41a614f803b6fd780986a42c78ec9c7f77e6ded13c", address.CodeTron, "TRON"},
	{"TRON on Bitcoin", "bitcoin/mainnet", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", address.CodeTron, "TRON"},
	{"CashAddr", "bitcoin/mainnet", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", address.CodeCashAddr, "Bitcoin Cash"},
	{"CashAddr without its prefix", "bitcoin/mainnet", "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", address.CodeCashAddr, "Bitcoin Cash"},
	{"CashAddr in capitals", "ethereum/mainnet", "QPM2QSZNHKS23Z7629MMS6S4CWEF74VCWVY22GDX6A", address.CodeCashAddr, "Bitcoin Cash"},
	{"MWEB", "litecoin/mainnet", "ltcmweb1qq20e2arnhvxw97katjkmsd35agw3capxjkrkh7dk8d30rczm8ypxuq329nwh2twmchhqn3jqh7ua4ps539f6aazh79jy76urqht4qa59ts3at6gf", address.CodeMWEB, "Litecoin"},
	{"Dogecoin has no SegWit", "dogecoin/mainnet", "doge1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", address.CodeSegWit, ""},
	{"EVM on Bitcoin", "bitcoin/mainnet", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", address.CodeWrongChain, "Ethereum or BNB Smart Chain"},
	{"Bitcoin on EVM", "ethereum/mainnet", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", address.CodeWrongChain, "Bitcoin"},
	{"SegWit Bitcoin on EVM", "bsc/mainnet", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", address.CodeWrongChain, "Bitcoin"},
	{"Litecoin on Bitcoin", "bitcoin/mainnet", "ltc1qjmxnz78nmc8nq77wuxh25n2es7rzm5c2rkk4wh", address.CodeWrongChain, "Litecoin"},
	{"Bitcoin on Dogecoin", "dogecoin/mainnet", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", address.CodeWrongChain, "Bitcoin"},
	{"Dogecoin on Litecoin", "litecoin/mainnet", "DBus3bamQjgJULBJtYXpEzDWQRwF5iwxgC", address.CodeWrongChain, "Dogecoin"},
	{"Dash", "bitcoin/mainnet", "XpESxaUmonkq8RaLLp46Brx2K39ggQe226", address.CodeWrongChain, ""},
	{"XRP Ledger", "bitcoin/mainnet", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", address.CodeWrongChain, "the XRP Ledger"},
	{"Solana", "bsc/mainnet", "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB", address.CodeWrongChain, "Solana"},
	{"BEP2", "bsc/mainnet", "bnb1grpf0955h0ykzq3ar5nmum7y6gdfl6lxfn46h2", address.CodeWrongChain, "BNB Beacon Chain, which has been shut down"},
	{"testnet on mainnet", "bitcoin/mainnet", "mhJuoGLgnJC8gdBgBzEigsoyG4omQXejPT", address.CodeWrongNetwork, "Bitcoin's test networks"},
	{"mainnet on regtest", "bitcoin/regtest", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", address.CodeWrongNetwork, "Bitcoin"},
	{"regtest on testnet", "bitcoin/testnet", "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk", address.CodeWrongNetwork, "Bitcoin regtest"},
	{"Base58 mistyped", "bitcoin/mainnet", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", address.CodeBadChecksum, ""},
	{"Bech32 mistyped", "bitcoin/mainnet", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", address.CodeBadChecksum, ""},
	{"EIP-55 broken", "ethereum/mainnet", "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", address.CodeBadChecksum, ""},
	{"Bech32 for version 1", "bitcoin/mainnet", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", address.CodeMalformed, ""},
	{"mixed case", "bitcoin/mainnet", "bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", address.CodeMalformed, ""},
	{"program of 16 bytes in version 0", "bitcoin/mainnet", "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", address.CodeMalformed, ""},
	{"empty data part", "bitcoin/mainnet", "bc1gmk9yu", address.CodeMalformed, ""},
	{"empty", "bitcoin/mainnet", "", address.CodeMalformed, ""},
	{"empty on EVM", "ethereum/mainnet", "", address.CodeMalformed, ""},
	{"leading space", "bitcoin/mainnet", " 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", address.CodeMalformed, ""},
	{"URI", "bitcoin/mainnet", "bitcoin:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", address.CodeMalformed, ""},
	{"no 0x", "ethereum/mainnet", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", address.CodeMalformed, ""},
	{"0X", "ethereum/mainnet", "0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", address.CodeMalformed, ""},
	{"ENS name", "ethereum/mainnet", "vitalik.eth", address.CodeMalformed, ""},
	{"ICAP", "ethereum/mainnet", "XE7338O073KYGTWWZN0F2WZ0R8PX5ZPPZS", address.CodeMalformed, ""},
	{"zero address", "ethereum/mainnet", "0x0000000000000000000000000000000000000000", address.CodeZero, ""},
	{"token contract", "bsc/mainnet", "0x55d398326f99059fF775485246999027B3197955", address.CodeTokenContract, ""},
	{"precompile", "ethereum/mainnet", "0x0000000000000000000000000000000000000011", address.CodePrecompile, ""},
	{"system contract of BSC", "bsc/mainnet", "0x0000000000000000000000000000000000001000", address.CodePrecompile, ""},
	{"system address", "ethereum/mainnet", "0xfffffffffffffffffffffffffffffffffffffffe", address.CodePrecompile, ""},
	{"private key in WIF", "bitcoin/mainnet", "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hS", address.CodePrivateKey, ""},
	{"private key in WIF, mistyped", "litecoin/mainnet", "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hT", address.CodePrivateKey, ""},
}

func TestTextIsRefusedForItsMostHelpfulReason(t *testing.T) {
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			n := testNetworks[c.network]
			a, err := address.Parse(n, c.text)
			var e *address.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.code, e.Code, err)
			require.Equal(t, c.other, e.Other)
			require.Equal(t, n.ID, e.Network)
			require.True(t, a.IsZero())
		})
	}
}

func TestTheErrorForTronSaysWhatToDo(t *testing.T) {
	_, err := address.Parse(chain.BSC, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")
	require.EqualError(t, err, `address: "TR7NHq…Lj6t": this is a TRON (TRC20) address; `+
		`TRON is neither accepted nor refunded: ask for an address on bsc (this one is of TRON)`)
}

func TestErrorsNeverRepeatSecrets(t *testing.T) {
	for name, secret := range map[string]string{
		"WIF":             "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hS",
		"hex key":         "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318",
		"hex key with 0x": "0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318",
		"recovery phrase": "legal winner thank year wave sausage worth useful legal winner thank yellow",
		"extended key":    "xprv9ybY78BftS5UGANki6oSifuQEjkpyAC8ZmBvBNTshQnCBcxnefjHS7buPMkkqhcRzmoGZ5bokx7GuyDAiktd5HemohAU4wV1ZPMDRmLpBMm",
	} {
		for _, n := range testNetworks {
			_, err := address.Parse(n, secret)
			var e *address.Error
			require.ErrorAs(t, err, &e, name)
			require.Empty(t, e.Text, name)
			for i := 0; i+6 <= len(secret); i++ {
				require.NotContains(t, err.Error(), secret[i:i+6], name)
			}
		}
	}
}

func TestErrorsStayShortAndPrintable(t *testing.T) {
	for _, text := range []string{strings.Repeat("a", 1<<20), "\x1b[31m", "bc1\x00", "адрес"} {
		_, err := address.Parse(chain.Bitcoin, text)
		require.Less(t, len(err.Error()), 200)
		require.NotContains(t, err.Error(), "\x1b")
		require.NotContains(t, err.Error(), "\x00")
	}
}

func TestOneTextOfTwoChainsIsTwoAddresses(t *testing.T) {
	for _, c := range []struct{ text, first, second string }{
		{"3L1YkZjdeNSqaZcNKZFXQfyokx3zVYm7r6", "bitcoin/mainnet", "litecoin/mainnet"},
		{"mhJuoGLgnJC8gdBgBzEigsoyG4omQXejPT", "bitcoin/regtest", "dogecoin/regtest"},
		{"2MvGVySztevmycxrSmMRjJaVj2iJin7qpap", "bitcoin/testnet", "dogecoin/testnet"},
	} {
		a, err := address.Parse(testNetworks[c.first], c.text)
		require.NoError(t, err)
		b, err := address.Parse(testNetworks[c.second], c.text)
		require.NoError(t, err)
		require.Equal(t, a.Raw, b.Raw, "one script")
		require.NotEqual(t, a, b, "two families")
	}
	evm := "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
	a, err := address.Parse(chain.Ethereum, evm)
	require.NoError(t, err)
	b, err := address.Parse(chain.BSC, evm)
	require.NoError(t, err)
	require.Equal(t, a, b, "EVM networks share addresses")
}
