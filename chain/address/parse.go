package address

import (
	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address/base58"
)

// versioned is the length of a legacy address: version byte and hash.
const versioned = 1 + hashLen

// Parse reads the text of an address on n. On UTXO networks the result holds
// the output script: P2PKH, P2SH, or a witness program of any version; on EVM
// networks 20 bytes. EVM text in one case has no checksum to check; mixed case
// must be EIP-55's. Every error is an [*Error]. Parse never panics, whatever
// the text.
func Parse(n chain.Network, text string) (chain.Address, error) {
	var a chain.Address
	var code Code
	if n.UTXO() {
		a, code = parseUTXO(n, text)
	} else {
		a, code = parseEVM(n, text)
	}
	if code == "" {
		return a, nil
	}
	code, other := diagnose(n, text, code)
	return chain.Address{}, refuse(n, code, text, other)
}

// parseUTXO reads what the network itself would accept. Its code is
// CodeBadChecksum when only the checksum is wrong, else CodeMalformed.
func parseUTXO(n chain.Network, text string) (chain.Address, Code) {
	if hrp := n.Address.Bech32; hrp != "" && hasPart(text, hrp) {
		if t, ok := splitBech32(text); ok && t.hrp == hrp {
			return parseSegWit(n, &t)
		}
		return chain.Address{}, CodeMalformed
	}
	var buf [base58.MaxText]byte
	payload, err := base58.DecodeCheck(buf[:0], text)
	if len(payload) != versioned {
		return chain.Address{}, CodeMalformed
	}
	hash := [hashLen]byte(payload[1:])
	legacy, hasLegacy := legacyScriptHash(n)
	var a chain.Address
	switch v := payload[0]; {
	case v == n.Address.PubKeyHash:
		a = PubKeyHash(n.Family, hash)
	case v == n.Address.ScriptHash, hasLegacy && v == legacy:
		a = ScriptHash(n.Family, hash)
	default:
		return chain.Address{}, CodeMalformed
	}
	if err != nil {
		return chain.Address{}, CodeBadChecksum
	}
	return a, ""
}

// hasPart reports whether text begins with a human-readable part and its
// separator, in either case.
func hasPart(text, hrp string) bool {
	return len(text) > len(hrp) && text[len(hrp)] == '1' && equalFold(text[:len(hrp)], hrp)
}

// equalFold compares ASCII text with lower-case ASCII text.
func equalFold(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
