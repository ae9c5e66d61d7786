package bitpay

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"time"
)

// NewInvoice is what a merchant asks for. Price, Currency, GUID and OrderID are
// needed, the rest is optional; strings that are empty are not sent, and BitPay's
// or the account's default holds.
//
// Source: https://developer.bitpay.com/reference/create-an-invoice.
type NewInvoice struct {
	Price    Number `json:"price"`    // positive, in Currency's major unit
	Currency string `json:"currency"` // ISO 4217, or one of Client.Currencies
	// GUID makes the creation idempotent and is how the invoice is found again
	// after a crash: one per order, the same on every try. BitPay answers a GUID
	// that was used with the first invoice, whatever is asked for now; the client
	// makes that a [*MismatchError]. 1 to 100 of A-Z a-z 0-9 _ . : -
	GUID    string `json:"guid"`
	OrderID string `json:"orderId"`
	// Speed is Low if empty: credited only when BitPay has credited.
	Speed Speed `json:"transactionSpeed"`

	ItemDesc          string   `json:"itemDesc,omitempty"`
	ItemCode          string   `json:"itemCode,omitempty"`
	ItemizedDetails   []Item   `json:"itemizedDetails,omitempty"`
	PosData           string   `json:"posData,omitempty"` // echoed; at most 100 characters to be safe
	Physical          bool     `json:"physical,omitempty"`
	Buyer             *Buyer   `json:"buyer,omitempty"`
	BuyerEmail        string   `json:"buyerEmail,omitempty"`
	BuyerSMS          string   `json:"buyerSms,omitempty"`
	PaymentCurrencies []string `json:"paymentCurrencies,omitempty"` // one skips the choice of coin

	// NotificationURL is where a [Notifications] handler is mounted: https, and
	// reachable from outside. Its path may be a secret: no error and no log repeats it.
	NotificationURL   string `json:"notificationURL,omitempty"`
	NotificationEmail string `json:"notificationEmail,omitempty"`
	// ExtendedNotifications asks for events too: expired, invalid, declined and
	// refunds. Recommended.
	ExtendedNotifications bool `json:"extendedNotifications,omitempty"`
	// OnlyFinalNotification asks for one notification instead of one for each
	// status ("fullNotifications": false). Not with ExtendedNotifications.
	OnlyFinalNotification bool `json:"-"`

	RedirectURL  string `json:"redirectURL,omitempty"`  // of the page's way back
	CloseURL     string `json:"closeURL,omitempty"`     // the same when nothing was paid
	AutoRedirect bool   `json:"autoRedirect,omitempty"` // needs RedirectURL
	// AcceptanceWindow is how long the buyer has, up to 15 minutes, in whole
	// milliseconds; 0 is the account's setting.
	AcceptanceWindow   time.Duration `json:"-"`
	JSONPayProRequired bool          `json:"jsonPayProRequired,omitempty"`
	BitPayIDRequired   bool          `json:"bitpayIdRequired,omitempty"`
	MerchantName       string        `json:"merchantName,omitempty"`
	SelectedCurrency   string        `json:"selectedTransactionCurrency,omitempty"`
	ForcedCurrency     string        `json:"forcedBuyerSelectedTransactionCurrency,omitempty"`
	ForcedWallet       string        `json:"forcedBuyerSelectedWallet,omitempty"`
}

// MarshalJSON writes the body of the request, without the token.
func (n NewInvoice) MarshalJSON() ([]byte, error) {
	type plain NewInvoice
	if n.Speed == "" {
		n.Speed = Low
	}
	body := struct {
		plain
		FullNotifications *bool `json:"fullNotifications,omitempty"`
		AcceptanceWindow  int64 `json:"acceptanceWindow,omitempty"`
	}{plain: plain(n), AcceptanceWindow: n.AcceptanceWindow.Milliseconds()}
	if n.OnlyFinalNotification {
		body.FullNotifications = new(bool)
	}
	return json.Marshal(body)
}

// Matches compares an invoice with what was asked for: price, currency, order id, and
// GUID where the view has it. It returns nil or a [*MismatchError].
func (n NewInvoice) Matches(v Invoice) error {
	differs := func(field, asked, got string) error {
		return &MismatchError{Op: "compare invoice", Field: field, Asked: asked, Got: got, ID: v.ID}
	}
	switch {
	case !v.Price.Equal(n.Price):
		return differs("price", n.Price.String(), v.Price.String())
	case v.Currency != n.Currency:
		return differs("currency", n.Currency, v.Currency)
	case v.OrderID != n.OrderID:
		return differs("orderId", n.OrderID, v.OrderID)
	case v.GUID != "" && v.GUID != n.GUID:
		return differs("guid", n.GUID, v.GUID)
	}
	return nil
}

const maxWindow = 15 * time.Minute

// The characters of ids and GUIDs: what needs no escaping in a path.
var (
	idForm   = regexp.MustCompile(`^[A-Za-z0-9_:-][A-Za-z0-9_.:-]{0,99}$`)
	codeForm = regexp.MustCompile(`^[A-Za-z0-9_]{1,20}$`)
)

func checkID(op, what, id string) error {
	if !idForm.MatchString(id) {
		return fmt.Errorf("%w: %s: %s %.40q: use 1 to 100 of A-Z a-z 0-9 _ . : -", ErrArgument, op, what, id)
	}
	return nil
}

func checkCode(op, code string) error {
	if !codeForm.MatchString(code) {
		return fmt.Errorf("%w: %s: currency %.40q: use a code such as USD or BTC", ErrArgument, op, code)
	}
	return nil
}

func (n NewInvoice) check(op string) error {
	refuse := func(what string) error { return fmt.Errorf("%w: %s: %s", ErrArgument, op, what) }
	if err := checkID(op, "guid", n.GUID); err != nil {
		return err
	}
	if err := checkCode(op, n.Currency); err != nil {
		return err
	}
	switch {
	case n.Price.Sign() <= 0:
		return refuse("price must be positive")
	case n.OrderID == "":
		return refuse("orderId is needed: the answer is compared with it")
	case n.Speed != "" && n.Speed != Low && n.Speed != Medium && n.Speed != High:
		return refuse("transactionSpeed: use Low, Medium or High")
	case n.AcceptanceWindow < 0 || n.AcceptanceWindow > maxWindow || n.AcceptanceWindow%time.Millisecond != 0:
		return refuse("acceptanceWindow: use whole milliseconds up to 15 minutes")
	case n.AutoRedirect && n.RedirectURL == "":
		return refuse("autoRedirect needs a redirectURL")
	case n.OnlyFinalNotification && n.ExtendedNotifications:
		return refuse("extended notifications are sent for every status")
	}
	for what, s := range map[string]string{"notificationURL": n.NotificationURL, "redirectURL": n.RedirectURL, "closeURL": n.CloseURL} {
		if u, err := url.Parse(s); s != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			return refuse(what + ": use an absolute http or https URL")
		}
	}
	return nil
}
