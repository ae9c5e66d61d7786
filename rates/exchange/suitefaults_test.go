package exchange_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/rates"
)

// suiteFaults fails each question in each way and then heals it.
func suiteFaults(t *testing.T, h *house, run runner) {
	for _, c := range []struct {
		name  string
		fault http.HandlerFunc
		says  string
		pause time.Duration
	}{
		{"500", status(500), "http status 500", 6 * time.Second},
		{"404 without a body", status(404), "http status 404", 6 * time.Second},
		{"html", html, "content type", 6 * time.Second},
		{"html under 400", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(400)
		}, "http status 400", 6 * time.Second},
		{"redirect", status(302, "Location", "https://elsewhere.example/"), "http status 302", 6 * time.Second},
		{"ten megabytes", func(w http.ResponseWriter, _ *http.Request) { says("["+strings.Repeat("0,", 5<<20)+"0]")(w, nil) }, "longer than 4194304 bytes", 6 * time.Second},
		{"nothing", says(""), "not as documented", 6 * time.Second},
		{"null", says("null"), "not as documented", 6 * time.Second},
		{"a number", says("1e1000000000"), "not as documented", 6 * time.Second},
		{"a string", says(`"NaN"`), "not as documented", 6 * time.Second},
		{"cut short", says(`[{"a":[`), "not as documented", 6 * time.Second},
		{"from a cache", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Age", "90"); says("[]")(w, r) }, "cache", 6 * time.Second},
		{"of yesterday", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", noon.Add(-24*time.Hour).Format(http.TimeFormat))
			says("[]")(w, r)
		}, "clock of this machine is wrong", 6 * time.Second},
		{"slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "deadline exceeded", 6 * time.Second},
		{"429", status(429, "Retry-After", "90"), "http status 429", 90 * time.Second},
		{"418", status(418, "Retry-After", "180"), "http status 418", 3 * time.Minute},
		{"403", status(403), "http status 403", time.Hour},
		{"451", failing(451, `{"code":0,"msg":"Service unavailable from a restricted location"}`), "http status 451", time.Hour},
	} {
		for _, question := range []string{"list", "book", "past"} {
			if question != "book" && (c.name == "from a cache" || c.name == "of yesterday") {
				continue // lists serve for an hour, and history has times of its own
			}
			run(c.name+" to "+question, func(t *testing.T, s rates.Source, d *desk) {
				ask := func() error { _, err := h.ask(t, s); return err }
				if question == "past" {
					pass(time.Minute)
					ask = func() error { _, err := h.candle(t, s, 5*time.Minute); return err }
				}
				good := d.on[question]
				d.answers(question, c.fault)
				err := ask()
				require.ErrorIs(t, err, rates.ErrUnavailable)
				require.ErrorContains(t, err, c.says)
				d.answers(question, good)
				d.questions()
				pass(c.pause - 2*time.Second)
				require.ErrorContains(t, ask(), "pausing")
				require.NotContains(t, d.questions(), question, "left alone")
				pass(4 * time.Second)
				if c.pause < time.Hour && question != "book" {
					require.NoError(t, ask())
				}
				if question == "book" {
					d.answers("book", says(h.books(noon.Add(c.pause), quoted{h.market, `"64000"`, `"64010"`, `"64004.5"`})))
					require.NoError(t, ask())
				}
			})
		}
	}
}
