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

// scanReceipt reads one receipt. Its logs are checked to be logs.
func scanReceipt(b []byte) (receipt, error) {
	p := parser{b: b}
	r, err := p.receipt()
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
	for more := !empty; more && err == nil; {
		var r receipt
		if r, err = p.receipt(); err != nil {
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

func (p *parser) receipt() (receipt, error) {
	if p.next() != '{' {
		return receipt{}, errKind
	}
	var status, tx, block, logs, gas, price, blobGas, blobPrice []byte
	empty, err := p.open('{', '}')
	for more := !empty; more && err == nil; {
		var k, v []byte
		if k, err = p.key(); err != nil {
			break
		}
		if v, err = p.value(); err != nil {
			break
		}
		switch string(k) {
		case "status":
			status = v
		case "transactionHash":
			tx = v
		case "blockHash":
			block = v
		case "logs":
			logs = v
		case "gasUsed":
			gas = v
		case "effectiveGasPrice":
			price = v
		case "blobGasUsed":
			blobGas = v
		case "blobGasPrice":
			blobPrice = v
		}
		more, err = p.more('}')
	}
	if err != nil {
		return receipt{}, err
	}
	var r receipt
	if err = fixed(r.tx[:], tx); err != nil {
		return receipt{}, field("transactionHash", err)
	}
	if err = fixed(r.block[:], block); err != nil {
		return receipt{}, field("blockHash", err)
	}
	s, err := quantity(status)
	if err != nil || s > 1 {
		return receipt{}, field("status", errHex)
	}
	r.ok = s == 1
	for _, f := range []struct {
		name string
		text []byte
		out  *[]byte
	}{
		{"gasUsed", gas, &r.gas}, {"effectiveGasPrice", price, &r.price},
		{"blobGasUsed", blobGas, &r.blobGas}, {"blobGasPrice", blobPrice, &r.blobPrice},
	} {
		if isNull(f.text) {
			continue
		}
		if *f.out, err = word(f.text); err != nil {
			return receipt{}, field(f.name, err)
		}
	}
	if len(logs) == 0 {
		return receipt{}, field("logs", errMissing)
	}
	r.logs = logs
	return r, field("logs", scanLogs(logs, func(*event) error { return nil }))
}
