package chain

import (
	"encoding/binary"
	"hash/maphash"
)

// sieve tells most strangers from members by one bit, before a look-up is paid
// for: block scanning asks about thousands of outputs that are not ours. It never
// rejects a member. Bytes chosen to pass it gain nothing: the set behind decides.
type sieve struct {
	key   uint64 // of this process; odd, so that no bits of a mark are lost
	shift uint   // leaves the bits that index
	bits  []uint64
	marks []uint64 // of all members, to grow from
}

// sieveRoom is how many bits a member has at least: one stranger in so many passes.
const sieveRoom = 16

func newSieve(seed maphash.Seed) sieve {
	return sieve{key: maphash.Comparable(seed, "sieve") | 1, shift: 64 - 12, bits: make([]uint64, 1<<12/64)}
}

// mark is what the sieve looks at: the end of an address, where hashes are.
func mark(raw []byte) uint64 {
	if n := len(raw); n >= 8 {
		return binary.LittleEndian.Uint64(raw[n-8:])
	}
	var short [8]byte
	copy(short[:], raw)
	return binary.LittleEndian.Uint64(short[:])
}

// markOf is the mark of an outpoint.
func markOf(op Outpoint) uint64 { return binary.LittleEndian.Uint64(op.TxID[:]) + uint64(op.Vout) }

func (s *sieve) add(mark uint64) {
	s.marks = append(s.marks, mark)
	if len(s.marks)*sieveRoom <= len(s.bits)*64 {
		s.set(mark)
		return
	}
	s.bits, s.shift = make([]uint64, 2*len(s.bits)), s.shift-1
	for _, m := range s.marks {
		s.set(m)
	}
}

func (s *sieve) set(mark uint64) {
	i := mark * s.key >> s.shift
	s.bits[i>>6] |= 1 << (i & 63)
}

// may reports whether something with this mark may be a member.
func (s *sieve) may(mark uint64) bool {
	i := mark * s.key >> s.shift
	return s.bits[i>>6]&(1<<(i&63)) != 0
}
