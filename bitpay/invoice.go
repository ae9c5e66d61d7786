package bitpay

import (
	"fmt"
	"time"
)

// Invoice is a hosted invoice as BitPay describes it. Fields marked M are in the
// merchant facade's view only; a member that BitPay left out is the zero value.
//
// What an invoice is, costs and has come to must be readable: ID, GUID, Status,
// ExceptionStatus, Price, Currency, OrderID, ExpirationTime and CurrentTime. Any other
// member that cannot be read is the zero value here, as it came in Extra, and named by
// [Invoice.Unreadable]: ask it before relying on a zero AmountPaid.
//
// Maps are keyed by BitPay's coin codes, an open set ("BTC", "USDC", "USDC_m" on
// Polygon). Totals and AmountPaid count the coin's smallest units; their decimals
// are those of [Client.Currencies]. Times are UTC, to the millisecond.
//
// Source: https://developer.bitpay.com/reference/invoices.
type Invoice struct {
	ID              string    `json:"id" bitpay:"need"`
	URL             string    `json:"url"`                // the hosted page, valid until expiry
	GUID            string    `json:"guid" bitpay:"must"` // M
	Status          Status    `json:"status" bitpay:"need"`
	ExceptionStatus Exception `json:"exceptionStatus" bitpay:"must"`
	Price           Number    `json:"price" bitpay:"need"`    // in Currency's major unit
	Currency        string    `json:"currency" bitpay:"need"` // the pricing currency
	OrderID         string    `json:"orderId" bitpay:"must"`
	ItemDesc        string    `json:"itemDesc"`
	ItemCode        string    `json:"itemCode"`
	PosData         string    `json:"posData"`
	Token           Secret    `json:"token"` // of this invoice; what resending a notification needs

	InvoiceTime     time.Time `json:"invoiceTime"`
	ExpirationTime  time.Time `json:"expirationTime" bitpay:"must"`
	CurrentTime     time.Time `json:"currentTime" bitpay:"must"` // BitPay's clock at the answer
	RateRefreshTime time.Time `json:"rateRefreshTime"`

	AmountPaid          Number `json:"amountPaid"`          // smallest units of TransactionCurrency
	DisplayAmountPaid   string `json:"displayAmountPaid"`   // whole coins
	TransactionCurrency string `json:"transactionCurrency"` // "" until something was paid
	UnderpaidAmount     Number `json:"underpaidAmount"`     // M, with PaidPartial; smallest units
	OverpaidAmount      Number `json:"overpaidAmount"`      // M, with PaidOver; smallest units
	IsCancelled         bool   `json:"isCancelled"`         // M, by the merchant and not by time
	LowFeeDetected      bool   `json:"lowFeeDetected"`      // confirmation may be slow
	// NonPayProPaymentReceived is M: the payment came from peer to peer.
	NonPayProPaymentReceived bool          `json:"nonPayProPaymentReceived"`
	Transactions             []Transaction `json:"transactions"` // M

	TransactionSpeed                     Speed `json:"transactionSpeed"` // M
	TargetConfirmations                  int   `json:"targetConfirmations"`
	GuaranteedPaymentTargetConfirmations int   `json:"guaranteedPaymentTargetConfirmations"`

	PaymentSubtotals               map[string]Number               `json:"paymentSubtotals"` // without the network's cost
	PaymentTotals                  map[string]Number               `json:"paymentTotals"`
	PaymentDisplaySubtotals        map[string]string               `json:"paymentDisplaySubTotals"` // whole coins
	PaymentDisplayTotals           map[string]string               `json:"paymentDisplayTotals"`
	ExchangeRates                  map[string]map[string]Number    `json:"exchangeRates"` // of one coin in each currency
	MinerFees                      map[string]MinerFee             `json:"minerFees"`
	SupportedTransactionCurrencies map[string]SupportedTransaction `json:"supportedTransactionCurrencies"`
	PaymentCodes                   map[string]map[string]string    `json:"paymentCodes"`   // coin, scheme, URI
	UniversalCodes                 UniversalCodes                  `json:"universalCodes"` // M

	RefundAddresses             []RefundAddress `json:"refundAddresses"`             // M
	RefundAddressRequestPending bool            `json:"refundAddressRequestPending"` // the buyer must name one
	RefundInfo                  RefundInfos     `json:"refundInfo"`                  // M, refunds that were executed

	Buyer              Buyer        `json:"buyer"`              // M, as it was sent
	BuyerProvidedEmail string       `json:"buyerProvidedEmail"` // M
	BuyerProvidedInfo  ProvidedInfo `json:"buyerProvidedInfo"`
	Shopper            Shopper      `json:"shopper"` // M

	RedirectURL           string `json:"redirectURL"`
	CloseURL              string `json:"closeURL"`
	AutoRedirect          bool   `json:"autoRedirect"`
	JSONPayProRequired    bool   `json:"jsonPayProRequired"`
	BitPayIDRequired      bool   `json:"bitpayIdRequired"`
	MerchantName          string `json:"merchantName"`
	Physical              bool   `json:"physical"`
	BillID                string `json:"billId"` // M
	ItemizedDetails       []Item `json:"itemizedDetails"`
	NotificationURL       string `json:"notificationURL"` // usually left out
	ExtendedNotifications bool   `json:"extendedNotifications"`
	FullNotifications     bool   `json:"fullNotifications"`
	SelectedCurrency      string `json:"selectedTransactionCurrency"`
	ForcedCurrency        string `json:"forcedBuyerSelectedTransactionCurrency"`
	ForcedWallet          string `json:"forcedBuyerSelectedWallet"`
	// Shopify and other members without a documented shape are in Extra.
	Extra Extra `json:"-"`
}

