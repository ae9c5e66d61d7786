package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

const (
	settled   = 30 * time.Second  // after a minute's end until its close is taken
	ohlcDepth = 710 * time.Minute // of the venue's 720, with a margin for clocks
)

// candle is a minute with its last price. A minute the venue filled without a
// trade is no candle.
type candle struct {
	open  time.Time
	close money.Rate
}

// Candle returns the close of the minute of at, from half a minute after its
// end; before that, and when it cannot be had, the error is
// [rates.ErrUnavailable]. A minute without trades has the close before it, within
// the limits of the package comment; the evidence then holds a refused price
// that says so. A pair that is not listed is [rates.ErrUnknownPair].
func (k *Kraken) Candle(ctx context.Context, pair rates.Pair, at time.Time) (rates.Snapshot, error) {
	minute := at.UTC().Truncate(time.Minute)
	if k.venue.now().Before(minute.Add(time.Minute + settled)) {
		return rates.Snapshot{}, fmt.Errorf("%w: kraken: %s: the minute %s has not settled", rates.ErrUnavailable, pair, minute.Format(time.RFC3339))
	}
	l, err := k.find(ctx, pair)
	if err != nil {
		return rates.Snapshot{}, err
	}
	key := fmt.Sprintf("candle %s %d", pair, minute.Unix())
	s, err := shared(ctx, k.venue, key, func(ctx context.Context) (rates.Snapshot, error) {
		return k.candle(ctx, pair, l, minute)
	})
	s.Prices = slices.Clone(s.Prices) // callers share the flight
	return s, err
}

func (k *Kraken) candle(ctx context.Context, pair rates.Pair, l listing, minute time.Time) (rates.Snapshot, error) {
	from := minute.Add(-limitsOf(pair.Coin).carry)
	past := k.fromTrades
	if k.venue.now().Sub(from) < ohlcDepth {
		past = k.fromCandles
	}
	c, a, err := past(ctx, l, from, minute)
	if unknownPair(err) {
		return rates.Snapshot{}, k.disable(pair, l)
	}
	if err != nil {
		return rates.Snapshot{}, err
	}
	s := rates.Snapshot{Pair: pair, Rate: c.close, AsOf: minute, Method: rates.MethodCandle}
	if !c.open.Equal(minute) {
		s.Prices = append(s.Prices, rates.Price{Source: "kraken", Symbol: l.altname, SourceTime: minute, FetchedAt: a.arrived,
			Rejected: "no trade in this minute; the close of " + c.open.Format(time.RFC3339) + " is used"})
	}
	s.Prices = append(s.Prices, rates.Price{Source: "kraken", Symbol: l.altname, Last: c.close, SourceTime: c.open, FetchedAt: a.arrived})
	return rates.NewSnapshot(s)
}

func (k *Kraken) fromCandles(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error) {
	// One minute earlier than needed: right whether since is inclusive or not.
	since := strconv.FormatInt(from.Unix()-60, 10)
	result, a, err := k.call(ctx, &k.ohlc, url.Values{"pair": {l.altname}, "interval": {"1"}, "since": {since}})
	if err != nil {
		return candle{}, a, err
	}
	rows, unfinished, err := decodeCandles(result, l)
	if err != nil {
		return candle{}, a, k.venue.unavailable(k.ohlc.path, err)
	}
	if !unfinished.After(minute) { // also yesterday's answer from a cache
		return candle{}, a, k.venue.unavailable(k.ohlc.path, fmt.Errorf("minute %s is not finished there", minute.Format(time.RFC3339)))
	}
	for _, c := range slices.Backward(rows) {
		if !c.open.After(minute) && !c.open.Before(from) {
			return c, a, nil
		}
	}
	return candle{}, a, k.venue.unavailable(k.ohlc.path, noTrade(from, minute))
}

// decodeCandles returns the finished minutes with trades, oldest first, and the
// opening of the unfinished one, which the venue always sends last.
func decodeCandles(result map[string]json.RawMessage, l listing) ([]candle, time.Time, error) {
	rows, _, err := series(result, l, 8)
	if err != nil {
		return nil, time.Time{}, err
	}
	var out []candle
	var last time.Time
	for i, row := range rows {
		var open, count int64
		if json.Unmarshal(row[0], &open) != nil || json.Unmarshal(row[7], &count) != nil ||
			open%60 != 0 || open <= 0 || open > maxUnix || count < 0 {
			return nil, time.Time{}, fmt.Errorf("%w: time or count of a candle", errNotKraken)
		}
		at := time.Unix(open, 0).UTC()
		if !at.After(last) {
			return nil, time.Time{}, fmt.Errorf("%w: candles are not in order", errNotKraken)
		}
		last = at
		if i == len(rows)-1 || count == 0 {
			continue
		}
		c, err := closeOf(row)
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("candle of %s: %w", at.Format(time.RFC3339), err)
		}
		out = append(out, candle{open: at, close: c})
	}
	return out, last, nil
}

// closeOf returns a row's close, which must lie between its low and its high.
func closeOf(row []json.RawMessage) (money.Rate, error) {
	var prices [3]money.Rate // high, low, close
	for i := range prices {
		r, err := readRate(row[2+i])
		if err != nil {
			return money.Rate{}, err
		}
		prices[i] = r
	}
	if prices[2].Less(prices[1]) || prices[0].Less(prices[2]) {
		return money.Rate{}, fmt.Errorf("%w: close outside low and high", errNotKraken)
	}
	return prices[2], nil
}

func noTrade(from, minute time.Time) error {
	return fmt.Errorf("no trade from %s to the minute %s", from.Format(time.RFC3339), minute.Format(time.RFC3339))
}
