package evm

import "bytes"

// layout remembers how the last object of an array was written. Nodes write all
// of them alike, and what is written as it was last time need not be taken apart
// again. It decides nothing: what differs is read as if nothing were remembered.
type layout struct {
	fields [32]written
	rest   written // of longer objects
}

// written is one field as it was last written.
type written struct {
	key []byte // from its quote to its colon
	id  uint8  // which field it is, 0 for one that is not read
	// value is a field's that is not read. Only a string is its own end, and so
	// only a string is looked for again.
	value []byte
}

// field consumes the key of an object's n-th field and its colon. name tells
// which one it is.
func (p *parser) field(l *layout, n int, name func(key []byte) uint8) (*written, error) {
	w := &l.rest
	if n < len(l.fields) {
		w = &l.fields[n]
	}
	if p.next() == '"' && len(w.key) > 0 && bytes.HasPrefix(p.b[p.i:], w.key) {
		p.i += len(w.key)
		return w, nil
	}
	start := p.i
	k, err := p.key()
	if err != nil {
		return nil, err
	}
	*w = written{key: p.b[start:p.i], id: name(k)}
	return w, nil
}

// pass consumes the value of a field that is not read.
func (p *parser) pass(w *written) error {
	if p.next() == '"' && len(w.value) > 0 && bytes.HasPrefix(p.b[p.i:], w.value) {
		p.i += len(w.value)
		return nil
	}
	var err error
	w.value, err = p.value()
	return err
}

// passObjects consumes an array, mostly of objects, and returns its text.
func (p *parser) passObjects(l *layout) ([]byte, error) {
	if p.next() != '[' {
		return p.value()
	}
	start := p.i
	empty, err := p.open('[', ']')
	for more := !empty; more && err == nil; {
		if p.next() == '{' {
			err = p.passObject(l)
		} else {
			_, err = p.value()
		}
		if err == nil {
			more, err = p.more(']')
		}
	}
	return p.b[start:p.i], err
}

func (p *parser) passObject(l *layout) error {
	empty, err := p.open('{', '}')
	for n, more := 0, !empty; more && err == nil; n++ {
		var w *written
		if w, err = p.field(l, n, unread); err == nil {
			if err = p.pass(w); err == nil {
				more, err = p.more('}')
			}
		}
	}
	return err
}

// unread names no field.
func unread([]byte) uint8 { return 0 }

// The readers below consume a value and return its text, as [parser.value] does.
// If it is written as nodes write it they also read it, and set known to the
// text. known is nil if what was read is not valid.

// bytes reads DATA of exactly len(out) bytes.
func (p *parser) bytes(out []byte, known *[]byte) ([]byte, error) {
	p.next()
	b := p.b[p.i:]
	if len(*known) > 0 && bytes.HasPrefix(b, *known) {
		p.i += len(*known)
		return *known, nil
	}
	if n := 2*len(out) + 4; len(b) >= n && string(b[:3]) == `"0x` && b[n-1] == '"' {
		if *known = nil; unhex(out, b[3:n-1]) == nil {
			*known = b[:n]
			p.i += n
			return b[:n], nil
		}
	}
	return p.value()
}

// data reads DATA of any length as its digits.
func (p *parser) data(out, known *[]byte) ([]byte, error) {
	p.next()
	b := p.b[p.i:]
	if len(b) > 3 && string(b[:3]) == `"0x` {
		if n := bytes.IndexByte(b[3:], '"'); n >= 0 && hexOnly(b[3:3+n]) == nil {
			*out, *known = b[3:3+n], b[:n+4]
			p.i += n + 4
			return *known, nil
		}
	}
	return p.value()
}

// quantity reads a QUANTITY of up to 64 bits.
func (p *parser) quantity(out *uint64, known *[]byte) ([]byte, error) {
	p.next()
	b := p.b[p.i:]
	if len(*known) > 0 && bytes.HasPrefix(b, *known) {
		p.i += len(*known)
		return *known, nil
	}
	if len(b) < 4 || string(b[:3]) != `"0x` {
		return p.value()
	}
	var n uint64
	for i := 3; i < len(b) && i < 3+16+1; i++ {
		d := nibble[b[i]]
		if d != bad {
			n = n<<4 | uint64(d)
			continue
		}
		if b[i] == '"' && i > 3 {
			*out, *known = n, b[:i+1]
			p.i += i + 1
			return *known, nil
		}
		break
	}
	return p.value()
}
