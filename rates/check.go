package rates

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// Check judges one live answer by itself, without its peers: it returns the
// quote with its Value, the middle of bid and ask, or with the reason it was
// refused in Price.Rejected. A reason given by the source stands. A tripwire needs
// no book: without one its Value is the last price, and its age counts from when
// it was asked, because it moves by rules of its own that its source checks.
//
// Reasons begin with one word: "number", "book", "crossed", "spread", "last",
// "stale", "ahead". Numbers need no other guard: a [money.Rate] is bounded.
func Check(q Quote, role Role, r Rule, now time.Time) Quote {
	q.Value = money.Rate{}
	if q.Price.Rejected != "" {
		return q
	}
	q.Value, q.Price.Rejected = judge(q.Price, role, r, now)
	return q
}

func judge(p Price, role Role, r Rule, now time.Time) (none money.Rate, why string) {
	taken, limit := p.SourceTime, r.MaxAge
	if role == RoleTripwire {
		taken, limit = p.FetchedAt, max(limit, tripwireAge)
	} else if taken.IsZero() {
		taken = p.FetchedAt
	}
	switch age := now.Sub(taken); {
	case age > limit:
		return none, fmt.Sprintf("stale: %s old, over %s", age.Round(time.Second), limit)
	case age < -aheadLimit:
		return none, fmt.Sprintf("ahead: %s in the future", -age.Round(time.Second))
	}
	if !p.Bid.Valid() && !p.Ask.Valid() && role == RoleTripwire {
		if !p.Last.Valid() {
			return none, "number: no price"
		}
		return p.Last, ""
	}
	if !p.Bid.Valid() || !p.Ask.Valid() {
		return none, "book: no bid or no ask"
	}
	bid, ask := p.Bid.Decimal(), p.Ask.Decimal()
	if bid.GreaterThan(ask) {
		return none, fmt.Sprintf("crossed: bid %s above ask %s", p.Bid, p.Ask)
	}
	middle := bid.Add(ask).Mul(decimal.New(5, -1))
	if ask.Sub(bid).Shift(4).GreaterThan(middle.Mul(decimal.New(int64(r.SpreadBps), 0))) {
		return none, fmt.Sprintf("spread: over %d bps from %s to %s", r.SpreadBps, p.Bid, p.Ask)
	}
	if p.Last.Valid() && apart(p.Last.Decimal(), middle, lastBps) {
		return none, fmt.Sprintf("last: %s is over %d bps from %s to %s", p.Last, lastBps, p.Bid, p.Ask)
	}
	value, err := money.NewRate(middle)
	if err != nil {
		return none, "number: the middle has too many digits"
	}
	return value, ""
}

// checkCandle judges the close of the finished candle of a minute, which is the
// last price. A minute without trades may carry a close from r.Carry before.
func checkCandle(q Quote, r Rule, minute time.Time) Quote {
	if q.Price.Rejected == "" && !q.Value.Valid() {
		q.Value = q.Price.Last
	}
	at := q.Price.SourceTime
	switch {
	case q.Price.Rejected != "":
	case !q.Value.Valid():
		q.Price.Rejected = "number: no close"
	case !at.IsZero() && minute.Sub(at) > r.Carry:
		q.Price.Rejected = fmt.Sprintf("stale: last traded %s before the minute", minute.Sub(at).Round(time.Second))
	case at.Sub(minute) > time.Minute:
		q.Price.Rejected = fmt.Sprintf("ahead: %s after the minute began", at.Sub(minute).Round(time.Second))
	}
	if q.Price.Rejected != "" {
		q.Value = money.Rate{}
	}
	return q
}
