package main

import (
	"context"
	"sync"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// quoteAge is how long a rate is shown before it is asked for again.
const quoteAge = 5 * time.Second

// quotes keeps the latest rates for display. What is credited never comes from
// here: the engine fixes the rate of the moment of receipt itself.
type quotes struct {
	source rates.Provider
	now    func() time.Time
	mu     sync.Mutex
	held   map[money.Coin]quote
}

type quote struct {
	snapshot rates.Snapshot
	asked    time.Time
	ok       bool
}

func newQuotes(source rates.Provider, now func() time.Time) *quotes {
	return &quotes{source: source, now: now, held: map[money.Coin]quote{}}
}

// latest returns the coin's rate, and false if there is none now.
func (q *quotes) latest(ctx context.Context, c money.Coin) (rates.Snapshot, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	held, known := q.held[c]
	if known && now.Sub(held.asked) < quoteAge {
		return held.snapshot, held.ok
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	pair := rates.Pair{Coin: c, Currency: currency}
	found, err := q.source.Latest(ctx, []rates.Pair{pair})
	held = quote{asked: now, ok: err == nil && len(found) == 1}
	if held.ok {
		held.snapshot = found[0]
	}
	q.held[c] = held
	return held.snapshot, held.ok
}

// forget makes the next call ask again.
func (q *quotes) forget() {
	q.mu.Lock()
	defer q.mu.Unlock()
	clear(q.held)
}
