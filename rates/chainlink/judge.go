package chainlink

import (
	"fmt"
	"time"

	"github.com/cointill/cointill/rates"
)

// judge turns a round, as it stood at an instant of the chain, into a quote.
// Reasons begin with one word: "number", "stale", "ahead", "closed".
func (s *Source) judge(f feed, r reading, at, asked time.Time) rates.Quote {
	q := s.blank(f, asked)
	q.Price.Symbol += " round " + r.id.String()
	q.Price.SourceTime = r.updated
	rate, err := r.price()
	if err != nil {
		q.Price.Rejected = err.Error()
		return q
	}
	q.Price.Last = rate
	if q.Price.Rejected = f.late(r.updated, at); q.Price.Rejected == "" {
		q.Value = rate
	}
	return q
}

// late says why a round updated at one instant must not be believed at another.
func (f Feed) late(updated, at time.Time) string {
	if updated.Sub(at) > ahead {
		return fmt.Sprintf("ahead: updated %s after its block", updated.Sub(at))
	}
	since, now, closed := updated, at, ""
	if f.Forex {
		switch from, until := forexRest(at); {
		case at.Before(until):
			// Nothing is due while the market rests, but the feed must have been
			// alive when it closed.
			now, closed = from, "closed: currency markets rest until "+until.Format(time.RFC3339)
		case updated.Before(until):
			since, closed = until, "closed: not updated since currency markets opened at "+until.Format(time.RFC3339)
		}
	}
	if age := now.Sub(since); age > f.limit() {
		return fmt.Sprintf("stale: updated at %s, %s before its block; it is due every %s", updated.Format(time.RFC3339), at.Sub(updated), f.Heartbeat)
	}
	return closed
}

// blank is a quote that says nothing yet.
func (s *Source) blank(f feed, asked time.Time) rates.Quote {
	return rates.Quote{Market: f.Market, Price: rates.Price{Source: s.name, Symbol: f.name(), FetchedAt: asked}}
}
