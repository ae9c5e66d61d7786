package address

import (
	"encoding/hex"
	"hash"
	"sync"

	"golang.org/x/crypto/sha3"

	"github.com/cointill/cointill/chain"
)

// evmText is the length of "0x" and 40 hex digits.
const evmText = 2 + 2*evmLen

// systemAddress is the sender of the protocol's own calls (EIP-4788) and of
// native transfer logs (EIP-7708).
const systemAddress = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe"

func parseEVM(n chain.Network, text string) (chain.Address, Code) {
	if len(text) != evmText || text[:2] != "0x" {
		return chain.Address{}, CodeMalformed
	}
	var raw [evmLen]byte
	if _, err := hex.Decode(raw[:], []byte(text[2:])); err != nil {
		return chain.Address{}, CodeMalformed
	}
	if mixedCase(text[2:]) && text != formatEVM(raw) {
		return chain.Address{}, CodeBadChecksum
	}
	a := chain.Address{Family: n.Family, Raw: string(raw[:])}
	if code := reserved(n, a); code != "" {
		return chain.Address{}, code
	}
	return a, ""
}

// reserved refuses addresses from which nobody can pay out.
func reserved(n chain.Network, a chain.Address) Code {
	switch {
	case a.Raw == string(make([]byte, evmLen)):
		return CodeZero
	case a.Raw[:evmLen-2] == string(make([]byte, evmLen-2)), a.Raw == systemAddress:
		return CodePrecompile
	}
	for _, t := range n.Listed() {
		if t.Contract == a {
			return CodeTokenContract
		}
	}
	return ""
}

func mixedCase(s string) bool {
	lower, upper := false, false
	for i := range len(s) {
		lower = lower || s[i] >= 'a'
		upper = upper || s[i] >= 'A' && s[i] <= 'F'
	}
	return lower && upper
}

var keccaks = sync.Pool{New: func() any { return sha3.NewLegacyKeccak256() }}

// formatEVM writes the mixed-case text of EIP-55: a letter is upper case where
// the digit at its place in the hash of the lower-case text is 8 or more.
func formatEVM(raw [evmLen]byte) string {
	var text [evmText]byte
	text[0], text[1] = '0', 'x'
	digits := text[2:]
	hex.Encode(digits, raw[:])

	h := keccaks.Get().(hash.Hash)
	h.Reset()
	h.Write(digits)
	var sum [32]byte
	h.Sum(sum[:0])
	keccaks.Put(h)

	for i, c := range digits {
		nibble := sum[i/2] >> (4 * (1 - i%2)) & 0xf
		if c >= 'a' && nibble >= 8 {
			digits[i] = c &^ 0x20
		}
	}
	return string(text[:])
}
