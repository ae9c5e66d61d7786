package rates

import (
	"fmt"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// ballot collects what sources said about one pair.
type ballot struct {
	prices []Price
	votes  []Vote
	index  []int // of each vote's price
	muted  []Vote
	asked  map[string]bool // venues known to quote the pair
}

// strays reports whether a vote lies away from a composite.
func (v Vote) strays(from money.Rate, r Rule) bool {
	return apart(v.Value.Decimal(), from.Decimal(), r.AgreeBps)
}

// collect hears every source about a pair. A book in USDT is worth its price
// times the composite USDT/USD of the same round, which is returned if it was
// needed; it counts only for a venue whose direct book does not.
func (r *round) collect(p Pair) (ballot, *composite) {
	b := ballot{asked: map[string]bool{}}
	var leg *composite
	direct, tether := p.Market(), Market{p.Coin, "USDT"}
	convert := p.Currency == money.USD && p != tetherUSD
	for _, a := range r.answers {
		role := a.seat.Role()
		if role == RoleTripwire && r.candle && !a.asked {
			continue
		}
		first := a.seat.Serves(direct)
		second := convert && role == RoleMember && a.seat.Serves(tether)
		var known, voted bool
		if first {
			q, quoted := r.said(a, direct)
			known = quoted
			switch {
			case role == RoleTripwire && q.Price.Rejected == "":
				q.Price.Rejected = "tripwire: never counts"
			case q.Price.Rejected == "":
				voted = r.vote(&b, p, q, Vote{Venue: a.seat.Name(), Value: q.Value})
			}
			if !voted {
				b.prices = append(b.prices, q.Price)
			}
		}
		if second {
			q, quoted := r.said(a, tether)
			known = known || quoted
			if q.Price.Rejected == "" && voted {
				q.Price.Rejected = "second: the venue's direct book counts"
			}
			var counted bool
			if q.Price.Rejected == "" {
				leg = r.composite(tetherUSD)
				counted = r.convert(&b, p, &q, leg)
			}
			if !counted {
				b.prices = append(b.prices, q.Price)
			}
		}
		if known && role.counts() {
			b.asked[venueOf(a.seat.Name())] = true
		}
	}
	if leg != nil && leg.err != nil {
		leg = nil
	}
	return b, leg
}

// convert gives a book in USDT its vote in USD, or the quote its reason.
func (r *round) convert(b *ballot, p Pair, q *Quote, leg *composite) bool {
	if leg.err != nil {
		q.Price.Rejected = clipped(fmt.Sprintf("conversion: no USDT/USD: %v", leg.err))
		return false
	}
	value, err := money.NewRate(q.Value.Decimal().Mul(leg.Rate.Decimal()))
	if err != nil {
		q.Price.Rejected = "number: too many digits in USD"
		return false
	}
	return r.vote(b, p, *q, Vote{Venue: q.Price.Source, Value: value, Converted: true})
}

// vote casts a vote with its evidence. That of a demoted venue does not count; it
// is kept to see when the venue has mended.
func (r *round) vote(b *ballot, p Pair, q Quote, v Vote) bool {
	if r.memory != nil && r.memory.demoted(v.Venue, p) {
		q.Price.Rejected = "demoted: an outlier too often; it counts again after 20 clean rounds"
		b.prices, b.muted = append(b.prices, q.Price), append(b.muted, v)
		return true
	}
	b.votes, b.index = append(b.votes, v), append(b.index, len(b.prices))
	b.prices = append(b.prices, q.Price)
	return true
}

// said returns what a source said of a market, checked, or the reason why it
// said nothing, and whether it is known to quote the market.
func (r *round) said(a answer, m Market) (Quote, bool) {
	q, ok := a.quotes[m]
	role, rule := a.seat.Role(), r.policy.rule(m.Coin)
	if !ok {
		q = Quote{Market: m, Price: Price{FetchedAt: r.start}}
		err := a.errOf(m)
		if err != nil {
			q.Price.Rejected = clipped("unavailable: " + err.Error())
		} else {
			q.Price.Rejected = "unlisted: the source does not quote it"
		}
		q.Price.Source, q.Price.Symbol = a.seat.Name(), m.String()
		return q, err != nil
	}
	q.Price.Source = a.seat.Name()
	if q.Price.Symbol == "" {
		q.Price.Symbol = m.String()
	}
	if r.candle {
		return checkCandle(q, role, rule, r.start), true
	}
	q = Check(q, role, rule, r.now)
	if q.Price.Rejected == "" && role.counts() {
		switch {
		case q.Price.FetchedAt.Before(r.start.Truncate(time.Millisecond)):
			q.Price.Rejected = "stale: asked before this round began"
		case role == RoleMember && r.memory != nil && r.memory.frozen(q, r.now):
			q.Price.Rejected = "frozen: the book stands still while others move"
		}
	}
	return q, true
}

// clipped bounds a reason, which may be a venue's own words.
func clipped(s string) string {
	if len(s) > 240 {
		return s[:240]
	}
	return s
}
