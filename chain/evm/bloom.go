package evm

import (
	"golang.org/x/crypto/sha3"

	"github.com/cointill/cointill/chain"
)

// transferTopic is keccak256("Transfer(address,address,uint256)"), the first
// topic of ERC-20 and ERC-721 transfers and of EIP-7708 logs alike.
var transferTopic = chain.Hash{
	0xdd, 0xf2, 0x52, 0xad, 0x1b, 0xe2, 0xc8, 0x9b, 0x69, 0xc2, 0xb0, 0x68, 0xfc, 0x37, 0x8d, 0xaa,
	0x95, 0x2b, 0xa7, 0xf1, 0x63, 0xc4, 0xa1, 0x16, 0x28, 0xf5, 0x5a, 0x4d, 0xf5, 0x23, 0xb3, 0xef,
}

// bloom is the filter of a block's log addresses and topics (yellow paper,
// section 4.3.1): it may name what is absent, never miss what is present.
type bloom [256]byte

// bloomOf returns a filter with the bits of the items set.
func bloomOf(items ...[]byte) bloom {
	var out bloom
	for _, item := range items {
		h := sha3.NewLegacyKeccak256()
		h.Write(item)
		sum := h.Sum(nil)
		for i := 0; i < 6; i += 2 {
			bit := (uint(sum[i])<<8 | uint(sum[i+1])) & 2047
			out[255-bit/8] |= 1 << (bit % 8)
		}
	}
	return out
}

// covers reports whether every bit of sub is set.
func (b *bloom) covers(sub *bloom) bool {
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
func (h *header) mayHave(bits *bloom) bool { return !h.hasBloom || h.bloom.covers(bits) }
