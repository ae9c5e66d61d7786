package utxo

// walk reads a whole block strictly and shows its transactions to v.
func walk(f form, raw []byte, v visitor) error {
	h, err := readHeader(raw)
	if err != nil {
		return err
	}
	c := cursor{b: raw, off: headerLen}
	if f.auxPoW && h.version&auxPoWBit != 0 && !c.auxPoW(f) {
		return c.err
	}
	if !c.txs(f, showTo(v)) {
		return c.err
	}
	return nil
}

// txs reads a block's transactions and what may follow them.
func (c *cursor) txs(f form, v *shown) bool {
	n, ok := c.count()
	if !ok {
		return false
	}
	if n == 0 {
		return c.fail("block without transactions")
	}
	var last tx
	for i := range n {
		where := inBlock
		if i > 0 && i == n-1 {
			where = lastInBlock
		}
		if !c.tx(&last, f, v, where) {
			return false
		}
	}
	if last.marked() && !c.mwebTail() {
		return false
	}
	if c.off != len(c.b) {
		return c.fail("bytes after the last transaction")
	}
	return true
}

// walkTx reads the bytes of one transaction, which stands or stood at a place,
// and shows it to v.
func walkTx(f form, raw []byte, where place, v visitor) (tx, error) {
	c := cursor{b: raw}
	var t tx
	ok := c.tx(&t, f, showTo(v), where)
	if ok && c.off != len(raw) {
		ok = c.fail("bytes after the transaction")
	}
	if !ok {
		return tx{}, c.err
	}
	return t, nil
}
