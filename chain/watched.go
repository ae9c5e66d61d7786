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
	// Before the sets of addresses, and of coins and outpoints.
	addressSieve, outpointSieve Sieve
}

// NewWatched returns an empty set.
func NewWatched() *Watched {
	seed := maphash.MakeSeed()
	return &Watched{
		seed:      seed,
		addresses: make(map[uint64]struct{}),
		coins:     make(map[uint64]struct{}),
		outpoints: make(map[Outpoint]struct{}),

		addressSieve: newSieve(seed, "addresses"), outpointSieve: newSieve(seed, "outpoints"),
	}
}

// AddAddress watches an address.
func (w *Watched) AddAddress(a Address) {
	n := len(w.addresses)
	if w.addresses[maphash.String(w.seed, a.Raw)] = struct{}{}; len(w.addresses) > n && len(a.Raw) >= markLen {
		w.addressSieve.add(mark([]byte(a.Raw)))
	}
}

// AddOutpoint watches an outpoint for as long as the set lives: a coin of ours.
func (w *Watched) AddOutpoint(op Outpoint) {
	n := len(w.coins)
	if w.coins[maphash.Comparable(w.seed, op)] = struct{}{}; len(w.coins) > n {
		w.outpointSieve.add(markOf(op))
	}
}

// SetOutpoints watches exactly these outpoints beside those added for good.
func (w *Watched) SetOutpoints(ops []Outpoint) {
	clear(w.outpoints)
	marks := make([]uint64, len(ops))
	for i, op := range ops {
		w.outpoints[op] = struct{}{}
		marks[i] = markOf(op)
	}
	w.outpointSieve.replace(marks)
}

// Len returns how many addresses are watched.
func (w *Watched) Len() int { return len(w.addresses) }

// Address implements [Matcher].
func (w *Watched) Address(raw []byte) bool {
	if !w.addressSieve.Address(raw) {
		return false
	}
	_, ok := w.addresses[maphash.Bytes(w.seed, raw)]
	return ok
}

// Outpoint implements [Matcher].
func (w *Watched) Outpoint(op Outpoint) bool {
	if !w.outpointSieve.may(markOf(op)) {
		return false
	}
	if _, ok := w.outpoints[op]; ok {
		return true
	}
	_, ok := w.coins[maphash.Comparable(w.seed, op)]
	return ok
}

// Sieves implements [Siever].
func (w *Watched) Sieves() (addresses, outpoints *Sieve) { return &w.addressSieve, &w.outpointSieve }
