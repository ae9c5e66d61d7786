package payments

import (
	"fmt"
	"regexp"
	"time"
	"unicode"

	"github.com/cointill/cointill/bitpay"
)

// What an answer of BitPay's changes in a row. Nothing here reads a clock, a store or
// the network.

// rank orders the states that a payment which goes well passes; 0 for all others.
func (s HostedState) rank() int {
	switch s {
	case HostedNew:
		return 1
	case HostedPaid:
		return 2
	case HostedConfirmed:
		return 3
	case HostedComplete:
		return 4
	}
	return 0
}

// hostedEvents are the events of the states that BitPay tells.
var hostedEvents = map[HostedState]EventKind{
	HostedNew: EventHostedOpened, HostedPaid: EventHostedPaid, HostedConfirmed: EventHostedConfirmed,
	HostedComplete: EventHostedComplete, HostedExpired: EventHostedExpired, HostedInvalid: EventHostedInvalid,
	HostedDeclined: EventHostedDeclined,
}

// moveTo says whether BitPay's status in a newer answer moves a row from its state.
// What neither moves nor contradicts is a status that the payment has passed.
func (s HostedState) moveTo(to HostedState) (moves, contradicts bool) {
	switch {
	case to == s:
		return false, false
	case to == HostedComplete:
		return true, false // BitPay has credited the host, whatever was said before
	case s == HostedComplete || s == HostedExpired || s == HostedDeclined:
		return false, true
	case to == HostedExpired || to == HostedDeclined || to == HostedInvalid:
		return true, false
	case s == HostedInvalid:
		return false, false
	}
	return to.rank() > s.rank(), false
}

// request is what BitPay is asked to create, and what every answer is compared with.
func (h *HostedInvoice) request(b *BitPay) bitpay.NewInvoice {
	return bitpay.NewInvoice{
		Price: bitpay.NumberOf(h.Price), Currency: string(h.Price.Asset().Currency()), GUID: h.ID, OrderID: h.ID,
		Speed: b.Speed, ItemDesc: b.Description, NotificationURL: b.NotificationURL, ExtendedNotifications: true,
		RedirectURL: h.ReturnURL, AutoRedirect: h.ReturnURL != "",
	}
}

// remoteForm is what ids of BitPay's look like.
var remoteForm = regexp.MustCompile(`^[A-Za-z0-9_:-][A-Za-z0-9_.:-]{0,99}$`)

// overtakes is how much older than the newest answer one may be that is ignored:
// answers overtake each other by as long as a call may take. An older one means that
// BitPay's clock was wrong and was set right, and counts.
const overtakes = 15 * time.Minute

// take applies an answer and returns what it tells, in order. What is not this
// invoice, or cannot be, becomes its Problem, and nothing of it is applied.
func (h *HostedInvoice) take(v bitpay.Invoice, now time.Time) (told []EventKind) {
	if err := h.request(&BitPay{}).Matches(v); err != nil {
		return h.doubt(err.Error(), now)
	}
	if h.RemoteID != "" && h.RemoteID != v.ID {
		return h.doubt(fmt.Sprintf("answer has id %.40q, on record is %q", v.ID, h.RemoteID), now)
	}
	if h.RemoteID == "" && (!remoteForm.MatchString(v.ID) || !webURL(v.URL)) {
		return h.doubt(fmt.Sprintf("answer has id %.40q and page %.80q", v.ID, v.URL), now)
	}
	to := HostedState(v.Status)
	if _, known := hostedEvents[to]; !known {
		return h.doubt(fmt.Sprintf("status %.40q is not known", v.Status), now)
	}
	at := h.remoteTime(v)
	if behind := h.RemoteAt.Sub(at); behind > 0 && behind < overtakes {
		h.Tries = 0
		return nil
	}
	if h.RemoteID == "" { // it exists, and can be paid
		h.RemoteID, h.URL, h.State = v.ID, v.URL, HostedNew
		told = append(told, EventHostedOpened)
	}
	moves, contradicts := h.State.moveTo(to)
	if contradicts && (v.CurrentTime.IsZero() || !at.Equal(h.RemoteAt)) {
		return append(told, h.doubt(fmt.Sprintf("status %s after %s", to, h.State), now)...)
	}
	h.Tries, h.RemoteAt = 0, at
	if contradicts {
		return told // of the same instant: overtaken
	}
	h.Problem = ""
	h.show(v)
	if !moves {
		return told
	}
	h.State = to
	if h.PaidAt.IsZero() && (to.rank() > HostedNew.rank() || to == HostedInvalid) {
		h.PaidAt = h.paidBy(v, now)
	}
	return append(told, hostedEvents[to])
}

// paidBy is when the last payment was received in the time to pay, which is what
// decides whether an invoice of the host's was paid late, and not when BitPay was asked.
// What cannot be true by our clock, and an answer without times, leave now. Transactions
// after the time to pay may be BitPay's refunds.
func (h *HostedInvoice) paidBy(v bitpay.Invoice, now time.Time) time.Time {
	var last time.Time
	for _, t := range v.Transactions {
		at := t.ReceivedTime.UTC().Truncate(time.Millisecond) // as stores keep it
		if at.After(last) && !at.Before(h.CreatedAt) && !at.After(now) && !at.After(h.ExpiresAt) {
			last = at
		}
	}
	if last.IsZero() {
		return now
	}
	return last
}

// remoteTime is BitPay's clock in an answer, in the resolution stores keep. BitPay's
// members come and go: an answer without it is taken for as new as the newest one.
func (h *HostedInvoice) remoteTime(v bitpay.Invoice) time.Time {
	if v.CurrentTime.IsZero() {
		return h.RemoteAt
	}
	return v.CurrentTime.UTC().Truncate(time.Millisecond)
}

// show keeps what is shown to people and decides nothing.
func (h *HostedInvoice) show(v bitpay.Invoice) {
	h.Exception = cut(string(v.ExceptionStatus), 40)
	if v.TransactionCurrency != "" {
		h.Coin, h.CoinAmount = cut(v.TransactionCurrency, 40), cut(v.DisplayAmountPaid, 80)
	}
	if !v.ExpirationTime.IsZero() {
		h.ExpiresAt = v.ExpirationTime.UTC().Truncate(time.Millisecond)
	}
}

// doubt sets the row's problem, which is told once, and has it asked about slowly.
func (h *HostedInvoice) doubt(problem string, now time.Time) (told []EventKind) {
	if h.Problem != problem {
		h.Problem, told = problem, []EventKind{EventHostedMismatch}
	}
	h.later(now, firstDoubt, longestDoubt)
	return told
}

// cut makes a text of somebody else's fit for a store: at most n runes, none of them
// a control character.
func cut(s string, n int) string {
	out := make([]rune, 0, n)
	for _, r := range s {
		if len(out) == n {
			break
		}
		if !unicode.IsControl(r) {
			out = append(out, r)
		}
	}
	return string(out)
}
