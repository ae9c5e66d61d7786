package utxo

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/cointill/cointill/chain"
)

// reply is one answer of a node: a result, or a fault that has been judged.
type reply struct {
	result []byte // JSON text
	fault  *fault
	err    error
}

// fault is the error object of JSON-RPC.
type fault struct {
	Code    int64  `json:"code"`
	Message string `json:"message"`
	whole   bool   // about a whole batch, not one call of it
}

// parseReplies reads the answer to want calls. Replies may come in any order,
// each once.
func parseReplies(body []byte, want int) ([]reply, error) {
	out := make([]reply, want)
	s := scanner{b: body}
	if want == 1 {
		id, r, err := s.reply()
		if err == nil && !s.end() {
			err = s.fail("text after the answer")
		}
		// A request that could not be parsed is answered with a null id.
		if err == nil && id != "0" && (id != "null" || r.fault == nil) {
			err = fmt.Errorf("%w: answer to another call", chain.ErrMalformed)
		}
		out[0] = r
		return out, err
	}
	if s.peek() == '{' { // one error for the whole batch
		_, r, err := s.reply()
		if err == nil && r.fault == nil {
			err = fmt.Errorf("%w: one answer to %d calls", chain.ErrMalformed, want)
		}
		if err != nil {
			return nil, err
		}
		r.fault.whole = true
		for i := range out {
			out[i] = r
		}
		return out, nil
	}
	seen := make([]bool, want)
	err := s.array(func() error {
		id, r, err := s.reply()
		if err != nil {
			return err
		}
		i, err := strconv.Atoi(id)
		if err != nil || i < 0 || i >= want || seen[i] {
			return fmt.Errorf("%w: answer to a call that was not made, or a second one", chain.ErrMalformed)
		}
		seen[i], out[i] = true, r
		return nil
	})
	if err == nil && !s.end() {
		err = s.fail("text after the answers")
	}
	if err != nil {
		return nil, err
	}
	for _, ok := range seen {
		if !ok {
			return nil, fmt.Errorf("%w: an answer is missing from the batch of %d", chain.ErrUnavailable, want)
		}
	}
	return out, nil
}

// reply reads one answer object and returns its id as it is written.
func (s *scanner) reply() (id string, r reply, err error) {
	id = "null"
	err = s.object(func(key []byte) error {
		v, err := s.value()
		if err != nil {
			return err
		}
		if key, err = unescaped(key); err != nil {
			return err
		}
		switch string(key) {
		case "id":
			id = string(v)
		case "result":
			r.result = v
		case "error":
			r.fault = nil
			if string(v) == "null" {
				return nil
			}
			r.fault = new(fault)
			if json.Unmarshal(v, r.fault) != nil {
				return s.fail("error that is not an object with code and message")
			}
		}
		return nil
	})
	if err == nil && r.fault == nil && (r.result == nil || string(r.result) == "null") {
		err = s.fail("answer without result")
	}
	return id, r, err
}

// bytes returns a result that is a string of hex digits.
func (r reply) bytes() ([]byte, error) {
	digits, err := r.text()
	if err != nil {
		return nil, err
	}
	raw := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(raw, digits); err != nil {
		return nil, fmt.Errorf("%w: result is not hex", chain.ErrMalformed)
	}
	return raw, nil
}

// hash returns a result that is a hash.
func (r reply) hash() (chain.Hash, error) {
	digits, err := r.text()
	if err != nil {
		return chain.Hash{}, err
	}
	return parseHash(digits)
}

// text returns the inside of a result that is a string.
func (r reply) text() ([]byte, error) {
	if len(r.result) < 2 || r.result[0] != '"' {
		return nil, fmt.Errorf("%w: result is not a string", chain.ErrMalformed)
	}
	return unescaped(r.result[1 : len(r.result)-1])
}

// unescaped returns what the inside of a JSON string says. Nodes escape nothing
// that is read here, so that usually it is the text itself.
func unescaped(inside []byte) ([]byte, error) {
	if bytes.IndexByte(inside, '\\') < 0 {
		return inside, nil
	}
	var text string
	if json.Unmarshal(slices.Concat([]byte{'"'}, inside, []byte{'"'}), &text) != nil {
		return nil, fmt.Errorf("%w: string with a broken escape", chain.ErrMalformed)
	}
	return []byte(text), nil
}

// parseHash reads 64 hex digits.
func parseHash(digits []byte) (h chain.Hash, err error) {
	if len(digits) != hex.EncodedLen(len(h)) {
		return chain.Hash{}, fmt.Errorf("%w: hash of %d digits", chain.ErrMalformed, len(digits))
	}
	if _, err := hex.Decode(h[:], digits); err != nil {
		return chain.Hash{}, fmt.Errorf("%w: hash is not hex", chain.ErrMalformed)
	}
	return h, nil
}
