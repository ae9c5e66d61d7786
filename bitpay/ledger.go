package bitpay

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// Balance is what BitPay holds for the merchant in one currency.
type Balance struct {
	Currency string `json:"currency" bitpay:"need"`
	Balance  Number `json:"balance" bitpay:"need"` // major units
	Extra    Extra  `json:"-"`
}

// LedgerEntry is a line of the merchant's ledger at BitPay. Codes met most: 1000
// sale, 1020 refund, 1023 fee, 1050 immediate refund; others exist.
//
// Source: https://developer.bitpay.com/reference/ledgers.
type LedgerEntry struct {
	ID                  string    `json:"id"`
	Type                string    `json:"type"`
	Code                int       `json:"code" bitpay:"need"`
	Amount              Number    `json:"amount" bitpay:"need"` // in units of one Scale-th; negative if taken
	Scale               Number    `json:"scale" bitpay:"must"`
	Currency            string    `json:"currency" bitpay:"must"`
	Description         string    `json:"description"`
	Timestamp           time.Time `json:"timestamp"`
	TxType              string    `json:"txType"`
	InvoiceID           string    `json:"invoiceId" bitpay:"must"`
	InvoiceAmount       Number    `json:"invoiceAmount"`
	InvoiceCurrency     string    `json:"invoiceCurrency"`
	TransactionCurrency string    `json:"transactionCurrency"`
	SupportRequest      string    `json:"supportRequest"`
	Extra               Extra     `json:"-"` // buyerFields among them
}

// Value returns the entry in major units: Amount divided by Scale, exactly. A scale
// that is not a power of ten is an error; no scale is one.
func (e LedgerEntry) Value() (Number, error) {
	if e.Scale.Sign() == 0 {
		return e.Amount, nil
	}
	for places := int32(0); places <= 18; places++ {
		if e.Scale.d.Equal(decimal.New(1, places)) {
			return Number{d: e.Amount.d.Shift(-places)}, nil
		}
	}
	return Number{}, fmt.Errorf("bitpay: read ledger entry %.40q: scale %s is not a power of ten up to 10^18", e.ID, e.Scale)
}

// Ledgers returns the merchant's balances at BitPay. Those that cannot be read are left
// out and named by an [*ElementsError] beside the others.
func (c *Client) Ledgers(ctx context.Context) ([]Balance, error) {
	const op = "list ledgers"
	if err := c.merchant(op); err != nil {
		return nil, err
	}
	return listed[Balance](ctx, c, call{op: op, path: []string{"ledgers"}, as: tokened})
}

// LedgerEntries returns the ledger of one currency, both days (UTC) included. Entries
// that cannot be read are left out and named by an [*ElementsError] beside the others.
func (c *Client) LedgerEntries(ctx context.Context, currency string, from, to time.Time) ([]LedgerEntry, error) {
	const op = "list ledger entries"
	if err := c.merchant(op); err != nil {
		return nil, err
	}
	if err := checkCode(op, currency); err != nil {
		return nil, err
	}
	query, err := span(op, startEnd, from, to, 0, 0)
	if err != nil {
		return nil, err
	}
	return listed[LedgerEntry](ctx, c, call{op: op, path: []string{"ledgers", currency}, query: query, as: tokened})
}
