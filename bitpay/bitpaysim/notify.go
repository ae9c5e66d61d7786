package bitpaysim

import (
	"time"
)

// event is a notification's code and name.
type event struct {
	code int
	name string
}

var (
	eventResent          = event{1012, "invoice_manuallyNotified"}
	eventRefunded        = event{1016, "invoice_refundComplete"}
	eventRefundCreated   = event{7001, "refund_created"}
	eventRefundPending   = event{7002, "refund_pending"}
	eventRefundSucceeded = event{7003, "refund_success"}
	eventRefundFailed    = event{7004, "refund_failure"}
)

var statusEvents = map[Status]event{
	StatusPaid: {1003, "invoice_paidInFull"}, StatusExpired: {1004, "invoice_expired"}, StatusConfirmed: {1005, "invoice_confirmed"},
	StatusComplete: {1006, "invoice_completed"}, StatusInvalid: {1013, "invoice_failedToConfirm"}, StatusDeclined: {1019, "invoice_declined"},
}

// timetable is when a notification is tried, after it was due first: BitPay's
// published minutes, the last one then given up.
var timetable = []time.Duration{0, time.Minute, 5 * time.Minute, 14 * time.Minute, 30 * time.Minute, 55 * time.Minute}

// notice is one notification to deliver.
type notice struct {
	inv     *invoice
	refund  *refund // nil: about the invoice
	event   event
	first   time.Time
	due     time.Time
	attempt int  // tries made
	late    bool // delayed by a fault
}

// announce queues the notification of a change of status, if the merchant asked
// for it.
func (s *Server) announce(inv *invoice, to Status) {
	flat := to == StatusPaid || to == StatusConfirmed || to == StatusComplete
	final := StatusConfirmed
	if inv.speed == "low" {
		final = StatusComplete
	}
	if inv.extended || flat && (inv.full || to == final) {
		s.notify(inv, nil, statusEvents[to])
	}
}

// announceRefund queues a refund's notification: extended only.
func (s *Server) announceRefund(r *refund, e event) {
	if r.inv.extended {
		s.notify(r.inv, r, e)
	}
}

func (s *Server) notify(inv *invoice, r *refund, e event) {
	if inv.notifyURL == "" {
		return
	}
	now := s.now()
	s.notices = append(s.notices, &notice{inv: inv, refund: r, event: e, first: now, due: now})
}

// payload renders a notification as things stand now.
func (s *Server) payload(n *notice) object {
	if n.refund != nil {
		return object{"event": object{"code": n.event.code, "name": n.event.name}, "data": s.refundHook(n.refund, n.event)}
	}
	data := s.hookBody(n.inv)
	if !n.inv.extended {
		return data
	}
	return object{"event": object{"code": n.event.code, "name": n.event.name}, "data": data}
}

// retry puts a failed notification back at the next time of the table, counted
// from the first try; false if the table is used up.
func (n *notice) retry() bool {
	if n.attempt >= len(timetable) {
		return false
	}
	n.due = n.first.Add(timetable[n.attempt])
	return true
}
