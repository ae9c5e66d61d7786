package payments

import (
	"strings"
	"time"

	"github.com/cointill/cointill/invoice"
)

// InvoiceRecord is one of the host's invoices and where it stands.
type InvoiceRecord struct {
	invoice.Invoice
	// Standing is what its payments make of it, as of the last commit that touched
	// one.
	Standing  invoice.Standing
	CreatedAt time.Time
	// Changes counts the changes told as events.
	Changes int
	// Version counts the row's changes, for stores.
	Version int64 `json:"-"`
}

// Account is the account that the invoice's payments are kept in: one of its own,
// named "invoice/" and the number. No host can open an account of such a name.
func (r InvoiceRecord) Account() Account { return invoiceAccount(r.Profile, r.Number) }

// ofInvoice reports whether an account is an invoice's own.
func (a Account) ofInvoice() bool { return strings.HasPrefix(a.Name, invoicePrefix) }

// invoiceSubject names an invoice in events and Watch.
func invoiceSubject(number string) string { return invoicePrefix + number }

const invoicePrefix = "invoice/"

func invoiceAccount(profile, number string) Account {
	return Account{Profile: profile, Name: invoicePrefix + number}
}
