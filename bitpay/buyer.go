package bitpay

import (
	"encoding/json"
	"fmt"
	"time"
)

// Buyer is what a merchant tells BitPay about the buyer, all of it optional.
type Buyer struct {
	Name       string `json:"name,omitempty"`
	Address1   string `json:"address1,omitempty"`
	Address2   string `json:"address2,omitempty"`
	Locality   string `json:"locality,omitempty"`
	Region     string `json:"region,omitempty"`
	PostalCode string `json:"postalCode,omitempty"`
	Country    string `json:"country,omitempty"` // ISO 3166-1 alpha-2
	Email      string `json:"email,omitempty"`   // skips the page's question
	Phone      string `json:"phone,omitempty"`
	Notify     bool   `json:"notify,omitempty"`
	Extra      Extra  `json:"-"`
}

// ProvidedInfo is what the buyer told BitPay on the hosted page.
type ProvidedInfo struct {
	Name                        string `json:"name"`
	PhoneNumber                 string `json:"phoneNumber"`
	EmailAddress                string `json:"emailAddress"`
	SelectedWallet              string `json:"selectedWallet"`
	SelectedTransactionCurrency string `json:"selectedTransactionCurrency"`
	SMS                         string `json:"sms"`
	SMSVerified                 bool   `json:"smsVerified"`
	Extra                       Extra  `json:"-"`
}

// RefundAddress is where the buyer wants a refund; on the wire the address is the
// key of an object.
type RefundAddress struct {
	Address string    `json:"-"`
	Type    string    `json:"type"`
	Date    time.Time `json:"date"`
	Tag     string    `json:"tag"` // XRP's
	Email   string    `json:"email"`
	Extra   Extra     `json:"-"`
}

// UnmarshalJSON reads an object with one member, the address.
func (a *RefundAddress) UnmarshalJSON(b []byte) error {
	var one map[string]json.RawMessage
	if err := json.Unmarshal(b, &one); err != nil || len(one) != 1 {
		return fmt.Errorf("bitpay: read refund address: not an object with one member")
	}
	for address, rest := range one {
		fresh := RefundAddress{Address: address}
		if err := decode(rest, &fresh); err != nil {
			return fmt.Errorf("bitpay: read refund address: %w", err)
		}
		*a = fresh
	}
	return nil
}

// MarshalJSON writes what [RefundAddress.UnmarshalJSON] reads.
func (a RefundAddress) MarshalJSON() ([]byte, error) {
	type plain RefundAddress
	return json.Marshal(map[string]plain{a.Address: plain(a)})
}

// RefundInfo is a refund that was executed.
type RefundInfo struct {
	SupportRequest string            `json:"supportRequest"` // the refund's id
	Currency       string            `json:"currency"`
	Amounts        map[string]Number `json:"amounts"` // whole units, by currency and coin
	Reference      string            `json:"reference"`
	Extra          Extra             `json:"-"`
}

// RefundInfos is a list that BitPay sometimes writes as its only element.
type RefundInfos []RefundInfo

// UnmarshalJSON reads a list, or one object.
func (r *RefundInfos) UnmarshalJSON(b []byte) error {
	list := []json.RawMessage{b}
	if len(b) > 0 && b[0] == '[' {
		if err := json.Unmarshal(b, &list); err != nil {
			return fmt.Errorf("bitpay: read refundInfo: %w", err)
		}
	}
	all := make(RefundInfos, len(list))
	for i, raw := range list {
		if err := decode(raw, &all[i]); err != nil {
			return fmt.Errorf("bitpay: read refundInfo: %w", err)
		}
	}
	*r = all
	return nil
}
