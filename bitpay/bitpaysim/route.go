package bitpaysim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxBody bounds what a client may send.
const maxBody = 1 << 20

// call is one API request.
type call struct {
	s      *Server
	r      *http.Request
	base   string // the address the client used
	body   []byte
	fields map[string]json.RawMessage // of the body
	query  url.Values
	args   []string // what the stars of the route stood for
	token  *token   // nil: public
}

type route struct {
	method, path string // a star stands for one segment
	serve        func(*Server, *call) (any, *failure)
}

var routes = []route{
	{"POST", "tokens", (*Server).postTokens},
	{"GET", "tokens", (*Server).getTokens},
	{"POST", "invoices", (*Server).postInvoice},
	{"GET", "invoices", (*Server).listInvoices},
	{"GET", "invoices/guid/*", (*Server).getInvoiceByGUID},
	{"DELETE", "invoices/guid/*", (*Server).cancelByGUID},
	{"PUT", "invoices/pay/*", (*Server).putPay},
	{"GET", "invoices/*", (*Server).getInvoice},
	{"PUT", "invoices/*", (*Server).putInvoice},
	{"DELETE", "invoices/*", (*Server).cancelByID},
	{"POST", "invoices/*/notifications", (*Server).resendInvoice},
	{"GET", "invoices/*/events", (*Server).getEvents},
	{"POST", "refunds", (*Server).postRefund},
	{"GET", "refunds", (*Server).listRefunds},
	{"GET", "refunds/guid/*", (*Server).getRefundByGUID},
	{"PUT", "refunds/guid/*", (*Server).putRefundByGUID},
	{"DELETE", "refunds/guid/*", (*Server).cancelRefundByGUID},
	{"GET", "refunds/*", (*Server).getRefund},
	{"PUT", "refunds/*", (*Server).putRefund},
	{"DELETE", "refunds/*", (*Server).cancelRefund},
	{"POST", "refunds/*/notifications", (*Server).resendRefund},
	{"GET", "rates", (*Server).getRates},
	{"GET", "rates/*", (*Server).getRates},
	{"GET", "rates/*/*", (*Server).getRate},
	{"GET", "currencies", (*Server).getCurrencies},
	{"GET", "supportedwallets", (*Server).getWallets},
	{"GET", "supportedWallets", (*Server).getWallets},
	{"GET", "ledgers", (*Server).getLedgers},
	{"GET", "ledgers/*", (*Server).getEntries},
	{"GET", "settlements", (*Server).listSettlements},
	{"GET", "settlements/*", (*Server).getSettlement},
	{"GET", "settlements/*/reconciliationreport", (*Server).getReport},
	{"GET", "settlements/*/reconciliationReport", (*Server).getReport},
}

// match gives what the stars stand for. A fixed segment wins over a star by
// standing earlier in the table.
func (r route) match(method string, segments []string) ([]string, bool) {
	want := strings.Split(r.path, "/")
	if r.method != method || len(want) != len(segments) {
		return nil, false
	}
	var args []string
	for i, w := range want {
		if w == "*" {
			args = append(args, segments[i])
		} else if w != segments[i] {
			return nil, false
		}
	}
	return args, true
}

// ServeHTTP serves the API, the hosted page (/invoice?id=, /i/), the dashboard
// (/dashboard/merchant/api-tokens) and the controls (/sim/). Paths are not
// cleaned: every answer of the API is JSON, as the clients demand.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Headers", "content-type, x-accept-version, x-signature, x-identity, x-pubkey")
		h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		send(w, http.StatusRequestEntityTooLarge, object{"error": "Request body too large or cut off"})
		return
	}
	if s.servePage(w, r, body) {
		return
	}
	s.serveAPI(w, r, body)
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, body []byte) {
	fault, hit := s.takeAPIFault(r)
	if hit && !s.beforeCall(w, r, fault) {
		return
	}
	status, answer := s.answer(r, body, hit && fault == OtherInvoice)
	if hit && !s.afterCall(w, fault) {
		return
	}
	send(w, status, answer)
}

// answer runs one call under the lock.
func (s *Server) answer(r *http.Request, body []byte, other bool) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tick()
	c := &call{s: s, r: r, base: s.base(r), body: body, query: r.URL.Query()}
	v2 := strings.HasPrefix(r.Header.Get("X-Accept-Version"), "2.")
	result, f := s.dispatch(c)
	s.nudge()
	if f != nil {
		return f.http, f.body(v2)
	}
	if e, ok := result.(envelope); ok && other {
		return http.StatusOK, s.otherInvoice(c, e)
	}
	return http.StatusOK, result
}

func (s *Server) dispatch(c *call) (any, *failure) {
	segments := strings.Split(strings.Trim(c.r.URL.Path, "/"), "/")
	for _, rt := range routes {
		args, ok := rt.match(c.r.Method, segments)
		if !ok {
			continue
		}
		if c.r.Method == http.MethodPost || c.r.Method == http.MethodPut {
			if err := json.Unmarshal(c.body, &c.fields); err != nil || c.fields == nil {
				return nil, plain(http.StatusBadRequest, "Invalid JSON in request body")
			}
		}
		c.args = args
		return rt.serve(s, c)
	}
	return nil, c.coded("0001", "Resource not found")
}

// base is the address the client used, as it is in what it signed.
func (s *Server) base(r *http.Request) string {
	if s.opts.BaseURL != "" {
		return strings.TrimSuffix(s.opts.BaseURL, "/")
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
