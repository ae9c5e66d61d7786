package payments

import (
	"context"
	"errors"

	"github.com/cointill/cointill/invoice"
)

// payableInvoice reads an invoice that is to be paid in a way, locked in Update. Its
// errors are ErrNotFound and *InvoiceClosedError.
func (p *Processor) payableInvoice(ctx context.Context, tx Tx, number string, way invoice.Way) (InvoiceRecord, error) {
	return InvoiceRecord{}, errors.New("payments: not written yet")
}
