package bitpay

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// CreateInvoice creates a hosted invoice, or finds the one that was created with
// this GUID. The answer's price, currency, order id, GUID and page must be what was
// asked, else it is a [*MismatchError] and nothing may be paid there. After a
// temporary error, ask [Client.InvoiceByGUID].
func (c *Client) CreateInvoice(ctx context.Context, n NewInvoice) (Invoice, error) {
	const op = "create invoice"
	if err := n.check(op); err != nil {
		return Invoice{}, err
	}
	v, err := c.invoice(ctx, call{op: op, method: http.MethodPost, path: []string{"invoices"}, body: n, as: tokened,
		hidden: NewSecret(n.NotificationURL), safe: true})
	if err != nil {
		return Invoice{}, err
	}
	if err := n.Matches(v); err != nil {
		return Invoice{}, err
	}
	if v.GUID == "" && c.facade == Merchant {
		return Invoice{}, &MismatchError{Op: op, Field: "guid", Asked: n.GUID, ID: v.ID}
	}
	if !c.hosts(v.URL) {
		return Invoice{}, &MismatchError{Op: op, Field: "url", Asked: "a page of BitPay", Got: v.URL, ID: v.ID}
	}
	return v, nil
}

// hosts reports whether a page is BitPay's, in this environment: a buyer is sent
// there. A simulator may be seen from outside under any name.
func (c *Client) hosts(page string) bool {
	u, err := url.Parse(page)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	if e := Environment(c.base); e != Production && e != Test {
		return u.Scheme == "http" || u.Scheme == "https"
	}
	return u.Scheme == "https" && (u.Host == "bitpay.com" || strings.HasSuffix(u.Host, ".bitpay.com"))
}

// Invoice returns the invoice with this id. An answer with another id is a
// [*MismatchError]; an unknown one is [ErrNotFound].
func (c *Client) Invoice(ctx context.Context, id string) (Invoice, error) {
	return c.byID(ctx, call{op: "get invoice", method: http.MethodGet, safe: true}, id)
}

// InvoiceByGUID returns the invoice that was created with this GUID, or
// [ErrNotFound]: then none was, and creating it is safe. The caller compares it with
// what was asked for: [NewInvoice.Matches].
func (c *Client) InvoiceByGUID(ctx context.Context, guid string) (Invoice, error) {
	return c.byGUID(ctx, call{op: "get invoice by guid", method: http.MethodGet, safe: true}, guid)
}

// CancelInvoice cancels an invoice, which then is expired and IsCancelled. Without
// force BitPay refuses if something may have been paid and the buyer has left no
// address of contact (codes 040107 to 040109). It is not repeated: after a temporary
// error, look the invoice up.
func (c *Client) CancelInvoice(ctx context.Context, id string, force bool) (Invoice, error) {
	return c.byID(ctx, call{op: "cancel invoice", method: http.MethodDelete, query: forced(force)}, id)
}

// CancelInvoiceByGUID is [Client.CancelInvoice] for a GUID.
func (c *Client) CancelInvoiceByGUID(ctx context.Context, guid string, force bool) (Invoice, error) {
	if err := c.merchant("cancel invoice by guid"); err != nil {
		return Invoice{}, err
	}
	return c.byGUID(ctx, call{op: "cancel invoice by guid", method: http.MethodDelete, query: forced(force)}, guid)
}

func forced(force bool) url.Values {
	if !force {
		return nil
	}
	return url.Values{"forceCancel": {"true"}}
}

// Contact is how BitPay reaches the buyer about a refund: exactly one of Email and
// SMS.
type Contact struct {
	Email   string `json:"buyerEmail,omitempty"`
	SMS     string `json:"buyerSms,omitempty"` // with its country code
	SMSCode string `json:"smsCode,omitempty"`  // what the buyer was sent, to verify SMS
}

// UpdateInvoice sets the buyer's contact on an invoice. It is not repeated.
func (c *Client) UpdateInvoice(ctx context.Context, id string, to Contact) (Invoice, error) {
	const op = "update invoice"
	if (to.Email == "") == (to.SMS == "") || to.SMSCode != "" && to.SMS == "" {
		return Invoice{}, fmt.Errorf("%w: %s: give the e-mail address or the telephone number", ErrArgument, op)
	}
	return c.byID(ctx, call{op: op, method: http.MethodPut, body: to}, id)
}

