package bitpay

import (
	"context"
	"net/http"
)

// Rate is the number of units of a currency that one whole coin is worth.
//
// Source: https://developer.bitpay.com/reference/rates.
type Rate struct {
	Code  string `json:"code" bitpay:"need"`
	Name  string `json:"name"`
	Rate  Number `json:"rate" bitpay:"need"`
	Extra Extra  `json:"-"`
}

// Currency is what BitPay says about a currency or coin.
//
// Source: https://developer.bitpay.com/reference/currencies.
type Currency struct {
	Code              string   `json:"code" bitpay:"need"`
	Symbol            string   `json:"symbol"`
	Precision         int      `json:"precision" bitpay:"must"` // decimals that are shown
	Decimals          int      `json:"decimals" bitpay:"must"`  // decimals of the smallest unit
	Name              string   `json:"name"`
	Plural            string   `json:"plural"`
	Alts              string   `json:"alts"` // other names, separated by spaces
	Minimum           Number   `json:"minimum" bitpay:"must"`
	Sanctioned        bool     `json:"sanctioned"`
	DisplayCode       string   `json:"displayCode"`
	Chain             string   `json:"chain"` // "" for fiat
	MaxSupply         Number   `json:"maxSupply"`
	PayoutFields      []string `json:"payoutFields"`
	SettlementMinimum Number   `json:"settlementMinimum"`
	Extra             Extra    `json:"-"`
}

// Wallet is a wallet that BitPay's hosted page offers.
//
// Source: https://developer.bitpay.com/reference/wallets.
type Wallet struct {
	Key         string           `json:"key" bitpay:"need"`
	DisplayName string           `json:"displayName"`
	Avatar      string           `json:"avatar"`
	PayPro      bool             `json:"payPro"`
	Currencies  []WalletCurrency `json:"currencies"`
	Image       string           `json:"image"`
	Extra       Extra            `json:"-"`
}

// WalletCurrency is a coin that a wallet pays with.
type WalletCurrency struct {
	Code   string `json:"code" bitpay:"need"`
	P2P    bool   `json:"p2p"`
	PayPro bool   `json:"payPro"`
	QR     struct {
		Type      string `json:"type"`
		Collapsed bool   `json:"collapsed"`
	} `json:"qr"`
	Image string `json:"image"`
	Extra Extra  `json:"-"`
}

// Rates returns what one whole coin of base ("BTC") is worth in every currency. No
// token is sent. Rates that cannot be read are left out and named by an
// [*ElementsError] beside the others.
func (c *Client) Rates(ctx context.Context, base string) ([]Rate, error) {
	const op = "get rates"
	if err := checkCode(op, base); err != nil {
		return nil, err
	}
	return listed[Rate](ctx, c, call{op: op, path: []string{"rates", base}})
}

// Rate returns what one whole coin of base is worth in one currency. No token is
// sent. An answer in another currency is a [*MismatchError].
func (c *Client) Rate(ctx context.Context, base, currency string) (Rate, error) {
	const op = "get rate"
	for _, code := range []string{base, currency} {
		if err := checkCode(op, code); err != nil {
			return Rate{}, err
		}
	}
	data, err := c.do(ctx, call{op: op, method: http.MethodGet, path: []string{"rates", base, currency}, safe: true})
	if err != nil {
		return Rate{}, err
	}
	v, err := one[Rate](c, op, data)
	if err == nil && v.Code != currency {
		return Rate{}, &MismatchError{Op: op, Field: "code", Asked: currency, Got: v.Code}
	}
	return v, err
}

// Currencies returns every currency and coin that BitPay knows. No token is sent.
// Those that cannot be read are left out and named by an [*ElementsError] beside the
// others.
func (c *Client) Currencies(ctx context.Context) ([]Currency, error) {
	return listed[Currency](ctx, c, call{op: "list currencies", path: []string{"currencies"}})
}

// SupportedWallets returns the wallets of the hosted page. No token is sent. Those that
// cannot be read are left out and named by an [*ElementsError] beside the others.
func (c *Client) SupportedWallets(ctx context.Context) ([]Wallet, error) {
	return listed[Wallet](ctx, c, call{op: "list wallets", path: []string{"supportedwallets"}})
}

// listed reads a list.
func listed[T any](ctx context.Context, c *Client, r call) ([]T, error) {
	r.method, r.safe = http.MethodGet, true
	data, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	return many[T](c, r.op, data)
}
