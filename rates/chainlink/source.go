package chainlink

import (
	"context"
	"time"

	"github.com/cointill/cointill/rates"
)

// Source reads prices that oracles agreed on from a chain. Make it with [New]. It
// is safe for concurrent use; equal concurrent calls share one question.
type Source struct {
	name    string
	role    rates.Role
	feeds   []feed
	index   map[rates.Market]int
	node    *node
	now     func() time.Time
	rounds  turns[view]
	candles flights[candleKey, rates.Quote]
}

var _ rates.Source = (*Source)(nil)

// feed is a checked Feed.
type feed struct {
	Feed
	proxy address
}

// Name returns "chainlink/ethereum": the feeds of all networks count as one venue.
func (s *Source) Name() string { return s.name }

// Role returns what the source was made for.
func (s *Source) Role() rates.Role { return s.role }

// Serves reports whether the network has a feed of the market; a member's must be
// one that may count.
func (s *Source) Serves(m rates.Market) bool {
	_, ok := s.index[m]
	return ok
}

// Quotes returns the newest round of each market's feed, in the order asked, all
// read at one block in one question, in which every feed also proves its name and
// decimals. A market without a feed is left out. A round that must not be
// believed is returned rejected: "feed" (the contract is another feed), "shape",
// "number" (not positive), "ahead" (of its block), "stale", "closed" (a currency
// at the weekend). The error is [rates.ErrUnavailable] if the node did not answer,
// is of another chain, or is over three minutes behind.
//
// Price.Last is the answer, there is no bid and no ask, SourceTime is when the
// round was updated, and the Symbol names the round, by which anybody can read it
// again: "BTC / USD round 92233720368547771158".
func (s *Source) Quotes(ctx context.Context, markets []rates.Market) ([]rates.Quote, error) {
	var wanted []int
	for _, m := range markets {
		if i, ok := s.index[m]; ok {
			wanted = append(wanted, i)
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	v, err := s.rounds.share(ctx, func(ctx context.Context) (view, error) {
		var calls []call
		for _, f := range s.feeds {
			calls = append(calls, f.newest()...)
		}
		return s.node.multicall(ctx, calls)
	})
	if err != nil {
		return nil, err
	}
	out := make([]rates.Quote, len(wanted))
	for i, n := range wanted {
		out[i] = s.quote(s.feeds[n], v, v.results[questions*n:])
	}
	return out, nil
}

// questions is how many calls newest makes.
const questions = 3

// newest asks a feed for its round and for what it is. The latter is asked each
// time: one address of a host may be many machines, and a proxy may be turned to
// another aggregator.
func (f feed) newest() []call {
	return []call{ask(f.proxy, latestRoundData), ask(f.proxy, getDescription), ask(f.proxy, getDecimals)}
}

func (s *Source) quote(f feed, v view, results [][]byte) rates.Quote {
	r, err := f.read(results)
	if err != nil {
		q := s.blank(f, v.asked)
		q.Price.Rejected = err.Error()
		return q
	}
	return s.judge(f, r, v.block, v.asked)
}
