package payments

import (
	"time"

	"github.com/cointill/cointill/payments/money"
)

// DifferenceClass says in what BitPay's list and our rows differed.
type DifferenceClass string

// The classes. Timing and missing-here differences are settled by the reconciliation
// that reports them; the others are for the operator.
const (
	// DifferenceTiming: BitPay was ahead. The row has been brought up to date.
	DifferenceTiming DifferenceClass = "timing"
	// DifferenceMissingHere: BitPay has an invoice that its row of ours did not know to
	// exist. It has been attached.
	DifferenceMissingHere DifferenceClass = "missing_here"
	// DifferenceMissingThere: a row of ours has an id that BitPay does not know.
	DifferenceMissingThere DifferenceClass = "missing_there"
	// DifferenceAmount: price, currency, fee or refund are not what the books hold.
	DifferenceAmount DifferenceClass = "amount"
	// DifferenceStatus: the statuses contradict each other, and nothing was applied.
	DifferenceStatus DifferenceClass = "status"
	// DifferenceForeign: not an invoice of ours: another shop or program uses the same
	// account at BitPay, or made one with an order id of ours. Nothing of it is booked.
	DifferenceForeign DifferenceClass = "foreign"
)

// BitPayDifference is one difference between BitPay and the store.
type BitPayDifference struct {
	Class DifferenceClass
	// ID is ours, RemoteID BitPay's; either may be empty.
	ID, RemoteID string
	// Text says what differed and what became of it, in a sentence.
	Text string
}

// BitPayExplanation is a part of what BitPay holds beyond what the books say it owes;
// negative if it holds less by it.
type BitPayExplanation struct {
	What   string
	Amount money.Amount
}

// BitPayReceivable compares, in one currency, what BitPay owes the host by the books
// with what BitPay says it holds.
type BitPayReceivable struct {
	// Owed is what BitPay owes the host by the books: the balance of
	// ledger.Receivable("bitpay") with its sign turned, as what is owed to the host is
	// a negative balance there. It is negative if the host owes BitPay.
	Owed money.Amount
	// Held is the balance that BitPay's ledger shows, and zero if it has none of the
	// currency.
	Held money.Amount
	// Explained are the known reasons why Held is not Owed, as far as the days compared
	// and the present states show; none of zero.
	Explained []BitPayExplanation
	// Unexplained is Held less Owed less Explained. What came before the days compared
	// stays in it: reconcile adjoining spans and watch its change.
	Unexplained money.Amount
}

// BitPayReport is what a reconciliation found.
type BitPayReport struct {
	// Environment is BitPay's base URL; From and To are the days compared, both
	// included, in UTC.
	Environment string
	From, To    time.Time
	// Compared counts BitPay's invoices of those days, those of others included.
	Compared int
	// Differences are in ascending order of RemoteID, then ID.
	Differences []BitPayDifference
	// Receivables are in ascending order of currency, of those that accounts are kept
	// in: what BitPay holds in coins is not compared, nor is a currency whose balance or
	// ledger could not be had whole, which the error names.
	Receivables []BitPayReceivable
}

// differ adds a difference.
func (r *BitPayReport) differ(class DifferenceClass, id, remoteID, text string) {
	r.Differences = append(r.Differences, BitPayDifference{Class: class, ID: id, RemoteID: remoteID, Text: text})
}
