package chain

import "encoding/hex"

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
