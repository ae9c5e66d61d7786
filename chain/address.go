package chain

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// Address is where a payment goes: the bytes a network compares, never their
// text. Addresses are comparable and may be map keys.
type Address struct {
	Family Family
	// Raw holds the output script of a UTXO network, or the 20 bytes of an EVM
	// address. It is binary data in a string, so that addresses compare.
	Raw string
}

// IsZero reports whether no address is held.
func (a Address) IsZero() bool { return a.Raw == "" }

// String returns the family and the bytes in hex, for logs. The text a payer
// sees depends on the network; wallets and codecs make it.
func (a Address) String() string { return string(a.Family) + ":" + hex.EncodeToString([]byte(a.Raw)) }

// MarshalText writes what [Address.String] returns.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what [Address.MarshalText] writes.
func (a *Address) UnmarshalText(b []byte) error {
	family, digits, ok := strings.Cut(string(b), ":")
	raw, err := hex.DecodeString(digits)
	if !ok || err != nil {
		return fmt.Errorf("chain: address: want family:hex, got %d bytes", len(b))
	}
	*a = Address{Family: Family(family), Raw: string(raw)}
	return nil
}

// Leaf is one derived address of a wallet.
type Leaf struct {
	// Index is the last number of the derivation path, "0/Index" below the
	// account key.
	Index uint32
	// Address is what sources match.
	Address Address
	// Text is the address as its network writes it.
	Text string
}

// Outpoint names one output of a UTXO transaction.
type Outpoint struct {
	TxID Hash
	Vout uint32
}
