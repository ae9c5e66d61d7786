package evm

import (
	"bytes"

	"github.com/cointill/cointill/chain"
)

// readTopics reads topics unless they were read from the same text.
func (e *event) readTopics(b []byte) error {
	if len(b) > 0 && bytes.Equal(e.topicsText, b) {
		return nil
	}
	e.topicCount, e.topics, e.topicText, e.topicsText = 0, [4]chain.Hash{}, nil, nil
	if len(b) == 0 {
		return errMissing
	}
	p := parser{b: b}
	if p.next() != '[' {
		return errKind
	}
	empty, err := p.open('[', ']')
	for more := !empty; more && err == nil; {
		var v []byte
		if v, err = p.value(); err != nil {
			return err
		}
		if e.topicCount == len(e.topics) {
			return errKind
		}
		if err = fixed(e.topics[e.topicCount][:], v); err != nil {
			return err
		}
		e.topicCount++
		more, err = p.more(']')
	}
	return err
}

// topics consumes a log's topics and returns their text. It reads them if they
// are written without white space, as nodes write them.
func (p *parser) topics(e *event) ([]byte, error) {
	const size = len(`"0x"`) + 64
	p.next()
	b := p.b[p.i:]
	n, end := 0, 1
	for len(b) > 0 && b[0] == '[' && n < len(e.topics) && len(b) > end+size {
		known := &e.topicText
		if n > 0 {
			known = new([]byte)
		}
		e.topicsText = nil
		if !quotedBytes(e.topics[n][:], known, b[end:end+size]) {
			break
		}
		n, end = n+1, end+size+1
		switch b[end-1] {
		case ']':
			clear(e.topics[n:])
			e.topicCount, e.topicsText = n, b[:end]
			p.i += end
			return b[:end], nil
		case ',':
			continue
		}
		break
	}
	return p.value()
}

// quotedBytes reads DATA from a text of just its length, unless known says that
// it was read already, and reports whether it is that.
func quotedBytes(out []byte, known *[]byte, text []byte) bool {
	if bytes.Equal(*known, text) {
		return true
	}
	*known = nil
	if string(text[:3]) != `"0x` || text[len(text)-1] != '"' || unhex(out, text[3:len(text)-1]) != nil {
		return false
	}
	*known = text
	return true
}
