package payments

import (
	"encoding/json"
	"time"
)

// EventKind names a change of state.
type EventKind string

// The kinds of events.
const (
	EventDepositSeen       EventKind = "deposit.seen"
	EventDepositConfirming EventKind = "deposit.confirming"
	EventDepositCredited   EventKind = "deposit.credited"
	// EventDepositGathered: it is below the asset's minimum and gathers with others.
	EventDepositGathered   EventKind = "deposit.gathered"
	EventDepositFinal      EventKind = "deposit.final"
	EventDepositReplaced   EventKind = "deposit.replaced"
	EventDepositDropped    EventKind = "deposit.dropped"
	EventDepositOrphaned   EventKind = "deposit.orphaned"
	EventDepositReversed   EventKind = "deposit.reversed"
	EventDepositHeld       EventKind = "deposit.held"
	EventDepositReleased   EventKind = "deposit.released"
	EventDepositUnassigned EventKind = "deposit.unassigned"
	// EventDepositInternal: the host's own coins arrived at a deposit address.
	EventDepositInternal EventKind = "deposit.internal"
	// EventDepositAssigned: an operator gave a deposit to an account.
	EventDepositAssigned EventKind = "deposit.assigned"
	// EventSpendUnexplained: coins left for an address nobody registered. It is for
	// the operator, as is EventSpendReversed, which takes it back.
	EventSpendUnexplained EventKind = "spend.unexplained"
	EventSpendReversed    EventKind = "spend.reversed"
	// Of invoices hosted at BitPay: created there, paid, confirmed, complete, and the
	// bad ends. Credited and reversed change the balance.
	EventHostedOpened    EventKind = "hosted.opened"
	EventHostedPaid      EventKind = "hosted.paid"
	EventHostedConfirmed EventKind = "hosted.confirmed"
	EventHostedComplete  EventKind = "hosted.complete"
	EventHostedCredited  EventKind = "hosted.credited"
	EventHostedReversed  EventKind = "hosted.reversed"
	EventHostedExpired   EventKind = "hosted.expired"
	EventHostedInvalid   EventKind = "hosted.invalid"
	EventHostedDeclined  EventKind = "hosted.declined"
	EventHostedFailed    EventKind = "hosted.failed"
	EventHostedHeld      EventKind = "hosted.held"
	EventHostedReleased  EventKind = "hosted.released"
	// EventHostedMismatch: BitPay answered with another invoice, price, currency or
	// reference than was asked for, and nothing of it was booked; or it does not cancel
	// what was paid another way. It is for the operator: HostedInvoice.Problem.
	EventHostedMismatch EventKind = "hosted.mismatch"
	// Refunds made at BitPay: reserved takes the amount from the balance, failed gives
	// it back, paid is the end.
	EventHostedRefundReserved EventKind = "hosted.refund_reserved"
	EventHostedRefundPaid     EventKind = "hosted.refund_paid"
	EventHostedRefundFailed   EventKind = "hosted.refund_failed"
	// EventBitPayRefused: BitPay does not accept the token or key any more; an operator
	// must act. EventBitPayAccepted takes it back. Both are told once, in the order
	// "system".
	EventBitPayRefused  EventKind = "bitpay.refused"
	EventBitPayAccepted EventKind = "bitpay.accepted"
	// Of the host's own invoices: the status changed, or what is odd beside it.
	EventInvoiceUnpaid     EventKind = "invoice.unpaid"
	EventInvoiceProcessing EventKind = "invoice.processing"
	EventInvoicePaid       EventKind = "invoice.paid"
	EventInvoiceUnderpaid  EventKind = "invoice.underpaid"
	EventInvoiceOverpaid   EventKind = "invoice.overpaid"
	EventInvoiceLate       EventKind = "invoice.late"
	EventInvoiceReversed   EventKind = "invoice.reversed"
	EventNetworkHalted     EventKind = "network.halted"
	EventNetworkResumed    EventKind = "network.resumed"
	// EventAssetSuspended: credits of one asset stopped until an operator's
	// Unsuspend, which tells EventAssetUnsuspended.
	EventAssetSuspended   EventKind = "asset.suspended"
	EventAssetUnsuspended EventKind = "asset.unsuspended"
	// EventNetworkStuck: no source gives the next block in a form that can be read.
	// Nothing is skipped; Health says when the network moves again.
	EventNetworkStuck EventKind = "network.stuck"
	// The findings of a rates.Composite, in the order "system": told when one
	// begins, and as EventRatesOver, with the same subject, when it ends. Data names
	// kind, source, pair and cause. The store remembers what is open: a restart tells
	// what is still wrong no second time, and what ended while nothing ran as over
	// once its source answers or its pair has a price. Of several processes on a
	// store the last word stands.
	EventRatesSourceDown EventKind = "rates.source_down"
	EventRatesDemoted    EventKind = "rates.source_demoted"
	EventRatesNoQuorum   EventKind = "rates.no_quorum"
	EventRatesHeld       EventKind = "rates.held"
	EventRatesStale      EventKind = "rates.stale"
	EventRatesDepegged   EventKind = "rates.depegged"
	EventRatesTripwire   EventKind = "rates.tripwire"
	EventRatesOver       EventKind = "rates.over"
)

// Event tells the host of one change of state. Its ID is permanent: the same
// change has the same ID however often it is delivered and however often the
// process died on the way, so a host can refuse duplicates for ever.
type Event struct {
	ID   string
	Kind EventKind
	// Subject is what changed: a deposit's key.
	Subject string
	// Order is the key within which events arrive in order: the profile's, else
	// the network's, else "system".
	Order string
	// Profile is the customer concerned, empty if none is.
	Profile string
	// At is the business instant of the change.
	At time.Time
	// Data is the subject after the change, as JSON.
	Data json.RawMessage
}

// Delivery is the state of an event's way to the host.
type Delivery struct {
	Event Event
	// Seq is the store's number of the event.
	Seq int64
	// Tries counts failed deliveries; NextAt is when the next may begin.
	Tries  int
	NextAt time.Time
	// Delivered is when the host took it; zero: not yet.
	Delivered time.Time
	// Parked says that delivery was given up after too many tries and waits for
	// an operator.
	Parked  bool
	Version int64
}

// AuditRow is one thing an operator did. Rows are never changed.
type AuditRow struct {
	ID string
	// Subject is what it was done to; Action names the call.
	Subject, Action string
	Actor           Actor
	At              time.Time
	// Data is what the call set, as JSON; empty for most.
	Data json.RawMessage
}

// Actor is who did something, and why.
type Actor struct {
	ID     string
	Reason string
}
