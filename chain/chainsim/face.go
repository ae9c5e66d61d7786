package chainsim

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Face is a node's JSON-RPC interface as an http.Handler, single calls and
// batches, with the faults of [Node] and of whatever stands between a node and
// its clients. A batch sees the chain change between two of its calls, as
// behind a real node. An error of the [Node.Intercept] hook is answered to the
// one call: an [*RPCError] as it is, another as an internal error.
type Face struct {
	*Node
	style   faceStyle
	methods map[string]method

	mu     sync.Mutex
	faults faceFaults
}

// method answers one call from what the node sees.
type method func(v view, p params) (any, error)

// faceStyle is how nodes differ outside the methods.
type faceStyle struct {
	// httpErrors: errors of single calls come with an HTTP status of their own,
	// unless the request says JSON-RPC 2.0 (Bitcoin Core).
	httpErrors bool
	// version1: "jsonrpc": "2.0" in a request means nothing (Bitcoin Core before
	// 28).
	version1 bool
	// version2: answers are JSON-RPC 2.0 whatever was asked.
	version2 bool
	// unimplemented are known methods without code (btcd).
	unimplemented map[string]bool
	missing       string // text for unknown methods; %s is the method
}

// RPCError is an error answer of a JSON-RPC call.
type RPCError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *RPCError) Error() string {
	return fmt.Sprintf("chainsim: rpc error %d: %s", e.Code, e.Message)
}

// maxRequest bounds the body of a request in bytes.
const maxRequest = 16 << 20

// ServeHTTP implements http.Handler.
func (f *Face) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if status := f.refuses(r); status != 0 {
		f.askToWait(w, status)
		http.Error(w, http.StatusText(status), status)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		http.Error(w, http.StatusText(http.StatusRequestEntityTooLarge), http.StatusRequestEntityTooLarge)
		return
	}
	status, answer := f.answer(body)
	out, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, "chainsim: encode answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	if f.take(&f.faults.garbled) {
		out = out[:len(out)/2]
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that went away needs no answer.
	_, _ = w.Write(append(out, '\n'))
}

// refuses returns the HTTP status of a request that is not looked at, or 0.
func (f *Face) refuses(r *http.Request) int {
	if r.Method != http.MethodPost {
		return http.StatusMethodNotAllowed
	}
	f.mu.Lock()
	user, password := f.faults.user, f.faults.password
	f.mu.Unlock()
	u, p, _ := r.BasicAuth()
	if user != "" && subtle.ConstantTimeCompare([]byte(u+":"+p), []byte(user+":"+password)) != 1 {
		return http.StatusUnauthorized
	}
	if f.take(&f.faults.limited) {
		return http.StatusTooManyRequests
	}
	if f.down() {
		return http.StatusServiceUnavailable
	}
	return 0
}

type rpcRequest struct {
	Version string            `json:"jsonrpc"`
	ID      json.RawMessage   `json:"id"`
	Method  string            `json:"method"`
	Params  []json.RawMessage `json:"params"`
}

func (f *Face) answer(body []byte) (int, any) {
	var batch []json.RawMessage
	if json.Unmarshal(body, &batch) != nil {
		return f.one(body)
	}
	if f.tooLong(batch) {
		return f.refuseBatch(batch[0])
	}
	out := make([]any, len(batch))
	for i, raw := range batch {
		_, out[i] = f.one(raw)
	}
	return http.StatusOK, out
}

// one answers a single call with its HTTP status.
func (f *Face) one(raw []byte) (int, any) {
	var req rpcRequest
	if json.Unmarshal(raw, &req) != nil {
		return f.envelope(req, nil, &RPCError{Code: -32700, Message: "Parse error"})
	}
	result, err := f.call(req)
	if err == nil {
		return f.envelope(req, result, nil)
	}
	var known *RPCError
	if !errors.As(err, &known) {
		known = &RPCError{Code: -32603, Message: err.Error()}
	}
	return f.envelope(req, nil, known)
}

func (f *Face) call(req rpcRequest) (any, error) {
	if err := f.hooked(req.Method); err != nil {
		return nil, err
	}
	if m, ok := f.methods[req.Method]; ok {
		return m(f.view(), req.Params)
	}
	if f.style.unimplemented[req.Method] {
		return nil, &RPCError{Code: -1, Message: "Command unimplemented"}
	}
	return nil, f.style.unknown(req.Method)
}

// unknown is the answer to a method that does not exist.
func (s faceStyle) unknown(method string) *RPCError {
	text := s.missing
	if strings.Contains(text, "%s") {
		text = fmt.Sprintf(text, method)
	}
	return &RPCError{Code: -32601, Message: text}
}

func (f *Face) envelope(req rpcRequest, result any, failure *RPCError) (int, any) {
	if req.ID == nil {
		req.ID = json.RawMessage("null")
	}
	if f.style.version2 || req.Version == "2.0" && !f.style.version1 {
		out := map[string]any{"jsonrpc": "2.0", "id": req.ID}
		if failure != nil {
			out["error"] = failure
		} else {
			out["result"] = result
		}
		return http.StatusOK, out
	}
	status := http.StatusOK
	if f.style.httpErrors && failure != nil {
		switch failure.Code {
		case -32601:
			status = http.StatusNotFound
		case -32600:
			status = http.StatusBadRequest
		default:
			status = http.StatusInternalServerError
		}
	}
	return status, map[string]any{"result": result, "error": failure, "id": req.ID}
}
