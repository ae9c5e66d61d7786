package exchange

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

const (
	// settled is how long after a minute's end its close is taken.
	settled = 30 * time.Second
	// proven is how long after its end the close of a minute is taken although
	// the venue shows nothing later.
	proven = 2 * time.Minute
	// horizon is how far past a minute its later rows are asked for.
	horizon = 4 * time.Hour
)

// candle is a minute with its last price, which is not valid where the venue
// filled a minute without a trade.
type candle struct {
	open  time.Time
	close money.Rate
}

// Candle returns the close of the minute of at, from half a minute after its
// end; before that, and when it cannot be had, the error is
// [rates.ErrUnavailable]. A minute without trades has the close before it, within
// the limits of the package comment: Price.SourceTime is the opening of the minute
// whose close it is. A market that is not listed is [rates.ErrUnknownPair].
func (v *Venue) Candle(ctx context.Context, m rates.Market, at time.Time) (rates.Quote, error) {
	minute := at.UTC().Truncate(time.Minute)
	if v.now().Before(minute.Add(time.Minute + settled)) {
		return rates.Quote{}, v.unavailable(m.String(), fmt.Errorf("the minute %s has not settled", stamp(minute)))
	}
	l, err := v.find(ctx, m)
	if err != nil {
		return rates.Quote{}, err
	}
	if l.status != online {
		return rates.Quote{}, v.unavailable(m.String(), errors.New(l.closed()))
	}
	key := fmt.Sprintf("candle %s %d", m, minute.Unix())
	return shared(ctx, v.client, key, func(ctx context.Context) (rates.Quote, error) {
		c, a, err := v.past(ctx, l, minute.Add(-rates.RuleOf(m.Coin).Carry), minute)
		if errors.Is(err, errUnlisted) {
			return rates.Quote{}, v.unavailable(m.String(), v.disable(m, l))
		}
		if err != nil {
			return rates.Quote{}, err
		}
		return rates.Quote{Market: m, Value: c.close, Price: rates.Price{
			Source: v.name, Symbol: l.symbol, Last: c.close, SourceTime: c.open, FetchedAt: a.asked,
		}}, nil
	})
}

// past takes a close from what the venue has said already, or asks.
func (v *Venue) past(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error) {
	if p, ok := v.history.find(l.symbol, from, minute); ok {
		if c, err := lastClose(p.rows, from, minute, v.now()); err == nil {
			return c, answer{asked: p.asked}, nil
		}
	}
	return v.dialect.past(ctx, l, from, minute)
}

// lastClose returns the last close in [from, minute] of a venue's rows, oldest
// or newest first. Where the venue shows nothing after the minute, it may not
// have come so far: then only the minute's own row counts, and only long after.
func lastClose(rows []candle, from, minute, now time.Time) (candle, error) {
	var best candle
	later := false
	for i, c := range rows {
		if !c.open.Truncate(time.Minute).Equal(c.open) {
			return candle{}, fmt.Errorf("%w: a candle opens within a minute", errShape)
		}
		if i > 0 && (c.open.Equal(rows[i-1].open) || c.open.After(rows[i-1].open) != rows[1].open.After(rows[0].open)) {
			return candle{}, fmt.Errorf("%w: candles are not in order", errShape)
		}
		switch {
		case c.open.After(minute):
			later = true
		case c.close.Valid() && !c.open.Before(from) && c.open.After(best.open):
			best = c
		}
	}
	if !best.close.Valid() {
		return candle{}, noTrade(from, minute)
	}
	if !later && (!best.open.Equal(minute) || now.Before(minute.Add(time.Minute+proven))) {
		return candle{}, fmt.Errorf("nothing after the minute %s proves it complete", stamp(minute))
	}
	return best, nil
}

// until is how far past a minute its rows are asked for.
func until(minute, now time.Time) time.Time {
	if end := minute.Add(horizon); end.Before(now) {
		return end
	}
	return now
}

// lastClose is the end of most dialects' past.
func (c *client) lastClose(e *endpoint, rows []candle, err error, a answer, from, minute time.Time) (candle, answer, error) {
	var best candle
	if err == nil {
		if best, err = lastClose(rows, from, minute, c.now()); err == nil {
			c.history.keep(rows, a, from)
		}
	}
	if err != nil {
		return candle{}, a, c.unavailable(e.path, err)
	}
	return best, a, nil
}

// minuteOf reads one row of a venue's candles. Without volume it is a minute in
// which nothing was traded, whatever prices were filled in.
func minuteOf(open func() (time.Time, error), low, high, last, volume number) (candle, error) {
	at, err := open()
	if err != nil {
		return candle{}, fmt.Errorf("opening of a candle: %w", err)
	}
	if digits, _, _ := strings.Cut(strings.ToUpper(string(volume)), "E"); digits != "" && strings.Trim(digits, "0.") == "" {
		return candle{open: at}, nil
	}
	if _, err := volume.decimal(); err != nil {
		return candle{}, fmt.Errorf("volume of %s: %w", stamp(at), err)
	}
	c, err := closeOf(low, high, last)
	if err != nil {
		return candle{}, fmt.Errorf("candle of %s: %w", stamp(at), err)
	}
	return candle{open: at, close: c}, nil
}

// closeOf returns a close, which must lie between its low and its high.
func closeOf(low, high, last number) (money.Rate, error) {
	l, err := low.rate()
	if err != nil {
		return money.Rate{}, err
	}
	h, err := high.rate()
	if err != nil {
		return money.Rate{}, err
	}
	c, err := last.rate()
	if err != nil {
		return money.Rate{}, err
	}
	if c.Less(l) || h.Less(c) {
		return money.Rate{}, fmt.Errorf("%w: close outside low and high", errShape)
	}
	return c, nil
}

func noTrade(from, minute time.Time) error {
	return fmt.Errorf("no trade from %s to the minute %s", stamp(from), stamp(minute))
}

func stamp(at time.Time) string { return at.Format(time.RFC3339) }
