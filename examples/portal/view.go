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
	UnderWay  []depositView
	Lines     []lineView
	More      bool
	Panel     *panelView
	Problem   *problem
	Strip     *stripView
	Live      bool // something on the page may change by itself
	PriceDown bool

	byTx map[string]payments.DepositView // the account's deposits, for the statement
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
	Kind              string
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
	if v.byTx, err = s.underWay(r, v); err != nil {
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
		v.Lines = append(v.Lines, statementLine(l, v.byTx))
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

// underWay fills in the deposits of all accounts that are not credited, newest
// first, and returns the selected account's by transaction.
func (s *portal) underWay(r *http.Request, v *pageView) (map[string]payments.DepositView, error) {
	byTx := map[string]payments.DepositView{}
	var open []payments.DepositView
	for _, a := range accounts {
		all, err := s.deposits(r, a)
		if err != nil {
			return nil, err
		}
		for _, d := range all {
			if a == v.Account {
				byTx[d.TxID.String()] = d
			}
			if !settled(d) {
				open = append(open, d)
			}
		}
	}
	newestFirst(open)
	for _, d := range open {
		v.UnderWay = append(v.UnderWay, s.depositView(r.Context(), d))
	}
	return byTx, nil
}

// settled says that a deposit needs nobody's attention any more.
func settled(d payments.DepositView) bool {
	return d.State == payments.StateCredited || d.State == payments.StateFinal
}

func statementLine(l payments.Line, byTx map[string]payments.DepositView) lineView {
	v := lineView{
		Day: dayText(l.At), Clock: l.At.UTC().Format("15:04"), At: l.At.UTC().Format(time.RFC3339),
		Kind: "Top-up", Reference: short(l.Reference), TxID: l.Reference,
		Coin: coinText(l.Coin), Amount: signed(l.Amount), Balance: fiat(l.Balance),
		Minus: l.Amount.Sign() < 0, BalanceBad: l.Balance.Sign() < 0,
	}
	if l.Kind == ledger.KindReversal {
		v.Kind, v.Reversal = "Reversed", true
	}
	if d, ok := byTx[l.Reference]; ok {
		v.Href = depositHref(d.Key)
		if d.Valued() {
			v.Rate = "1" + thin + string(d.Amount.Asset().Coin) + " = " + price(d.Rate)
		}
	}
	return v
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
