package exchange_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
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

// suiteMutations replaces every token of every payload by every nasty: the price
// is the right one, refused, or an error, and nothing panics.
func suiteMutations(t *testing.T, h *house, run runner) {
	for question, check := range map[string]func(*testing.T, rates.Source) error{
		"list": func(t *testing.T, s rates.Source) error { return h.right(t, s) },
		"book": func(t *testing.T, s rates.Source) error { return h.right(t, s) },
		"past": func(t *testing.T, s rates.Source) error {
			q, err := h.candle(t, s, 5*time.Minute)
			if err == nil && q.Value.String() != "64000.5" {
				t.Fatalf("a wrong close %s", q.Value)
			}
			return err
		},
	} {
		run("mutated "+question, func(t *testing.T, s rates.Source, d *desk) {
			payload := body(d.on[question])
			require.NoError(t, check(t, s), "the payload itself is right")
			refused := 0
			for _, m := range mutations(payload) {
				s, d := h.open(t)
				d.answers(question, says(m))
				if check(t, s) != nil {
					refused++
				}
			}
			require.Positive(t, refused)
		})
	}
}

// right fails the test if a price is given and is not the right one.
func (h *house) right(t *testing.T, s rates.Source) error {
	q, err := h.ask(t, s)
	if err == nil && q.Value.Valid() && q.Value.String() != "64005" {
		t.Fatalf("a wrong price %s of %+v", q.Value, q.Price)
	}
	if err == nil && !q.Value.Valid() {
		err = errors.New(q.Price.Rejected)
	}
	return err
}
