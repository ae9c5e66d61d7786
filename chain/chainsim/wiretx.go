package chainsim

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/cointill/cointill/chain"
)

// wireTx is a UTXO transaction as the network serialises it.
type wireTx struct {
	version  uint32
	ins      []wireIn
	outs     []wireOut
	lockTime uint32
	// hogEx marks the transaction that carries coins in and out of MWEB.
	hogEx bool
}

type wireIn struct {
	prev     chain.Outpoint
	script   []byte
	sequence uint32
	witness  [][]byte
}

type wireOut struct {
	value  uint64 // atomic units
	script string
}

// coinbaseVout is the output number a coinbase input names.
const coinbaseVout = 0xffffffff

func (t *wireTx) segwit() bool {
	return slices.ContainsFunc(t.ins, func(in wireIn) bool { return len(in.witness) > 0 })
}

// bytes serialises the transaction; without witness it is what the id hashes
// (BIP 144). A HogEx has Litecoin's flag 8 and an empty extension.
func (t *wireTx) bytes(witness bool) []byte {
	marked := witness && t.hogEx
	witness = witness && t.segwit()
	b := binary.LittleEndian.AppendUint32(nil, t.version)
	switch {
	case witness:
		b = append(b, 0, 1)
	case marked:
		b = append(b, 0, 8)
	}
	b = appendCompact(b, uint64(len(t.ins)))
	for _, in := range t.ins {
		b = append(b, reversed(in.prev.TxID)...)
		b = binary.LittleEndian.AppendUint32(b, in.prev.Vout)
		b = append(appendCompact(b, uint64(len(in.script))), in.script...)
		b = binary.LittleEndian.AppendUint32(b, in.sequence)
	}
	b = appendCompact(b, uint64(len(t.outs)))
	for _, out := range t.outs {
		b = binary.LittleEndian.AppendUint64(b, out.value)
		b = append(appendCompact(b, uint64(len(out.script))), out.script...)
	}
	if witness {
		for _, in := range t.ins {
			b = appendCompact(b, uint64(len(in.witness)))
			for _, item := range in.witness {
				b = append(appendCompact(b, uint64(len(item))), item...)
			}
		}
	}
	if marked {
		b = append(b, 0) // no MWEB transaction attached
	}
	return binary.LittleEndian.AppendUint32(b, t.lockTime)
}

// id returns the transaction id in the order in which networks print it.
func (t *wireTx) id() chain.Hash { return printed(doubleSHA(t.bytes(false))) }

// weight is BIP 141's.
func (t *wireTx) weight() int { return 3*len(t.bytes(false)) + len(t.bytes(true)) }

func appendCompact(b []byte, n uint64) []byte {
	switch {
	case n < 0xfd:
		return append(b, byte(n))
	case n <= 0xffff:
		return binary.LittleEndian.AppendUint16(append(b, 0xfd), uint16(n))
	default:
		return binary.LittleEndian.AppendUint32(append(b, 0xfe), uint32(n))
	}
}

func doubleSHA(b []byte) [32]byte {
	once := sha256.Sum256(b)
	return sha256.Sum256(once[:])
}

// printed turns a hash round, from the order hashed to the order printed.
func printed(h [32]byte) chain.Hash {
	slices.Reverse(h[:])
	return h
}

func reversed(h chain.Hash) []byte {
	slices.Reverse(h[:])
	return h[:]
}
