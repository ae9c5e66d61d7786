package bitpaysim

import (
	"bytes"
	_ "embed" // the pages
	"encoding/json"
	"fmt"
	"html/template"
	"math/big"
	"net/http"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

var (
	//go:embed pages/style.css
	style string
	//go:embed pages/invoice.html
	invoiceText string
	//go:embed pages/dashboard.html
	dashboardText string

	invoicePage   = template.Must(template.New("invoice").Parse(invoiceText))
	dashboardPage = template.Must(template.New("dashboard").Parse(dashboardText))
)

// coinRow is one choice on the page.
type coinRow struct{ Code, Name, Short, Amount string }

// hostedView is what the hosted page shows.
type hostedView struct {
	Style                           template.CSS
	ID, Merchant, Item, Order       string
	Price, Currency                 string
	Status                          Status
	Left                            string
	LeftMS                          int64
	Coins                           []coinRow
	Choice                          bool // more than one coin is offered
	Coin, DueText, PaidText, Rate   string
	FeeText, Code                   string
	Partial, AskEmail               bool
	Tone, Mark, Title, Text, Blocks string
	Back, BackText                  string
	Redirect                        bool
	Fingerprint                     string
}

// endings are the words for an invoice that takes no payment any more.
var endings = map[Status][4]string{
	StatusPaid:      {"good", "✓", "Payment received", "Waiting for the network to confirm it. You may leave this page."},
	StatusConfirmed: {"good", "✓", "Payment confirmed", "Thank you. The merchant has been told."},
	StatusComplete:  {"good", "✓", "Paid", "Thank you. This invoice is settled."},
	StatusExpired:   {"warn", "!", "Invoice expired", "Do not send a payment. Go back to the merchant for a new invoice."},
	StatusInvalid:   {"warn", "!", "Not confirmed yet", "The network has not confirmed the payment within an hour. It may still do so."},
	StatusDeclined:  {"bad", "×", "Payment declined", "The payment cannot be accepted. You will get an e-mail about its refund."},
}

// servePage serves what is for people and for steering; false: it is a call of
// the API.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request, body []byte) bool {
	path := strings.TrimSuffix(r.URL.Path, "/")
	switch {
	case path == "/invoice":
		s.serveHosted(w, r, r.URL.Query().Get("id"))
	case strings.HasPrefix(path, "/i/"):
		s.serveHosted(w, r, strings.TrimPrefix(path, "/i/"))
	case path == "" || path == "/dashboard" || path == "/dashboard/merchant/api-tokens" || path == "/api-access-request":
		s.serveDashboard(w)
	case strings.HasPrefix(path, "/sim/"):
		s.serveControl(w, r, strings.TrimPrefix(path, "/sim/"), body)
	default:
		return false
	}
	return true
}

func render(w http.ResponseWriter, status int, t *template.Template, view any) {
	var b bytes.Buffer
	if err := t.Execute(&b, view); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a browser that left
}

func (s *Server) serveHosted(w http.ResponseWriter, r *http.Request, id string) {
	var view hostedView
	err := s.act(id, func(inv *invoice) error {
		if coin := r.URL.Query().Get("coin"); inv.status == StatusNew && inv.quotes[coin].enabled {
			inv.selected = coin
		} else if inv.status == StatusNew && !r.URL.Query().Has("coin") {
			inv.selected = ""
		}
		view = s.hosted(inv)
		return nil
	})
	if err != nil {
		http.Error(w, "No such invoice. Ask the merchant for a new link.", http.StatusNotFound)
		return
	}
	render(w, http.StatusOK, invoicePage, view)
}

// hosted builds the page's view.
func (s *Server) hosted(inv *invoice) hostedView {
	v := hostedView{
		Style: template.CSS(style), ID: inv.id, Merchant: "Merchant", Item: inv.text("itemDesc"), Order: inv.order,
		Price: inv.price.StringFixed(s.prices[inv.currency].precision), Currency: inv.currency, Status: inv.status, Coin: inv.coin,
		Partial: inv.exception == PaidPartial, AskEmail: !inv.contact(), Fingerprint: fingerprint(inv),
	}
	if m := inv.text("merchantName"); m != "" {
		v.Merchant = m
	}
	left := max(inv.expires.Sub(s.now()), 0)
	v.LeftMS = left.Milliseconds()
	v.Left = fmt.Sprintf("%d:%02d", int(left.Minutes()), int(left.Seconds())%60)
	for _, code := range coins {
		if q := inv.quotes[code]; q.enabled {
			m := s.prices[code]
			short, _, _ := strings.Cut(code, "_") // the network comes after it
			v.Coins = append(v.Coins, coinRow{code, m.name, short, q.base.StringFixed(m.precision)})
		}
	}
	v.Choice = len(v.Coins) > 1
	if v.Coin == "" && inv.status == StatusNew {
		v.Coin = inv.selected
		if !v.Choice {
			v.Coin = v.Coins[0].Code
		}
	}
	s.showCoin(inv, &v)
	end := endings[inv.status]
	v.Tone, v.Mark, v.Title, v.Text = end[0], end[1], end[2], end[3]
	if inv.cancelled {
		v.Title = "Invoice cancelled"
	}
	if inv.mining() {
		v.Blocks = fmt.Sprintf("%d of %d confirmations", inv.depth(), fullDepth)
	}
	v.setBack(inv)
	return v
}

func (s *Server) showCoin(inv *invoice, v *hostedView) {
	if v.Coin == "" {
		return
	}
	m, q := s.prices[v.Coin], inv.quotes[v.Coin]
	v.DueText, v.PaidText = exactText(m, inv.due(v.Coin)), exactText(m, inv.paid)
	v.FeeText, v.Rate = exactText(m, big.NewInt(m.fee)), shownRate(q.rate)
	codes := paymentCodes(inv, v.Coin, m)
	for _, scheme := range []string{"BIP72b", "EIP681", "EIP681b"} {
		if text, ok := codes[scheme].(string); ok {
			v.Code = text
		}
	}
}

// exactText shows at least the coin's display digits, and all that count.
func exactText(m market, units *big.Int) string {
	d := m.whole(units)
	if d.Equal(d.Truncate(m.precision)) {
		return d.StringFixed(m.precision)
	}
	return d.String()
}

// shownRate is a rate for people: two decimals, more for small ones.
func shownRate(d decimal.Decimal) string {
	if d.LessThan(decimal.New(10, 0)) {
		return d.Round(6).String()
	}
	return d.StringFixed(2)
}

// setBack chooses where the button at the foot leads and whether the page goes
// there by itself.
func (v *hostedView) setBack(inv *invoice) {
	back, closing := inv.text("redirectURL"), inv.text("closeURL")
	v.BackText = "Return to " + v.Merchant
	switch inv.status {
	case StatusNew, StatusExpired:
		if closing != "" {
			back = closing
		}
		if inv.status == StatusNew {
			v.BackText = "Close"
		}
	}
	v.Back = back
	v.Redirect = inv.flag("autoRedirect") && inv.status != StatusNew
}

// text is a member of the create body that is a text.
func (inv *invoice) text(name string) string {
	var v string
	if raw, ok := inv.sent[name]; ok && json.Unmarshal(raw, &v) == nil {
		return v
	}
	return ""
}

// fingerprint changes whenever the page should.
func fingerprint(inv *invoice) string {
	return fmt.Sprintf("%s %s %s %d %s", inv.status, inv.exception, inv.paid, inv.depth(), inv.expires.Format(time.RFC3339))
}
