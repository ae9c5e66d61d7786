package sqltx

import (
	"context"
	"errors"

	"github.com/cointill/cointill/payments"
)

var errTODO = errors.New("sqltx: hosted and invoice rows: not written yet")

func (x *Tx) InsertHosted(ctx context.Context, rows []payments.HostedInvoice) ([]string, error) {
	return nil, errTODO
}
func (x *Tx) SaveHosted(ctx context.Context, rows []payments.HostedInvoice) error { return errTODO }
func (x *Tx) Hosted(ctx context.Context, q payments.HostedQuery) ([]payments.HostedInvoice, error) {
	return nil, errTODO
}

func (x *Tx) InsertInvoices(ctx context.Context, rows []payments.InvoiceRecord) ([]string, error) {
	return nil, errTODO
}
func (x *Tx) SaveInvoices(ctx context.Context, rows []payments.InvoiceRecord) error { return errTODO }
func (x *Tx) Invoices(ctx context.Context, q payments.InvoiceQuery) ([]payments.InvoiceRecord, error) {
	return nil, errTODO
}
