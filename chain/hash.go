package chain

import (
	"encoding/hex"
	"fmt"
)

// Hash is a block hash or a transaction id, in the order of bytes in which the
// network prints it (UTXO networks print the reverse of what they hash).
type Hash [32]byte

// ParseHash reads 64 hex digits, with or without 0x.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) == 66 && s[0] == '0' && s[1] == 'x' {
		s = s[2:]
	}
	if len(s) != 64 {
		return Hash{}, fmt.Errorf("chain: hash of %d characters, want 64 hex digits", len(s))
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return Hash{}, fmt.Errorf("chain: hash: %w", err)
	}
	return h, nil
}

// String returns 64 hex digits without a prefix. EVM texts put 0x in front.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether the hash is unset.
func (h Hash) IsZero() bool { return h == Hash{} }

// MarshalText writes 64 hex digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what [ParseHash] reads.
func (h *Hash) UnmarshalText(b []byte) error {
	v, err := ParseHash(string(b))
	if err != nil {
		return err
	}
	*h = v
	return nil
}
