package chain

import "hash/maphash"

// Watched is a [Matcher]: a set of addresses and outpoints, kept as 64-bit
// hashes under a key of this process. It never misses a member. It may, once in
// some 10^19 look-ups per member, take a stranger for one. It is used by one
// goroutine.
type Watched struct {
	seed      maphash.Seed
	addresses map[uint64]struct{}
	coins     map[uint64]struct{}
	outpoints map[Outpoint]struct{}
}

// NewWatched returns an empty set.
func NewWatched() *Watched {
	return &Watched{
		seed:      maphash.MakeSeed(),
		addresses: make(map[uint64]struct{}),
		coins:     make(map[uint64]struct{}),
		outpoints: make(map[Outpoint]struct{}),
	}
}

// AddAddress watches an address.
func (w *Watched) AddAddress(a Address) { w.addresses[maphash.String(w.seed, a.Raw)] = struct{}{} }

// AddOutpoint watches an outpoint for as long as the set lives: a coin of ours.
func (w *Watched) AddOutpoint(op Outpoint) { w.coins[maphash.Comparable(w.seed, op)] = struct{}{} }

// SetOutpoints watches exactly these outpoints beside those added for good.
func (w *Watched) SetOutpoints(ops []Outpoint) {
	clear(w.outpoints)
	for _, op := range ops {
		w.outpoints[op] = struct{}{}
	}
}

// Len returns how many addresses are watched.
func (w *Watched) Len() int { return len(w.addresses) }

// Address implements [Matcher].
func (w *Watched) Address(raw []byte) bool {
	_, ok := w.addresses[maphash.Bytes(w.seed, raw)]
	return ok
}

// Outpoint implements [Matcher].
func (w *Watched) Outpoint(op Outpoint) bool {
	if len(w.coins) > 0 {
		if _, ok := w.coins[maphash.Comparable(w.seed, op)]; ok {
			return true
		}
	}
	if len(w.outpoints) == 0 {
		return false
	}
	_, ok := w.outpoints[op]
	return ok
}
