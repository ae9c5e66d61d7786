package main

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// lastCoinCookie remembers the coin chosen last, and nothing else.
const lastCoinCookie = "last-coin"

func lastCoin(r *http.Request) money.Coin {
	c, err := r.Cookie(lastCoinCookie)
	if err != nil {
		return "" // none was chosen
	}
	return money.Coin(c.Value)
}

// send shows where to pay, and once something has arrived since, how it does. The
// page's address carries the instant it was opened, so that it works without a
// session and without a script.
func (s *portal) send(w http.ResponseWriter, r *http.Request) error {
	a, err := accountNamed(r.PathValue("account"))
	if err != nil {
		return err
	}
	c, err := coinNamed(r.PathValue("coin"))
	if err != nil {
		return err
	}
	networks := s.networksOf(c)
	if len(networks) == 0 {
		return errNoCoin
	}
	v, err := s.view(r)
	if err != nil {
		return err
	}
	v.Panel = &panelView{Account: a, Coin: c, Back: "/topup/" + a.Name + "/coins"}
	if due, err := s.termsDue(r, v.Panel); err != nil || due {
		v.Live = false
		return s.finish(w, r, v, err)
	}
	wanted := r.FormValue("network")
	if wanted == "" && (len(networks) > 1 || c.Tron) {
		v.Live = false
		v.Panel.Step, v.Panel.Title = "networks", "Choose the network"
		for i, n := range networks {
			v.Panel.Networks = append(v.Panel.Networks, networkView{n.ID, networkTitle(n, c.Code), networkHint(n), i == 0})
		}
		return s.show(w, r, v)
	}
	n := networks[0]
	for _, each := range networks {
		if each.ID == wanted {
			n = each
		}
	}
	if wanted != "" && n.ID != wanted {
		return fmt.Errorf("%w: %s", errNoCoin, wanted)
	}
	since, err := strconv.ParseInt(r.FormValue("since"), 10, 64)
	if err != nil {
		again := url.Values{"network": {n.ID}, "since": {strconv.FormatInt(time.Now().UnixMilli(), 10)}}
		http.Redirect(w, r, r.URL.Path+"?"+again.Encode(), http.StatusSeeOther)
		return nil
	}
	if found, err := s.arrived(r, v.Panel, n, time.UnixMilli(since)); err != nil || found {
		return s.finish(w, r, s.withStrip(v, c, n), err)
	}
	if err := s.sendPanel(r, v.Panel, n); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: lastCoinCookie, Value: string(c.Code), Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return s.show(w, r, s.withStrip(v, c, n))
}

// arrived turns the panel into a view of the newest deposit since an instant.
func (s *portal) arrived(r *http.Request, panel *panelView, n chain.Network, since time.Time) (bool, error) {
	all, err := s.deposits(r, panel.Account)
	if err != nil {
		return false, err
	}
	for _, d := range all {
		if d.Key.Network == n.ID && !d.SeenAt.Before(since) {
			panel.Again = r.URL.Path + "?network=" + url.QueryEscape(n.ID)
			return true, s.watchPanel(r, panel, d)
		}
	}
	return false, nil
}

func (s *portal) watchPanel(r *http.Request, panel *panelView, d payments.DepositView) error {
	x, err := s.p.Explain(r.Context(), d.Key)
	if err != nil {
		return err
	}
	view := s.depositView(r.Context(), x.Deposit)
	view.Prices = priceViews(x.Price)
	view.Evidence, view.EvidenceOpen = x.Text, r.FormValue("evidence") == "open"
	panel.Step, panel.Title, panel.Deposit = "watch", "Your payment", &view
	return nil
}

func (s *portal) sendPanel(r *http.Request, panel *panelView, n chain.Network) error {
	to, err := s.p.DepositAddress(r.Context(), panel.Account.account(), n)
	if err != nil {
		return err
	}
	asset, _ := n.Asset(panel.Coin.Code)
	uri, err := address.URI(n, to.Address, money.Units(asset, 0))
	if err != nil {
		return err
	}
	panel.Step, panel.Title = "send", "Send "+string(panel.Coin.Code)
	panel.NetworkTitle = networkTitle(n, panel.Coin.Code)
	panel.Address, panel.Groups = to.Text, fours(to.Text)
	panel.Link = template.URL(uri) // made by address.URI, of nothing a visitor gave
	if asset == n.Native {
		panel.URI = uri // a token's names its contract first, which somebody might copy
	}
	if panel.QR, err = newQR(qrText(n, to.Text, uri)); err != nil {
		return err
	}
	panel.Required = confirmations
	panel.Usually = about(confirmations * n.BlockTime)
	if rate, ok := s.quotes.latest(r.Context(), panel.Coin.Code); ok {
		panel.Rate = "1" + thin + string(panel.Coin.Code) + " = " + price(rate.Rate)
		panel.RateTime, panel.RateSource = clockText(rate.AsOf), s.world.priceName
	}
	return nil
}

// qrText is what the QR code says: the URI on Bitcoin, the bare address on EVM
// networks, because a wallet that misreads ERC-681's form for tokens would send
// to the token's contract, where coins are lost.
func qrText(n chain.Network, text, uri string) string {
	if n.Family == chain.FamilyEVM {
		return text
	}
	return uri
}
