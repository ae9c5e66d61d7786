package utxo

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/cointill/cointill/chain"
)

// scanner walks JSON text (RFC 8259) without copying it: a block is one string
// of megabytes. It accepts what encoding/json accepts, and nothing else.
type scanner struct {
	b     []byte
	off   int
	depth int
}

// maxDepth bounds how deep arrays and objects may be nested.
const maxDepth = 100

func (s *scanner) fail(why string) error {
	return fmt.Errorf("%w: JSON byte %d: %s", chain.ErrMalformed, s.off, why)
}

// peek returns the next byte that is no white space, 0 at the end.
func (s *scanner) peek() byte {
	for s.off < len(s.b) {
		switch c := s.b[s.off]; c {
		case ' ', '\t', '\r', '\n':
			s.off++
		default:
			return c
		}
	}
	return 0
}

// end reports whether only white space is left.
func (s *scanner) end() bool { return s.peek() == 0 && s.off == len(s.b) }

// value passes over one value and returns its text.
func (s *scanner) value() ([]byte, error) {
	var err error
	c := s.peek()
	start := s.off
	switch {
	case c == '{':
		err = s.object(func([]byte) error { _, err := s.value(); return err })
	case c == '[':
		err = s.array(func() error { _, err := s.value(); return err })
	case c == '"':
		_, err = s.string()
	case c == 't':
		err = s.literal("true")
	case c == 'f':
		err = s.literal("false")
	case c == 'n':
		err = s.literal("null")
	default:
		err = s.number()
	}
	return s.b[start:s.off:s.off], err
}

// object passes over an object; field is called behind each colon and reads the
// value.
func (s *scanner) object(field func(key []byte) error) error {
	return s.list('{', '}', func() error {
		if s.peek() != '"' {
			return s.fail("want a field's name")
		}
		key, err := s.string()
		if err != nil {
			return err
		}
		if s.peek() != ':' {
			return s.fail("want a colon")
		}
		s.off++
		return field(key)
	})
}

// array passes over an array; item reads each value.
func (s *scanner) array(item func() error) error { return s.list('[', ']', item) }

func (s *scanner) list(open, end byte, item func() error) error {
	if s.peek() != open {
		return s.fail("value of another kind than expected")
	}
	if s.depth++; s.depth > maxDepth {
		return s.fail("nested too deep")
	}
	s.off++
	if s.peek() == end {
		s.off++
		s.depth--
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.off++
		case end:
			s.off++
			s.depth--
			return nil
		default:
			return s.fail("want a comma or the end")
		}
	}
}

// string passes over a string and returns its inside, escapes as written.
func (s *scanner) string() ([]byte, error) {
	s.off++
	start := s.off
	for {
		n := bytes.IndexByte(s.b[s.off:], '"')
		if n < 0 {
			return nil, s.fail("string without end")
		}
		span := s.b[s.off : s.off+n]
		slash := bytes.IndexByte(span, '\\')
		if slash >= 0 {
			span = span[:slash]
		}
		if control(span) {
			return nil, s.fail("control character in a string")
		}
		s.off += len(span)
		if slash < 0 {
			s.off++
			return s.b[start : s.off-1 : s.off-1], nil
		}
		if err := s.escape(); err != nil {
			return nil, err
		}
	}
}

// escape passes over a backslash and what belongs to it.
func (s *scanner) escape() error {
	rest := s.b[s.off:]
	switch {
	case len(rest) >= 2 && bytes.IndexByte([]byte(`"\/bfnrt`), rest[1]) >= 0:
		s.off += 2
		return nil
	case len(rest) >= 6 && rest[1] == 'u' && hexDigits(rest[2:6]):
		s.off += 6
		return nil
	}
	return s.fail("unknown escape")
}

func hexDigits(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// control reports whether a byte below 0x20 is among b, eight at a time.
func control(b []byte) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		if (x-0x20*ones)&^x&high != 0 {
			return true
		}
	}
	for _, c := range b {
		if c < 0x20 {
			return true
		}
	}
	return false
}

func (s *scanner) literal(word string) error {
	if !bytes.HasPrefix(s.b[s.off:], []byte(word)) {
		return s.fail("unknown word")
	}
	s.off += len(word)
	return nil
}

// number passes over a number. Its size is not bounded here: whoever uses it
// decodes it as an integer.
func (s *scanner) number() error {
	if s.at() == '-' {
		s.off++
	}
	if s.at() == '0' {
		s.off++
	} else if !s.digits() {
		return s.fail("want a value")
	}
	if s.at() == '.' {
		s.off++
		if !s.digits() {
			return s.fail("want digits")
		}
	}
	if c := s.at(); c == 'e' || c == 'E' {
		s.off++
		if c := s.at(); c == '+' || c == '-' {
			s.off++
		}
		if !s.digits() {
			return s.fail("want digits")
		}
	}
	return nil
}

func (s *scanner) at() byte {
	if s.off < len(s.b) {
		return s.b[s.off]
	}
	return 0
}

func (s *scanner) digits() bool {
	start := s.off
	for c := s.at(); c >= '0' && c <= '9'; c = s.at() {
		s.off++
	}
	return s.off > start
}
