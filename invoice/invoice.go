package invoice

import (
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Invoice is what a customer is asked to pay once. It does not change.
type Invoice struct {
	// Number is the host's, unique among all its invoices: 1 to 64 of A-Z a-z 0-9 _ . -
	Number string
	// Profile is the customer.
	Profile string
	// IssuedAt and DueAt are its dates; DueAt may be zero: due at once, never late.
	IssuedAt, DueAt time.Time
	// Lines add up to Total, which is positive and in USD or EUR.
	Lines []Line
	Total money.Amount
}

// Line is one position of an invoice.
type Line struct {
	Description string
	// Amount is in the currency of the total; it may be negative (a discount).
	Amount money.Amount
}

// Way is how a payment came.
type Way string

// The ways.
const (
	// Direct: coins to an address of the invoice's own.
	Direct Way = "direct"
	// BitPay: a hosted invoice at BitPay's guaranteed rate.
	BitPay Way = "bitpay"
)

// PaymentState is where one payment stands.
type PaymentState string

// The states.
const (
	// Pending: seen, and not booked.
	Pending PaymentState = "pending"
	// Credited: booked.
	Credited PaymentState = "credited"
	// Reversed: was booked and taken back. It counts nothing.
	Reversed PaymentState = "reversed"
)

// Payment is one payment of an invoice, as it stands now.
type Payment struct {
	// Key is the natural key of the deposit or the hosted invoice.
	Key   string
	Way   Way
	State PaymentState
	// At is when it was received: seen first, or paid at BitPay.
	At time.Time
	// Value is in the invoice's currency: what was booked, or what a pending payment
	// will bring; zero while that is not known (no rate yet).
	Value money.Amount
}

// Status is what a customer is shown.
type Status string

// The statuses.
const (
	Unpaid     Status = "unpaid"
	Processing Status = "processing"
	Paid       Status = "paid"
)

// Exception is what is odd beside the status.
type Exception string

// The exceptions.
const (
	Underpaid Exception = "underpaid"
	Overpaid  Exception = "overpaid"
	Late      Exception = "late"
	// ReversedPayment: a payment that had been booked was taken back, and has not
	// returned.
	ReversedPayment Exception = "reversed"
)

// Standing is what the payments make of an invoice.
type Standing struct {
	Status Status
	// Exceptions are in the order of their declaration, each once.
	Exceptions []Exception
	// Paid is what was booked, Pending what is under way as far as its value is
	// known, Missing what the total lacks after Paid, Surplus what Paid has above it.
	// All are in the invoice's currency and not negative.
	Paid, Pending, Missing, Surplus money.Amount
	// SeenBy are the ways payments stand under, pending or credited, each once in the
	// order Direct, BitPay: the other ways are closed.
	SeenBy []Way
}
