package hd_test

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address/base58"
	"github.com/cointill/cointill/chain/hd"
)

const xpub = "xpub6BosfCnifzxcFwrSzQiqu2DBVTshkCXacvNsWGYJVVhhawA7d4R5WSWGFNbi8Aw6ZRc1brxMyWMzG3DSSSSoekkudhUd9yLb6qx39T9nMdj"

// remade returns xpub with some of its bytes changed and a right checksum.
func remade(t testing.TB, change func(raw []byte)) string {
	t.Helper()
	raw, err := base58.DecodeCheck(nil, xpub)
	require.NoError(t, err)
	change(raw)
	text, err := base58.AppendCheck(nil, raw)
	require.NoError(t, err)
	return string(text)
}

func withVersion(t testing.TB, version uint32) string {
	return remade(t, func(raw []byte) { binary.BigEndian.PutUint32(raw, version) })
}

const (
	versionYpub  = 0x049d7cb2
	versionZpub  = 0x04b24746
	versionTpub  = 0x043587cf
	versionUpub  = 0x044a5262
	versionVpub  = 0x045f1cf6
	versionLtub  = 0x019da462
	versionMtub  = 0x01b26ef6
	versionTtub  = 0x0436f6e1
	versionDgub  = 0x02facafd
	versionMulti = 0x02aa7ed3 // Zpub
)

func TestEveryInvalidBIP32KeyIsRefused(t *testing.T) {
	require.Len(t, invalidKeys, 16)
	for _, v := range invalidKeys {
		t.Run(v.name, func(t *testing.T) {
			_, err := hd.OpenWallet(chain.Bitcoin, hd.BIP44, v.key)
			requireKeyError(t, err, v.key)
		})
	}
}

func TestKeysAreRefusedForTheirReason(t *testing.T) {
	private := "xprv9ybY78BftS5UGANki6oSifuQEjkpyAC8ZmBvBNTshQnCBcxnefjHS7buPMkkqhcRzmoGZ5bokx7GuyDAiktd5HemohAU4wV1ZPMDRmLpBMm"
	cases := []struct {
		name    string
		network chain.Network
		scheme  hd.Scheme
		key     string
		want    hd.Reason
	}{
		{"private key", chain.Bitcoin, hd.BIP44, private, hd.ReasonPrivate},
		{"private key, mistyped", chain.Bitcoin, hd.BIP44, private[:len(private)-1] + "n", hd.ReasonPrivate},
		{"private version over a public key", chain.Bitcoin, hd.BIP44, withVersion(t, 0x0488ade4), hd.ReasonPrivate},
		{"recovery phrase", chain.Bitcoin, hd.BIP44, "legal winner thank year wave sausage worth useful", hd.ReasonMalformed},
		{"empty", chain.Bitcoin, hd.BIP44, "", hd.ReasonMalformed},
		{"white space", chain.Bitcoin, hd.BIP44, xpub + "\n", hd.ReasonMalformed},
		{"an address", chain.Bitcoin, hd.BIP44, "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA", hd.ReasonMalformed},
		{"mistyped", chain.Bitcoin, hd.BIP44, xpub[:len(xpub)-1] + "k", hd.ReasonChecksum},
		{"unknown version", chain.Bitcoin, hd.BIP44, withVersion(t, 0x0488b21f), hd.ReasonVersion},
		{"not on the curve", chain.Bitcoin, hd.BIP44, remade(t, func(raw []byte) { clear(raw[46:]); raw[77] = 7 }), hd.ReasonPoint},
		{"uncompressed prefix", chain.Bitcoin, hd.BIP44, remade(t, func(raw []byte) { raw[45] = 4 }), hd.ReasonPoint},
		{"master with a parent", chain.Bitcoin, hd.BIP44, remade(t, func(raw []byte) { raw[4] = 0 }), hd.ReasonParent},
		{"multisig prefix", chain.Bitcoin, hd.BIP84, withVersion(t, versionMulti), hd.ReasonMultisig},
		{"test key on a real network", chain.Bitcoin, hd.BIP44, withVersion(t, versionTpub), hd.ReasonNetwork},
		{"real key on a test network", bitcoinTestnet, hd.BIP44, xpub, hd.ReasonNetwork},
		{"test key on Ethereum", chain.Ethereum, hd.BIP44, withVersion(t, versionTpub), hd.ReasonNetwork},
		{"SegWit prefix on Ethereum", chain.Ethereum, hd.BIP44, withVersion(t, versionZpub), hd.ReasonNetwork},
		{"Litecoin key on Bitcoin", chain.Bitcoin, hd.BIP44, withVersion(t, versionLtub), hd.ReasonNetwork},
		{"Litecoin test key on Litecoin", chain.Litecoin, hd.BIP44, withVersion(t, versionTtub), hd.ReasonNetwork},
		{"Dogecoin key on Litecoin", chain.Litecoin, hd.BIP44, withVersion(t, versionDgub), hd.ReasonNetwork},
		{"zpub as BIP44", chain.Bitcoin, hd.BIP44, withVersion(t, versionZpub), hd.ReasonScheme},
		{"zpub as Taproot", chain.Bitcoin, hd.BIP86, withVersion(t, versionZpub), hd.ReasonScheme},
		{"ypub as BIP84", chain.Bitcoin, hd.BIP84, withVersion(t, versionYpub), hd.ReasonScheme},
		{"vpub as BIP49", bitcoinTestnet, hd.BIP49, withVersion(t, versionVpub), hd.ReasonScheme},
		{"upub as BIP84", bitcoinTestnet, hd.BIP84, withVersion(t, versionUpub), hd.ReasonScheme},
		{"Ltub as BIP84", chain.Litecoin, hd.BIP84, withVersion(t, versionLtub), hd.ReasonScheme},
		{"Mtub as BIP44", chain.Litecoin, hd.BIP44, withVersion(t, versionMtub), hd.ReasonScheme},
		{"SegWit on Dogecoin", chain.Dogecoin, hd.BIP84, xpub, hd.ReasonScheme},
		{"SegWit on Ethereum", chain.Ethereum, hd.BIP84, xpub, hd.ReasonScheme},
		{"no scheme", chain.Bitcoin, 0, xpub, hd.ReasonScheme},
		{"depth 2", chain.Bitcoin, hd.BIP44, remade(t, func(raw []byte) { raw[4] = 2 }), hd.ReasonDepth},
		{"depth 4", chain.Bitcoin, hd.BIP44, remade(t, func(raw []byte) { raw[4] = 4 }), hd.ReasonDepth},
		{"account index not hardened", chain.Bitcoin, hd.BIP44, remade(t, func(raw []byte) { raw[9] &= 0x7f }), hd.ReasonDepth},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, err := hd.OpenWallet(c.network, c.scheme, c.key)
			require.Nil(t, w)
			refused := requireKeyError(t, err, c.key)
			require.Equal(t, c.want, refused.Reason)
			require.Equal(t, c.network.ID, refused.Network)
			require.Equal(t, c.scheme, refused.Scheme)
		})
	}
}

