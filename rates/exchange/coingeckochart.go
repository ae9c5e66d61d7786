package exchange

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// stableCarry is the carry of a stablecoin's minute: a sample is near enough
	// for no other coin.
	stableCarry = 30 * time.Minute
	// chartDepth keeps a question to the last day, where samples are dense.
	chartDepth = 24*time.Hour - 5*time.Minute
	// sampleGap is how far apart the samples around a minute may lie.
	sampleGap = 10 * time.Minute
)

// past takes a stablecoin's close from the chart of the last day, which one
// question has for all of its minutes.
func (g *coinGecko) past(ctx context.Context, l listing, from, minute time.Time) (candle, answer, error) {
	end := g.now()
	if minute.Sub(from) < stableCarry {
		return candle{}, answer{}, g.unavailable("candle", errNoCandles)
	}
	if minute.Before(end.Add(-chartDepth)) {
		return candle{}, answer{}, g.unavailable("candle", fmt.Errorf("the minute %s is over a day ago", stamp(minute)))
	}
	rows, a, err := g.charts[l].get(ctx, g.client, func(ctx context.Context) ([]candle, answer, error) {
		return ask(ctx, g.client, &g.chart, l.symbol, url.Values{
			"vs_currency": {strings.ToLower(l.key)}, "precision": {"full"},
			"from": {strconv.FormatInt(end.Add(-chartDepth).Unix(), 10)}, "to": {strconv.FormatInt(end.Unix(), 10)},
		}, coinGeckoChart)
	})
	if err != nil {
		return candle{}, a, err
	}
	c, err := lastSample(rows, from, minute)
	if err != nil {
		err = g.unavailable(g.chart.path, err)
	}
	return c, a, err
}

// coinGeckoChart reads the prices of market_chart, oldest first, as they were at
// an instant.
func coinGeckoChart(body []byte) ([]candle, error) {
	w, err := parseJSON[struct {
		Prices [][]number `json:"prices"`
	}](body)
	if err != nil {
		return nil, err
	}
	if w.Prices == nil {
		return nil, errNoData
	}
	out := make([]candle, len(w.Prices))
	for i, row := range w.Prices {
		if len(row) != 2 {
			return nil, fmt.Errorf("%w: a sample is a time and a price", errShape)
		}
		if out[i].open, err = row[0].millis(); err != nil {
			return nil, err
		}
		if out[i].close, err = row[1].rate(); err != nil {
			return nil, fmt.Errorf("sample of %s: %w", stamp(out[i].open), err)
		}
		if i > 0 && !out[i].open.After(out[i-1].open) {
			return nil, fmt.Errorf("%w: samples are not in order", errShape)
		}
	}
	return out, nil
}

// lastSample returns the last sample from an instant to the minute's end. The one
// after it proves that none is missing, if it is near.
func lastSample(samples []candle, from, minute time.Time) (candle, error) {
	var best candle
	for _, s := range samples {
		switch {
		case s.open.Before(from):
		case s.open.Before(minute.Add(time.Minute)):
			best = s
		case !best.close.Valid():
			return candle{}, fmt.Errorf("no sample from %s to the minute %s", stamp(from), stamp(minute))
		case s.open.Sub(best.open) > sampleGap:
			return candle{}, fmt.Errorf("samples around the minute %s are %s apart", stamp(minute), s.open.Sub(best.open))
		default:
			return best, nil
		}
	}
	return candle{}, fmt.Errorf("nothing after the minute %s proves it complete", stamp(minute))
}
