package payments_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

// answers passes BitPay's answers on, keeps the lists of refunds it has seen, and
// gives one of them again instead of a new one.
type answers struct {
	next http.Handler

	mu     sync.Mutex
	lists  []string
	again  string // instead of a list of refunds
	change func(path, body string) string
	paths  []string
}

func (a *answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := httptest.NewRecorder()
	a.next.ServeHTTP(rec, r)
	body := rec.Body.String()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.paths = append(a.paths, r.Method+" "+r.URL.Path)
	if r.Method == http.MethodGet && r.URL.Path == "/refunds" {
		if a.again != "" {
			body = a.again
		} else {
			a.lists = append(a.lists, body)
		}
	}
	if a.change != nil {
		body = a.change(r.URL.Path, body)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(rec.Code)
	_, _ = io.Copy(w, bytes.NewBufferString(body))
}

func (a *answers) set(again string, change func(path, body string) string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.again, a.change = again, change
}

func (a *answers) asked(path string) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.paths {
		if p == path {
			n++
		}
	}
	return n
}
