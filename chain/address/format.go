package address

import (
	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address/base58"
)

// Format writes the canonical text of an address on n: Bech32 in lower case,
// Base58Check with the network's current version bytes, or EIP-55. An address
// of another family is refused with [CodeWrongChain]; bytes that are no address,
// such as a bare multisignature script, with [CodeScript]; a witness program on
// a network without SegWit with [CodeSegWit]. Every error is an [*Error].
func Format(n chain.Network, a chain.Address) (string, error) {
	if a.Family != n.Family {
		return "", refuse(n, CodeWrongChain, "", string(a.Family))
	}
	if !n.UTXO() {
		if len(a.Raw) != evmLen {
			return "", refuse(n, CodeScript, "", "")
		}
		return formatEVM([evmLen]byte([]byte(a.Raw))), nil
	}
	if hash, p2sh, ok := splitHash(a.Raw); ok {
		v := n.Address.PubKeyHash
		if p2sh {
			v = n.Address.ScriptHash
		}
		return formatVersioned(v, hash), nil
	}
	version, program, ok := splitWitness(a.Raw)
	switch {
	case !ok:
		return "", refuse(n, CodeScript, "", "")
	case n.Address.Bech32 == "":
		return "", refuse(n, CodeSegWit, "", "")
	}
	return formatSegWit(n.Address.Bech32, version, program), nil
}

func formatVersioned(version byte, hash string) string {
	var payload [versioned]byte
	payload[0] = version
	copy(payload[1:], hash)
	var buf [base58.MaxText]byte
	text, _ := base58.AppendCheck(buf[:0], payload[:]) // 21 bytes always fit
	return string(text)
}
