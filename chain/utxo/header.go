package utxo

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/cointill/cointill/chain"
)

// headerLen is the length of a block header on every network of the families.
const headerLen = 80

// header is what is read from the 80 bytes that a block's hash commits to.
type header struct {
	version uint32
	hash    chain.Hash
	parent  chain.Hash
	merkle  [32]byte // in internal order
	time    time.Time
}

// readHeader reads the header at the beginning of b.
func readHeader(b []byte) (header, error) {
	if len(b) < headerLen {
		return header{}, fmt.Errorf("%w: header of %d bytes, want %d", chain.ErrMalformed, len(b), headerLen)
	}
	return header{
		version: binary.LittleEndian.Uint32(b),
		hash:    printed(hash256(b[:headerLen])),
		parent:  printed([32]byte(b[4:36])),
		merkle:  [32]byte(b[36:68]),
		time:    time.Unix(int64(binary.LittleEndian.Uint32(b[68:])), 0).UTC(),
	}, nil
}

// header reads bytes that hold a header and nothing else but, with merged mining,
// its proof: Dogecoin's nodes write it behind the 80 bytes. A node that leaves it
// out loses nothing, for the hash does not cover it.
func (f form) header(b []byte) (header, error) {
	h, err := readHeader(b)
	if err != nil || len(b) == headerLen {
		return h, err
	}
	if !f.auxPoW || h.version&auxPoWBit == 0 {
		return header{}, fmt.Errorf("%w: header of %d bytes, want %d", chain.ErrMalformed, len(b), headerLen)
	}
	c := cursor{b: b, off: headerLen}
	if c.auxPoW(f) && c.off != len(b) {
		c.fail("bytes after the merged mining proof")
	}
	if c.err != nil {
		return header{}, c.err
	}
	return h, nil
}

// anchor returns the block at a height.
func (h header) anchor(height uint64) chain.Anchor {
	return chain.Anchor{Height: height, Hash: h.hash, Parent: h.parent, Time: h.time}
}

// hash256 is the double SHA-256 of Bitcoin.
func hash256(b []byte) [32]byte {
	once := sha256.Sum256(b)
	return sha256.Sum256(once[:])
}

// printed turns a hash from the order in which it was computed to the order in
// which it is printed.
func printed(h [32]byte) (out chain.Hash) {
	reverse(&out, h[:])
	return out
}

// reverse writes the 32 bytes of src to dst in reverse order.
func reverse(dst *chain.Hash, src []byte) {
	_ = src[31]
	binary.BigEndian.PutUint64(dst[0:], binary.LittleEndian.Uint64(src[24:]))
	binary.BigEndian.PutUint64(dst[8:], binary.LittleEndian.Uint64(src[16:]))
	binary.BigEndian.PutUint64(dst[16:], binary.LittleEndian.Uint64(src[8:]))
	binary.BigEndian.PutUint64(dst[24:], binary.LittleEndian.Uint64(src[0:]))
}
