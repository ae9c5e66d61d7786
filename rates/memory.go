package rates

import (
	"errors"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
)

const (
	blameRounds = 20 // looked at, and clean ones that end a demotion
	downAfter   = 3  // failures in a row
)

// memory is what a composite keeps from round to round. All of it may be lost:
// the rules are then as strict as they are without it, or stricter.
type memory struct {
	last   map[Pair]accepted
	pegs   map[money.Coin]peg
	record map[blameKey]*record
	books  map[bookKey]*still
	health map[string]*SourceHealth
	active map[Finding]bool // without Over, At and Cause
	told   []Finding        // not told yet
}

type accepted struct {
	rate money.Rate
	at   time.Time
}

type blameKey struct {
	source string
	pair   Pair
}

type bookKey struct {
	source string
	market Market
}

// record is how a source did on a pair.
type record struct {
	outlier uint32 // of the last rounds, the latest lowest
	clean   int    // rounds in a row
	demoted bool
}

// still is a book that does not move since a round, and the first composite
// accepted since.
type still struct {
	price  Price
	since  time.Time
	rounds int
	then   money.Rate
}

func newMemory() *memory {
	return &memory{last: map[Pair]accepted{}, pegs: map[money.Coin]peg{}, record: map[blameKey]*record{},
		books: map[bookKey]*still{}, health: map[string]*SourceHealth{}, active: map[Finding]bool{}}
}

// before returns the last accepted composite of a pair if it is at most two
// minutes old. One of the future, by a clock that went back, counts.
func (m *memory) before(p Pair, now time.Time) money.Rate {
	if a, ok := m.last[p]; ok && now.Sub(a.at) <= jumpWindow {
		return a.rate
	}
	return money.Rate{}
}

func (m *memory) accepted(s Snapshot, now time.Time) { m.last[s.Pair] = accepted{s.Rate, now} }

// frozen reports whether a book has said the same for more than ten rounds while
// the composite moved on.
func (m *memory) frozen(q Quote, now time.Time) bool {
	key := bookKey{q.Price.Source, q.Market}
	pair := Pair{q.Market.Coin, money.Currency(q.Market.Quote)}
	if !pair.Currency.Valid() {
		pair.Currency = money.USD
	}
	b := m.books[key]
	if b == nil || !b.price.Bid.Equal(q.Price.Bid) || !b.price.Ask.Equal(q.Price.Ask) || !b.price.Last.Equal(q.Price.Last) {
		m.books[key] = &still{price: q.Price, since: now}
		return false
	}
	b.rounds++
	last, ok := m.last[pair]
	if !ok || last.at.Before(b.since) {
		return false
	}
	if !b.then.Valid() {
		b.then = last.rate
	}
	return b.rounds > frozenRounds && apart(last.rate.Decimal(), b.then.Decimal(), frozenBps)
}

func (m *memory) demoted(source string, p Pair) bool {
	rec := m.record[blameKey{source, p}]
	return rec != nil && rec.demoted
}

// judged keeps who lay away from an accepted composite.
func (m *memory) judged(p Pair, b ballot, out Outcome, rule Rule, now time.Time) {
	for i, v := range b.votes {
		m.blame(v.Venue, p, !out.Agreed[i] && v.strays(out.Value, rule), now)
	}
	for _, v := range b.muted {
		m.blame(v.Venue, p, v.strays(out.Value, rule), now)
	}
}

func (m *memory) blame(source string, p Pair, outlier bool, now time.Time) {
	key := blameKey{source, p}
	rec := m.record[key]
	if rec == nil {
		rec = &record{}
		m.record[key] = rec
	}
	rec.outlier = rec.outlier << 1 & (1<<blameRounds - 1)
	rec.clean++
	if outlier {
		rec.outlier |= 1
		rec.clean = 0
	}
	switch {
	case !rec.demoted && bits.OnesCount32(rec.outlier) > blameRounds/2:
		rec.demoted = true
	case rec.demoted && rec.clean >= blameRounds:
		*rec = record{}
	}
	m.edge(Finding{Kind: FindingDemoted, Source: source, Pair: p}, rec.demoted, now)
}

// peg judges a stablecoin's market and returns whether it is off its peg.
func (m *memory) peg(c *composite, now time.Time) bool {
	g := m.pegs[c.Pair.Coin].next(c.Rate.Decimal(), c.off, now)
	m.pegs[c.Pair.Coin] = g
	m.edge(Finding{Kind: FindingDepegged, Pair: c.Pair, Cause: "market at " + c.Rate.String()}, g.off, now)
	return g.off
}

func (m *memory) tripped(s *seat, p Pair, far bool, now time.Time) {
	m.edge(Finding{Kind: FindingTripwire, Source: s.Name(), Pair: p}, far, now)
}

// edge keeps a finding to tell if it began or ended just now.
func (m *memory) edge(f Finding, on bool, now time.Time) {
	key := Finding{Kind: f.Kind, Source: f.Source, Pair: f.Pair}
	if m.active[key] == on {
		return
	}
	if f.Over, f.At = !on, now; on {
		m.active[key] = true
	} else {
		delete(m.active, key)
	}
	m.told = append(m.told, f)
}

// heard keeps which sources answered.
func (m *memory) heard(answers []answer, now time.Time) {
	for _, a := range answers {
		if !a.asked {
			continue
		}
		h := m.health[a.seat.Name()]
		if h == nil {
			h = &SourceHealth{}
			m.health[a.seat.Name()] = h
		}
		failed := a.err
		if errors.Is(failed, ErrUnknownPair) {
			failed = nil
		}
		if h.Since.IsZero() || h.OK == (failed != nil) {
			h.Since = now
		}
		h.OK = failed == nil
		if h.OK {
			h.Failures = 0
		} else {
			h.Failures++
			h.LastError, h.LastAt = clipped(failed.Error()), now
		}
		m.edge(Finding{Kind: FindingSourceDown, Source: a.seat.Name(), Cause: h.LastError}, h.Failures >= downAfter, now)
	}
}

// healthOf returns the state of a source.
func (m *memory) healthOf(s *seat) SourceHealth {
	out := SourceHealth{OK: true}
	if h := m.health[s.Name()]; h != nil {
		out = *h
	}
	out.Name, out.Role = s.Name(), s.Role()
	for key, rec := range m.record {
		if key.source == out.Name && rec.demoted {
			out.Demoted = append(out.Demoted, key.pair)
		}
	}
	slices.SortFunc(out.Demoted, func(a, b Pair) int { return strings.Compare(a.String(), b.String()) })
	return out
}
