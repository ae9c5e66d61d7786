package bitpaysim

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
)

type pairingRow struct{ Facade, Label, SIN, Code string }

type tokenRow struct{ Facade, Text string }

type invoiceRow struct {
	Invoice
	Can []string // what the buttons do
}

type refundRow struct {
	Refund
	Can []string
}

type dashboardView struct {
	Style    template.CSS
	Now      string
	Leaps    []string
	Pairings []pairingRow
	Tokens   []tokenRow
	Invoices []invoiceRow
	Refunds  []refundRow
}

// serveDashboard is the merchant's and the operator's page: approvals, and a
// button for every hook.
func (s *Server) serveDashboard(w http.ResponseWriter) {
	v := dashboardView{Style: template.CSS(style), Now: s.Now().Format(time.DateTime + " UTC"), Leaps: []string{"1m", "16m", "61m", "24h"}}
	for _, inv := range slices.Backward(s.Invoices()) {
		v.Invoices = append(v.Invoices, invoiceRow{inv, invoiceActions(inv.Status)})
	}
	for _, r := range slices.Backward(s.Refunds()) {
		v.Refunds = append(v.Refunds, refundRow{r, refundActions(r.Status)})
	}
	v.Pairings, v.Tokens = s.accessRows()
	render(w, http.StatusOK, dashboardPage, v)
}

func (s *Server) accessRows() (pairings []pairingRow, tokens []tokenRow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tokens {
		switch {
		case t.active && !t.revoked:
			tokens = append(tokens, tokenRow{string(t.facade), t.text})
		case s.pairing(t.code) != nil && len(t.sins) > 0:
			pairings = append(pairings, pairingRow{string(t.facade), t.label, t.sins[0], t.code})
		}
	}
	slices.SortFunc(tokens, func(a, b tokenRow) int { return strings.Compare(a.Text, b.Text) })
	slices.SortFunc(pairings, func(a, b pairingRow) int { return strings.Compare(a.Code, b.Code) })
	return pairings, tokens
}

func invoiceActions(st Status) []string {
	switch st {
	case StatusNew:
		return []string{"pay", "part", "over"}
	case StatusPaid, StatusConfirmed:
		return []string{"confirm", "complete", "decline"}
	case StatusInvalid:
		return []string{"confirm", "complete"}
	case StatusExpired:
		return []string{"pay"}
	}
	return nil
}

func refundActions(status string) []string {
	switch status {
	case refundCreated:
		return []string{"address"}
	case refundPending:
		return []string{"payout", "fail"}
	}
	return nil
}
