package bitpay

import (
	"encoding/json"
	"fmt"
)

// Status is the state of an invoice. Unknown ones are kept as they came.
type Status string

// The statuses of https://developer.bitpay.com/reference/invoices; the package
// documentation says what a merchant does with each.
const (
	StatusNew       Status = "new"
	StatusPaid      Status = "paid"
	StatusConfirmed Status = "confirmed"
	StatusComplete  Status = "complete"
	StatusExpired   Status = "expired"
	StatusInvalid   Status = "invalid"
	StatusDeclined  Status = "declined"
)

// Final reports whether an invoice in this status changes no more. Invalid is not
// final: it still becomes complete when the payment confirms late.
func (s Status) Final() bool { return s == StatusComplete || s == StatusExpired || s == StatusDeclined }

// Exception says what is odd about an invoice's payment; on the wire false or a
// string. Unknown ones are kept as they came.
type Exception string

// The exceptions of BitPay's invoices.
const (
	// NoException is false on the wire.
	NoException Exception = ""
	// PaidPartial: less than the total arrived; BitPay refunds it by itself.
	PaidPartial Exception = "paidPartial"
	// PaidOver: more than the total arrived; BitPay refunds the surplus by itself.
	PaidOver Exception = "paidOver"
	// PaidLate is an older API's: paid after expiry.
	PaidLate Exception = "paidLate"
)

// MarshalJSON writes false or a string.
func (e Exception) MarshalJSON() ([]byte, error) {
	if e == NoException {
		return []byte("false"), nil
	}
	return json.Marshal(string(e))
}

// UnmarshalJSON reads false, null, "false" and "" as no exception, and any other
// string as it is.
func (e *Exception) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "false", "null", `"false"`:
		*e = NoException
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("bitpay: read exceptionStatus: neither false nor a string")
	}
	*e = Exception(s)
	return nil
}

// Speed says at how many confirmations an invoice is confirmed.
type Speed string

// The speeds of BitPay's invoices. Whatever the speed, BitPay credits the merchant
// at [StatusComplete], six confirmations on Bitcoin.
const (
	// High: confirmed as soon as the payment is seen; paid is skipped.
	High Speed = "high"
	// Medium: confirmed after one block.
	Medium Speed = "medium"
	// Low: complete after six blocks; confirmed is skipped.
	Low Speed = "low"
)
