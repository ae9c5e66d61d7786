package address

import "github.com/cointill/cointill/chain"

// form is how one network of one chain writes its addresses, for telling a
// customer what the pasted text is. Networks that write alike share a row.
type form struct {
	name       string
	family     chain.Family
	pubKeyHash byte
	scriptHash byte
	hrp        string // empty: the chain has no SegWit
}

// forms are the networks a wrong address is recognised by, from each node's
// chainparams.cpp. Litecoin's legacy P2SH versions are Bitcoin's and are
// listed there.
var forms = []form{
	{"Bitcoin", chain.FamilyBitcoin, 0x00, 0x05, "bc"},
	{"Bitcoin's test networks", chain.FamilyBitcoin, 0x6f, 0xc4, "tb"},
	{"Bitcoin regtest", chain.FamilyBitcoin, 0x6f, 0xc4, "bcrt"},
	{"Litecoin", chain.FamilyLitecoin, 0x30, 0x32, "ltc"},
	{"Litecoin's test network", chain.FamilyLitecoin, 0x6f, 0x3a, "tltc"},
	{"Litecoin regtest", chain.FamilyLitecoin, 0x6f, 0x3a, "rltc"},
	{"Dogecoin", chain.FamilyDogecoin, 0x1e, 0x16, ""},
	{"Dogecoin's test network", chain.FamilyDogecoin, 0x71, 0xc4, ""},
	{"Dogecoin regtest", chain.FamilyDogecoin, 0x6f, 0xc4, ""},
}

// Litecoin's P2SH addresses had Bitcoin's version bytes until 2017.
const (
	litecoinLegacyScriptHash     = 0x05
	litecoinTestLegacyScriptHash = 0xc4
)

// legacyScriptHash returns a P2SH version byte that a network reads and no
// longer writes.
func legacyScriptHash(n chain.Network) (byte, bool) {
	switch {
	case n.Family != chain.FamilyLitecoin:
		return 0, false
	case n.Test:
		return litecoinTestLegacyScriptHash, true
	}
	return litecoinLegacyScriptHash, true
}

// byVersion finds whose version byte v is: another network of the same chain
// before another chain.
func byVersion(n chain.Network, v byte) (f form, ok bool) {
	for _, k := range forms {
		if k.pubKeyHash != v && k.scriptHash != v {
			continue
		}
		if k.family == n.Family {
			return k, true
		}
		if !ok {
			f, ok = k, true
		}
	}
	return f, ok
}

// byPrefix finds whose human-readable part a text begins with.
func byPrefix(text string) (form, bool) {
	for _, k := range forms {
		if k.hrp != "" && hasPart(text, k.hrp) {
			return k, true
		}
	}
	return form{}, false
}