// InvoiceQuery selects invoices of the merchant.
type InvoiceQuery struct {
	From, To time.Time // both days included, in UTC; needed
	Status   Status    // "" for all
	OrderID  string    // "" for all
	Limit    int       // 0 for BitPay's default
	Offset   int
}

// Invoices lists the merchant's invoices. A page shorter than Limit is the last.
// Invoices that cannot be read are left out and named by an [*ElementsError] beside the
// others; its Total is then the page's length.
func (c *Client) Invoices(ctx context.Context, q InvoiceQuery) ([]Invoice, error) {
	const op = "list invoices"
	if err := c.merchant(op); err != nil {
		return nil, err
	}
	query, err := span(op, dateStart, q.From, q.To, q.Limit, q.Offset)
	if err != nil {
		return nil, err
	}
	set(query, "status", string(q.Status))
	set(query, "orderId", q.OrderID)
	data, err := c.do(ctx, call{op: op, method: http.MethodGet, path: []string{"invoices"}, query: query, as: tokened, safe: true})
	if err != nil {
		return nil, err
	}
	list, err := many[Invoice](c, op, data)
	for _, v := range list {
		if q.OrderID != "" && v.OrderID != q.OrderID {
			return nil, &MismatchError{Op: op, Field: "orderId", Asked: q.OrderID, Got: v.OrderID, ID: v.ID}
		}
	}
	return list, err
}

// ResendNotification asks BitPay to send the notification of the invoice's present
// status again. v must have come from the API: it needs v.Token.
func (c *Client) ResendNotification(ctx context.Context, v Invoice) error {
	const op = "resend notification"
	if err := c.merchant(op); err != nil {
		return err
	}
	if err := checkID(op, "id", v.ID); err != nil {
		return err
	}
	_, err := c.do(ctx, call{op: op, method: http.MethodPost, path: []string{"invoices", v.ID, "notifications"}, body: struct{}{}, as: resource, token: v.Token})
	return err
}

func (c *Client) byID(ctx context.Context, r call, id string) (Invoice, error) {
	if err := checkID(r.op, "id", id); err != nil {
		return Invoice{}, err
	}
	r.path, r.as = []string{"invoices", id}, tokened
	v, err := c.invoice(ctx, r)
	if err == nil && v.ID != id {
		return Invoice{}, &MismatchError{Op: r.op, Field: "id", Asked: id, Got: v.ID, ID: v.ID}
	}
	return v, err
}

func (c *Client) byGUID(ctx context.Context, r call, guid string) (Invoice, error) {
	if err := checkID(r.op, "guid", guid); err != nil {
		return Invoice{}, err
	}
	r.path, r.as = []string{"invoices", "guid", guid}, tokened
	v, err := c.invoice(ctx, r)
	if err == nil && v.GUID != guid && (v.GUID != "" || c.facade == Merchant) {
		return Invoice{}, &MismatchError{Op: r.op, Field: "guid", Asked: guid, Got: v.GUID, ID: v.ID}
	}
	return v, err
}

func (c *Client) invoice(ctx context.Context, r call) (Invoice, error) {
	data, err := c.do(ctx, r)
	if err != nil {
		return Invoice{}, err
	}
	return one[Invoice](c, r.op, data)
}

// BitPay spells the days of a list in two ways.
var (
	dateStart = [2]string{"dateStart", "dateEnd"} // of invoices
	startEnd  = [2]string{"startDate", "endDate"} // elsewhere
)

// span writes the days and the page of a list.
func span(op string, names [2]string, from, to time.Time, limit, offset int) (url.Values, error) {
	if from.IsZero() || to.IsZero() || to.Before(from) || limit < 0 || offset < 0 {
		return nil, fmt.Errorf("%w: %s: give both days, the earlier first, and no negative limit or offset", ErrArgument, op)
	}
	q := url.Values{names[0]: {from.UTC().Format(time.DateOnly)}, names[1]: {to.UTC().Format(time.DateOnly)}}
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	if offset > 0 {
		q.Set("offset", strconv.Itoa(offset))
	}
	return q, nil
}

func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}
