package evm

import "errors"

// maxDepth is how deep values may nest, as in encoding/json.
const maxDepth = 10000

var errSyntax = errors.New("invalid JSON")

// parser walks JSON text in place. It accepts what encoding/json accepts and
// returns slices of its input.
type parser struct {
	b       []byte
	i       int
	depth   int
	escaped bool // the last string held escapes
}

func (p *parser) space() {
	for p.i < len(p.b) {
		switch p.b[p.i] {
		case ' ', '\n', '\t', '\r':
			p.i++
		default:
			return
		}
	}
}

// next skips white space and returns the byte that follows, 0 at the end.
func (p *parser) next() byte {
	if p.i < len(p.b) && p.b[p.i] > ' ' {
		return p.b[p.i]
	}
	p.space()
	if p.i < len(p.b) {
		return p.b[p.i]
	}
	return 0
}

// take consumes c, which must come next.
func (p *parser) take(c byte) error {
	if p.next() != c {
		return errSyntax
	}
	p.i++
	return nil
}

// end checks that only white space is left.
func (p *parser) end() error {
	p.space()
	if p.i != len(p.b) {
		return errSyntax
	}
	return nil
}

// open enters an object or array and reports whether it is empty, in which case
// it has been left again.
func (p *parser) open(c, closing byte) (empty bool, err error) {
	if err := p.take(c); err != nil {
		return false, err
	}
	if p.depth++; p.depth > maxDepth {
		return false, errSyntax
	}
	if p.next() == closing {
		p.i++
		p.depth--
		return true, nil
	}
	return false, nil
}

// more consumes a comma, or the closing byte and leaves the object or array.
func (p *parser) more(closing byte) (bool, error) {
	switch p.next() {
	case ',':
		p.i++
		return true, nil
	case closing:
		p.i++
		p.depth--
		return false, nil
	}
	return false, errSyntax
}

// key consumes an object's key and its colon.
func (p *parser) key() ([]byte, error) {
	s, err := p.str()
	if err != nil {
		return nil, err
	}
	plain := !p.escaped
	if err := p.take(':'); err != nil {
		return nil, err
	}
	if plain {
		return s[1 : len(s)-1], nil
	}
	return text(s)
}

// value consumes any value and returns its text.
func (p *parser) value() ([]byte, error) {
	c := p.next()
	start := p.i
	var err error
	switch {
	case c == '"':
		return p.str()
	case c == '{':
		err = p.skipObject()
	case c == '[':
		err = p.skipArray()
	case c == 't':
		err = p.literal("true")
	case c == 'f':
		err = p.literal("false")
	case c == 'n':
		err = p.literal("null")
	default:
		err = p.number()
	}
	if err != nil {
		return nil, err
	}
	return p.b[start:p.i], nil
}

func (p *parser) skipObject() error {
	empty, err := p.open('{', '}')
	for more := !empty; more && err == nil; {
		if _, err = p.str(); err != nil {
			return err
		}
		if err = p.take(':'); err != nil {
			return err
		}
		if _, err = p.value(); err != nil {
			return err
		}
		more, err = p.more('}')
	}
	return err
}

func (p *parser) skipArray() error {
	empty, err := p.open('[', ']')
	for more := !empty; more && err == nil; {
		if _, err = p.value(); err != nil {
			return err
		}
		more, err = p.more(']')
	}
	return err
}

func (p *parser) literal(s string) error {
	if len(p.b)-p.i < len(s) || string(p.b[p.i:p.i+len(s)]) != s {
		return errSyntax
	}
	p.i += len(s)
	return nil
}

func (p *parser) digits() bool {
	start := p.i
	for p.i < len(p.b) && p.b[p.i] >= '0' && p.b[p.i] <= '9' {
		p.i++
	}
	return p.i > start
}

func (p *parser) at(c byte) bool { return p.i < len(p.b) && p.b[p.i] == c }

func (p *parser) number() error {
	if p.at('-') {
		p.i++
	}
	if p.at('0') {
		p.i++
	} else if !p.digits() {
		return errSyntax
	}
	if p.at('.') {
		p.i++
		if !p.digits() {
			return errSyntax
		}
	}
	if p.at('e') || p.at('E') {
		p.i++
		if p.at('+') || p.at('-') {
			p.i++
		}
		if !p.digits() {
			return errSyntax
		}
	}
	return nil
}

// isNull reports whether a value's text is null, or there is none.
func isNull(v []byte) bool { return len(v) == 0 || string(v) == "null" }
