package payments

import (
	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments/money"
)

// BitPay is how invoices hosted at BitPay are offered.
type BitPay struct {
	// Client speaks for the host's account at BitPay. A merchant token does all. With
	// a POS token BitPay is not asked for refunds, fees and the list of invoices, and
	// nothing is cancelled there. Its environment must fit the rails: bitpay.Production
	// with real networks, any other with test networks.
	Client *bitpay.Client
	// Former speak with tokens of the same account that were replaced, at the same
	// environment: an invoice is shown to the token alone that created it, so what was
	// opened with one of these is asked about, cancelled and refunded through it, and
	// nothing new is. They are asked, in order, where Client is shown no such invoice.
	// The package's documentation says how a token is replaced.
	Former []*bitpay.Client
	// Amounts are what a customer chooses from when an account is topped up, in USD or
	// EUR, at least one: see Processor.Offers.
	Amounts []money.Amount
	// Speed says what a credit waits for. bitpay.Low, the default: BitPay has credited
	// the host (complete, six confirmations on Bitcoin). bitpay.Medium: one
	// confirmation; BitPay may still decline, and the credit is then reversed.
	// bitpay.High is refused: it credits what no block holds.
	Speed bitpay.Speed
	// NotificationURL is where the host mounts Processor.BitPayNotifications, reachable
	// from outside with https. A secret in its path keeps strangers out where Secrets are
	// not given; it is sent to BitPay with every invoice and printed by nothing here.
	// Empty: polling finds everything, some minutes later.
	NotificationURL string
	// Secrets are the tokens that sign notifications: the client's, and older ones.
	// Empty: signatures are not checked, and every notification is still only a hint.
	Secrets []bitpay.Secret
	// Description is what BitPay's page says is paid for: "Prepaid credit".
	Description string
}

// String names the account at BitPay, without NotificationURL: its path may be a secret.
func (b BitPay) String() string {
	if b.Client == nil {
		return "payments.BitPay"
	}
	return "payments.BitPay(" + string(b.Client.Facade()) + " at " + string(b.Client.Environment()) + ")"
}

// GoString is String, for %#v.
func (b BitPay) GoString() string { return b.String() }

// MarshalText is String, for logs and JSON.
func (b BitPay) MarshalText() ([]byte, error) { return []byte(b.String()), nil }
