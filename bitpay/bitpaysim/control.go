package bitpaysim

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// errControl is the answer to a control that makes no sense.
var errControl = errors.New("bitpaysim: unknown control: the package documentation lists them")

// serveControl is /sim/: the hooks for pages and for programs in other
// languages. A browser is sent back to the page it came from, anybody else gets
// JSON.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request, action string, body []byte) {
	form, err := url.ParseQuery(string(body))
	if err == nil && r.Method == http.MethodGet {
		form = r.URL.Query()
	}
	var answer object
	if err == nil {
		answer, err = s.control(r.Method, action, form)
	}
	if err != nil {
		send(w, http.StatusBadRequest, object{"error": err.Error()})
		return
	}
	if back := r.Referer(); r.Method == http.MethodPost && strings.Contains(r.Header.Get("Accept"), "text/html") {
		if u, err := url.Parse(back); err == nil && u.Host == r.Host {
			http.Redirect(w, r, u.RequestURI(), http.StatusSeeOther)
			return
		}
	}
	send(w, http.StatusOK, answer)
}

func (s *Server) control(method, action string, form url.Values) (object, error) {
	ok := object{"ok": true}
	switch method + " " + action {
	case "GET fingerprint":
		err := s.act(form.Get("id"), func(inv *invoice) error {
			ok["fingerprint"] = fingerprint(inv)
			return nil
		})
		return ok, err
	case "GET deliveries":
		return object{"deliveries": s.deliveryRows()}, nil
	case "POST invoice":
		return ok, s.controlInvoice(form)
	case "POST refund":
		return ok, s.controlRefund(form)
	case "POST approve":
		return ok, s.Approve(form.Get("code"))
	case "POST pos":
		return object{"token": s.POSToken()}, nil
	case "POST pairing":
		return object{"pairingCode": s.NewPairingCode()}, nil
	case "POST grant":
		token, err := s.Grant(Facade(form.Get("facade")), form.Get("identity"))
		return object{"token": token}, err
	case "POST revoke":
		return ok, s.Revoke(form.Get("token"))
	case "POST advance":
		by, err := time.ParseDuration(form.Get("by"))
		if err == nil {
			s.Advance(by)
		}
		return ok, err
	case "POST price":
		return ok, s.SetPrice(form.Get("code"), form.Get("usd"))
	case "POST fund":
		return ok, s.Fund(form.Get("currency"), form.Get("amount"))
	case "POST settle":
		id, err := s.Settle(form.Get("currency"))
		return object{"settlement": id}, err
	case "POST settlement":
		return ok, s.controlSettlement(form)
	case "POST fault":
		return ok, s.controlFault(form)
	case "POST clear":
		s.ClearFaults()
		return ok, nil
	}
	return nil, fmt.Errorf("%w: %s %q", errControl, method, action)
}

func (s *Server) controlInvoice(form url.Values) error {
	id, coin := form.Get("id"), form.Get("coin")
	if email := form.Get("email"); email != "" {
		if err := s.GiveEmail(id, email); err != nil {
			return err
		}
	}
	switch form.Get("do") {
	case "pay":
		return s.PayExact(id, coin)
	case "part":
		return s.PayPart(id, coin)
	case "over":
		return s.PayOver(id, coin)
	case "confirm":
		return s.Confirm(id, 1)
	case "complete":
		return s.Complete(id)
	case "decline":
		return s.Decline(id)
	}
	return fmt.Errorf("%w: invoice %q", errControl, form.Get("do"))
}

// GiveEmail is the buyer typing an e-mail address on the hosted page. Errors:
// [ErrUnknownInvoice], [ErrPayment] for what is no address.
func (s *Server) GiveEmail(id, email string) error {
	return s.act(id, func(inv *invoice) error {
		if !isEmail(email) {
			return fmt.Errorf("%w: no e-mail address", ErrPayment)
		}
		inv.pageMail = email
		return nil
	})
}

func (s *Server) controlRefund(form url.Values) error {
	switch id := form.Get("id"); form.Get("do") {
	case "address":
		return s.GiveAddress(id, "simulated-address")
	case "payout":
		return s.PayOutRefund(id)
	case "fail":
		return s.FailRefund(id)
	}
	return fmt.Errorf("%w: refund %q", errControl, form.Get("do"))
}

func (s *Server) controlSettlement(form url.Values) error {
	switch id := form.Get("id"); form.Get("do") {
	case "complete":
		return s.CompleteSettlement(id)
	case "fail":
		return s.FailSettlement(id)
	}
	return fmt.Errorf("%w: settlement %q", errControl, form.Get("do"))
}

var (
	noteFaultNames = map[string]NotificationFault{"drop": Drop, "duplicate": Duplicate, "reorder": Reorder, "delay": Delay,
		"forge": Forge, "badsignature": BadSignature, "unsigned": Unsigned, "truncate": Truncate, "slow": SlowPost}
	apiFaultNames = map[string]APIFault{"502": BadGateway, "slow": Slow, "droprequest": DropRequest, "dropanswer": DropAnswer,
		"429": RateLimited, "500": ServerError, "other": OtherInvoice, "garbage": Garbage}
)

func (s *Server) controlFault(form url.Values) error {
	n, err := strconv.Atoi(form.Get("n"))
	if err != nil {
		return fmt.Errorf("%w: fault n=%q is no number", errControl, form.Get("n"))
	}
	if f, ok := noteFaultNames[form.Get("notification")]; ok {
		s.FaultNotifications(f, n)
		return nil
	}
	if f, ok := apiFaultNames[form.Get("api")]; ok {
		s.FaultAPI(form.Get("route"), f, n)
		return nil
	}
	return fmt.Errorf("%w: fault %v", errControl, form)
}

func (s *Server) deliveryRows() []object {
	rows := []object{}
	for _, d := range s.Deliveries() {
		rows = append(rows, object{"at": isoTime(d.At), "invoice": d.Invoice, "refund": d.Refund, "event": d.Event, "attempt": d.Attempt,
			"url": d.URL, "status": d.Status, "err": d.Err, "body": string(d.Body)})
	}
	return rows
}
