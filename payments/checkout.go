package payments

import (
	"context"
	"errors"
	"net/http"

	"github.com/cointill/cointill/payments/money"
)

// CheckoutRequest asks for an invoice hosted at BitPay.
type CheckoutRequest struct {
	// Account is topped up by Amount, which is one of Offers in its currency.
	Account Account
	Amount  money.Amount
	// Invoice is, instead of both, the number of one of the host's invoices: what it
	// lacks is asked for.
	Invoice string
	// Key makes the call idempotent within the account or invoice: the same key gives
	// the same hosted invoice, for ever. 1 to 64 of A-Z a-z 0-9 _ . -; empty: every
	// call makes one.
	Key string
	// ReturnURL is where BitPay's page sends the customer back to; absolute, http or
	// https.
	ReturnURL string
}

// Offers returns what may be chosen in a currency, ascending; none without BitPay.
func (p *Processor) Offers(currency money.Currency) []money.Amount { return nil }

// Checkout creates an invoice hosted at BitPay; send the customer to its URL.
func (p *Processor) Checkout(ctx context.Context, req CheckoutRequest) (HostedInvoice, error) {
	return HostedInvoice{}, errors.New("payments: not written yet")
}

// HostedInvoice returns one hosted invoice as it is on record, or ErrNotFound.
func (p *Processor) HostedInvoice(ctx context.Context, id string) (HostedInvoice, error) {
	return HostedInvoice{}, errors.New("payments: not written yet")
}

// RefreshHosted asks BitPay about a hosted invoice now, and returns it as it then is
// on record. If BitPay cannot be asked, that is the row with the error.
func (p *Processor) RefreshHosted(ctx context.Context, id string) (HostedInvoice, error) {
	return HostedInvoice{}, errors.New("payments: not written yet")
}

// HostedInvoices returns an account's hosted invoices in ascending order of id, at
// most limit (up to 1,000) after an id.
func (p *Processor) HostedInvoices(ctx context.Context, account Account, after string, limit int) ([]HostedInvoice, error) {
	return nil, errors.New("payments: not written yet")
}

// BitPayNotifications is what the host mounts at BitPay.NotificationURL.
func (p *Processor) BitPayNotifications() (http.Handler, error) {
	return nil, errors.New("payments: not written yet")
}
