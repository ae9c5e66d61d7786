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
	if !c.txs(f, v) {
		return c.err
	}
	return nil
}

// txs reads a block's transactions and what may follow them.
func (c *cursor) txs(f form, v visitor) bool {
	n, ok := c.count()
	if !ok {
		return false
	}
	if n == 0 {
		return c.fail("block without transactions")
	}
	var last tx
	for range n {
		if last, ok = c.tx(f, v, false); !ok {
			return false
		}
	}
	if f.mweb && n > 1 && last.hogEx() && !c.mwebTail() {
		return false
	}
	if c.off != len(c.b) {
		return c.fail("bytes after the last transaction")
	}
	return true
}

// walkTx reads one transaction that stands alone and shows it to v.
func walkTx(f form, raw []byte, v visitor) (tx, error) {
	c := cursor{b: raw}
	t, ok := c.tx(f, v, true)
	if ok && c.off != len(raw) {
		ok = c.fail("bytes after the transaction")
	}
	if !ok {
		return tx{}, c.err
	}
	return t, nil
}
