package utxo

import (
	"encoding/binary"

	"github.com/cointill/cointill/chain"
)

// visitor is shown a transaction's parts in the order of its bytes. The slices
// are parts of the block.
type visitor interface {
	// wants is asked once, before the first transaction. An input or output that
	// does not pass its sieve is not shown. every asks for each transaction's end,
	// not only for those of which something was shown.
	wants() (outpoints, scripts *chain.Sieve, every bool)
	// input is shown the 36 bytes of the n-th outpoint, hash in internal order.
	input(n int, outpoint []byte)
	// output is shown an output; value is not negative.
	output(vout uint32, value int64, script []byte)
	// end is shown the transaction as a whole, after its inputs and outputs.
	end(t tx)
}

// shown is a visitor with what it wants.
type shown struct {
	visitor
	outpoints, scripts *chain.Sieve
	every              bool
	begun              bool // something of the transaction was shown
}

func showTo(v visitor) *shown {
	s := shown{visitor: v}
	s.outpoints, s.scripts, s.every = v.wants()
	return &s
}

// tx is a transaction as a span of a block's bytes.
type tx struct {
	version  []byte // 4 bytes
	flag     byte   // extension flag, 0 in the old form
	inputs   int    // number of inputs
	body     []byte // counts, inputs and outputs
	locktime []byte // 4 bytes
	// whole is the transaction as it stands, with extension flag and witnesses.
	whole []byte
	// private marks a Litecoin transaction with MWEB data attached, as it stands
	// in the mempool only.
	private bool
	// place is where it was read.
	place place
}

// place says where a transaction stands.
type place uint8

const (
	inBlock place = iota
	// lastInBlock: the last of a block that has others.
	lastInBlock
	// alone: nothing else stands in the bytes, as when it comes from the mempool.
	alone
)

// outpointLen is the length of an outpoint, minInput and minOutput those of the
// shortest input and output: with an empty script, whose length is one byte.
const (
	outpointLen = 36
	minInput    = 41
	minOutput   = 9
)

// tx reads one transaction into t and shows its parts to v.
func (c *cursor) tx(t *tx, f form, v *shown, where place) bool {
	start := c.off
	var ok bool
	t.flag, t.private, t.place = 0, false, where
	if t.version, ok = c.take(4); !ok {
		return false
	}
	// A first byte of 0 cannot be a number of inputs: it marks the extended form.
	if c.off+1 < len(c.b) && c.b[c.off] == 0 {
		t.flag = c.b[c.off+1]
		if t.flag == 0 || t.flag&^f.flags != 0 {
			return c.fail("transaction with an unknown extension flag")
		}
		c.off += 2
	}
	body := c.off
	if t.inputs, ok = c.txInputs(v); !ok {
		return false
	}
	if t.inputs == 0 && t.flag&flagMWEB == 0 {
		return c.fail("transaction without inputs")
	}
	if !c.txOutputs(v) {
		return false
	}
	t.body = c.b[body:c.off:c.off]
	if t.flag&flagWitness != 0 && !c.witnesses(t.inputs) {
		return false
	}
	if t.flag&flagMWEB != 0 && !c.mwebMarker(t) {
		return false
	}
	if t.locktime, ok = c.take(4); !ok {
		return false
	}
	t.whole = c.b[start:c.off:c.off]
	if v.every || v.begun {
		v.begun = false
		v.end(*t)
	}
	return true
}

// The three loops below hold the offset in a variable and read what nearly every
// transaction consists of, lengths of one byte, on the spot. Whatever else comes
// is left to the cursor's own methods, and so is every complaint.

func (c *cursor) txInputs(v *shown) (int, bool) {
	n, ok := c.count()
	if !ok {
		return 0, false
	}
	b, off := c.b, c.off
	for i := range n {
		start := off
		if off += minInput; off <= len(b) && b[start+outpointLen] < 0xfd && int(b[start+outpointLen]) <= len(b)-off {
			off += int(b[start+outpointLen])
		} else if c.off = start; c.input() {
			off = c.off
		} else {
			return 0, false
		}
		if p := b[start : start+outpointLen : start+outpointLen]; v.outpoints.Outpoint(p) {
			v.begun = true
			v.input(i, p)
		}
	}
	c.off = off
	return n, true
}

// input passes over an input.
func (c *cursor) input() bool {
	if !c.skip(outpointLen) {
		return false
	}
	script, ok := c.count()
	return ok && c.skip(script) && c.skip(4)
}

func (c *cursor) txOutputs(v *shown) bool {
	n, ok := c.count()
	if !ok {
		return false
	}
	if n > (len(c.b)-c.off)/minOutput {
		return c.fail("more outputs than bytes can hold")
	}
	b, off := c.b, c.off
	for i := range n {
		start := off
		var script []byte
		if off += minOutput; off <= len(b) && b[start+7] < 0x80 && b[start+8] < 0xfd && int(b[start+8]) <= len(b)-off {
			end := off + int(b[start+8])
			script, off = b[off:end:end], end
		} else if c.off = start; c.output(&script) {
			off = c.off
		} else {
			return false
		}
		if v.scripts.Address(script) {
			v.begun = true
			v.output(uint32(i), int64(binary.LittleEndian.Uint64(b[start:])), script)
		}
	}
	c.off = off
	return true
}

// output passes over an output and takes its script.
func (c *cursor) output(script *[]byte) bool {
	p, ok := c.take(8)
	if !ok {
		return false
	}
	if p[7] >= 0x80 {
		return c.fail("negative output value")
	}
	size, ok := c.count()
	if !ok {
		return false
	}
	*script, ok = c.take(size)
	return ok
}

// witnesses passes over the witness stacks, one per input.
func (c *cursor) witnesses(inputs int) bool {
	b, off := c.b, c.off
	for range inputs {
		var items int
		if off < len(b) && b[off] < 0xfd && int(b[off]) < len(b)-off {
			items = int(b[off])
			off++
		} else {
			var ok bool
			c.off = off
			if items, ok = c.count(); !ok {
				return false
			}
			off = c.off
		}
		for range items {
			if off < len(b) && b[off] < 0xfd && int(b[off]) < len(b)-off {
				off += 1 + int(b[off])
				continue
			}
			c.off = off
			n, ok := c.count()
			if !ok || !c.skip(n) {
				return false
			}
			off = c.off
		}
	}
	c.off = off
	return true
}
