package chainsim

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/cointill/cointill/chain"
)

// easyBits is regtest's target: about every second nonce is a proof of work.
const easyBits = 0x207fffff

// wireHeader returns 80 bytes whose hash meets the target.
func wireHeader(version uint32, parent chain.Hash, root [32]byte, at time.Time) []byte {
	h := binary.LittleEndian.AppendUint32(make([]byte, 0, 80), version)
	h = append(h, reversed(parent)...)
	h = append(h, root[:]...)
	h = binary.LittleEndian.AppendUint32(h, uint32(at.Unix()))
	h = binary.LittleEndian.AppendUint32(h, easyBits)
	h = binary.LittleEndian.AppendUint32(h, 0)
	for nonce := uint32(0); ; nonce++ {
		binary.LittleEndian.PutUint32(h[76:], nonce)
		if hash := doubleSHA(h); hash[31] < 0x7f {
			return h
		}
	}
}

// merkleRoot folds leaves in hashed order; an odd last one is paired with
// itself.
func merkleRoot(leaves [][32]byte) [32]byte {
	for len(leaves) > 1 {
		next := make([][32]byte, 0, (len(leaves)+1)/2)
		for i := 0; i < len(leaves); i += 2 {
			right := leaves[min(i+1, len(leaves)-1)]
			next = append(next, doubleSHA(append(leaves[i][:], right[:]...)))
		}
		leaves = next
	}
	return leaves[0]
}

// wireBytes serialises a UTXO block.
func (b *block) wireBytes() []byte {
	out := slices.Concat(b.header, b.auxPoW)
	out = appendCompact(out, uint64(len(b.txs)))
	for _, t := range b.txs {
		out = append(out, t.utxo.bytes(true)...)
	}
	if last := b.hogEx(); last != nil {
		out = append(out, mwebBlock(b.Height, last.id)...)
	}
	return out
}

// hogEx returns the last transaction of a Litecoin block, or nil.
func (b *block) hogEx() *tx {
	if n := len(b.txs); n > 0 && b.txs[n-1].hogEx {
		return b.txs[n-1]
	}
	return nil
}

// mwebBlock is the marker and the MWEB block behind a HogEx, without inputs,
// outputs and kernels: the height, three roots, two offsets, two sizes and three
// counts (doc/mweb/serialization.md of Litecoin Core).
func mwebBlock(height uint64, hogEx chain.Hash) []byte {
	out := appendVarint([]byte{1}, height)
	for i := range uint64(5) {
		part := digest("mweb block", hogEx.String(), i)
		out = append(out, part[:]...)
	}
	return append(out, 0, 0, 0, 0, 0)
}

// appendVarint writes the VARINT of Bitcoin Core's serialize.h: base 128, the
// highest digits first, one less in all but the last.
func appendVarint(b []byte, n uint64) []byte {
	digits := []byte{byte(n & 0x7f)}
	for n > 0x7f {
		n = n>>7 - 1
		digits = append(digits, byte(n&0x7f)|0x80)
	}
	slices.Reverse(digits)
	return append(b, digits...)
}

// commitment returns the script by which a coinbase commits to the witnesses
// of a block (BIP 141). leaves[0], the coinbase's, is zero.
func commitment(leaves [][32]byte) string {
	root := merkleRoot(leaves)
	h := doubleSHA(append(root[:], make([]byte, 32)...))
	return "\x6a\x24\xaa\x21\xa9\xed" + string(h[:])
}

// pushNumber returns the shortest script that pushes a height, the form BIP 34
// wants.
func pushNumber(n uint64) []byte {
	switch {
	case n == 0:
		return []byte{0}
	case n <= 16:
		return []byte{0x50 + byte(n)}
	}
	var b []byte
	for ; n > 0; n >>= 8 {
		b = append(b, byte(n))
	}
	if b[len(b)-1] >= 0x80 {
		b = append(b, 0) // the top bit would be a sign
	}
	return append([]byte{byte(len(b))}, b...)
}
