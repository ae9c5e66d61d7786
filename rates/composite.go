package rates

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Composite prices pairs from several sources. It is a [Provider]; make it with
// [Median] or [NewComposite]. Its methods may be called from several goroutines.
// The snapshots it returns are shared: their slices must not be changed.
type Composite struct {
	policy Policy
	seats  []*seat
	bad    error // of Median: returned by every call

	gathering sync.Mutex
	next      *gathering
	running   chan struct{} // closed when the round before has ended

	mu      sync.Mutex // of memory, telling and follow
	telling bool
	memory  *memory
	follow  map[Pair]time.Time // when last priced, or first followed
	current atomic.Pointer[map[Pair]held]

	flights flights
}

// held is a price for [Composite.Current].
type held struct {
	snapshot Snapshot
	taken    time.Time // with the monotonic clock, which snapshots have lost
	limit    time.Duration
}

// NewComposite returns a provider of the sources' median. It refuses, with
// [ErrBadPolicy], rules out of range, a source that is nil or has another's name,
// and a set without a member.
func NewComposite(p Policy, sources ...Source) (*Composite, error) {
	p, err := p.usable()
	errs := []error{err}
	c := &Composite{policy: p, memory: newMemory(), follow: map[Pair]time.Time{}}
	names := map[string]bool{}
	var member bool
	for _, s := range sources {
		if s == nil {
			errs = append(errs, fmt.Errorf("%w: a source is nil: leave out what is switched off", ErrBadPolicy))
			continue
		}
		if names[s.Name()] {
			errs = append(errs, fmt.Errorf("%w: two sources named %q would count twice", ErrBadPolicy, s.Name()))
		}
		names[s.Name()] = true
		member = member || s.Role().counts()
		c.seats = append(c.seats, &seat{Source: s})
	}
	if !member {
		errs = append(errs, fmt.Errorf("%w: no source counts: name venues, three or more", ErrBadPolicy))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}

// Median is [NewComposite] with the default policy. What that would refuse is
// the error of every call of the composite.
func Median(sources ...Source) *Composite {
	c, err := NewComposite(Policy{}, sources...)
	if err != nil {
		p, _ := Policy{}.usable() // the default is
		return &Composite{policy: p, bad: err, memory: newMemory()}
	}
	return c
}

// Latest makes a round: each source is asked once, all at the same time, and
// none may take longer than [Policy.Timeout]. Calls that come while a round is
// under way share the next one, so that no call is answered with a price asked
// for before it. It returns what is credited: capped at par and less the haircut.
//
// For one pair the error says why it has no price: [ErrDepegged] with the market,
// [ErrUnknownPair], or [ErrUnavailable].
func (c *Composite) Latest(ctx context.Context, pairs []Pair) ([]Snapshot, error) {
	return c.latest(ctx, pairs, func(p priced) Snapshot { return p.credit })
}

// LatestForRefund is Latest at the price of refunds: the same within the snap
// band of a stablecoin, else its market, uncapped; and never with a haircut. Off
// its peg a coin has no such price either: refund in another coin, or by hand.
func (c *Composite) LatestForRefund(ctx context.Context, pairs []Pair) ([]Snapshot, error) {
	return c.latest(ctx, pairs, func(p priced) Snapshot { return p.refund })
}

func (c *Composite) latest(ctx context.Context, pairs []Pair, which func(priced) Snapshot) ([]Snapshot, error) {
	if c.bad != nil || len(pairs) == 0 {
		return nil, c.bad
	}
	prices, err := c.round(ctx, pairs)
	if err != nil {
		return nil, err
	}
	var out []Snapshot
	var why []error
	for _, p := range pairs {
		if got := prices[p]; got.err != nil {
			why = append(why, got.err)
		} else {
			out = append(out, which(got))
		}
	}
	if len(out) == 0 {
		return nil, verdict(why)
	}
	return out, nil
}

// verdict joins why no pair has a price: unknown only if every one is, so that
// errors.Is finds one sentinel.
func verdict(why []error) error {
	var passing []error
	for _, err := range why {
		if !errors.Is(err, ErrUnknownPair) {
			passing = append(passing, err)
		}
	}
	if len(passing) > 0 {
		why = passing
	}
	return errors.Join(why...)
}

func (c *Composite) newRound(start time.Time, answers []answer) *round {
	return &round{policy: c.policy, start: start, now: c.policy.Now(), answers: answers,
		made: map[Pair]*composite{}, pegs: map[money.Coin]*priced{}}
}

// each asks all sources at the same time for those of the markets they serve.
func (c *Composite) each(markets []Market, ask func(*seat, []Market) answer) []answer {
	answers := make([]answer, len(c.seats))
	var wait sync.WaitGroup
	for i, s := range c.seats {
		answers[i] = answer{seat: s}
		var served []Market
		seen := map[Market]bool{}
		for _, m := range markets {
			if !seen[m] && s.Serves(m) {
				served = append(served, m)
			}
			seen[m] = true
		}
		if len(served) == 0 {
			continue
		}
		wait.Go(func() { answers[i] = ask(s, served) })
	}
	wait.Wait()
	return answers
}

// Health returns the state of each source, in the order they were given.
func (c *Composite) Health() []SourceHealth {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]SourceHealth, len(c.seats))
	for i, s := range c.seats {
		out[i] = c.memory.healthOf(s)
	}
	return out
}
