package utxo

import "github.com/cointill/cointill/chain"

// auxPoWBit of a header's version says that a merged mining proof follows. The
// chain id in the upper half of the version is set on blocks without one, too.
const auxPoWBit = 0x100

// auxPoW passes over a merged mining proof: the parent chain's coinbase and its
// block hash, two merkle branches with an index each, the parent's header.
func (c *cursor) auxPoW(f form) bool {
	var parent tx
	if !c.tx(&parent, f, showTo(nobody{}), inBlock) {
		return false
	}
	if !c.skip(32) {
		return false
	}
	for range 2 {
		n, ok := c.count()
		if !ok {
			return false
		}
		if n > len(c.b)/32 {
			return c.fail("merkle branch beyond the end")
		}
		if !c.skip(n*32) || !c.skip(4) {
			return false
		}
	}
	return c.skip(headerLen)
}

// nobody looks at no part of a transaction.
type nobody struct{}

var (
	everything = chain.SieveOfAll()
	nothing    = chain.SieveOfNone()
)

func (nobody) wants() (outpoints, scripts *chain.Sieve, every bool) { return nothing, nothing, true }
func (nobody) input(int, []byte)                                    {}
func (nobody) output(uint32, int64, []byte)                         {}
func (nobody) end(tx)                                               {}
