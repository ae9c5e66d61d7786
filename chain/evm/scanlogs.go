package evm

import "github.com/cointill/cointill/chain"

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

	// The texts that fields were read from, nil where a field is not valid.
	contractText, topicsText, topicText, dataText, heightText, blockText, txText, txIndexText, indexText []byte
}

// logText holds the fields of one log as they were written. It is used for one
// log after another: see [layout].
type logText struct {
	contract, topics, data, height, block, tx, txIndex, index, removed []byte

	whole  []byte // the log itself
	event  event  // what was read already
	layout layout
}

// The fields of a log.
const (
	logContract = 1 + iota
	logTopics
	logData
	logHeight
	logBlock
	logTx
	logTxIndex
	logIndex
	logRemoved
)

func logField(key []byte) uint8 {
	switch string(key) {
	case "address":
		return logContract
	case "topics":
		return logTopics
	case "data":
		return logData
	case "blockNumber":
		return logHeight
	case "blockHash":
		return logBlock
	case "transactionHash":
		return logTx
	case "transactionIndex":
		return logTxIndex
	case "logIndex":
		return logIndex
	case "removed":
		return logRemoved
	}
	return 0
}

// scanLogs reads an array of logs. each is called for every one in order and
// must not keep its argument.
func scanLogs(b []byte, each func(*event) error) error {
	return scanLogTexts(b, func(t *logText) error {
		e, err := t.decode()
		if err != nil {
			return err
		}
		return each(e)
	})
}

// scanLogTexts takes an array of logs apart. Which fields are read is up to each:
// see [logText.decode].
func scanLogTexts(b []byte, each func(*logText) error) error {
	return new(logText).scan(b, each)
}

// scan is scanLogTexts with the memory of what t has read before.
func (t *logText) scan(b []byte, each func(*logText) error) error {
	p := parser{b: b}
	if p.next() != '[' {
		return errKind
	}
	empty, err := p.open('[', ']')
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
	t.contract, t.topics, t.data, t.height, t.block, t.tx, t.txIndex, t.index, t.removed = nil, nil, nil, nil, nil, nil, nil, nil, nil
	e, start := &t.event, p.i
	empty, err := p.open('{', '}')
	for n, more := 0, !empty; more && err == nil; n++ {
		w, err := p.field(&t.layout, n, logField)
		if err != nil {
			return err
		}
		switch w.id {
		case logContract:
			t.contract, err = p.bytes(e.contract[:], &e.contractText)
		case logTopics:
			t.topics, err = p.topics(e)
		case logData:
			t.data, err = p.data(&e.data, &e.dataText)
		case logHeight:
			t.height, err = p.quantity(&e.height, &e.heightText)
		case logBlock:
			t.block, err = p.bytes(e.block[:], &e.blockText)
		case logTx:
			t.tx, err = p.bytes(e.tx[:], &e.txText)
		case logTxIndex:
			t.txIndex, err = p.quantity(&e.txIndex, &e.txIndexText)
		case logIndex:
			t.index, err = p.quantity(&e.index, &e.indexText)
		case logRemoved:
			t.removed, err = p.value()
		default:
			err = p.pass(w)
		}
		if err != nil {
			return err
		}
		if more, err = p.more('}'); err != nil {
			return err
		}
	}
	t.whole = p.b[start:p.i]
	return err
}
