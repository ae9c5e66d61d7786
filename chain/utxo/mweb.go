package utxo

// Litecoin's MWEB as it shows in blocks. The consensus rules checked here are
// those of litecoin's src/mweb/mweb_node.cpp (ContextualCheckBlock): only the
// last transaction of a block carries the HogEx marker, and its first output is
// the HogAddr. The marker itself is not committed by the merkle root; the output
// is, so a node that strips or adds the marker is found out by it.

// Opcodes of the witness versions that lead into the MWEB.
const (
	opHogAddr = 0x58 // version 8: what the MWEB holds
	opPegIn   = 0x59 // version 9: coins on their way into it
)

// mwebMarker reads what flag 8 puts between witnesses and lock time: a 0, which
// marks the HogEx, or, in the mempool only, a 1 and a MWEB transaction. The
// latter is not read: it reaches to the last four bytes.
func (c *cursor) mwebMarker(t *tx) bool {
	p, ok := c.take(1)
	if !ok {
		return false
	}
	switch {
	case p[0] == 0 && t.place == inBlock:
		return c.fail("HogEx that is not the last transaction")
	case p[0] == 0 && !t.holdsMWEB():
		return c.fail("HogEx that does not begin with a HogAddr")
	case p[0] == 0:
		return true
	case p[0] != 1 || t.place != alone:
		return c.fail("transaction with an unexpected MWEB marker")
	}
	t.private = true
	return c.skip(max(len(c.b)-c.off-4, 1))
}

// marked reports whether t carries the marker of a HogEx, the transaction that
// takes coins into and out of the MWEB.
func (t *tx) marked() bool { return t.flag&flagMWEB != 0 && !t.private }

// pegsOut reports whether the outputs of t beyond the first were paid out of the
// MWEB: t is the last of its block and has a HogEx's first output, whether the
// node shows the marker or not. In the mempool nothing is.
func (t *tx) pegsOut() bool { return t.place == lastInBlock && t.holdsMWEB() }

// holdsMWEB reports whether the first output goes to a HogAddr: witness version 8
// and the hash of a MWEB header.
func (t *tx) holdsMWEB() bool {
	c := cursor{b: t.body}
	if _, ok := c.txInputs(showTo(nobody{})); !ok {
		return false
	}
	if n, ok := c.count(); !ok || n == 0 || !c.skip(8) {
		return false
	}
	size, ok := c.count()
	if !ok {
		return false
	}
	script, ok := c.take(size)
	return ok && mwebScript(script) && script[0] == opHogAddr
}

// mwebScript reports whether a script belongs to the MWEB's own bookkeeping: the
// HogAddr or a peg-in. No address has such a script.
func mwebScript(script []byte) bool {
	return len(script) == 34 && (script[0] == opHogAddr || script[0] == opPegIn) && script[1] == 32
}

// mwebTail passes over the MWEB block behind a HogEx: a marker, then, if it is
// 1, bytes to the end.
func (c *cursor) mwebTail() bool {
	p, ok := c.take(1)
	if !ok {
		return false
	}
	switch p[0] {
	case 0:
		return true
	case 1:
		return c.skip(max(len(c.b)-c.off, 1))
	}
	return c.fail("block with an unknown MWEB marker")
}
