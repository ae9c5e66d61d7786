package chainsim

import (
	"bytes"
	"encoding/json"

	"github.com/cointill/cointill/chain"
)

// params are the positional parameters of a call.
type params []json.RawMessage

// absent reports whether parameter i was left out or is null.
func (p params) absent(i int) bool {
	return i >= len(p) || bytes.Equal(bytes.TrimSpace(p[i]), []byte("null"))
}

// read decodes parameter i into v and answers an error of code if it cannot.
func (p params) read(i int, v any, code int) error {
	if p.absent(i) {
		return &RPCError{Code: code, Message: "missing parameter"}
	}
	if err := json.Unmarshal(p[i], v); err != nil {
		return &RPCError{Code: code, Message: "invalid parameter: " + err.Error()}
	}
	return nil
}

// hash decodes parameter i as 64 hex digits.
func (p params) hash(i, code int) (chain.Hash, error) {
	var s string
	if err := p.read(i, &s, code); err != nil {
		return chain.Hash{}, err
	}
	h, err := chain.ParseHash(s)
	if err != nil {
		return chain.Hash{}, &RPCError{Code: code, Message: err.Error()}
	}
	return h, nil
}

// verbosity decodes an optional parameter that is a number or, as old clients
// send it, a boolean.
func (p params) verbosity(i, otherwise, code int) (int, error) {
	if p.absent(i) {
		return otherwise, nil
	}
	var flag bool
	if json.Unmarshal(p[i], &flag) == nil {
		if flag {
			return 1, nil
		}
		return 0, nil
	}
	var n int
	return n, p.read(i, &n, code)
}
