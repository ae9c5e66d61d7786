package bitpay

import (
	"context"
	"net/http"
	"time"
)

// Settlement is a transfer of what BitPay holds to the merchant's bank or wallet.
// Amounts are major units of Currency.
//
// Source: https://developer.bitpay.com/reference/settlements.
type Settlement struct {
	ID               string            `json:"id" bitpay:"need"`
	AccountID        string            `json:"accountId"`
	Status           string            `json:"status" bitpay:"need"` // processing, completed, failed; older texts: new, rejected
	Currency         string            `json:"currency" bitpay:"need"`
	PayoutInfo       Extra             `json:"payoutInfo"` // the bank's members differ by country
	DateCreated      time.Time         `json:"dateCreated"`
	DateExecuted     time.Time         `json:"dateExecuted"`
	DateCompleted    time.Time         `json:"dateCompleted"`
	OpeningDate      time.Time         `json:"openingDate"`
	ClosingDate      time.Time         `json:"closingDate"`
	OpeningBalance   Number            `json:"openingBalance" bitpay:"must"`
	LedgerEntriesSum Number            `json:"ledgerEntriesSum" bitpay:"must"`
	Withholdings     []Withholding     `json:"withholdings" bitpay:"must"`
	WithholdingsSum  Number            `json:"withholdingsSum" bitpay:"must"`
	TotalAmount      Number            `json:"totalAmount" bitpay:"must"`
	LedgerEntries    []SettlementEntry `json:"ledgerEntries" bitpay:"must"` // of a report only
	Token            Secret            `json:"token"`                       // of this settlement
	Extra            Extra             `json:"-"`
}

// Withholding is what BitPay keeps back of a settlement.
type Withholding struct {
	Amount      Number `json:"amount" bitpay:"need"`
	Code        string `json:"code"`
	Description string `json:"description"`
	Notes       string `json:"notes"`
	Label       string `json:"label"`
	BankCountry string `json:"bankCountry"`
	Extra       Extra  `json:"-"`
}

// SettlementEntry is a line of a settlement's report.
type SettlementEntry struct {
	Code        int               `json:"code" bitpay:"need"` // as LedgerEntry's
	InvoiceID   string            `json:"invoiceId" bitpay:"must"`
	Amount      Number            `json:"amount" bitpay:"need"` // negative if taken
	Timestamp   time.Time         `json:"timestamp"`
	Description string            `json:"description"`
	Reference   string            `json:"reference"`
	InvoiceData SettlementInvoice `json:"invoiceData"`
	Extra       Extra             `json:"-"`
}

// SettlementInvoice is the invoice that a settlement's entry is about.
type SettlementInvoice struct {
	OrderID             string            `json:"orderId"`
	Date                time.Time         `json:"date"`
	Price               Number            `json:"price"`
	Currency            string            `json:"currency"`
	TransactionCurrency string            `json:"transactionCurrency"`
	OverPaidAmount      Number            `json:"overPaidAmount"`
	PayoutPercentage    map[string]Number `json:"payoutPercentage"`
	RefundInfo          RefundInfos       `json:"refundInfo"`
	Extra               Extra             `json:"-"`
}

// SettlementQuery selects settlements of the merchant.
type SettlementQuery struct {
	From, To time.Time // both days included, in UTC; needed
	Status   string    // "" for all
	Currency string    // "" for all
	Limit    int       // 0 for BitPay's default
	Offset   int
}

// Settlements lists the merchant's settlements, without their entries. Those that
// cannot be read are left out and named by an [*ElementsError] beside the others; its
// Total is then the page's length.
func (c *Client) Settlements(ctx context.Context, q SettlementQuery) ([]Settlement, error) {
	const op = "list settlements"
	if err := c.merchant(op); err != nil {
		return nil, err
	}
	query, err := span(op, startEnd, q.From, q.To, q.Limit, q.Offset)
	if err != nil {
		return nil, err
	}
	set(query, "status", q.Status)
	set(query, "currency", q.Currency)
	return listed[Settlement](ctx, c, call{op: op, path: []string{"settlements"}, query: query, as: tokened})
}

// Settlement returns one settlement, without its entries.
func (c *Client) Settlement(ctx context.Context, id string) (Settlement, error) {
	const op = "get settlement"
	return c.settlement(ctx, call{op: op, path: []string{"settlements", id}, as: tokened}, id)
}

// SettlementReport returns a settlement with its entries. v must have come from the
// API: it needs v.Token.
func (c *Client) SettlementReport(ctx context.Context, v Settlement) (Settlement, error) {
	const op = "get settlement report"
	return c.settlement(ctx, call{op: op, path: []string{"settlements", v.ID, "reconciliationReport"}, as: resource, token: v.Token}, v.ID)
}

func (c *Client) settlement(ctx context.Context, r call, id string) (Settlement, error) {
	if err := c.merchant(r.op); err != nil {
		return Settlement{}, err
	}
	if err := checkID(r.op, "id", id); err != nil {
		return Settlement{}, err
	}
	r.method, r.safe = http.MethodGet, true
	data, err := c.do(ctx, r)
	if err != nil {
		return Settlement{}, err
	}
	v, err := one[Settlement](c, r.op, data)
	if err == nil && v.ID != id {
		return Settlement{}, &MismatchError{Op: r.op, Field: "id", Asked: id, Got: v.ID, ID: v.ID}
	}
	return v, err
}
