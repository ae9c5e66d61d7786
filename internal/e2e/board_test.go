package e2e_test

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cointill/cointill/rates"
)

// clock is the only time the engine sees. It starts at the real time, because
// the nodes stamp their blocks with it.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// quotes are what the board shows at first.
var quotes = map[string]string{
	"BTC/USD": "60000", "LTC/USD": "80", "DOGE/USD": "100", "ETH/USD": "3000", "USDT/USD": "1", "USDC/USD": "1", "BNB/USD": "600", "GUSD/USD": "1", "DAI/USD": "1", "FEE/USD": "1",
}

// board shows fixed rates until somebody writes others on it, and remembers what
// it showed when, as venues do with their candles.
type board struct {
	clock *clock
	mu    sync.Mutex
	shown []showing
}

type showing struct {
	from  time.Time
	fixed *rates.Fixed
}

func newBoard(c *clock) *board {
	b := &board{clock: c}
	b.write(nil)
	return b
}

// write replaces quotes; those not named go back to what they were at first.
func (b *board) write(changed map[string]string) {
	all := maps.Clone(quotes)
	maps.Copy(all, changed)
	fixed, err := rates.NewFixed(all, b.clock.Now)
	if err != nil {
		panic(err) // a test wrote nonsense
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown = append(b.shown, showing{b.clock.Now(), fixed})
}

// at returns what was shown at an instant, at first if it is older than the board.
func (b *board) at(t time.Time) *rates.Fixed {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range slices.Backward(b.shown) {
		if !s.from.After(t) {
			return s.fixed
		}
	}
	return b.shown[0].fixed
}

// Latest implements rates.Provider.
func (b *board) Latest(ctx context.Context, pairs []rates.Pair) ([]rates.Snapshot, error) {
	return b.at(b.clock.Now()).Latest(ctx, pairs)
}

// Candle implements rates.Provider: the close of the minute.
func (b *board) Candle(ctx context.Context, pair rates.Pair, at time.Time) (rates.Snapshot, error) {
	return b.at(at.Truncate(time.Minute).Add(time.Minute-1)).Candle(ctx, pair, at)
}
