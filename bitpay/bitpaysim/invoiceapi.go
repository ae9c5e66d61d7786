package bitpaysim

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// find is an invoice the caller's token created; others do not exist for it.
func (c *call) find(inv *invoice) (*invoice, *failure) {
	if inv == nil || c.token != nil && inv.owner != c.token {
		return nil, c.coded("0101", "Invoice not found")
	}
	return inv, nil
}

// getInvoice is GET /invoices/:id. Without a token the public sees what a pos
// token sees, for three days.
func (s *Server) getInvoice(c *call) (any, *failure) {
	if c.query.Has("token") {
		if f := c.allow(POS, Merchant); f != nil {
			return nil, f
		}
	}
	inv, f := c.find(s.invoices[c.args[0]])
	if f != nil {
		return nil, f
	}
	if c.token == nil && !s.now().Before(inv.made.Add(publicFor)) {
		return nil, plain(http.StatusUnauthorized, "This endpoint does not support the `public` facade")
	}
	return s.show(c, inv), nil
}

func (s *Server) getInvoiceByGUID(c *call) (any, *failure) {
	if f := c.allow(POS, Merchant); f != nil {
		return nil, f
	}
	inv, f := c.find(s.guids[ownedGUID{c.token, c.args[0]}])
	if f != nil {
		return nil, f
	}
	return s.show(c, inv), nil
}

// dates reads the two required days of a list call; the second is inclusive.
func (c *call) dates(from, to string) (start, end time.Time, f *failure) {
	var lacks []string
	for _, name := range []string{from, to} {
		if c.query.Get(name) == "" {
			lacks = append(lacks, name)
		}
	}
	if lacks != nil {
		return start, end, missing(lacks...)
	}
	parse := func(text string) (time.Time, error) { return time.Parse(time.DateOnly, text[:min(len(text), 10)]) }
	start, err := parse(c.query.Get(from))
	if err != nil {
		return start, end, invalid(from)
	}
	if end, err = parse(c.query.Get(to)); err != nil {
		return start, end, invalid(to)
	}
	return start, end.AddDate(0, 0, 1), nil
}

// page reads limit and offset.
func page[T any](c *call, list []T) ([]T, *failure) {
	bound := func(name string, unset int) (int, bool) {
		text := c.query.Get(name)
		if text == "" {
			return unset, true
		}
		n, err := strconv.Atoi(text)
		return n, err == nil && n >= 0
	}
	offset, ok := bound("offset", 0)
	if !ok {
		return nil, invalid("offset")
	}
	limit, ok := bound("limit", len(list))
	if !ok {
		return nil, invalid("limit")
	}
	list = list[min(offset, len(list)):]
	return list[:min(limit, len(list))], nil
}

// listInvoices is GET /invoices: the newest first.
func (s *Server) listInvoices(c *call) (any, *failure) {
	if f := c.allow(Merchant); f != nil {
		return nil, f
	}
	start, end, f := c.dates("dateStart", "dateEnd")
	if f != nil {
		return nil, f
	}
	status, order := c.query.Get("status"), c.query.Get("orderId")
	var found []*invoice
	for _, inv := range slices.Backward(s.order) {
		if inv.owner == c.token && !inv.made.Before(start) && inv.made.Before(end) &&
			(status == "" || status == string(inv.status)) && (order == "" || order == inv.order) {
			found = append(found, inv)
		}
	}
	found, f = page(c, found)
	if f != nil {
		return nil, f
	}
	list := []any{}
	for _, inv := range found {
		list = append(list, s.invoiceView(inv, Merchant))
	}
	return envelope{Data: list}, nil
}

var smsForm = regexp.MustCompile(`^\+[0-9]{7,15}$`)

// smsCode is the code every simulated buyer receives.
const smsCode = "123456"

// putInvoice is PUT /invoices/:id: the buyer's e-mail or phone, one of them.
func (s *Server) putInvoice(c *call) (any, *failure) {
	if f := c.allow(POS, Merchant); f != nil {
		return nil, f
	}
	inv, f := c.find(s.invoices[c.args[0]])
	if f != nil {
		return nil, f
	}
	email, sms := c.text("buyerEmail"), c.text("buyerSms")
	switch {
	case (email == "") == (sms == ""):
		return nil, c.coded("0102", "Provide either buyerEmail or buyerSms")
	case email != "" && inv.email != "":
		return nil, c.coded("0115", "Email already set on invoice")
	case email != "" && !isEmail(email):
		return nil, c.coded("0102", "Invalid buyerEmail")
	case email != "":
		inv.email = email
	case !smsForm.MatchString(sms):
		return nil, c.coded("0112", "Invalid SMS number")
	default:
		code := c.text("smsCode")
		if code != "" && (code != smsCode || inv.sms != sms) {
			return nil, c.coded("0113", "Error verifying SMS")
		}
		inv.sms = sms
		inv.smsOK = code == smsCode || !s.opts.Production && string(c.fields["autoVerify"]) == "true"
	}
	return s.show(c, inv), nil
}

