package chainlink

import (
	"encoding/hex"
	"errors"
	"strings"
)

var errHex = errors.New("the result is not hexadecimal data")

// parseHex reads bytes as JSON-RPC writes them: "0x" and two digits a byte.
func parseHex(s string) ([]byte, error) {
	digits, ok := strings.CutPrefix(s, "0x")
	if !ok {
		return nil, errHex
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return nil, errHex
	}
	return b, nil
}

// reverted reports whether a JSON-RPC error is the contract's and not the node's:
// code 3 of geth and erigon, -32015 of nethermind and parity, a message of besu.
func reverted(code, message string) bool {
	return code == "3" || code == "-32015" || strings.Contains(strings.ToLower(message), "execution reverted")
}