// Unreadable names the members, as BitPay spells them, whose shape is not the
// documented one: their fields are zero and Extra has them as they came. It is nil for
// an invoice that was read whole.
func (v Invoice) Unreadable() []string { return unreadable(v, v.Extra) }

// UnmarshalJSON reads an invoice from an answer's data. It fails if a member that
// decides about money is missing or unreadable; other members of an unexpected
// shape go to Extra.
func (v *Invoice) UnmarshalJSON(b []byte) error {
	var fresh Invoice
	if err := decode(b, &fresh); err != nil {
		return fmt.Errorf("bitpay: read invoice: %w", err)
	}
	if fresh.ID == "" || fresh.Status == "" || fresh.Currency == "" {
		return fmt.Errorf("bitpay: read invoice: id, status or currency is empty")
	}
	*v = fresh
	return nil
}

// Transaction is one payment of an invoice, or a refund's.
type Transaction struct {
	Amount        Number            `json:"amount"` // smallest units
	Confirmations int               `json:"confirmations"`
	Time          time.Time         `json:"time"`
	ReceivedTime  time.Time         `json:"receivedTime"`
	TxID          string            `json:"txid"`
	OutputIndex   int               `json:"outputIndex"`
	ExRates       map[string]Number `json:"exRates"`
	Extra         Extra             `json:"-"`
}

// MinerFee is the network's cost that an invoice adds for one coin.
type MinerFee struct {
	SatoshisPerByte Number `json:"satoshisPerByte"` // may be fractional
	TotalFee        Number `json:"totalFee"`        // smallest units
	FiatAmount      Number `json:"fiatAmount"`
	Extra           Extra  `json:"-"`
}

// SupportedTransaction says whether an invoice can be paid in a coin.
type SupportedTransaction struct {
	Enabled bool   `json:"enabled"`
	Reason  string `json:"reason"` // why not
	Extra   Extra  `json:"-"`
}

// UniversalCodes are links that any wallet opens.
type UniversalCodes struct {
	PaymentString    string `json:"paymentString"`
	VerificationLink string `json:"verificationLink"`
	Extra            Extra  `json:"-"`
}

// Shopper is the BitPay account that paid.
type Shopper struct {
	User  string `json:"user"`
	Extra Extra  `json:"-"`
}

// Item is a line shown on the hosted page.
type Item struct {
	Amount      Number `json:"amount"`
	Description string `json:"description"`
	IsFee       bool   `json:"isFee"`
	Extra       Extra  `json:"-"`
}
