package bitpay

import (
	"encoding/json"
	"fmt"
	"time"
)

// RefundStatus is the state of a refund. Unknown ones are kept as they came.
type RefundStatus string

// The statuses of https://developer.bitpay.com/reference/refunds.
const (
	// RefundPreview: computed only; nothing is deducted, nothing will happen.
	RefundPreview RefundStatus = "preview"
	// RefundCreated: deducted if immediate, and the buyer is asked for an address.
	RefundCreated RefundStatus = "created"
	RefundPending RefundStatus = "pending" // on its way
	RefundSuccess RefundStatus = "success"
	RefundFailure RefundStatus = "failure"
	// RefundCanceled is by the merchant; BitPay spells it with one l or two.
	RefundCanceled RefundStatus = "canceled"
)

// UnmarshalJSON reads a status; "cancelled" is [RefundCanceled].
func (s *RefundStatus) UnmarshalJSON(b []byte) error {
	t := text(b)
	if t == "" {
		return fmt.Errorf("bitpay: read refund status: not a string")
	}
	if t == "cancelled" {
		t = string(RefundCanceled)
	}
	*s = RefundStatus(t)
	return nil
}

// Final reports whether a refund in this status changes no more.
func (s RefundStatus) Final() bool {
	return s == RefundSuccess || s == RefundFailure || s == RefundCanceled
}

// Refund is a refund as BitPay describes it. ID, GUID, Invoice, Status, Amount,
// Currency, RefundFee, BuyerPaysRefundFee and Type must be readable; another member
// that is not, is zero here and as it came in Extra: [Refund.Unreadable].
//
// Source: https://developer.bitpay.com/reference/refunds.
type Refund struct {
	ID                     string       `json:"id" bitpay:"need"`
	GUID                   string       `json:"guid" bitpay:"must"`
	Invoice                string       `json:"invoice" bitpay:"need"` // its id
	Reference              string       `json:"reference"`
	Status                 RefundStatus `json:"status" bitpay:"need"`
	Amount                 Number       `json:"amount" bitpay:"need"` // of the invoice's pricing currency
	Currency               string       `json:"currency" bitpay:"must"`
	RefundFee              Number       `json:"refundFee" bitpay:"must"` // of the pricing currency
	TransactionCurrency    string       `json:"transactionCurrency"`
	TransactionAmount      Number       `json:"transactionAmount"`    // whole coins
	TransactionRefundFee   Number       `json:"transactionRefundFee"` // whole coins
	Immediate              bool         `json:"immediate"`
	BuyerPaysRefundFee     bool         `json:"buyerPaysRefundFee" bitpay:"must"` // only of one made elsewhere
	RequestDate            time.Time    `json:"requestDate"`
	LastRefundNotification time.Time    `json:"lastRefundNotification"`
	SupportRequest         string       `json:"supportRequest"`
	RefundAddress          string       `json:"refundAddress"`
	TxID                   string       `json:"txid"`
	Type                   string       `json:"type" bitpay:"must"` // full, partial, underpayment, overpayment, declined
	NotificationURL        string       `json:"notificationURL"`
	Preview                bool         `json:"preview"`
	Token                  Secret       `json:"token"` // of this refund
	Extra                  Extra        `json:"-"`
}

// Unreadable names the members whose fields are zero because their shape is not the
// documented one; it is nil for a refund that was read whole.
func (v Refund) Unreadable() []string { return unreadable(v, v.Extra) }

// UnmarshalJSON reads a refund by the rules of [Invoice.UnmarshalJSON].
func (v *Refund) UnmarshalJSON(b []byte) error {
	var fresh Refund
	if err := decode(b, &fresh); err != nil {
		return fmt.Errorf("bitpay: read refund: %w", err)
	}
	if fresh.ID == "" || fresh.Invoice == "" {
		return fmt.Errorf("bitpay: read refund: id or invoice is empty")
	}
	*v = fresh
	return nil
}

// NewRefund is a refund that a merchant asks for. The merchant bears BitPay's fee: the
// buyer gets back what was paid. BitPay refunds under- and overpayments by itself.
//
// Source: https://developer.bitpay.com/reference/create-a-refund-request.
type NewRefund struct {
	InvoiceID string `json:"invoiceId"`
	Amount    Number `json:"amount"`   // positive, in Currency
	Currency  string `json:"currency"` // the invoice's pricing currency
	// GUID is how the refund is found again; one for each refund. 1 to 100 of A-Z
	// a-z 0-9 _ . : -
	GUID string `json:"guid"`
	// Preview computes the fees and does nothing; [Client.ConfirmRefund] makes it
	// real.
	Preview bool `json:"preview"`
	// Immediate deducts now, at the present rate; such a refund cannot be
	// cancelled.
	Immediate bool   `json:"immediate"`
	Reference string `json:"reference,omitempty"` // at most 100 characters
}

// MarshalJSON writes the body of the request, without the token. It says that the
// buyer does not pay the fee rather than leave that to BitPay's default.
func (n NewRefund) MarshalJSON() ([]byte, error) {
	type plain NewRefund
	return json.Marshal(struct {
		plain
		BuyerPaysRefundFee bool `json:"buyerPaysRefundFee"`
	}{plain: plain(n)})
}
