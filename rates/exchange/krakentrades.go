package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cointill/cointill/payments/money"
)

const (
	pageSize = 1000
	maxPages = 30
)

type trade struct {
	at    time.Time
	price money.Rate
}

// fromTrades rebuilds a close that the venue's candles no longer reach: from the
// asked minute, and only if it had no trade from the minutes before it.
func (k *kraken) fromTrades(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error) {
	pages := maxPages
	c, a, err := k.lastTrade(ctx, l, minute, minute.Add(time.Minute), &pages)
	if err == nil && !c.close.Valid() {
		c, a, err = k.lastTrade(ctx, l, from, minute, &pages)
	}
	if err == nil && !c.close.Valid() {
		err = k.unavailable(k.trades.path, noTrade(from, minute))
	}
	return c, a, err
}

// lastTrade returns the last price in [from, end), the zero candle if there was
// no trade. Only a trade at or after end proves that nothing is missing; without
// one the price is unavailable.
func (k *kraken) lastTrade(ctx context.Context, l listing, from, end time.Time, pages *int) (candle, answer, error) {
	var best candle
	// One nanosecond earlier: right whether since is inclusive or not.
	cursor := strconv.FormatInt(from.UnixNano()-1, 10)
	for ; *pages > 0; *pages-- {
		query := url.Values{"pair": {l.symbol}, "since": {cursor}, "count": {strconv.Itoa(pageSize)}}
		result, a, err := k.call(ctx, &k.trades, query)
		if err != nil {
			return candle{}, a, err
		}
		rows, next, err := decodeTrades(result, l)
		if err != nil {
			return candle{}, a, k.unavailable(k.trades.path, err)
		}
		for _, t := range rows {
			if !t.at.Before(from) && t.at.Before(end) {
				best = candle{open: t.at.Truncate(time.Minute), close: t.price}
			}
		}
		if n := len(rows); n > 0 && !rows[n-1].at.Before(end) {
			return best, a, nil
		}
		if len(rows) == 0 || next == cursor { // an inclusive cursor repeats the newest trade
			return candle{}, a, k.unavailable(k.trades.path, fmt.Errorf("no trade since %s proves the minute complete", stamp(end)))
		}
		cursor = next
	}
	return candle{}, answer{}, k.unavailable(k.trades.path, fmt.Errorf("over %d pages until %s", maxPages, stamp(end)))
}

// decodeTrades returns trades, oldest first, and the cursor of the next page.
func decodeTrades(result map[string]json.RawMessage, l listing) ([]trade, string, error) {
	rows, cursor, err := series(result, l, 3)
	if err != nil {
		return nil, "", err
	}
	var next string
	if json.Unmarshal(cursor, &next) != nil || next == "" || strings.Trim(next, "0123456789") != "" || len(next) > 20 {
		return nil, "", fmt.Errorf("%w: cursor of trades", errShape)
	}
	out := make([]trade, len(rows))
	for i, row := range rows {
		price, err := row[0].rate()
		if err != nil {
			return nil, "", err
		}
		at, err := row[2].seconds()
		if err != nil {
			return nil, "", fmt.Errorf("time of a trade: %w", err)
		}
		out[i] = trade{at: at, price: price}
		if i > 0 && out[i].at.Before(out[i-1].at) {
			return nil, "", fmt.Errorf("%w: trades are not in order", errShape)
		}
	}
	return out, next, nil
}
