package chain

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
)

// Sieve tells most strangers from members by two bits of one word, before a
// look-up is paid for: block scanning asks about thousands of outputs and inputs
// that are not ours. It never rejects a member. Bytes chosen to pass it gain
// nothing: the set behind decides. Its methods are small enough to be inlined
// into a scanner's loop. Reading it is safe while nothing is added.
type Sieve struct {
	key   uint64 // of this process; odd, so that no bits of a mark are lost
	shift uint   // leaves the bits of a product that choose the word
	words []uint64
	// The marks of all members, to grow from: those for good, and those that are
	// replaced together.
	lasting, passing []uint64
	stale            int // how many marks may have left bits behind
}

// sieveRoom is how many bits a member has at least. Each sets two, so that one
// stranger in 64 passes, or fewer.
const sieveRoom = 16

// leastWords is the size of an empty sieve.
const leastWords = 64

func newSieve(seed maphash.Seed, what string) Sieve {
	s := Sieve{key: maphash.Comparable(seed, what) | 1}
	s.fill(leastWords)
	return s
}

// SieveOfAll returns a sieve that everything passes, SieveOfNone one that nothing
// does.
func SieveOfAll() *Sieve { return &Sieve{words: []uint64{1<<64 - 1}, shift: 63} }

// SieveOfNone returns a sieve that nothing passes.
func SieveOfNone() *Sieve { return &Sieve{words: []uint64{0}, shift: 63} }

// Address reports whether raw, an output script or a 20-byte EVM address, may be
// a member. What is shorter than any address passes.
func (s *Sieve) Address(raw []byte) bool {
	return len(raw) < markLen || s.may(mark(raw))
}

// Outpoint reports whether an outpoint may be a member. It is given as the first
// 36 bytes of an input: the transaction's id in internal order, then the index.
func (s *Sieve) Outpoint(wire []byte) bool {
	return s.may(binary.BigEndian.Uint64(wire[24:]) + uint64(binary.LittleEndian.Uint32(wire[32:])))
}

// may reports whether something with this mark may be a member.
func (s *Sieve) may(mark uint64) bool {
	p := mark * s.key
	need := uint64(1)<<(p>>26&63) | 1<<(p>>32&63)
	return s.words[p>>(s.shift&63)]&need == need
}

func (s *Sieve) set(mark uint64) {
	p := mark * s.key
	s.words[p>>(s.shift&63)] |= 1<<(p>>26&63) | 1<<(p>>32&63)
}

// add lets a mark pass for good.
func (s *Sieve) add(mark uint64) {
	s.lasting = append(s.lasting, mark)
	s.set(mark)
	s.grow()
}

// replace lets these marks pass beside those for good, in place of those it was
// last given. The bits of the latter stay until they are many.
func (s *Sieve) replace(marks []uint64) {
	s.stale += len(s.passing)
	s.passing = marks
	for _, m := range marks {
		s.set(m)
	}
	s.grow()
}

// grow makes room when members and what was left behind are too many.
func (s *Sieve) grow() {
	members := len(s.lasting) + len(s.passing)
	if most := len(s.words) * 64 / sieveRoom; members+s.stale > most {
		s.fill(max(leastWords, (members+members/4)*sieveRoom/64+1))
	}
}

// fill makes the words anew, a power of two and at least n of them.
func (s *Sieve) fill(n int) {
	log := uint(bits.Len(uint(n - 1)))
	s.words, s.shift, s.stale = make([]uint64, 1<<log), 64-log, 0
	for _, marks := range [][]uint64{s.lasting, s.passing} {
		for _, m := range marks {
			s.set(m)
		}
	}
}

// mark is what the sieve looks at: the end of an address, where hashes are. It
// has at least markLen bytes.
func mark(raw []byte) uint64 { return binary.LittleEndian.Uint64(raw[len(raw)-markLen:]) }

const markLen = 8

// markOf is the mark of an outpoint.
func markOf(op Outpoint) uint64 { return binary.LittleEndian.Uint64(op.TxID[:]) + uint64(op.Vout) }
