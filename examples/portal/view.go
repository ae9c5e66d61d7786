package main

import (
	"bytes"
	"errors"
	"net/http"
	"time"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

// pageView is all that one page shows, ready for the templates.
type pageView struct {
	Account   account
	Accounts  []balanceView
	Path      string // of this page, to come back to
	UnderWay  []rowView
	Lines     []lineView
	More      bool
	Panel     *panelView
	Problem   *problem
	Strip     *stripView
	Live      bool // something on the page may change by itself
	PriceDown bool

	Hosted string // id of the payment at BitPay that the panel shows

	// What the statement's lines are about, of the account.
	byTx     map[string]payments.DepositView
	byHosted map[string]payments.HostedInvoice
}

// rowView is a payment under way.
type rowView struct {
	Href, Glyph          string
	What, Account, Value string
	Pill, PillKind, How  string
	at                   time.Time
}

// balanceView is one balance in the header.
type balanceView struct {
	account
	Text     string
	Negative bool
	Active   bool
}

// lineView is one line of the statement.
type lineView struct {
	Day, Clock, At    string
	Kind, Method      string
	Reversal          bool
	Reference, TxID   string
	Href              string
	Coin, Rate        string
	Amount, Balance   string
	Minus, BalanceBad bool
}

// problem is one thing that went wrong, with what to do about it.
type problem struct{ Title, Text, Action, Href string }

// statementPage is how many lines are shown.
const statementPage = 50

// view reads what every page shows.
func (s *portal) view(r *http.Request) (*pageView, error) {
	v := &pageView{Account: accountOf(r), Path: r.URL.RequestURI(), Live: true}
	var err error
	if err = s.underWay(r, v); err != nil {
		return nil, err
	}
	if s.world.simulated() {
		v.Strip = s.strip(v)
		v.PriceDown = s.world.prices.stopped()
	}
	return v, nil
}

// books reads statement and balances, after everything else: a page that says
// "credited" then shows a balance that holds the credit.
func (s *portal) books(r *http.Request, v *pageView) error {
	ctx := r.Context()
	lines, _, err := s.p.Statement(ctx, v.Account.account(), ledger.Cursor{}, statementPage)
	if err != nil {
		return err
	}
	for _, l := range lines {
		v.Lines = append(v.Lines, v.line(l))
	}
	v.More = len(lines) == statementPage
	for _, a := range accounts {
		balance, err := s.p.Balance(ctx, a.account())
		if err != nil {
			return err
		}
		v.Accounts = append(v.Accounts, balanceView{account: a, Text: fiat(balance),
			Negative: balance.Sign() < 0, Active: a == v.Account})
	}
	return nil
}

// accountOf returns the account a page is about: of its path, its query or form,
// else the first.
func accountOf(r *http.Request) account {
	name := r.PathValue("account")
	if name == "" {
		name = r.FormValue("account")
	}
	if a, err := accountNamed(name); err == nil {
		return a
	}
	return accounts[0]
}

// liveHeader marks the script's requests for the parts of a page that change.
const liveHeader = "Portal-Live"

// show answers with a page, or with its changing parts for the script.
func (s *portal) show(w http.ResponseWriter, r *http.Request, v *pageView) error {
	if r.Header.Get(liveHeader) != "" {
		return s.execute(w, r, http.StatusOK, "live", v)
	}
	return s.execute(w, r, http.StatusOK, "page", v)
}

func (s *portal) execute(w http.ResponseWriter, r *http.Request, status int, name string, v *pageView) error {
	if err := s.books(r, v); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.templates.ExecuteTemplate(&b, name, v); err != nil {
		return errors.Join(errors.New("portal: draw the page"), err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // the answer has begun: a browser that went away cannot be told
	return nil
}
