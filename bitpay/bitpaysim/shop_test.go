package bitpaysim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// shop hears notifications.
type shop struct {
	url string

	mu     sync.Mutex
	answer int
	heard  []heard
}

type heard struct {
	body      string
	signature string
	top       object
}

func newShop(t testing.TB) *shop {
	s := &shop{answer: http.StatusOK}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body) // a body cut short is judged by its text
		h := heard{body: string(raw), signature: r.Header.Get("X-Signature")}
		_ = json.Unmarshal(raw, &h.top) // truncated ones stay nil
		s.mu.Lock()
		defer s.mu.Unlock()
		s.heard = append(s.heard, h)
		if s.answer == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(s.answer)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL + "/ipn"
	return s
}

func (s *shop) answers(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = status
}

func (s *shop) all() []heard {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]heard{}, s.heard...)
}

// events are the names of what was heard, "flat" for the flat form.
func (s *shop) events() []string {
	var names []string
	for _, h := range s.all() {
		name := "flat"
		if e, ok := h.top["event"].(object); ok {
			name, _ = e["name"].(string)
		} else if h.top == nil {
			name = "broken"
		}
		names = append(names, name)
	}
	return names
}
