package utxo

// mwebMarker reads what flag 8 puts between witnesses and lock time: a 0, or,
// in the mempool only, a 1 and a MWEB transaction. The latter is not read: it
// reaches to the last four bytes.
func (c *cursor) mwebMarker(t *tx, alone bool) bool {
	p, ok := c.take(1)
	if !ok {
		return false
	}
	switch {
	case p[0] == 0:
		return true
	case p[0] != 1 || !alone:
		return c.fail("transaction with an unexpected MWEB marker")
	}
	t.private = true
	return c.skip(max(len(c.b)-c.off-4, 1))
}

// hogEx reports whether t is the transaction that carries coins in and out of
// the MWEB, the last one of a Litecoin block.
func (t *tx) hogEx() bool { return t.flag&flagMWEB != 0 && !t.private }

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
