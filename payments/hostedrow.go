package payments

import (
	"time"

	"github.com/cointill/cointill/payments/money"
)

// HostedState is where an invoice hosted at BitPay stands. The states of BitPay's
// own are named as BitPay names them.
type HostedState string

// The states.
const (
	// HostedOpening: committed here; whether it exists at BitPay is not known yet. It
	// is created, or found, with the id it has, so a crash makes no second one.
	HostedOpening HostedState = "opening"
	// HostedNew: payable on BitPay's page. A part may have been paid (Exception).
	HostedNew HostedState = "new"
	// HostedPaid: paid in full, as far as the network shows; nothing is certain.
	HostedPaid HostedState = "paid"
	// HostedConfirmed: as deep as the speed asks; it may still be declined or invalid.
	HostedConfirmed HostedState = "confirmed"
	// HostedComplete: BitPay credited the host.
	HostedComplete HostedState = "complete"
	// HostedExpired: not paid in time, or cancelled.
	HostedExpired HostedState = "expired"
	// HostedInvalid: paid, and not confirmed within an hour. It may still complete.
	HostedInvalid HostedState = "invalid"
	// HostedDeclined: BitPay does not take the payment and settles with the payer.
	HostedDeclined HostedState = "declined"
	// HostedFailed: BitPay refused to create it, or was not reached in time and knows
	// nothing of it. Nobody was sent to a page; nothing can have been paid.
	HostedFailed HostedState = "failed"
)

// HostedInvoice is an invoice at BitPay, for an account or for one of the host's own
// invoices, and all that followed. Its price is in the account's currency, at a rate
// BitPay guarantees.
type HostedInvoice struct {
	// ID is ours: the guid and the order id at BitPay, by which it is found again.
	ID string
	// Account is what it is paid to.
	Account Account
	// Environment is BitPay's base URL: rows of another one are never asked for.
	Environment string
	Price       money.Amount
	State       HostedState
	// Exception is what is odd about the payment, as BitPay spells it: paidPartial,
	// paidOver. BitPay refunds both to the payer by itself.
	Exception string
	// RemoteID is BitPay's id, and URL the page the customer is sent to; both are
	// empty until it is known to exist.
	RemoteID, URL string
	// ReturnURL is where BitPay's page sends the customer back to.
	ReturnURL string
	CreatedAt time.Time
	// ExpiresAt is the end of the time to pay, by BitPay's clock.
	ExpiresAt time.Time
	// RemoteAt is BitPay's clock in the newest answer that was applied: one that is
	// older by less than 15 minutes was overtaken and changes nothing. One that is older
	// still counts: BitPay's clock was set right.
	RemoteAt time.Time
	// PaidAt is when BitPay received the payment, as far as a merchant's token shows it,
	// else when it was first found paid; zero: not yet.
	PaidAt time.Time
	// Coin and CoinAmount are what the customer paid with, in whole coins, as BitPay
	// writes them; for display.
	Coin, CoinAmount string

	// Hold is HoldHost when the host's InTx refused the credit or its reversal.
	Hold HoldReason
	// Incarnation counts the credits, reversed ones included.
	Incarnation int
	// Credited is what the credit that stands booked, zero if none does; CreditedAt is
	// its instant.
	Credited   money.Amount
	CreditedAt time.Time
	// Fee is what BitPay kept, as far as its ledger told it in the price's currency. What
	// it settles in another one is in the books alone.
	Fee money.Amount
	// Refunds are those made at BitPay, by ascending id.
	Refunds []HostedRefund

	// Cancel says that it was paid another way and is to be cancelled at BitPay.
	Cancel bool
	// Problem is what BitPay answered that is not this invoice's, cannot be read or
	// refuses to tell of it: such an answer is never booked. Or it is why BitPay does not
	// cancel what was paid another way. Empty: nothing.
	Problem string
	// PollAt is when BitPay is asked next; zero: no more.
	PollAt time.Time
	// Tries counts the failures in a row.
	Tries int
	// Changes counts the changes told as events.
	Changes int
	// Version counts the row's changes, for stores.
	Version int64 `json:"-"`
}

// HostedRefund is a refund of a hosted invoice that was made at BitPay: by a call of
// its client, in its dashboard, or by BitPay itself.
type HostedRefund struct {
	// ID is BitPay's.
	ID string
	// Status and Type are as BitPay spells them.
	Status, Type string
	// Amount is what goes back, in the invoice's currency; Fee what the host pays
	// BitPay for it.
	Amount, Fee money.Amount
	RequestedAt time.Time
	// Reserved says that an entry takes Amount from the account, Paid that BitPay has
	// paid it out and that is booked too. BitPay's refunds of under- and overpayments
	// are never booked: that money was never credited.
	Reserved, Paid bool
	// Incarnation counts the reservations, those taken back included.
	Incarnation int
	// Problem is why nothing, or no more, of it is booked; empty: nothing is wrong.
	Problem string
}
