package evm

import (
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/cointill/cointill/chain"
)

// listing is the token contracts whose logs a source reads, in the order of its
// network's list. It never changes; the source replaces it.
type listing struct {
	contracts []string         // as the specification writes them
	bits      []types.Bloom    // the bloom filter bits of each contract's Transfer
	index     map[[20]byte]int // of a contract in both
}

// list makes the listing of some of the source's tokens.
func list(tokens []chain.Token) *listing {
	l := &listing{index: make(map[[20]byte]int, len(tokens))}
	for _, t := range tokens {
		c := [20]byte([]byte(t.Contract.Raw))
		l.index[c] = len(l.contracts)
		l.contracts = append(l.contracts, hexBytes(c[:]))
		l.bits = append(l.bits, bloomOf(c[:], transferTopic[:]))
	}
	return l
}

// reads reports whether the source reads a contract's logs.
func (s *Source) reads(contract [20]byte) bool {
	_, ok := s.listing.Load().index[contract]
	return ok
}

// LeftOut returns the unaccepted tokens of the network's list that the source
// does not read, because the node's contract has no code or other decimals than
// the list says. A wrong row there must not stop the network, and an amount must
// not be told in a wrong unit. The accepted ones are never left out: for them the
// same is a [TokenError] of every call. It is known after the first successful
// call, and looked at again whenever the node proves its network again.
func (s *Source) LeftOut() []*TokenError {
	out := s.leftOut.Load()
	if out == nil {
		return nil
	}
	return append([]*TokenError(nil), *out...)
}

// Notes tells what [Source.LeftOut] returns as sentences.
func (s *Source) Notes() []string {
	var out []string
	for _, e := range s.LeftOut() {
		out = append(out, e.Error())
	}
	return out
}
