package payments

import "time"

// How often BitPay is asked about a hosted invoice. What it says is also learnt with
// no notification at all, at the latest after these times.
const (
	firstPoll, longestPoll         = 15 * time.Second, 2 * time.Minute
	firstPaidPoll, longestPaidPoll = 2 * time.Minute, 5 * time.Minute
	firstLatePoll, longestLatePoll = 15 * time.Minute, time.Hour
	longestRefundPoll              = 6 * time.Hour
	// invalidFor is how long a payment that did not confirm in time may still do so.
	invalidFor = 7 * 24 * time.Hour
	// adoptWithin is how long creating it again, with its guid, is the way to find out
	// whether it exists: BitPay's rate stands for 15 minutes.
	adoptWithin = 15 * time.Minute

	// failedFor is how old a failed row is when it is looked for at BitPay for the last
	// time, and as long a notification may have it looked for.
	failedFor = 24 * time.Hour

	firstFailure, longestFailure = 5 * time.Second, 5 * time.Minute
	firstDoubt, longestDoubt     = time.Minute, time.Hour
	heldPoll                     = time.Hour
)

// lateLooks are when an expired invoice is looked at again: something may have been
// paid late.
var lateLooks = []time.Duration{time.Hour, 24 * time.Hour}

// nextPoll is when BitPay is asked again after an answer; zero: no more.
func (h *HostedInvoice) nextPoll(now time.Time) time.Time {
	every := func(since time.Time, first, longest time.Duration) time.Time {
		return now.Add(min(max(now.Sub(since)/4, first), longest))
	}
	if h.Hold != "" {
		return now.Add(heldPoll) // and Health shows what is polled
	}
	switch h.State {
	case HostedOpening:
		return every(h.CreatedAt, firstPoll, longestPoll)
	case HostedNew:
		next := every(h.CreatedAt, firstPoll, longestPoll)
		if end := h.ExpiresAt.Add(time.Second); end.After(now) && end.Before(next) {
			return end
		}
		return next
	case HostedPaid, HostedConfirmed:
		return every(h.PaidAt, firstPaidPoll, longestPaidPoll)
	case HostedInvalid:
		if now.Sub(h.PaidAt) < invalidFor {
			return every(h.PaidAt, firstLatePoll, longestLatePoll)
		}
	case HostedExpired:
		for _, after := range lateLooks {
			// By our clock alone: BitPay's may be hours off.
			if at := h.CreatedAt.Add(adoptWithin + after); at.After(now) {
				return at
			}
		}
	case HostedComplete:
		if h.refundsOpen() {
			return every(h.PaidAt, firstLatePoll, longestRefundPoll)
		}
	}
	return time.Time{}
}

// later counts a call that brought nothing to apply.
func (h *HostedInvoice) later(now time.Time, first, longest time.Duration) {
	h.Tries++
	h.PollAt = now.Add(backOff(h.Tries, first, longest))
}

// backOff doubles from first, at the first of tries, to longest.
func backOff(tries int, first, longest time.Duration) time.Duration {
	for d := first; ; d *= 2 {
		if tries--; tries <= 0 || d >= longest {
			return min(d, longest)
		}
	}
}
