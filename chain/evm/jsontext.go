package evm

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/bits"
)

// str consumes a string and returns it with its quotes.
func (p *parser) str() ([]byte, error) {
	if err := p.take('"'); err != nil {
		return nil, err
	}
	start := p.i - 1
	p.escaped = false
	for {
		p.i += plain(p.b[p.i:])
		if p.i >= len(p.b) {
			return nil, errSyntax
		}
		switch c := p.b[p.i]; {
		case c == '"':
			p.i++
			return p.b[start:p.i], nil
		case c == '\\':
			p.escaped = true
			if err := p.escape(); err != nil {
				return nil, err
			}
		default:
			return nil, errSyntax
		}
	}
}

func (p *parser) escape() error {
	if p.i+1 >= len(p.b) {
		return errSyntax
	}
	switch p.b[p.i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		p.i += 2
		return nil
	case 'u':
		if p.i+6 > len(p.b) {
			return errSyntax
		}
		for _, c := range p.b[p.i+2 : p.i+6] {
			if nibble[c] == bad {
				return errSyntax
			}
		}
		p.i += 6
		return nil
	}
	return errSyntax
}

// plain returns how many bytes come before the first quote, backslash or
// control character, eight at a time.
func plain(b []byte) int {
	i := 0
	for len(b)-i >= 32 {
		w := b[i : i+32]
		m := special(binary.LittleEndian.Uint64(w)) | special(binary.LittleEndian.Uint64(w[8:])) |
			special(binary.LittleEndian.Uint64(w[16:])) | special(binary.LittleEndian.Uint64(w[24:]))
		if m != 0 {
			break
		}
		i += 32
	}
	for ; i+8 <= len(b); i += 8 {
		if m := special(binary.LittleEndian.Uint64(b[i:])); m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\\' || c < 0x20 {
			return i
		}
	}
	return i
}

// special sets the high bit of the first quote, backslash or control character.
// Bits above it may be wrong, and there are none if there is none.
func special(w uint64) uint64 {
	q := w ^ ones*'"'
	s := w ^ ones*'\\'
	return ((w-ones*0x20)&^w | (q-ones)&^q | (s-ones)&^s) & high
}

// text returns what a checked, quoted string says. Only strings with escapes allocate.
func text(quoted []byte) ([]byte, error) {
	if len(quoted) < 2 || quoted[0] != '"' {
		return nil, errNotText
	}
	s := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(s, '\\') < 0 {
		return s, nil
	}
	var out string
	if err := json.Unmarshal(quoted, &out); err != nil {
		return nil, errSyntax
	}
	return []byte(out), nil
}

var errNotText = errors.New("not a text")
