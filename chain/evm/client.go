package evm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
)

// client sends batches of JSON-RPC 2.0 calls over HTTP. The answers are slices of
// the body, which may hold hundreds of megabytes in a row: it is read once, and
// walked once to find them. It is safe for concurrent use.
type client struct {
	http   *http.Client
	url    string
	header http.Header
	ids    atomic.Uint64 // the last one given; no two calls of a client share one
}

type wireCall struct {
	Version string `json:"jsonrpc"`
	ID      uint64 `json:"id"`
	Method  string `json:"method"`
	Params  []any  `json:"params"`
}

// errCut says that a batch's answer holds none for a call.
var errCut = &tooWideError{reason: "the answer leaves out a call of the request", code: codeCut, said: true}

// callError is the error a node answers to one call.
type callError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *callError) Error() string { return e.Message }

// ErrorCode returns the JSON-RPC code.
func (e *callError) ErrorCode() int { return e.Code }

// do makes the calls and sets their results and errors; its own error is about
// the request as a whole.
func (c *client) do(ctx context.Context, calls []call) error {
	wire := make([]wireCall, len(calls))
	first := c.ids.Add(uint64(len(calls))) - uint64(len(calls)) + 1
	for i := range calls {
		calls[i].result, calls[i].err = nil, errCut
		wire[i] = wireCall{"2.0", first + uint64(i), calls[i].method, calls[i].args}
		if wire[i].Params == nil {
			wire[i].Params = []any{}
		}
	}
	body, err := json.Marshal(wire)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = c.header.Clone()
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	// What a header announces is not believed beyond what is usual.
	answer := bytes.NewBuffer(make([]byte, 0, min(max(resp.ContentLength, 0), 32<<20)+bytes.MinRead))
	if _, err := io.Copy(answer, resp.Body); err != nil {
		return err
	}
	return readAnswers(answer.Bytes(), first, calls)
}

var errAnswer = errors.New("the answer is not JSON-RPC")

// readAnswers finds the answers to calls whose ids count from first. Those to
// other ids are nobody's, a second one to an id is not looked at, and null is no
// answer.
func readAnswers(b []byte, first uint64, calls []call) error {
	p := parser{b: b}
	if p.next() != '[' {
		return errAnswer
	}
	empty, err := p.open('[', ']')
	for more := !empty; more && err == nil; {
		if p.next() == 'n' {
			_, err = p.value()
		} else {
			err = p.answer(first, calls)
		}
		if err == nil {
			more, err = p.more(']')
		}
	}
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return errAnswer
	}
	return nil
}

// answer consumes one answer and gives it to its call.
func (p *parser) answer(first uint64, calls []call) error {
	var id, result, failure []byte
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
		case "id":
			id = v
		case "result":
			result = v
		case "error":
			failure = v
		}
		more, err = p.more('}')
	}
	if err != nil {
		return err
	}
	i, ok := decimal(id)
	if i -= first; !ok || i >= uint64(len(calls)) || calls[i].err != errCut {
		return nil
	}
	if calls[i].err = nil; !isNull(failure) {
		said := new(callError)
		if json.Unmarshal(failure, said) != nil {
			said = &callError{Message: "an error that cannot be read"}
		}
		calls[i].err = said
		return nil
	}
	if calls[i].result = result; isNull(result) {
		calls[i].result = []byte("null")
	}
	return nil
}

// decimal reads an id as it was sent, or as a text of it.
func decimal(b []byte) (uint64, bool) {
	b = bytes.Trim(b, `"`)
	if len(b) == 0 || len(b) > 19 {
		return 0, false
	}
	var n uint64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + uint64(c-'0')
	}
	return n, true
}
