package evm

import "github.com/cointill/cointill/chain"

// lone is a transaction that was asked for by its hash.
type lone struct {
	transaction        // from is zero if the node does not say, to if it creates
	input       []byte // hex digits of the call data

	// mined says that a block holds it; which one follows.
	mined  bool
	block  chain.Hash
	height uint64
}

// scanLone reads one transaction as eth_getTransactionByHash answers it, of
// whatever type.
func scanLone(b []byte) (lone, error) {
	p := parser{b: b}
	if p.next() != '{' {
		return lone{}, errKind
	}
	var hash, from, to, value, input, data, block, height []byte
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
		case "hash":
			hash = v
		case "from":
			from = v
		case "to":
			to = v
		case "value":
			value = v
		case "input":
			input = v
		case "data":
			data = v
		case "blockHash":
			block = v
		case "blockNumber":
			height = v
		}
		more, err = p.more('}')
	}
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return lone{}, err
	}
	if len(input) == 0 {
		input = data // what some nodes call it
	}
	return readLone(hash, from, to, value, input, block, height)
}

func readLone(hash, from, to, value, input, block, height []byte) (l lone, err error) {
	if err = fixed(l.hash[:], hash); err != nil {
		return lone{}, field("hash", err)
	}
	if !isNull(from) {
		if err = fixed(l.from[:], from); err != nil {
			return lone{}, field("from", err)
		}
	}
	if l.creates = isNull(to); !l.creates {
		if err = fixed(l.to[:], to); err != nil {
			return lone{}, field("to", err)
		}
	}
	if l.value, err = word(value); err != nil {
		return lone{}, field("value", err)
	}
	if !isNull(input) {
		if l.input, err = digits(input); err == nil {
			err = hexOnly(l.input)
		}
		if err != nil {
			return lone{}, field("input", err)
		}
	}
	if isNull(block) {
		return l, nil
	}
	l.mined = true
	if err = fixed(l.block[:], block); err != nil {
		return lone{}, field("blockHash", err)
	}
	l.height, err = quantity(height)
	return l, field("blockNumber", err)
}

// Selectors of the calls that name a recipient, and where its word stands.
const (
	transferCall     = "a9059cbb" // transfer(address,uint256)
	transferFromCall = "23b872dd" // transferFrom(address,address,uint256)
)

// calledRecipient returns the recipient that a token call's data names.
func (l *lone) calledRecipient() ([20]byte, bool) {
	word := 0
	switch {
	case len(l.input) < 8:
		return [20]byte{}, false
	case equalFold(l.input[:8], transferCall):
	case equalFold(l.input[:8], transferFromCall):
		word = 1
	default:
		return [20]byte{}, false
	}
	start := 8 + 64*word
	if len(l.input) < start+64 {
		return [20]byte{}, false
	}
	var to [20]byte
	if unhex(to[:], l.input[start+24:start+64]) != nil {
		return [20]byte{}, false
	}
	return to, true
}

// equalFold compares hex digits.
func equalFold(a []byte, b string) bool {
	for i := range a {
		if nibble[a[i]] != nibble[b[i]] {
			return false
		}
	}
	return len(a) == len(b)
}
