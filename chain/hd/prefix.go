package hd

import (
	"slices"

	"github.com/cointill/cointill/chain"
)

// prefix is one kind of extended key by its version bytes.
type prefix struct {
	text     string // first letters of the public form
	public   uint32
	private  uint32
	test     bool
	multisig bool
	scheme   Scheme         // 0: says nothing about it
	families []chain.Family // nil: any
}

var (
	onBitcoin  = []chain.Family{chain.FamilyBitcoin, chain.FamilyLitecoin}
	onLitecoin = []chain.Family{chain.FamilyLitecoin}
	onDogecoin = []chain.Family{chain.FamilyDogecoin}
)

// prefixes are SLIP-0132's, with Dogecoin Core's own (dgub). Litecoin wallets
// use Bitcoin's beside their own.
var prefixes = []prefix{
	{text: "xpub", public: 0x0488b21e, private: 0x0488ade4},
	{text: "ypub", public: 0x049d7cb2, private: 0x049d7878, scheme: BIP49, families: onBitcoin},
	{text: "zpub", public: 0x04b24746, private: 0x04b2430c, scheme: BIP84, families: onBitcoin},
	{text: "Ypub", public: 0x0295b43f, private: 0x0295b005, multisig: true},
	{text: "Zpub", public: 0x02aa7ed3, private: 0x02aa7a99, multisig: true},
	{text: "tpub", public: 0x043587cf, private: 0x04358394, test: true},
	{text: "upub", public: 0x044a5262, private: 0x044a4e28, test: true, scheme: BIP49, families: onBitcoin},
	{text: "vpub", public: 0x045f1cf6, private: 0x045f18bc, test: true, scheme: BIP84, families: onBitcoin},
	{text: "Upub", public: 0x024289ef, private: 0x024285b5, test: true, multisig: true},
	{text: "Vpub", public: 0x02575483, private: 0x02575048, test: true, multisig: true},
	{text: "Ltub", public: 0x019da462, private: 0x019d9cfe, scheme: BIP44, families: onLitecoin},
	{text: "Mtub", public: 0x01b26ef6, private: 0x01b26792, scheme: BIP49, families: onLitecoin},
	{text: "ttub", public: 0x0436f6e1, private: 0x0436ef7d, test: true, scheme: BIP44, families: onLitecoin},
	{text: "dgub", public: 0x02facafd, private: 0x02fac398, scheme: BIP44, families: onDogecoin},
}

// prefixOf finds a version, public or private.
func prefixOf(version uint32) (p prefix, private, ok bool) {
	for _, p := range prefixes {
		if p.public == version || p.private == version {
			return p, p.private == version, true
		}
	}
	return prefix{}, false, false
}

// fits reports whether keys of the kind are used on n. EVM wallets print xpub on
// test networks too.
func (p prefix) fits(n chain.Network) bool {
	if n.Family == chain.FamilyEVM && n.Test {
		return p.families == nil
	}
	return p.test == n.Test && (p.families == nil || slices.Contains(p.families, n.Family))
}

// offers reports whether n has addresses of a scheme.
func offers(n chain.Network, s Scheme) bool {
	switch s {
	case BIP44:
		return true
	case BIP49, BIP84, BIP86:
		return n.UTXO() && n.Address.Bech32 != ""
	}
	return false
}
