package chainlink

import (
	"context"
	"fmt"
	"time"

	"github.com/cointill/cointill/rates"
)

// settled is how old the end of a minute must be, so that no reorganisation of the
// chain changes which round was in force.
const settled = 90 * time.Second

type candleKey struct {
	market rates.Market
	minute int64
}

// Candle returns the oracle's round that was in force at the end of the minute
// that contains at: the last one updated before that end. Oracles have no trades
// and no candles; between two rounds the market may have moved by the feed's
// threshold, so this is a tripwire's answer, and SourceTime says how old the round
// was. One that was stale then, or fell into a rest of its market, is returned
// rejected.
//
// It is found among the rounds that the contracts keep for ever, so no archive of
// the chain is needed; a handful of questions does for a year. A minute younger than
// 90 s or older than the first round is [rates.ErrUnavailable], as is a node that
// cannot be had; a market without a feed is [rates.ErrUnknownPair].
func (s *Source) Candle(ctx context.Context, m rates.Market, at time.Time) (rates.Quote, error) {
	i, ok := s.index[m]
	if !ok {
		return rates.Quote{}, fmt.Errorf("%w: %s has no feed of %s", rates.ErrUnknownPair, s.name, m)
	}
	minute := at.UTC().Truncate(time.Minute)
	end := minute.Add(time.Minute)
	if s.now().Sub(end) < settled {
		return rates.Quote{}, s.none(m, fmt.Errorf("the minute %s has not settled", minute.Format(time.RFC3339)))
	}
	return s.candles.share(ctx, candleKey{m, minute.Unix()}, func(ctx context.Context) (rates.Quote, error) {
		return s.candle(ctx, s.feeds[i], end)
	})
}

func (s *Source) candle(ctx context.Context, f feed, end time.Time) (rates.Quote, error) {
	v, err := s.node.multicall(ctx, f.newest())
	if err != nil {
		return rates.Quote{}, err
	}
	if v.block.Sub(end) < settled {
		return rates.Quote{}, s.none(f.Market, fmt.Errorf("the chain is only at %s", v.block.Format(time.RFC3339)))
	}
	newest, err := f.read(v.results)
	if err != nil {
		return rates.Quote{}, s.none(f.Market, err)
	}
	r := newest
	if !newest.updated.Before(end) {
		h := history{node: s.node, feed: f, end: end}
		if r, err = h.find(ctx, newest.id); err != nil {
			return rates.Quote{}, err
		}
	}
	return s.judge(f, r, end, v.asked), nil
}

func (s *Source) none(m rates.Market, why error) error {
	return fmt.Errorf("%w: %s: %s: %w", rates.ErrUnavailable, s.name, m, why)
}

// read checks what newest asked: that the contract is the feed, and its round.
func (f feed) read(results [][]byte) (reading, error) {
	if err := f.identify(results[1], results[2]); err != nil {
		return reading{}, err
	}
	r, err := parseRound(results[0])
	if err != nil {
		return reading{}, fmt.Errorf("shape: latest round: %w", err)
	}
	return r, nil
}
