package evm

import (
	"bytes"

	"github.com/cointill/cointill/chain"
)

// event is one log of a contract.
type event struct {
	contract   [20]byte
	topics     [4]chain.Hash
	topicCount int
	data       []byte // hex digits, valid until the next event
	height     uint64
	block      chain.Hash
	tx         chain.Hash
	txIndex    uint64
	index      uint64 // within the block
	removed    bool

	// The texts that block, tx, contract and the first topic were read from: what
	// neighbours in an array often share.
	blockText, txText, contractText, topicText []byte
}

// logText holds the fields of one log as they were written.
type logText struct {
	contract, topics, data, height, block, tx, txIndex, index, removed []byte

	whole []byte // the log itself
}

// scanLogs reads an array of logs. each is called for every one in order and
// must not keep its argument.
func scanLogs(b []byte, each func(*event) error) error {
	e := new(event)
	return scanLogTexts(b, func(t *logText) error {
		if err := t.decode(e); err != nil {
			return err
		}
		return each(e)
	})
}

// scanLogTexts takes an array of logs apart without reading their fields.
func scanLogTexts(b []byte, each func(*logText) error) error {
	p := parser{b: b}
	if p.next() != '[' {
		return errKind
	}
	empty, err := p.open('[', ']')
	t := new(logText)
	for more := !empty; more && err == nil; {
		if err = p.logText(t); err != nil {
			return err
		}
		if err = each(t); err != nil {
			return err
		}
		more, err = p.more(']')
	}
	if err != nil {
		return err
	}
	return p.end()
}

func (p *parser) logText(t *logText) error {
	if p.next() != '{' {
		return errKind
	}
	*t = logText{}
	start := p.i
	empty, err := p.open('{', '}')
	for more := !empty; more && err == nil; {
		var k, v []byte
		if k, err = p.key(); err != nil {
			return err
		}
		if v, err = p.value(); err != nil {
			return err
		}
		switch string(k) {
		case "address":
			t.contract = v
		case "topics":
			t.topics = v
		case "data":
			t.data = v
		case "blockNumber":
			t.height = v
		case "blockHash":
			t.block = v
		case "transactionHash":
			t.tx = v
		case "transactionIndex":
			t.txIndex = v
		case "logIndex":
			t.index = v
		case "removed":
			t.removed = v
		}
		more, err = p.more('}')
	}
	t.whole = p.b[start:p.i]
	return err
}

// decode reads every field.
func (t *logText) decode(e *event) (err error) {
	if err = memoized(e.contract[:], &e.contractText, t.contract); err != nil {
		return field("address", err)
	}
	if err = e.readTopics(t.topics); err != nil {
		return field("topics", err)
	}
	if e.data, err = digits(t.data); err != nil {
		return field("data", err)
	}
	if len(e.data)%2 != 0 || hexOnly(e.data) != nil {
		return field("data", errHex)
	}
	if e.height, err = quantity(t.height); err != nil {
		return field("blockNumber", err)
	}
	if err = memoized(e.block[:], &e.blockText, t.block); err != nil {
		return field("blockHash", err)
	}
	if err = memoized(e.tx[:], &e.txText, t.tx); err != nil {
		return field("transactionHash", err)
	}
	if e.txIndex, err = quantity(t.txIndex); err != nil {
		return field("transactionIndex", err)
	}
	if e.index, err = quantity(t.index); err != nil {
		return field("logIndex", err)
	}
	switch {
	case isNull(t.removed), string(t.removed) == "false":
		e.removed = false
	case string(t.removed) == "true":
		e.removed = true
	default:
		return field("removed", errKind)
	}
	return nil
}

// memoized reads bytes unless they were read last time too. known is the text out
// was read from, nil if out is not valid.
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

func (e *event) readTopics(b []byte) error {
	if e.compactTopics(b) {
		return nil
	}
	e.topicCount, e.topics, e.topicText = 0, [4]chain.Hash{}, nil
	if len(b) == 0 {
		return errMissing
	}
	p := parser{b: b}
	if p.next() != '[' {
		return errKind
	}
	empty, err := p.open('[', ']')
	for more := !empty; more && err == nil; {
		var v []byte
		if v, err = p.value(); err != nil {
			return err
		}
		if e.topicCount == len(e.topics) {
			return errKind
		}
		if err = fixed(e.topics[e.topicCount][:], v); err != nil {
			return err
		}
		e.topicCount++
		more, err = p.more(']')
	}
	return err
}

// compactTopics reads topics written without white space, as nodes do, and
// reports whether these are.
func (e *event) compactTopics(b []byte) bool {
	const each = len(`"0x",`) + 64
	n := (len(b) - 1) / each
	if n == 0 || n > len(e.topics) || len(b) != n*each+1 {
		return false
	}
	if memoized(e.topics[0][:], &e.topicText, b[1:each]) != nil {
		return false
	}
	for i := 1; i < n; i++ {
		t := b[1+i*each : (i+1)*each]
		if fixed(e.topics[i][:], t) != nil {
			return false
		}
	}
	clear(e.topics[n:])
	e.topicCount = n
	return true
}
