package evm

import (
	"bytes"
	"math/big"
)

// move is one successful transfer of the native coin inside a transaction, the
// transaction's own not included. One account's transfer to itself is none: it
// changes no balance, and EIP-7708 logs none, so that it must not count in the
// keys of others.
type move struct {
	from, to [20]byte
	value    [32]byte // above zero
	tx       uint32   // the transaction's place in its block
	// entry is the place of the log that says so among the EIP-7708 logs of its
	// transaction, counted from 1; 0 if a trace says so.
	entry uint32
}

func (m *move) amount() *big.Int { return new(big.Int).SetBytes(m.value[:]) }

// counts reports whether m changes balances.
func (m *move) counts() bool { return m.value != [32]byte{} && m.from != m.to }

// readValue reads a QUANTITY into 32 bytes.
func readValue(out *[32]byte, quoted []byte) error {
	d, err := word(quoted)
	if err != nil {
		return err
	}
	return padDigits(out, d)
}

// padDigits decodes up to 64 checked digits.
func padDigits(out *[32]byte, d []byte) error {
	var text [64]byte
	n := copy(text[:], zeros[:64-len(d)])
	copy(text[n:], d)
	return unhex(out[:], text[:])
}

var zeros = bytes.Repeat([]byte{'0'}, 64)

// isZero reports whether digits say zero.
func isZero(digits []byte) bool { return len(bytes.TrimLeft(digits, "0")) == 0 }

// traced is what a trace says of one transaction.
type traced struct {
	place uint32
	// failed says that the transaction moved nothing.
	failed bool
	// root is the transaction's own call; its value may be zero.
	root move
	// moves are what the calls below it moved, in execution order. Value moves
	// when a call begins, before the calls it makes.
	moves []move
}
