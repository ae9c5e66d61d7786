package address

import "github.com/cointill/cointill/chain"

// Lengths and opcodes of the output scripts that have an address.
const (
	hashLen     = 20
	evmLen      = 20
	maxWitness  = 40
	minWitness  = 2
	maxVersion  = 16
	opDup       = 0x76
	opHash160   = 0xa9
	opEqual     = 0x87
	opEqualVer  = 0x88
	opCheckSig  = 0xac
	opOne       = 0x51
	pkhScript   = 25
	shScript    = 23
	witnessHead = 2
)

// PubKeyHash returns the P2PKH address of a public key's HASH160.
func PubKeyHash(f chain.Family, hash [hashLen]byte) chain.Address {
	var s [pkhScript]byte
	s[0], s[1], s[2] = opDup, opHash160, hashLen
	copy(s[3:], hash[:])
	s[23], s[24] = opEqualVer, opCheckSig
	return chain.Address{Family: f, Raw: string(s[:])}
}

// ScriptHash returns the P2SH address of a redeem script's HASH160 (BIP13).
func ScriptHash(f chain.Family, hash [hashLen]byte) chain.Address {
	var s [shScript]byte
	s[0], s[1] = opHash160, hashLen
	copy(s[2:], hash[:])
	s[22] = opEqual
	return chain.Address{Family: f, Raw: string(s[:])}
}

// Witness returns the SegWit address of a program (BIP141): version 0 with 20
// or 32 bytes, version 1 to 16 with 2 to 40. Another version or length gives
// the zero Address.
func Witness(f chain.Family, version byte, program []byte) chain.Address {
	if !witnessFits(version, len(program)) {
		return chain.Address{}
	}
	var s [witnessHead + maxWitness]byte
	if version > 0 {
		s[0] = opOne - 1 + version
	}
	s[1] = byte(len(program))
	n := witnessHead + copy(s[witnessHead:], program)
	return chain.Address{Family: f, Raw: string(s[:n])}
}

func witnessFits(version byte, n int) bool {
	if version == 0 {
		return n == 20 || n == 32
	}
	return version <= maxVersion && n >= minWitness && n <= maxWitness
}

// splitWitness returns version and program of a SegWit output script.
func splitWitness(script string) (version byte, program string, ok bool) {
	if len(script) < witnessHead || int(script[1]) != len(script)-witnessHead {
		return 0, "", false
	}
	if op := script[0]; op >= opOne {
		version = op - opOne + 1
	} else if op != 0 {
		return 0, "", false
	}
	program = script[witnessHead:]
	return version, program, witnessFits(version, len(program))
}

// splitHash returns the hash of a P2PKH or P2SH output script.
func splitHash(script string) (hash string, p2sh, ok bool) {
	switch {
	case len(script) == pkhScript && script[:3] == "\x76\xa9\x14" && script[23:] == "\x88\xac":
		return script[3:23], false, true
	case len(script) == shScript && script[:2] == "\xa9\x14" && script[22] == opEqual:
		return script[2:22], true, true
	}
	return "", false, false
}
