package bitpay

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"
)

// CreateRefund asks for a refund, or previews one. On an invoice that is only
// confirmed BitPay makes it a full refund, declines the invoice, and it cannot be
// cancelled; other statuses than confirmed and complete are refused (code 010207).
// It is not repeated: after a temporary error, ask [Client.RefundByGUID].
//
// The merchant bears the fee; no call of this package lets the buyer.
//
// An answer of another invoice, amount, currency, GUID or bearer of the fee, or one
// that is real though a preview was asked for, is a [*MismatchError]. A full refund
// where less was asked for is one too: it exists then.
func (c *Client) CreateRefund(ctx context.Context, n NewRefund) (Refund, error) {
	const op = "create refund"
	if err := c.merchant(op); err != nil {
		return Refund{}, err
	}
	for what, id := range map[string]string{"invoice id": n.InvoiceID, "guid": n.GUID} {
		if err := checkID(op, what, id); err != nil {
			return Refund{}, err
		}
	}
	if err := checkCode(op, n.Currency); err != nil {
		return Refund{}, err
	}
	if n.Amount.Sign() <= 0 || utf8.RuneCountInString(n.Reference) > 100 {
		return Refund{}, fmt.Errorf("%w: %s: the amount must be positive, the reference of at most 100 characters", ErrArgument, op)
	}
	v, err := c.refund(ctx, call{op: op, method: http.MethodPost, path: []string{"refunds"}, body: n, as: tokened})
	if err != nil {
		return Refund{}, err
	}
	differs := func(field, asked, got string) (Refund, error) {
		return Refund{}, &MismatchError{Op: op, Field: field, Asked: asked, Got: got, ID: v.ID}
	}
	switch {
	case v.Invoice != n.InvoiceID:
		return differs("invoice", n.InvoiceID, v.Invoice)
	case !v.Amount.Equal(n.Amount):
		return differs("amount", n.Amount.String(), v.Amount.String())
	case v.Currency != "" && v.Currency != n.Currency:
		return differs("currency", n.Currency, v.Currency)
	case v.GUID != "" && v.GUID != n.GUID:
		return differs("guid", n.GUID, v.GUID)
	case v.BuyerPaysRefundFee:
		return differs("buyerPaysRefundFee", "false", "true")
	case n.Preview != (v.Status == RefundPreview):
		return differs("status", map[bool]string{true: "preview", false: "a real refund"}[n.Preview], string(v.Status))
	}
	return v, nil
}

// Refund returns the refund with this id, or [ErrNotFound].
func (c *Client) Refund(ctx context.Context, id string) (Refund, error) {
	return c.refundByID(ctx, call{op: "get refund", method: http.MethodGet, safe: true}, id)
}

// RefundByGUID returns the refund that was created with this GUID, or
// [ErrNotFound]: then none was.
func (c *Client) RefundByGUID(ctx context.Context, guid string) (Refund, error) {
	return c.refundByGUID(ctx, call{op: "get refund by guid", method: http.MethodGet, safe: true}, guid)
}

// confirmation is the only change of a refund that BitPay knows.
type confirmation struct {
	Status RefundStatus `json:"status"`
}

// ConfirmRefund makes a preview real. It is not repeated.
func (c *Client) ConfirmRefund(ctx context.Context, id string) (Refund, error) {
	return c.refundByID(ctx, call{op: "confirm refund", method: http.MethodPut, body: confirmation{RefundCreated}}, id)
}

// ConfirmRefundByGUID is [Client.ConfirmRefund] for a GUID.
func (c *Client) ConfirmRefundByGUID(ctx context.Context, guid string) (Refund, error) {
	return c.refundByGUID(ctx, call{op: "confirm refund by guid", method: http.MethodPut, body: confirmation{RefundCreated}}, guid)
}

// CancelRefund cancels a refund that is a preview or created and not immediate. It
// is not repeated.
func (c *Client) CancelRefund(ctx context.Context, id string) (Refund, error) {
	return c.refundByID(ctx, call{op: "cancel refund", method: http.MethodDelete}, id)
}

// CancelRefundByGUID is [Client.CancelRefund] for a GUID.
func (c *Client) CancelRefundByGUID(ctx context.Context, guid string) (Refund, error) {
	return c.refundByGUID(ctx, call{op: "cancel refund by guid", method: http.MethodDelete}, guid)
}

// Refunds lists the refunds of one invoice, those that BitPay made by itself or
// that were made in its dashboard too. Refunds that cannot be read are left out and
// named by an [*ElementsError] beside the others.
func (c *Client) Refunds(ctx context.Context, invoiceID string) ([]Refund, error) {
	const op = "list refunds"
	if err := c.merchant(op); err != nil {
		return nil, err
	}
	if err := checkID(op, "invoice id", invoiceID); err != nil {
		return nil, err
	}
	data, err := c.do(ctx, call{op: op, method: http.MethodGet, path: []string{"refunds"}, query: url.Values{"invoiceId": {invoiceID}}, as: tokened, safe: true})
	if err != nil {
		return nil, err
	}
	list, err := many[Refund](c, op, data)
	for _, v := range list {
		if v.Invoice != invoiceID {
			return nil, &MismatchError{Op: op, Field: "invoice", Asked: invoiceID, Got: v.Invoice, ID: v.ID}
		}
	}
	return list, err
}

// ResendRefundNotification asks BitPay to write to the buyer again. v must have
// come from the API: it needs v.Token.
func (c *Client) ResendRefundNotification(ctx context.Context, v Refund) error {
	const op = "resend refund notification"
	if err := c.merchant(op); err != nil {
		return err
	}
	if err := checkID(op, "id", v.ID); err != nil {
		return err
	}
	_, err := c.do(ctx, call{op: op, method: http.MethodPost, path: []string{"refunds", v.ID, "notifications"}, body: struct{}{}, as: resource, token: v.Token})
	return err
}

func (c *Client) refundByID(ctx context.Context, r call, id string) (Refund, error) {
	if err := c.merchant(r.op); err != nil {
		return Refund{}, err
	}
	if err := checkID(r.op, "id", id); err != nil {
		return Refund{}, err
	}
	r.path, r.as = []string{"refunds", id}, tokened
	v, err := c.refund(ctx, r)
	if err == nil && v.ID != id {
		return Refund{}, &MismatchError{Op: r.op, Field: "id", Asked: id, Got: v.ID, ID: v.ID}
	}
	return v, err
}

func (c *Client) refundByGUID(ctx context.Context, r call, guid string) (Refund, error) {
	if err := c.merchant(r.op); err != nil {
		return Refund{}, err
	}
	if err := checkID(r.op, "guid", guid); err != nil {
		return Refund{}, err
	}
	r.path, r.as = []string{"refunds", "guid", guid}, tokened
	v, err := c.refund(ctx, r)
	if err == nil && v.GUID != guid {
		return Refund{}, &MismatchError{Op: r.op, Field: "guid", Asked: guid, Got: v.GUID, ID: v.ID}
	}
	return v, err
}

func (c *Client) refund(ctx context.Context, r call) (Refund, error) {
	data, err := c.do(ctx, r)
	if err != nil {
		return Refund{}, err
	}
	return one[Refund](c, r.op, data)
}
