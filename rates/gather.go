package rates

import (
	"context"
	"fmt"
	"time"
)

// gatherFor is how long a round waits for more callers before it asks: a crowd
// that arrives together makes one round.
const gatherFor = 10 * time.Millisecond

// gathering is a round that has not asked yet.
type gathering struct {
	pairs  []Pair
	known  map[Pair]bool
	done   chan struct{}
	prices map[Pair]priced // when done
}

// round returns the prices of a round that asks after this call. A caller that
// leaves does not end it for the others.
func (c *Composite) round(ctx context.Context, pairs []Pair) (map[Pair]priced, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	c.gathering.Lock()
	g := c.next
	if g == nil {
		g = &gathering{known: map[Pair]bool{}, done: make(chan struct{})}
		c.next = g
		go c.depart(g, c.running)
		c.running = g.done
	}
	for _, p := range pairs {
		if !g.known[p] {
			g.known[p] = true
			g.pairs = append(g.pairs, p)
		}
	}
	c.gathering.Unlock()
	select {
	case <-g.done:
		return g.prices, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

// depart makes the round once the one before has ended.
func (c *Composite) depart(g *gathering, before <-chan struct{}) {
	time.Sleep(gatherFor)
	if before != nil {
		<-before
	}
	c.gathering.Lock()
	c.next = nil // who comes now needs the next round
	c.gathering.Unlock()
	start := c.policy.Now()
	var markets []Market
	for _, p := range g.pairs {
		markets = append(markets, c.policy.needs(p)...)
	}
	answers := c.each(markets, func(s *seat, served []Market) answer {
		if s.Role() == RoleTripwire {
			return s.tripwire(context.Background(), c.policy.Timeout, served, start)
		}
		return s.live(context.Background(), c.policy.Timeout, served)
	})
	g.prices = c.judge(c.newRound(start, answers), g.pairs)
	close(g.done)
	c.tell()
}

// judge prices the pairs of a round and keeps what the next one must know.
func (c *Composite) judge(r *round, pairs []Pair) map[Pair]priced {
	c.mu.Lock()
	defer c.mu.Unlock()
	r.memory = c.memory
	c.memory.heard(r.answers, r.now)
	prices := make(map[Pair]priced, len(pairs))
	for _, p := range pairs {
		prices[p] = r.price(p)
	}
	c.keep(pairs, prices, r)
	c.stale(r.now)
	return prices
}

// tell notifies of what was found, in order and one at a time: while one
// goroutine tells, others leave it what they found.
func (c *Composite) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.telling {
		return
	}
	c.telling = true
	for len(c.memory.told) > 0 {
		told := c.memory.told
		c.memory.told = nil
		c.mu.Unlock()
		for _, f := range told {
			if c.policy.Notify != nil {
				c.policy.Notify(f)
			}
		}
		c.mu.Lock()
	}
	c.telling = false
}
