package address

import (
	"strings"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address/base58"
)

// diagnose finds the most helpful reason for a text that the network refused
// with code, and the chain the text belongs to. The order is that of the codes.
func diagnose(n chain.Network, text string, code Code) (Code, string) {
	var buf [base58.MaxText]byte
	payload, err := base58.DecodeCheck(buf[:0], text)
	switch {
	case privateKey(payload):
		return CodePrivateKey, ""
	case tron(text, payload, err == nil):
		return CodeTron, "TRON"
	case cashAddr(text):
		return CodeCashAddr, "Bitcoin Cash"
	case hasPart(text, "ltcmweb"), hasPart(text, "tmweb"):
		return CodeMWEB, "Litecoin"
	case code != CodeMalformed: // one of the network's own, and known why
		return code, ""
	case n.Family == chain.FamilyDogecoin && (hasPart(text, "doge") || hasPart(text, "tdge")):
		return CodeSegWit, ""
	}
	if other, ok := foreign(n, text); ok {
		return CodeWrongChain, other
	}
	f, ok := byPrefix(text)
	if !ok && len(payload) == versioned {
		f, ok = byVersion(n, payload[0])
	}
	switch {
	case ok && f.family != n.Family:
		return CodeWrongChain, f.name
	case ok && f.hrp != "" && f.hrp == n.Address.Bech32:
		return CodeMalformed, ""
	case ok:
		return CodeWrongNetwork, f.name
	case err == nil && len(payload) == versioned:
		return CodeWrongChain, "" // a sound address, with nobody's version byte
	}
	return CodeMalformed, ""
}

// foreign recognises addresses of chains that no [chain.Family] covers, and EVM
// addresses on UTXO networks.
func foreign(n chain.Network, text string) (string, bool) {
	switch {
	case n.UTXO() && len(text) == evmText && text[:2] == "0x" && isHex(text[2:]):
		return "Ethereum or BNB Smart Chain", true
	case hasPart(text, "bnb"), hasPart(text, "tbnb"):
		return "BNB Beacon Chain, which has been shut down", true
	case len(text) >= 25 && len(text) <= 35 && text[0] == 'r' && isBase58(text):
		return "the XRP Ledger", true
	case (len(text) == 43 || len(text) == 44) && isBase58(text):
		return "Solana", true
	}
	t, ok := splitBech32(text)
	if !ok || t.constant != bech32Const && t.constant != bech32mConst {
		return "", false
	}
	_, known := byPrefix(text)
	return "", !known && t.hrp != n.Address.Bech32
}

// privateKey reports whether the payload of a Base58Check text, even of a
// mistyped one, has the form of a private key: WIF, BIP38, or an extended key
// with private data.
func privateKey(payload []byte) bool {
	const (
		wif, wifCompressed = 33, 34
		bip38              = 39
		extended, keyAt    = 78, 45
	)
	switch len(payload) {
	case wif, wifCompressed:
		return true
	case bip38:
		return payload[0] == 0x01
	case extended:
		return payload[keyAt] == 0
	}
	return false
}

// tron recognises TRON addresses: Base58 with version 0x41, which begins with T
// and has 34 characters, mistyped or not; and the hex form with its 41 in front.
func tron(text string, payload []byte, sound bool) bool {
	const version, b58Len, hexLen = 0x41, 34, 2 + 2*hashLen
	switch {
	case sound && len(payload) == versioned && payload[0] == version:
		return true
	case len(text) == b58Len && text[0] == 'T' && isBase58(text):
		return true
	}
	digits := strings.TrimPrefix(text, "0x")
	return len(digits) == hexLen && digits[:2] == "41" && isHex(digits)
}

// cashAddr recognises Bitcoin Cash addresses, with or without their prefix.
func cashAddr(text string) bool {
	const bareLen = 42
	prefix, _, found := strings.Cut(text, ":")
	if found {
		return equalFold(prefix, "bitcoincash") || equalFold(prefix, "bchtest") || equalFold(prefix, "bchreg")
	}
	if len(text) != bareLen {
		return false
	}
	lower := strings.ToLower(text)
	if lower[0] != 'q' && lower[0] != 'p' {
		return false
	}
	if text != lower && text != strings.ToUpper(text) {
		return false
	}
	for i := range len(lower) {
		if bech32Values[lower[i]] == notBech32 {
			return false
		}
	}
	return true
}

func isBase58(text string) bool {
	return strings.Trim(text, "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz") == ""
}
