package evm

import "github.com/cointill/cointill/chain"

// receipt is a transaction's receipt (EIP-658).
type receipt struct {
	tx    chain.Hash
	block chain.Hash
	ok    bool   // status 1
	logs  []byte // the array's text

	// What the transaction cost, as hex digits; nil where the node does not say.
	// The blob's are there for blob transactions alone (EIP-4844).
	gas, price, blobGas, blobPrice []byte
}

// receiptText holds the fields of one receipt as they were written. It is used
// for one receipt after another: see [layout].
type receiptText struct {
	status, tx, block, logs, gas, price, blobGas, blobPrice []byte

	txHash, blockHash chain.Hash
	// The texts that the hashes were read from, nil where one is not valid.
	txText, blockText []byte
	log               logText
	layout            layout
}

// The fields of a receipt.
const (
	receiptStatus = 1 + iota
	receiptTx
	receiptBlock
	receiptLogs
	receiptGas
	receiptPrice
	receiptBlobGas
	receiptBlobPrice
)

func receiptField(key []byte) uint8 {
	switch string(key) {
	case "status":
		return receiptStatus
	case "transactionHash":
		return receiptTx
	case "blockHash":
		return receiptBlock
	case "logs":
		return receiptLogs
	case "gasUsed":
		return receiptGas
	case "effectiveGasPrice":
		return receiptPrice
	case "blobGasUsed":
		return receiptBlobGas
	case "blobGasPrice":
		return receiptBlobPrice
	}
	return 0
}

// scanReceipt reads one receipt. Its logs are checked to be logs.
func scanReceipt(b []byte) (receipt, error) {
	p := parser{b: b}
	r, err := p.receipt(new(receiptText))
	if err != nil {
		return receipt{}, err
	}
	return r, p.end()
}

// scanReceipts reads an array of receipts.
func scanReceipts(b []byte) ([]receipt, error) {
	p := parser{b: b}
	if p.next() != '[' {
		return nil, errKind
	}
	var out []receipt
	empty, err := p.open('[', ']')
	t := new(receiptText)
	for more := !empty; more && err == nil; {
		var r receipt
		if r, err = p.receipt(t); err != nil {
			return nil, err
		}
		out = append(out, r)
		more, err = p.more(']')
	}
	if err != nil {
		return nil, err
	}
	return out, p.end()
}

// logs consumes a receipt's logs and reads them. If they cannot be read they are
// passed over as any value, to be refused when they are the receipt's.
func (p *parser) logs(t *logText) (text []byte, read bool, err error) {
	if p.next() != '[' {
		text, err = p.value()
		return text, false, err
	}
	start, depth := p.i, p.depth
	empty, err := p.open('[', ']')
	for more := !empty; more && err == nil; {
		if err = p.logText(t); err == nil {
			if _, err = t.decode(); err == nil {
				more, err = p.more(']')
			}
		}
	}
	if err == nil {
		return p.b[start:p.i], true, nil
	}
	p.i, p.depth = start, depth
	text, err = p.value()
	return text, false, err
}

func (p *parser) receipt(t *receiptText) (receipt, error) {
	if p.next() != '{' {
		return receipt{}, errKind
	}
	t.status, t.tx, t.block, t.logs, t.gas, t.price, t.blobGas, t.blobPrice = nil, nil, nil, nil, nil, nil, nil, nil
	read := false // the logs were
	empty, err := p.open('{', '}')
	for n, more := 0, !empty; more && err == nil; n++ {
		w, err := p.field(&t.layout, n, receiptField)
		if err != nil {
			return receipt{}, err
		}
		switch w.id {
		case receiptStatus:
			t.status, err = p.value()
		case receiptTx:
			t.tx, err = p.bytes(t.txHash[:], &t.txText)
		case receiptBlock:
			t.block, err = p.bytes(t.blockHash[:], &t.blockText)
		case receiptLogs:
			t.logs, read, err = p.logs(&t.log)
		case receiptGas:
			t.gas, err = p.value()
		case receiptPrice:
			t.price, err = p.value()
		case receiptBlobGas:
			t.blobGas, err = p.value()
		case receiptBlobPrice:
			t.blobPrice, err = p.value()
		default:
			err = p.pass(w)
		}
		if err != nil {
			return receipt{}, err
		}
		if more, err = p.more('}'); err != nil {
			return receipt{}, err
		}
	}
	if err != nil {
		return receipt{}, err
	}
	var r receipt
	if err = memoized(t.txHash[:], &t.txText, t.tx); err != nil {
		return receipt{}, field("transactionHash", err)
	}
	if err = memoized(t.blockHash[:], &t.blockText, t.block); err != nil {
		return receipt{}, field("blockHash", err)
	}
	r.tx, r.block = t.txHash, t.blockHash
	s, err := quantity(t.status)
	if err != nil || s > 1 {
		return receipt{}, field("status", errHex)
	}
	r.ok = s == 1
	if r.gas, err = optionalWord(t.gas); err != nil {
		return receipt{}, field("gasUsed", err)
	}
	if r.price, err = optionalWord(t.price); err != nil {
		return receipt{}, field("effectiveGasPrice", err)
	}
	if r.blobGas, err = optionalWord(t.blobGas); err != nil {
		return receipt{}, field("blobGasUsed", err)
	}
	if r.blobPrice, err = optionalWord(t.blobPrice); err != nil {
		return receipt{}, field("blobGasPrice", err)
	}
	if len(t.logs) == 0 {
		return receipt{}, field("logs", errMissing)
	}
	if r.logs = t.logs; read {
		return r, nil
	}
	return r, field("logs", scanLogs(t.logs, func(*event) error { return nil }))
}
