package main

import (
	"context"
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// customer is the one profile of this demonstration; a host takes it from its
// session.
const customer = "acme"

// currency is what the accounts are kept in.
const currency = money.USD

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// portal serves the pages. Its methods may be called from several goroutines.
type portal struct {
	p         *payments.Processor
	world     *world
	networks  []chain.Network
	quotes    *quotes
	templates *template.Template
}

// newPortal opens the customer's accounts.
func newPortal(ctx context.Context, p *payments.Processor, w *world) (*portal, error) {
	s := &portal{p: p, world: w, quotes: newQuotes(w.rates, time.Now)}
	for _, r := range w.rails {
		s.networks = append(s.networks, r.Network)
	}
	for _, a := range accounts {
		if err := p.OpenAccount(ctx, a.account(), currency); err != nil {
			return nil, err
		}
	}
	var err error
	s.templates, err = template.New("").Funcs(template.FuncMap{
		"last": func(n int) int { return n - 1 },
	}).ParseFS(templateFiles, "templates/*.html")
	return s, err
}

// handler serves the pages, and what BitPay posts where an address for it is
// configured.
func (s *portal) handler(offer *payments.BitPay) (http.Handler, error) {
	mux := http.NewServeMux()
	page := func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				s.fail(w, r, err)
			}
		})
	}
	page("GET /{$}", s.home)
	page("GET /topup/{account}", s.methods)
	page("GET /topup/{account}/coins", s.choose)
	page("GET /topup/{account}/bitpay", s.amounts)
	page("POST /topup/{account}/bitpay", s.checkout)
	page("GET /bitpay/return", s.returned)
	page("GET /bitpay/{id}", s.hostedStatus)
	page("GET /topup/{account}/{coin}", s.send)
	page("GET /deposit", s.deposit)
	page("POST /terms", s.acceptTerms)
	page("GET /", func(http.ResponseWriter, *http.Request) error { return errNoPage })
	mux.HandleFunc("GET /events", s.events)
	if s.world.simulated() {
		page("POST /simulate/{act}", s.simulate)
	}
	if static, err := fs.Sub(staticFiles, "static"); err == nil { // the folder is embedded
		mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(static)))
	}
	guarded := s.guard(http.NewCrossOriginProtection().Handler(mux))
	if offer == nil || offer.NotificationURL == "" {
		return guarded, nil
	}
	notified, err := s.p.BitPayNotifications()
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(offer.NotificationURL)
	if err != nil {
		return nil, err
	}
	// BitPay comes from outside, by another host name: to this one path.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == at.Path {
			notified.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	}), nil
}

// policy allows what the page itself brings, and nothing inline; forms lead to the
// portal, and from there to BitPay.
func (s *portal) policy() string {
	forms := "'self'"
	if s.world.bitpayClient != nil {
		forms += " " + string(s.world.bitpayClient.Environment())
	}
	return "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
		"form-action " + forms + "; base-uri 'none'; frame-ancestors 'none'"
}

// guard refuses other host names, so that no page elsewhere can reach this one by
// a name of its own (DNS rebinding), and sets the headers of every answer.
func (s *portal) guard(next http.Handler) http.Handler {
	policy := s.policy()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "The portal answers on this machine only.", http.StatusMisdirectedRequest)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// Refusals with a page of their own.
var (
	errNoPage    = errors.New("portal: no such page")
	errNoCoin    = errors.New("portal: coin is not accepted here")
	errNoAccount = errors.New("portal: no such account")
	errBadInput  = errors.New("portal: input not understood")
)

// fail shows an error as a page that says what happened and what to do.
func (s *portal) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, problem := http.StatusInternalServerError, problem{
		Title: "Something went wrong", Text: "Nothing was lost: payments are recorded whatever this page does. Please try again."}
	var input *payments.InputError
	switch {
	case r.Context().Err() != nil:
		return
	case errors.Is(err, errNoCoin), errors.Is(err, payments.ErrUnknownNetwork):
		status, problem = http.StatusNotFound, noCoin(r)
	case errors.Is(err, errNoPage), errors.Is(err, errNoAccount), errors.Is(err, payments.ErrNotFound):
		status, problem.Title, problem.Text = http.StatusNotFound, "There is nothing here", "The address of this page is wrong or out of date."
	case errors.Is(err, errBadInput), errors.As(err, &input):
		status, problem.Title, problem.Text = http.StatusUnprocessableEntity, "That was not understood", "Please go back and check what you entered."
	case errors.Is(err, payments.ErrUnproved):
		status, problem = http.StatusServiceUnavailable, s.unproved()
	default:
		s.world.warn("page failed", "path", r.URL.Path, "error", err)
	}
	v, err := s.view(r)
	if err != nil {
		http.Error(w, problem.Title, status)
		return
	}
	v.Problem, v.Live = &problem, false
	if err := s.execute(w, r, status, "page", v); err != nil {
		http.Error(w, problem.Title, status)
	}
}
