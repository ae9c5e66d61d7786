package chaintest_test

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

// faulty stands before the faces of one chain as a provider's balancer does, and
// spoils some of what they answer. What it does is drawn from a seed.
type faulty struct {
	mu    sync.Mutex
	seed  uint64
	asked map[string]uint64 // how often each request was made
	rnd   *rand.Rand        // of the request at hand
	faces []http.Handler
	// one in so many requests, and one in so many answers, is spoilt; 0: none.
	rate  int
	spoil func(rnd *rand.Rand, method string, answer map[string]any)
	// between runs before a request, at the same rate.
	between func(rnd *rand.Rand)
}

func (f *faulty) honest() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rate, f.faces = 0, f.faces[:1]
}

// draw makes what happens to a request depend on the request alone, since a
// source makes several at a time.
func (f *faulty) draw(body []byte) {
	if f.asked == nil {
		f.asked = map[string]uint64{}
	}
	f.asked[string(body)]++
	h := fnv.New64a()
	_, _ = h.Write(body)
	f.rnd = rand.New(rand.NewPCG(f.seed, h.Sum64()+f.asked[string(body)]))
}

func (f *faulty) hit() bool { return f.rate > 0 && f.rnd.IntN(f.rate) == 0 }

// ServeHTTP implements http.Handler, one request at a time.
func (f *faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	f.draw(body)
	if f.hit() {
		f.between(f.rnd)
	}
	if f.hit() {
		f.refuse(w)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	inner := httptest.NewRecorder()
	f.faces[f.rnd.IntN(len(f.faces))].ServeHTTP(inner, r)
	out := inner.Body.Bytes()
	if f.rate > 0 {
		out = f.change(body, out)
	}
	w.Header().Set("Content-Type", inner.Header().Get("Content-Type"))
	w.WriteHeader(inner.Code)
	_, _ = w.Write(out)
}

// refuse answers as what stands before nodes does.
func (f *faulty) refuse(w http.ResponseWriter) {
	switch f.rnd.IntN(6) {
	case 0:
		http.Error(w, "slow down", http.StatusTooManyRequests)
	case 1:
		http.Error(w, "<html>bad gateway</html>", http.StatusBadGateway)
	case 2:
		w.WriteHeader(http.StatusOK)
	case 3:
		_, _ = io.WriteString(w, "[]")
	case 4:
		_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"limit exceeded"}}`)
	case 5:
		http.Error(w, "{}", http.StatusInternalServerError)
	}
}

// change spoils the answers of a request, alone and as a batch.
func (f *faulty) change(asked, said []byte) []byte {
	var calls []struct {
		Method string `json:"method"`
	}
	var answers []map[string]any
	single := len(asked) > 0 && asked[0] == '{'
	if single {
		asked, said = slices.Concat([]byte("["), asked, []byte("]")), slices.Concat([]byte("["), said, []byte("]"))
	}
	d := json.NewDecoder(bytes.NewReader(said))
	d.UseNumber()
	if json.Unmarshal(asked, &calls) != nil || d.Decode(&answers) != nil || len(calls) != len(answers) {
		return said
	}
	for i := range answers {
		if f.hit() {
			f.spoil(f.rnd, calls[i].Method, answers[i])
		}
	}
	if !single && f.hit() {
		i, j := f.rnd.IntN(len(answers)), f.rnd.IntN(len(answers))
		switch f.rnd.IntN(5) {
		case 0: // short
			answers = slices.Delete(answers, i, i+1)
		case 1: // doubled
			answers = append(answers, answers[i])
		case 2: // in another order
			f.rnd.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
		case 3: // one answer under another's id
			answers[i]["id"], answers[j]["id"] = answers[j]["id"], answers[i]["id"]
		case 4: // one id twice, another not at all
			answers[i]["id"] = answers[j]["id"]
		}
	}
	out, _ := json.Marshal(answers)
	if single {
		out = bytes.TrimSuffix(bytes.TrimPrefix(out, []byte("[")), []byte("]"))
	}
	if f.hit() && f.rnd.IntN(4) == 0 {
		out = out[:f.rnd.IntN(len(out)+1)]
	}
	return out
}

// wreck damages an answer so that any reader of it can tell: it is missing, an
// error, or not in the form its specification promises.
func wreck(rnd *rand.Rand, _ string, answer map[string]any) {
	result, ok := answer["result"]
	if !ok || result == nil {
		return
	}
	switch rnd.IntN(7) {
	case 0:
		answer["result"] = nil
	case 1:
		delete(answer, "result")
	case 2, 3:
		delete(answer, "result")
		known := []map[string]any{
			{"code": -32000, "message": "header not found"}, {"code": -32005, "message": "too many requests"},
			{"code": -32603, "message": "internal error"}, {"code": -28, "message": "Loading block index…"},
			{"code": -5, "message": "Block not found"}, {"code": -32601, "message": "method not found"},
			{"code": -32000, "message": "missing trie node"}, {"code": -32602, "message": "query returned more than 10000 results"},
		}
		answer["error"] = known[rnd.IntN(len(known))]
	default:
		answer["result"] = garble(rnd, result)
	}
}

// garble puts something of another form in the place of one value somewhere
// inside v, and leaves the rest.
func garble(rnd *rand.Rand, v any) any {
	if rnd.IntN(4) != 0 {
		switch x := v.(type) {
		case map[string]any:
			if keys := sortedKeys(x); len(keys) > 0 {
				k := keys[rnd.IntN(len(keys))]
				x[k] = garble(rnd, x[k])
				return x
			}
		case []any:
			if len(x) > 0 {
				i := rnd.IntN(len(x))
				x[i] = garble(rnd, x[i])
				return x
			}
		}
	}
	switch x := v.(type) {
	case string:
		odd := []any{
			strings.ToUpper(x), " " + x, x + " ", "0x0" + strings.TrimPrefix(x, "0x"), x + "g", strings.TrimPrefix(x, "0x"),
			"-" + x, 12, 1.5, true, []any{x}, map[string]any{"value": x}, x + "\x00",
		}
		if !isQuantity(x) { // of which these might be others
			odd = append(odd, x+"0", x[:len(x)/2])
		}
		return odd[rnd.IntN(len(odd))]
	case json.Number:
		odd := []any{x + ".0", x + "e0", "-" + x, x.String(), true, []any{}, json.Number("1e999"), json.Number("18446744073709551616")}
		return odd[rnd.IntN(len(odd))]
	case bool:
		return []any{"false", 0, []any{}}[rnd.IntN(3)]
	default:
		return []any{"", 7, true, "0xzz"}[rnd.IntN(4)]
	}
}

func sortedKeys(m map[string]any) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
