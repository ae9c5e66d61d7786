package utxo

import "encoding/binary"

// visitor is shown a transaction's parts in the order of its bytes. The slices
// are parts of the block. end is called once per transaction, with true only
// after its inputs and outputs were shown.
type visitor interface {
	// input is shown the 36 bytes of an outpoint, hash in internal order.
	input(outpoint []byte)
	// output is shown an output; value is not negative.
	output(vout uint32, value int64, script []byte)
	// end is shown the transaction as a whole.
	end(t tx)
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

// outpointLen is the length of an outpoint, minOutput that of the shortest
// output.
const (
	outpointLen = 36
	minOutput   = 9
)

// tx reads one transaction and shows its parts to v.
func (c *cursor) tx(f form, v visitor, where place) (t tx, ok bool) {
	start := c.off
	t.place = where
	if t.version, ok = c.take(4); !ok {
		return t, false
	}
	// A first byte of 0 cannot be a number of inputs: it marks the extended form.
	if c.off+1 < len(c.b) && c.b[c.off] == 0 {
		t.flag = c.b[c.off+1]
		if t.flag == 0 || t.flag&^f.flags != 0 {
			return t, c.fail("transaction with an unknown extension flag")
		}
		c.off += 2
	}
	body := c.off
	if t.inputs, ok = c.txInputs(v); !ok {
		return t, false
	}
	if t.inputs == 0 && t.flag&flagMWEB == 0 {
		return t, c.fail("transaction without inputs")
	}
	if !c.txOutputs(v) {
		return t, false
	}
	t.body = c.b[body:c.off:c.off]
	if t.flag&flagWitness != 0 && !c.witnesses(t.inputs) {
		return t, false
	}
	if t.flag&flagMWEB != 0 && !c.mwebMarker(&t) {
		return t, false
	}
	if t.locktime, ok = c.take(4); !ok {
		return t, false
	}
	t.whole = c.b[start:c.off:c.off]
	v.end(t)
	return t, true
}

func (c *cursor) txInputs(v visitor) (int, bool) {
	n, ok := c.count()
	if !ok {
		return 0, false
	}
	for range n {
		op, ok := c.take(outpointLen)
		if !ok {
			return 0, false
		}
		script, ok := c.count()
		if !ok || !c.skip(script) || !c.skip(4) {
			return 0, false
		}
		v.input(op)
	}
	return n, true
}

func (c *cursor) txOutputs(v visitor) bool {
	n, ok := c.count()
	if !ok {
		return false
	}
	if n > (len(c.b)-c.off)/minOutput {
		return c.fail("more outputs than bytes can hold")
	}
	for i := range n {
		p, ok := c.take(8)
		if !ok {
			return false
		}
		value := int64(binary.LittleEndian.Uint64(p))
		if value < 0 {
			return c.fail("negative output value")
		}
		size, ok := c.count()
		if !ok {
			return false
		}
		script, ok := c.take(size)
		if !ok {
			return false
		}
		v.output(uint32(i), value, script)
	}
	return true
}

// witnesses passes over the witness stacks, one per input.
func (c *cursor) witnesses(inputs int) bool {
	for range inputs {
		items, ok := c.count()
		if !ok {
			return false
		}
		for range items {
			n, ok := c.count()
			if !ok || !c.skip(n) {
				return false
			}
		}
	}
	return true
}
