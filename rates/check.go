package rates

import (
	"fmt"
	"math/big"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Check judges one live answer by itself, without its peers: it returns the
// quote with its Value, the middle of bid and ask, or with the reason it was
// refused in Price.Rejected. A reason given by the source stands. Tripwires and
// oracles need no book: without one the Value is the last price, and its age counts
// from when it was asked, because it moves by rules of its own that its source
// checks.
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
	switch {
	case role == RoleTripwire:
		taken, limit = p.FetchedAt, max(limit, tripwireAge)
	case role == RoleOracle:
		taken = p.FetchedAt
	case taken.IsZero():
		taken = p.FetchedAt
	}
	switch age := now.Sub(taken); {
	case age > limit:
		return none, fmt.Sprintf("stale: %s old, over %s", age.Round(time.Second), limit)
	case age < -aheadLimit:
		return none, fmt.Sprintf("ahead: %s in the future", -age.Round(time.Second))
	}
	if !p.Bid.Valid() && !p.Ask.Valid() && role != RoleMember {
		if !p.Last.Valid() {
			return none, "number: no price"
		}
		return p.Last, ""
	}
	if !p.Bid.Valid() || !p.Ask.Valid() {
		return none, "book: no bid or no ask"
	}
	book, last := [3]money.Rate{p.Bid, p.Ask, p.Last}, 3
	if !p.Last.Valid() {
		last = 2
	}
	var n [3]big.Int
	exp := align(n[:last], book[:last])
	bid, ask := &n[0], &n[1]
	if bid.Cmp(ask) > 0 {
		return none, fmt.Sprintf("crossed: bid %s above ask %s", p.Bid, p.Ask)
	}
	var sum, width, off big.Int // of bid and ask: the middle is half of it
	sum.Add(bid, ask)
	if over(width.Sub(ask, bid), 2*whole, &sum, int64(r.SpreadBps)) {
		return none, fmt.Sprintf("spread: over %d bps from %s to %s", r.SpreadBps, p.Bid, p.Ask)
	}
	off.Lsh(&n[2], 1)
	if last == 3 && over(off.Abs(off.Sub(&off, &sum)), whole, &sum, lastBps) {
		return none, fmt.Sprintf("last: %s is over %d bps from %s to %s", p.Last, lastBps, p.Bid, p.Ask)
	}
	value, err := money.NewRate(half(&sum, exp))
	if err != nil {
		return none, "number: the middle has too many digits"
	}
	return value, ""
}

// checkCandle judges the close of the finished candle of a minute, which is the
// last price. A minute without trades may carry a close from r.Carry before; how
// old an oracle's round may be is its source's to judge.
func checkCandle(q Quote, role Role, r Rule, minute time.Time) Quote {
	if q.Price.Rejected == "" && !q.Value.Valid() {
		q.Value = q.Price.Last
	}
	at := q.Price.SourceTime
	switch {
	case q.Price.Rejected != "":
	case !q.Value.Valid():
		q.Price.Rejected = "number: no close"
	case role != RoleOracle && !at.IsZero() && minute.Sub(at) > r.Carry:
		q.Price.Rejected = fmt.Sprintf("stale: last traded %s before the minute", minute.Sub(at).Round(time.Second))
	case at.Sub(minute) > time.Minute:
		q.Price.Rejected = fmt.Sprintf("ahead: %s after the minute began", at.Sub(minute).Round(time.Second))
	}
	if q.Price.Rejected != "" {
		q.Value = money.Rate{}
	}
	return q
}
