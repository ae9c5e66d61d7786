package bitpaysim

import (
	"encoding/json"
	"math/big"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Bounds of an invoice's price, in USD (codes 0110 and 0111). The service's own
// are not published and depend on the account.
var (
	minPrice = decimal.New(1, -2)
	maxPrice = decimal.New(1, 6)
)

// Members of the create body by their JSON type; others are echoed unchecked.
var (
	textMembers = []string{"orderId", "itemDesc", "itemCode", "posData", "guid", "notificationURL", "notificationEmail",
		"redirectURL", "closeURL", "transactionSpeed", "buyerEmail", "buyerSms", "merchantName", "currency"}
	boolMembers = []string{"physical", "autoRedirect", "fullNotifications", "extendedNotifications", "jsonPayProRequired", "bitpayIdRequired"}
)

// ownedGUID is a guid of one token: the same text with another token is another.
type ownedGUID struct {
	owner *token
	guid  string
}

// postInvoice is POST /invoices. A guid that this token has used answers the invoice
// it made, whatever else the body says.
func (s *Server) postInvoice(c *call) (any, *failure) {
	if f := c.allow(POS, Merchant); f != nil {
		return nil, f
	}
	if f := c.checkTypes(); f != nil {
		return nil, f
	}
	if old := s.guids[ownedGUID{c.token, c.text("guid")}]; old != nil {
		return s.show(c, old), nil
	}
	inv, f := s.readInvoice(c)
	if f != nil {
		return nil, f
	}
	if s.opts.InvoicesPerHour > 0 && s.madeSince(time.Hour) >= s.opts.InvoicesPerHour {
		return nil, plain(http.StatusTooManyRequests, "Rate limited")
	}
	inv.id, inv.owner, inv.base = s.fresh("invoice", 22), c.token, c.base
	inv.made = s.now()
	inv.expires = inv.made.Add(inv.window)
	inv.history = []Status{StatusNew}
	s.invoices[inv.id] = inv
	s.order = append(s.order, inv)
	if inv.guid != "" {
		s.guids[ownedGUID{inv.owner, inv.guid}] = inv
	}
	return s.show(c, inv), nil
}

func (s *Server) madeSince(d time.Duration) int {
	n := 0
	for _, inv := range s.order {
		if inv.made.After(s.now().Add(-d)) {
			n++
		}
	}
	return n
}

// checkTypes drops members that are null and refuses those of a wrong type.
func (c *call) checkTypes() *failure {
	for name, raw := range c.fields {
		if string(raw) == "null" {
			delete(c.fields, name)
		}
	}
	for _, name := range textMembers {
		if raw, ok := c.fields[name]; ok && raw[0] != '"' {
			return invalid(name)
		}
	}
	for _, name := range boolMembers {
		if raw, ok := c.fields[name]; ok && raw[0] != 't' && raw[0] != 'f' {
			return invalid(name)
		}
	}
	return nil
}

func (c *call) flag(name string, unset bool) bool {
	if raw, ok := c.fields[name]; ok {
		return raw[0] == 't'
	}
	return unset
}

func (s *Server) readInvoice(c *call) (*invoice, *failure) {
	var lacks []string
	for _, name := range []string{"price", "currency"} {
		if _, ok := c.fields[name]; !ok {
			lacks = append(lacks, name)
		}
	}
	if lacks != nil {
		return nil, missing(lacks...)
	}
	inv := &invoice{
		status: StatusNew, paid: new(big.Int), currency: c.text("currency"), order: c.text("orderId"), guid: c.text("guid"),
		sent: c.fields, speed: c.text("transactionSpeed"), window: payWindow, extended: c.flag("extendedNotifications", false),
		sms: c.text("buyerSms"),
	}
	inv.full = c.flag("fullNotifications", true) || inv.extended
	if inv.speed == "" {
		inv.speed = s.opts.Speed
	}
	if !slices.Contains([]string{"high", "medium", "low"}, inv.speed) {
		return nil, c.coded("0102", "Invalid transactionSpeed")
	}
	if f := s.readPrice(c, inv); f != nil {
		return nil, f
	}
	if f := readURLs(c, inv); f != nil {
		return nil, f
	}
	if f := readBuyer(c, inv); f != nil {
		return nil, f
	}
	return inv, s.readCoins(c, inv)
}

func (s *Server) readPrice(c *call, inv *invoice) *failure {
	m, known := s.prices[inv.currency]
	if !known {
		return c.coded("0102", "Invalid currency")
	}
	price, ok := readNumber(c.fields["price"])
	if !ok {
		if raw := c.fields["price"]; strings.Trim(string(raw), "0.") == "" {
			return c.coded("0110", "Invoice price is below minimum threshold")
		}
		return invalid("price")
	}
	if digits := max(m.precision, 2); !price.Equal(price.Truncate(digits)) {
		return c.coded("0102", "Price has more decimals than its currency")
	}
	usd := price.Mul(m.usd)
	switch {
	case usd.LessThan(minPrice):
		return c.coded("0110", "Invoice price is below minimum threshold")
	case usd.GreaterThan(maxPrice):
		return c.coded("0111", "Invoice price is above maximum threshold")
	}
	inv.price = price
	if raw, ok := c.fields["acceptanceWindow"]; ok {
		var ms int64
		if json.Unmarshal(raw, &ms) != nil || ms < 0 || ms > payWindow.Milliseconds() {
			return invalid("acceptanceWindow")
		}
		if ms > 0 {
			inv.window = time.Duration(ms) * time.Millisecond
		}
	}
	return nil
}

func readURLs(c *call, inv *invoice) *failure {
	for _, name := range []string{"notificationURL", "redirectURL", "closeURL"} {
		text := c.text(name)
		if text == "" {
			continue
		}
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return c.coded("0102", "Invalid "+name)
		}
	}
	inv.notifyURL = c.text("notificationURL")
	if c.flag("autoRedirect", false) && c.text("redirectURL") == "" {
		return missing("redirectURL")
	}
	return nil
}

func readBuyer(c *call, inv *invoice) *failure {
	inv.email = c.text("buyerEmail")
	if raw, ok := c.fields["buyer"]; ok {
		var buyer struct {
			Email *string `json:"email"`
		}
		if json.Unmarshal(raw, &buyer) != nil {
			return invalid("buyer")
		}
		if inv.email == "" && buyer.Email != nil {
			inv.email = *buyer.Email
		}
	}
	if inv.email != "" && !isEmail(inv.email) {
		return c.coded("0102", "Invalid buyer email")
	}
	return nil
}

func isEmail(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text
}

func (s *Server) readCoins(c *call, inv *invoice) *failure {
	allowed := coins
	if raw, ok := c.fields["paymentCurrencies"]; ok {
		var named []string
		if json.Unmarshal(raw, &named) != nil {
			return invalid("paymentCurrencies")
		}
		for _, coin := range named {
			if !isCoin(coin) {
				return c.coded("0102", "Invalid paymentCurrencies")
			}
		}
		if len(named) > 0 {
			allowed = named
		}
	}
	inv.quotes = map[string]quote{}
	payable := false
	for _, coin := range allowed {
		inv.quotes[coin] = s.quote(inv.price, inv.currency, coin)
		payable = payable || inv.quotes[coin].enabled
	}
	if !payable {
		return c.coded("0110", "Invoice price is below minimum threshold")
	}
	return nil
}
