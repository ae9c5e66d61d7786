package main

import (
	"html/template"
	"net/http"

	"github.com/cointill/cointill/payments"
)

// panelView is the side panel: one step of a top-up.
type panelView struct {
	// Step is "terms", "methods", "coins", "networks", "send", "watch", "amounts" or
	// "hosted".
	Step    string
	Account account
	Title   string
	Back    string // where one step back leads

	// terms
	TermsVersion string
	Unticked     bool

	// coins and networks
	Coins    []coinView
	Coin     coin
	Networks []networkView

	// send
	NetworkTitle               string
	Address, URI               string
	Link                       template.URL
	Groups                     []string
	QR                         qrCode
	Rate, RateSource, RateTime string
	Required                   uint64
	Usually                    string

	// watch
	Deposit *depositView
	Again   string

	// amounts
	Amounts []amountView
	Key     string // makes pressing the button twice one payment

	// hosted
	Hosted *hostedView
}

type coinView struct {
	coin
	Networks int
	Last     bool // chosen last time
	Href     string
}

type networkView struct {
	ID, Title, Hint string
	First           bool
}

func (s *portal) home(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	return s.show(w, r, v)
}

// methods shows the terms if they are due, else the ways to pay; the coins, if there
// is no other way.
func (s *portal) methods(w http.ResponseWriter, r *http.Request) error {
	if len(s.p.Offers(currency)) == 0 {
		return s.choose(w, r)
	}
	a, err := accountNamed(r.PathValue("account"))
	if err != nil {
		return err
	}
	v, err := s.view(r)
	if err != nil {
		return err
	}
	v.Live = false
	v.Panel = &panelView{Account: a, Step: "methods", Title: "Choose how to pay"}
	_, err = s.termsDue(r, v.Panel)
	return s.finish(w, r, v, err)
}

// choose shows the terms if they are due, else the coins.
func (s *portal) choose(w http.ResponseWriter, r *http.Request) error {
	a, err := accountNamed(r.PathValue("account"))
	if err != nil {
		return err
	}
	v, err := s.view(r)
	if err != nil {
		return err
	}
	v.Live = false
	v.Panel = &panelView{Account: a, Step: "coins", Title: "Choose a coin"}
	if due, err := s.termsDue(r, v.Panel); err != nil || due {
		return s.finish(w, r, v, err)
	}
	if len(s.p.Offers(currency)) > 0 {
		v.Panel.Back = "/topup/" + a.Name
	}
	for _, c := range coins {
		if networks := s.networksOf(c); len(networks) > 0 {
			v.Panel.Coins = append(v.Panel.Coins, coinView{coin: c, Networks: len(networks), Last: lastCoin(r) == c.Code, Href: "/topup/" + a.Name + "/" + string(c.Code)})
		}
	}
	return s.show(w, r, v)
}

func (s *portal) finish(w http.ResponseWriter, r *http.Request, v *pageView, err error) error {
	if err != nil {
		return err
	}
	return s.show(w, r, v)
}

// deposit shows one payment again.
func (s *portal) deposit(w http.ResponseWriter, r *http.Request) error {
	d, err := s.p.Deposit(r.Context(), payments.DepositKey{Network: r.FormValue("network"), ID: r.FormValue("id")})
	if err != nil {
		return err
	}
	a, err := accountNamed(d.Owner.Name)
	if err != nil || d.Owner.Profile != customer {
		return payments.ErrNotFound // another customer's is nobody's business
	}
	r.Form.Set("account", a.Name)
	v, err := s.view(r)
	if err != nil {
		return err
	}
	v.Panel = &panelView{Account: a}
	if v.Panel.Coin, err = coinNamed(string(d.Amount.Asset().Coin)); err != nil {
		return err
	}
	if err := s.watchPanel(r, v.Panel, d); err != nil {
		return err
	}
	n, _ := s.networkNamed(d.Key.Network)
	return s.show(w, r, s.withStrip(v, v.Panel.Coin, n))
}
