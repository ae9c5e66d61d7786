package evm

import (
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/cointill/cointill/chain"
)

// transaction is what matters of a transaction inside a block.
type transaction struct {
	hash     chain.Hash
	from, to [20]byte
	creates  bool   // to is the address of the contract it creates
	value    []byte // hex digits, valid until the next transaction
}

// txText holds the fields of one transaction as they were written. It is used for
// one transaction after another: see [layout].
type txText struct {
	hash, from, to, value, nonce []byte

	tx transaction
	// The texts that fields were read from, nil where a field is not valid.
	hashText, fromText, toText []byte
	layout                     layout
}

// The fields of a transaction.
const (
	txHash = 1 + iota
	txFrom
	txTo
	txValue
	txNonce
)

func txField(key []byte) uint8 {
	switch string(key) {
	case "hash":
		return txHash
	case "from":
		return txFrom
	case "to":
		return txTo
	case "value":
		return txValue
	case "nonce":
		return txNonce
	}
	return 0
}

func scanTransactions(b []byte, each func(*transaction) error) error {
	if len(b) == 0 {
		return errMissing
	}
	p := parser{b: b}
	if p.next() != '[' {
		return errKind
	}
	empty, err := p.open('[', ']')
	t := new(txText)
	for more := !empty; more && err == nil; {
		if err = p.transaction(t); err != nil {
			return err
		}
		if err = each(&t.tx); err != nil {
			return err
		}
		more, err = p.more(']')
	}
	return err
}

func (p *parser) transaction(t *txText) error {
	if p.next() != '{' {
		return errKind
	}
	t.hash, t.from, t.to, t.value, t.nonce = nil, nil, nil, nil, nil
	tx := &t.tx
	empty, err := p.open('{', '}')
	for n, more := 0, !empty; more && err == nil; n++ {
		w, err := p.field(&t.layout, n, txField)
		if err != nil {
			return err
		}
		switch w.id {
		case txHash:
			t.hash, err = p.bytes(tx.hash[:], &t.hashText)
		case txFrom:
			t.from, err = p.bytes(tx.from[:], &t.fromText)
		case txTo:
			t.to, err = p.bytes(tx.to[:], &t.toText)
		case txValue:
			t.value, err = p.value()
		case txNonce:
			t.nonce, err = p.value()
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
	if err != nil {
		return err
	}
	if err = memoized(tx.hash[:], &t.hashText, t.hash); err != nil {
		return field("hash", err)
	}
	if err = memoized(tx.from[:], &t.fromText, t.from); err != nil {
		return field("from", err)
	}
	if tx.value, err = word(t.value); err != nil {
		return field("value", err)
	}
	if tx.creates = isNull(t.to); tx.creates {
		n, err := quantity(t.nonce)
		if err != nil {
			return field("nonce", err)
		}
		tx.to, t.toText = crypto.CreateAddress(tx.from, n), nil
		return nil
	}
	return field("to", memoized(tx.to[:], &t.toText, t.to))
}
