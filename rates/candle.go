package rates

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/payments/money"
)

// Candle returns the composite of the closes of the finished one-minute candle
// that contains at, by the rules of Latest. A source without that history is
// named as such in the evidence. Half a minute after its end a candle counts as
// finished; before, and when too few reach back, it is [ErrUnavailable].
//
// A stablecoin's state then is not known, so it is off its peg below 0.985; so it
// is at any instant since it left its peg, until it is back.
func (c *Composite) Candle(ctx context.Context, pair Pair, at time.Time) (Snapshot, error) {
	if c.bad != nil {
		return Snapshot{}, c.bad
	}
	minute := at.UTC().Truncate(time.Minute)
	if c.policy.Now().Before(minute.Add(time.Minute + candleSettle)) {
		return Snapshot{}, fmt.Errorf("%w: %s: the minute of %s is not final", ErrUnavailable, pair, minute.Format(time.RFC3339))
	}
	return c.flights.share(ctx, candleKey{pair, minute}, func() (Snapshot, error) { return c.candle(pair, minute) })
}

func (c *Composite) candle(pair Pair, minute time.Time) (Snapshot, error) {
	markets := c.policy.needs(pair)
	answers := c.each(markets, func(s *seat, served []Market) answer {
		if s.Role() == RoleTripwire && s.Name() != c.policy.rule(pair.Coin).ParBy {
			return answer{seat: s}
		}
		return s.candles(context.Background(), candleTimeout, served, minute)
	})
	r := c.newRound(minute, answers)
	r.candle = true
	out := r.price(pair)
	if out.err == nil && c.offSince(pair.Coin, minute) {
		out.err = &DepeggedError{Market: out.refund}
	}
	return out.credit, out.err
}

// offSince reports whether a coin is off its peg now and was at an instant.
func (c *Composite) offSince(coin money.Coin, at time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	g := c.memory.pegs[coin]
	return g.off && !at.Add(time.Minute).Before(g.since)
}
