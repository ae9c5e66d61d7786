package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const ohlcDepth = 710 * time.Minute // of the venue's 720, with a margin for clocks

// past takes a close from the venue's candles as far as they reach, from its
// trades before that.
func (k *kraken) past(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error) {
	if k.now().Sub(from) < ohlcDepth {
		return k.fromCandles(ctx, l, from, minute)
	}
	return k.fromTrades(ctx, l, from, minute)
}

func (k *kraken) fromCandles(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error) {
	// One minute earlier than needed: right whether since is inclusive or not.
	since := strconv.FormatInt(from.Unix()-60, 10)
	result, a, err := k.call(ctx, &k.ohlc, url.Values{"pair": {l.symbol}, "interval": {"1"}, "since": {since}})
	if err != nil {
		return candle{}, a, err
	}
	rows, unfinished, err := decodeCandles(result, l)
	if err != nil {
		return candle{}, a, k.unavailable(k.ohlc.path, err)
	}
	if !unfinished.After(minute) { // also yesterday's answer from a cache
		return candle{}, a, k.unavailable(k.ohlc.path, fmt.Errorf("minute %s is not finished there", stamp(minute)))
	}
	for _, c := range slices.Backward(rows) {
		if !c.open.After(minute) && !c.open.Before(from) {
			a.symbol = l.symbol
			k.history.keep(append(rows, candle{open: unfinished}), a, from)
			return c, a, nil
		}
	}
	return candle{}, a, k.unavailable(k.ohlc.path, noTrade(from, minute))
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
		at, err := row[0].seconds()
		if err != nil || !at.Truncate(time.Minute).Equal(at) || strings.Trim(string(row[7]), "0123456789") != "" || row[7] == "" {
			return nil, time.Time{}, fmt.Errorf("%w: time or count of a candle", errShape)
		}
		if !at.After(last) {
			return nil, time.Time{}, fmt.Errorf("%w: candles are not in order", errShape)
		}
		last = at
		if i == len(rows)-1 || strings.Trim(string(row[7]), "0") == "" {
			continue
		}
		c, err := closeOf(row[3], row[2], row[4])
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("candle of %s: %w", stamp(at), err)
		}
		out = append(out, candle{open: at, close: c})
	}
	return out, last, nil
}
