package evm

import (
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/cointill/cointill/chain"
)

// transferTopic is the first topic of ERC-20 and ERC-721 transfers and of EIP-7708
// logs alike.
var transferTopic = chain.Hash(crypto.Keccak256Hash([]byte("Transfer(address,address,uint256)")))

// bloomOf returns the filter of a log's address and topics (yellow paper, section
// 4.3.1): it may name what is absent, never miss what is present.
func bloomOf(items ...[]byte) (b types.Bloom) {
	for _, item := range items {
		b.Add(item)
	}
	return b
}

// covers reports whether every bit of sub is set.
func covers(b, sub *types.Bloom) bool {
	for i := range b {
		if b[i]&sub[i] != sub[i] {
			return false
		}
	}
	return true
}

// mayHaveTransfers reports whether a block's filter leaves room for a Transfer
// of one of the tokens. A block without a filter proves nothing.
func (s *Source) mayHaveTransfers(h *header) bool {
	l := s.listing.Load()
	for i := range l.bits {
		if h.mayHave(&l.bits[i]) {
			return true
		}
	}
	return false
}

// mayHave reports whether a block may hold a log with these bits.
func (h *header) mayHave(bits *types.Bloom) bool { return !h.hasBloom || covers(&h.bloom, bits) }
