package utxo

import (
	"encoding/binary"
	"fmt"

	"github.com/cointill/cointill/chain"
)

// cursor reads bytes from outside. Each method reports false once the bytes do
// not fit the form; err then says where and why.
type cursor struct {
	b   []byte
	off int
	err error
}

// fail notes the first complaint and reports false.
func (c *cursor) fail(why string) bool {
	if c.err == nil {
		c.err = fmt.Errorf("%w: byte %d: %s", chain.ErrMalformed, c.off, why)
	}
	return false
}

// skip passes over n bytes.
func (c *cursor) skip(n int) bool {
	if n > len(c.b)-c.off {
		return c.fail("bytes end early")
	}
	c.off += n
	return true
}

// take returns the next n bytes without copying them.
func (c *cursor) take(n int) ([]byte, bool) {
	start := c.off
	if !c.skip(n) {
		return nil, false
	}
	return c.b[start:c.off:c.off], true
}

// count reads a CompactSize. It must be in its shortest form and not exceed the
// bytes left, which bounds every length and every number of items: no item is
// shorter than a byte.
func (c *cursor) count() (int, bool) {
	if c.off < len(c.b) && c.b[c.off] < 0xfd {
		n := int(c.b[c.off])
		c.off++
		if n > len(c.b)-c.off {
			return 0, c.fail("length beyond the end")
		}
		return n, true
	}
	return c.longCount()
}

func (c *cursor) longCount() (int, bool) {
	head, ok := c.take(1)
	if !ok {
		return 0, false
	}
	var n, least uint64
	switch width := 1 << (head[0] - 0xfc); width {
	case 2:
		p, ok := c.take(2)
		if !ok {
			return 0, false
		}
		n, least = uint64(binary.LittleEndian.Uint16(p)), 0xfd
	case 4:
		p, ok := c.take(4)
		if !ok {
			return 0, false
		}
		n, least = uint64(binary.LittleEndian.Uint32(p)), 1<<16
	default:
		p, ok := c.take(8)
		if !ok {
			return 0, false
		}
		n, least = binary.LittleEndian.Uint64(p), 1<<32
	}
	if n < least {
		return 0, c.fail("length not in its shortest form")
	}
	if n > uint64(len(c.b)-c.off) {
		return 0, c.fail("length beyond the end")
	}
	return int(n), true
}
