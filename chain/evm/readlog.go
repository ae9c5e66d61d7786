package evm

import "bytes"

// decode reads every field that was not read already.
func (t *logText) decode() (*event, error) {
	e := &t.event
	if err := memoized(e.contract[:], &e.contractText, t.contract); err != nil {
		return nil, field("address", err)
	}
	if err := e.readTopics(t.topics); err != nil {
		return nil, field("topics", err)
	}
	if err := e.readData(t.data); err != nil {
		return nil, field("data", err)
	}
	if err := memoizedQuantity(&e.height, &e.heightText, t.height); err != nil {
		return nil, field("blockNumber", err)
	}
	if err := memoized(e.block[:], &e.blockText, t.block); err != nil {
		return nil, field("blockHash", err)
	}
	if err := memoized(e.tx[:], &e.txText, t.tx); err != nil {
		return nil, field("transactionHash", err)
	}
	if err := memoizedQuantity(&e.txIndex, &e.txIndexText, t.txIndex); err != nil {
		return nil, field("transactionIndex", err)
	}
	if err := memoizedQuantity(&e.index, &e.indexText, t.index); err != nil {
		return nil, field("logIndex", err)
	}
	switch {
	case isNull(t.removed), string(t.removed) == "false":
		e.removed = false
	case string(t.removed) == "true":
		e.removed = true
	default:
		return nil, field("removed", errKind)
	}
	return e, nil
}

// readData always leaves the digits of this very text.
func (e *event) readData(b []byte) (err error) {
	if len(b) == 0 || len(e.dataText) != len(b) || &e.dataText[0] != &b[0] {
		e.dataText = nil
		if e.data, err = digits(b); err != nil {
			return err
		}
		if err = hexOnly(e.data); err != nil {
			return err
		}
	}
	if len(e.data)%2 != 0 {
		return errHex
	}
	return nil
}

// memoized reads bytes unless they were read from the same text. known is the
// text out was read from, nil if out is not valid.
func memoized(out []byte, known *[]byte, text []byte) error {
	if len(text) > 0 && bytes.Equal(*known, text) {
		return nil
	}
	*known = nil
	if err := fixed(out, text); err != nil {
		return err
	}
	*known = text
	return nil
}

// memoizedQuantity reads a number as memoized reads bytes.
func memoizedQuantity(out *uint64, known *[]byte, text []byte) (err error) {
	if len(text) > 0 && bytes.Equal(*known, text) {
		return nil
	}
	*known = nil
	if *out, err = quantity(text); err == nil {
		*known = text
	}
	return err
}
