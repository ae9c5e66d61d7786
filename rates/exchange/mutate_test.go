package exchange_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
)

// body returns what a handler answers.
func body(h http.HandlerFunc) string {
	w := httptest.NewRecorder()
	h(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w.Body.String()
}

var token = regexp.MustCompile(`"[^"]*"|-?[0-9][0-9.eE+-]*|true|false|null`)

// mutations returns a payload with each scalar in turn replaced by each nasty,
// cut short at each scalar, and with each scalar's text doubled.
func mutations(payload string) []string {
	var out []string
	for _, at := range token.FindAllStringIndex(payload, -1) {
		before, scalar, after := payload[:at[0]], payload[at[0]:at[1]], payload[at[1]:]
		for _, nasty := range nasties {
			if len(nasty) < 1024 && !(strings.HasPrefix(after, ":") && nasty[0] != '"') {
				out = append(out, before+nasty+after)
			}
		}
		out = append(out, before, before+scalar, before+scalar+scalar+after)
	}
	return out
}
