package rates

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

const (
	// pollEvery is a volatile pair's pace, give or take a tenth; stablecoins and
	// EUR/USD are polled every slowly-th time.
	pollEvery = 15 * time.Second
	slowly    = 4
	// How old a price may be that Current returns.
	currentAge       = 60 * time.Second
	currentAgeStable = 5 * time.Minute
)

// Follow adds pairs to those that Run polls. A pair that Latest has priced once
// is followed too.
func (c *Composite) Follow(pairs ...Pair) {
	if c.bad != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range pairs {
		if _, ok := c.follow[p]; !ok {
			c.follow[p] = c.policy.Now()
		}
	}
}

// Run polls the followed pairs until ctx ends, whose error it returns: every 15
// seconds, stablecoins and EUR/USD every minute, both with jitter, and with one
// call per source a round. Failures are told by [Policy.Notify] and Health; they
// do not end it. The composite works without Run: only Current needs it.
func (c *Composite) Run(ctx context.Context) error {
	if c.bad != nil {
		return c.bad
	}
	for tick := 0; ; tick++ {
		if pairs := c.due(tick%slowly == 0); len(pairs) > 0 {
			// What failed is in the findings; a cancelled context ends the loop below.
			_, _ = c.round(ctx, pairs)
		}
		pause := time.NewTimer(pollEvery - pollEvery/10 + rand.N(pollEvery/5))
		select {
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		case <-pause.C:
		}
	}
}

// due returns the followed pairs to poll, in a fixed order.
func (c *Composite) due(slow bool) []Pair {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []Pair
	for p := range c.follow {
		if slow || !c.slow(p) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Pair) int { return strings.Compare(a.String(), b.String()) })
	return out
}

// slow tells the pairs that hardly move. A stablecoin in EUR moves with EUR/USD.
func (c *Composite) slow(p Pair) bool { return c.policy.rule(p.Coin).Stable || p.Coin == "EUR" }

func (c *Composite) ageOf(p Pair) time.Duration {
	if c.slow(p) {
		return currentAgeStable
	}
	return currentAge
}

// Current returns the last price of a pair for display, without asking anyone
// and without allocating. False means that there is none, or that it is older than
// 60 seconds (5 minutes for stablecoins and EUR/USD), from a clock that has gone
// back since, or was followed by a refusal: a coin off its peg, a jump, venues that
// disagree. Never settle anything with it: a deposit needs a price asked for after
// it came.
func (c *Composite) Current(pair Pair) (Snapshot, bool) {
	all := c.current.Load()
	if all == nil {
		return Snapshot{}, false
	}
	h, ok := (*all)[pair]
	if !ok {
		return Snapshot{}, false
	}
	if age := c.policy.Now().Sub(h.taken); age < 0 || age > h.limit {
		return Snapshot{}, false
	}
	return h.snapshot, true
}

// keep publishes what a round priced for Current, and drops what it refused. Too
// few answers are no refusal: what was right a moment ago may be shown.
func (c *Composite) keep(pairs []Pair, prices map[Pair]priced, r *round) {
	next := map[Pair]held{}
	if old := c.current.Load(); old != nil {
		maps.Copy(next, *old)
	}
	for _, p := range append([]Pair{tetherUSD, euroUSD}, pairs...) {
		got, asked := prices[p]
		if made, ok := r.made[p]; ok && c.policy.rule(p.Coin).ParBy == "" {
			c.refused(p, made.err, r.now)
		} else if asked {
			c.refused(p, got.err, r.now)
		}
		switch {
		case !asked:
		case got.err == nil:
			c.follow[p] = r.start
			next[p] = held{got.credit, r.start, c.ageOf(p)}
		case !errors.Is(got.err, errFew):
			delete(next, p)
		}
	}
	c.current.Store(&next)
}

// refused keeps whether a pair lacks a quorum or is held.
func (c *Composite) refused(p Pair, err error, now time.Time) {
	if errors.Is(err, ErrUnknownPair) {
		return
	}
	lost := errors.Is(err, errFew) || errors.Is(err, errDisagree)
	c.memory.edge(Finding{Kind: FindingNoQuorum, Pair: p, Cause: cause(err)}, lost, now)
	c.memory.edge(Finding{Kind: FindingHeld, Pair: p, Cause: cause(err)}, errors.Is(err, errHeld), now)
}

// stale finds the followed pairs that no round has priced for longer than Current
// would show them.
func (c *Composite) stale(now time.Time) {
	for p, since := range c.follow {
		c.memory.edge(Finding{Kind: FindingStale, Pair: p}, now.Sub(since) > c.ageOf(p), now)
	}
}

func cause(err error) string {
	if err == nil {
		return ""
	}
	return clipped(err.Error())
}

var _ Provider = (*Composite)(nil)
