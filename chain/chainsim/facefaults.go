package chainsim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// faceFaults are the refusals and the garbage of a face.
type faceFaults struct {
	user, password string
	limited        uint          // requests still to be answered with 429
	wait           time.Duration // named in those answers
	batch          int           // calls in a batch, 0 for any number
	garbled        uint          // requests still to be answered with half a text
}

// RequireAuth makes the face refuse requests without this basic authentication.
func (f *Face) RequireAuth(user, password string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults.user, f.faults.password = user, password
}

// LimitRate answers the next requests with 429 Too Many Requests.
func (f *Face) LimitRate(requests uint) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults.limited = requests
}

// RetryAfter makes answers of 429 name how long to wait (RFC 9110 §10.2.3), in
// whole seconds; zero ends it.
func (f *Face) RetryAfter(wait time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults.wait = wait
}

// LimitBatch makes the face refuse batches of more than so many calls; zero ends
// it. An EVM node answers one error in a list, with the id of the first call;
// others answer one error and no list.
func (f *Face) LimitBatch(calls int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults.batch = calls
}

// Garble answers the next requests with 200 and half a JSON text.
func (f *Face) Garble(requests uint) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults.garbled = requests
}

// askToWait names the time to wait in a refusal of too many requests.
func (f *Face) askToWait(w http.ResponseWriter, status int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if status == http.StatusTooManyRequests && f.faults.wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.faults.wait/time.Second)))
	}
}

// tooLong reports whether a batch has more calls than permitted.
func (f *Face) tooLong(batch []json.RawMessage) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.faults.batch > 0 && len(batch) > f.faults.batch
}

// refuseBatch answers a batch of too many calls.
func (f *Face) refuseBatch(first json.RawMessage) (int, any) {
	var req rpcRequest
	refusal := &RPCError{Code: -32600, Message: "batch too large"}
	if !f.style.version2 || json.Unmarshal(first, &req) != nil {
		return f.envelope(rpcRequest{}, nil, refusal)
	}
	_, answer := f.envelope(req, nil, refusal)
	return http.StatusOK, []any{answer}
}

// take counts one fault down and reports whether there was one.
func (f *Face) take(fault *uint) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if *fault == 0 {
		return false
	}
	*fault--
	return true
}
