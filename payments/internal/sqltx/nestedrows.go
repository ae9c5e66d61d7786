package sqltx

import (
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

// refundText is a refund inside its hosted invoice's row.
type refundText struct {
	ID          string     `json:"id"`
	Status      string     `json:"status"`
	Type        string     `json:"type"`
	Amount      amountText `json:"amount"`
	Fee         amountText `json:"fee"`
	RequestedAt string     `json:"requested_at"`
	Reserved    bool       `json:"reserved"`
	Paid        bool       `json:"paid"`
	Incarnation int        `json:"incarnation"`
	Problem     string     `json:"problem"`
}

func refundToText(r payments.HostedRefund) (refundText, error) {
	amount, err := amountToText(r.Amount)
	if err != nil {
		return refundText{}, err
	}
	fee, err := amountToText(r.Fee)
	return refundText{
		ID: r.ID, Status: r.Status, Type: r.Type, Amount: amount, Fee: fee, RequestedAt: instantText(r.RequestedAt),
		Reserved: r.Reserved, Paid: r.Paid, Incarnation: r.Incarnation, Problem: r.Problem,
	}, err
}

func refundFromText(w refundText) (r payments.HostedRefund, err error) {
	r = payments.HostedRefund{
		ID: w.ID, Status: w.Status, Type: w.Type, Reserved: w.Reserved, Paid: w.Paid, Incarnation: w.Incarnation, Problem: w.Problem,
	}
	if r.Amount, err = w.Amount.amount(); err != nil {
		return r, err
	}
	if r.Fee, err = w.Fee.amount(); err != nil {
		return r, err
	}
	r.RequestedAt, err = parseInstant(w.RequestedAt)
	return r, err
}

// lineText is a line inside its invoice's row.
type lineText struct {
	Description string     `json:"description"`
	Amount      amountText `json:"amount"`
}

func lineToText(l invoice.Line) (lineText, error) {
	amount, err := amountToText(l.Amount)
	return lineText{l.Description, amount}, err
}

func lineFromText(w lineText) (invoice.Line, error) {
	amount, err := w.Amount.amount()
	return invoice.Line{Description: w.Description, Amount: amount}, err
}