func TestEveryPrefixOpensWhereItBelongs(t *testing.T) {
	cases := []struct {
		name    string
		network chain.Network
		scheme  hd.Scheme
		version uint32
	}{
		{"xpub as BIP84", chain.Bitcoin, hd.BIP84, 0x0488b21e},
		{"xpub as BIP86", chain.Bitcoin, hd.BIP86, 0x0488b21e},
		{"xpub on Litecoin", chain.Litecoin, hd.BIP84, 0x0488b21e},
		{"xpub on Dogecoin", chain.Dogecoin, hd.BIP44, 0x0488b21e},
		{"ypub", chain.Bitcoin, hd.BIP49, versionYpub},
		{"zpub on Litecoin", chain.Litecoin, hd.BIP84, versionZpub},
		{"tpub on regtest", chain.BitcoinRegtest, hd.BIP84, versionTpub},
		{"tpub on Dogecoin testnet", dogecoinTestnet, hd.BIP44, versionTpub},
		{"upub", bitcoinTestnet, hd.BIP49, versionUpub},
		{"vpub on Litecoin testnet", litecoinTestnet, hd.BIP84, versionVpub},
		{"Ltub", chain.Litecoin, hd.BIP44, versionLtub},
		{"Mtub", chain.Litecoin, hd.BIP49, versionMtub},
		{"ttub", litecoinTestnet, hd.BIP44, versionTtub},
		{"dgub", chain.Dogecoin, hd.BIP44, versionDgub},
		{"xpub on an EVM test network", chain.Sepolia, hd.BIP44, 0x0488b21e},
		{"tpub on an EVM test network", chain.Sepolia, hd.BIP44, versionTpub},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, err := hd.OpenWallet(c.network, c.scheme, withVersion(t, c.version))
			require.NoError(t, err)
			leaves, err := w.Leaves(0, 3)
			require.NoError(t, err)
			require.Len(t, leaves, 3)
			require.Equal(t, c.network.Family, leaves[2].Address.Family)
		})
	}
}
