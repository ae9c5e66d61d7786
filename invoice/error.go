package invoice

import "fmt"

// FieldError says which field of an invoice is wrong, and what it must be.
type FieldError struct {
	// Number is the invoice's, as given; Field a Go name such as "Lines[2].Amount".
	Number, Field string
	Reason        string
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("invoice: %s of invoice %q: %s", e.Field, e.Number, e.Reason)
}

// PaymentError says which payment cannot be counted, and why. It is the caller's
// mistake: no payment of a customer's makes one.
type PaymentError struct {
	// Key is the payment's.
	Key    string
	Reason string
}

func (e *PaymentError) Error() string { return fmt.Sprintf("invoice: payment %q: %s", e.Key, e.Reason) }
