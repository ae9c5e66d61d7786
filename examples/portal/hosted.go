package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// amountView is one amount on offer.
type amountView struct {
	Value, Text string
	Chosen      bool
}

// amounts offers what can be paid at BitPay.
func (s *portal) amounts(w http.ResponseWriter, r *http.Request) error {
	a, err := accountNamed(r.PathValue("account"))
	if err != nil {
		return err
	}
	offers := s.p.Offers(currency)
	if len(offers) == 0 {
		return errNoPage
	}
	v, err := s.view(r)
	if err != nil {
		return err
	}
	v.Live = false
	v.Panel = &panelView{Account: a, Step: "amounts", Title: "Choose an amount", Back: "/topup/" + a.Name, Key: rand.Text()}
	if due, err := s.termsDue(r, v.Panel); err != nil || due {
		return s.finish(w, r, v, err)
	}
	first := offers[0].Text()
	for _, o := range offers {
		if o.Equal(currency.Cents(100 * preselected)) {
			first = o.Text()
		}
	}
	for _, o := range offers {
		v.Panel.Amounts = append(v.Panel.Amounts, amountView{Value: o.Text(), Text: fiat(o), Chosen: o.Text() == first})
	}
	return s.show(w, r, v)
}

// patience is how long a customer waits for BitPay's word before a page says so. The
// engine goes on asking in any case.
const patience = 5 * time.Second

// checkout sends the customer to BitPay's page. The page of amounts brought the key,
// so that a button pressed twice opens one payment; it counts together with the
// amount, because who comes back may choose another.
func (s *portal) checkout(w http.ResponseWriter, r *http.Request) error {
	a, err := accountNamed(r.PathValue("account"))
	if err != nil {
		return err
	}
	amount, ok := s.offered(r.FormValue("amount"))
	if !ok || r.FormValue("key") == "" {
		return errBadInput
	}
	key := r.FormValue("key") + "." + amount.Text()
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	h, err := s.p.Checkout(ctx, payments.CheckoutRequest{Account: a.account(), Amount: amount, Key: key,
		ReturnURL: "http://" + r.Host + "/bitpay/return?" + url.Values{"account": {a.Name}, "key": {key}}.Encode()})
	to := hostedHref(h.ID)
	switch {
	case errors.Is(err, payments.ErrTermsNotAccepted):
		to = "/topup/" + a.Name
	case err != nil && h.ID == "":
		return err
	case err != nil:
		s.world.warn("checkout", "id", h.ID, "error", err) // the page says where it stands
	case h.State == payments.HostedNew && h.URL != "":
		to = h.URL
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (s *portal) offered(text string) (money.Amount, bool) {
	for _, o := range s.p.Offers(currency) {
		if o.Text() == text {
			return o, true
		}
	}
	return money.Amount{}, false
}

// returned is where BitPay's page sends the customer back to: BitPay is asked at
// once, so that the page says what happened and not what was known before.
func (s *portal) returned(w http.ResponseWriter, r *http.Request) error {
	a, err := accountNamed(r.FormValue("account"))
	if err != nil {
		return err
	}
	all, err := s.hosted(r.Context(), a)
	if err != nil {
		return err
	}
	for _, h := range all {
		back, err := url.Parse(h.ReturnURL)
		if key := r.FormValue("key"); err != nil || key == "" || back.Query().Get("key") != key {
			continue
		}
		to := hostedHref(h.ID)
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		if _, err := s.p.RefreshHosted(ctx, h.ID); err != nil {
			s.world.warn("ask BitPay", "id", h.ID, "error", err)
			to += "?asked=no"
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	return payments.ErrNotFound
}

// hosted returns an account's payments at BitPay.
func (s *portal) hosted(ctx context.Context, a account) ([]payments.HostedInvoice, error) {
	return s.p.HostedInvoices(ctx, a.account(), "", 1_000)
}

func hostedHref(id string) string { return "/bitpay/" + url.PathEscape(id) }

// hostedStatus shows one payment at BitPay.
func (s *portal) hostedStatus(w http.ResponseWriter, r *http.Request) error {
	unasked := r.FormValue("asked") == "no"
	h, err := s.p.HostedInvoice(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	a, err := accountNamed(h.Account.Name)
	if err != nil || h.Account.Profile != customer {
		return payments.ErrNotFound // another customer's is nobody's business
	}
	r.Form.Set("account", a.Name)
	v, err := s.view(r)
	if err != nil {
		return err
	}
	view := s.hostedView(h)
	view.Unasked = unasked && h.State == payments.HostedNew
	v.Hosted = h.ID
	v.Panel = &panelView{Account: a, Step: "hosted", Title: "Your payment by BitPay", Hosted: &view}
	if v.Strip != nil && s.world.bitpay != nil && h.RemoteID != "" {
		v.Strip.BitPay = s.bitpayStrip(h)
	}
	return s.show(w, r, v)
}