func (s *Server) cancelByID(c *call) (any, *failure) {
	return s.cancel(c, func() *invoice { return s.invoices[c.args[0]] })
}

func (s *Server) cancelByGUID(c *call) (any, *failure) {
	return s.cancel(c, func() *invoice { return s.guids[ownedGUID{c.token, c.args[0]}] })
}

// cancel ends an unpaid invoice. One that is partly paid wants a way to reach
// the buyer, or forceCancel.
func (s *Server) cancel(c *call, look func() *invoice) (any, *failure) {
	if f := c.allow(POS, Merchant); f != nil {
		return nil, f
	}
	inv, f := c.find(look())
	if f != nil {
		return nil, f
	}
	if inv.status != StatusNew {
		return nil, c.coded("0107", "Invalid invoice state for cancel")
	}
	if inv.paid.Sign() > 0 && c.query.Get("forceCancel") != "true" && !inv.contact() {
		if inv.sms != "" {
			return nil, c.coded("0109", "SMS not verified")
		}
		return nil, c.coded("0108", "Invoice is missing email or sms")
	}
	inv.cancelled = true
	s.expire(inv)
	return s.show(c, inv), nil
}

// resendInvoice is POST /invoices/:id/notifications; it wants the invoice's own
// token.
func (s *Server) resendInvoice(c *call) (any, *failure) {
	inv, f := c.find(s.invoices[c.args[0]])
	if f != nil {
		return nil, f
	}
	if f := c.allowResource(inv.owner.resourceToken(inv.id), inv.owner); f != nil {
		return nil, f
	}
	s.notify(inv, nil, eventResent)
	return envelope{Data: "Success"}, nil
}

func (s *Server) getEvents(c *call) (any, *failure) {
	if f := c.allow(Merchant); f != nil {
		return nil, f
	}
	inv, f := c.find(s.invoices[c.args[0]])
	if f != nil {
		return nil, f
	}
	return envelope{"merchant/invoice", object{
		"url": c.base + "/events", "token": name(65, "events", inv.owner.text, inv.id),
		"events": []string{"payment", "confirmation"}, "actions": []string{"subscribe", "unsubscribe"},
	}}, nil
}

// putPay is PUT /invoices/pay/:id, in the test environment only: a payment
// without a payer.
func (s *Server) putPay(c *call) (any, *failure) {
	if f := c.allow(Merchant); f != nil {
		return nil, f
	}
	if s.opts.Production {
		return nil, c.coded("0116", "Action only allowed in the demo environment")
	}
	inv, f := c.find(s.invoices[c.args[0]])
	if f != nil {
		return nil, f
	}
	to := Status(c.text("status"))
	switch {
	case to == "" && string(c.fields["complete"]) == "true":
		to = StatusComplete
	case to == "":
		to = StatusConfirmed
	case to != StatusConfirmed && to != StatusComplete:
		return nil, c.coded("0102", "Invalid status")
	}
	if inv.status == StatusNew {
		if err := s.pay(inv, Payment{Coin: inv.firstCoin()}); err != nil {
			return nil, c.coded("0119", "Cannot apply mock transaction")
		}
	} else if !inv.mining() {
		return nil, c.coded("0117", "Invalid invoice state")
	}
	for inv.mining() && inv.status != to {
		if to == StatusConfirmed && inv.depth() >= 1 {
			s.become(inv, StatusConfirmed) // low has no such step of its own, this call does
			break
		}
		s.addConfirmation(inv)
	}
	return s.show(c, inv), nil
}

// firstCoin is the coin a payer without preference takes.
func (inv *invoice) firstCoin() string {
	if inv.coin != "" {
		return inv.coin
	}
	for _, coin := range coins {
		if inv.quotes[coin].enabled {
			return coin
		}
	}
	return ""
}
