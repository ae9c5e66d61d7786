package evm

import "math/big"

// withdrawal is one withdrawal from staking (EIP-4895).
type withdrawal struct {
	index uint64
	to    [20]byte
	gwei  uint64
}

// weiPerGwei is the unit of withdrawals in that of the coin.
var weiPerGwei = big.NewInt(1_000_000_000)

// scanWithdrawals reads an array of withdrawals. each is called for every one in
// order and must not keep its argument.
func scanWithdrawals(b []byte, each func(*withdrawal) error) error {
	p := parser{b: b}
	if p.next() != '[' {
		return errKind
	}
	empty, err := p.open('[', ']')
	w := new(withdrawal)
	for more := !empty; more && err == nil; {
		if err = p.withdrawal(w); err != nil {
			return err
		}
		if err = each(w); err != nil {
			return err
		}
		more, err = p.more(']')
	}
	if err != nil {
		return err
	}
	return p.end()
}

func (p *parser) withdrawal(w *withdrawal) error {
	if p.next() != '{' {
		return errKind
	}
	var index, to, amount []byte
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
		case "index":
			index = v
		case "address":
			to = v
		case "amount":
			amount = v
		}
		more, err = p.more('}')
	}
	if err != nil {
		return err
	}
	if w.index, err = quantity(index); err != nil {
		return field("index", err)
	}
	if err = fixed(w.to[:], to); err != nil {
		return field("address", err)
	}
	w.gwei, err = quantity(amount)
	return field("amount", err)
}
