package chainlink

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// probes is how many rounds are read with one question: some million gas, where
	// nodes allow an eth_call ten at least.
	probes = 32
	// maxQuestions ends a search that a hole of many thousand rounds, or a node that
	// tells stories, would make endless.
	maxQuestions = 64
)

// history is one search for the last round of a feed that was updated before an
// instant. Within a phase rounds are in the order of time; some do not exist.
type history struct {
	node  *node
	feed  feed
	end   time.Time
	asked int
}

// find looks in the phase of the newest round, then in those before it: a phase is
// an aggregator, and the newest one that has such a round is taken.
func (h *history) find(ctx context.Context, newest roundID) (reading, error) {
	r, err := h.within(ctx, newest)
	for phase := newest.phase; errors.Is(err, errMissing) && phase > 1; {
		phase--
		var last uint64
		if last, err = h.last(ctx, phase); err == nil {
			r, err = h.within(ctx, roundID{phase, last + 1})
		}
	}
	if errors.Is(err, errMissing) {
		err = h.node.unavailable(fmt.Errorf("%s has no round before %s", h.feed.name(), h.end.Format(time.RFC3339)))
	}
	return r, err
}

// last returns the newest round of an older phase, asked of its aggregator
// directly: aggregators answer nobody but proxies and outside callers, so not
// Multicall3.
func (h *history) last(ctx context.Context, phase uint16) (uint64, error) {
	if err := h.count(); err != nil {
		return 0, err
	}
	v, err := h.node.multicall(ctx, []call{ask(h.feed.proxy, phaseAggregators, wordOf(uint64(phase)))})
	if err != nil {
		return 0, err
	}
	w := v.results[0]
	if len(w) != wordSize {
		return 0, errMissing
	}
	to := address(w[wordSize-len(address{}):])
	if to == (address{}) {
		return 0, errMissing
	}
	if err := h.count(); err != nil {
		return 0, err
	}
	var r reading
	err = h.node.call(ctx, ask(to, latestRoundData), func(_ time.Time, returned []byte) error {
		if len(returned) == 0 {
			return errReverted // no contract is left there
		}
		var err error
		if r, err = parseRound(returned); errors.Is(err, errMissing) {
			return errReverted
		}
		return err
	})
	if errors.Is(err, errReverted) {
		err = errMissing
	}
	return r.id.round, err
}

// within searches below a round of a phase that is too late itself.
func (h *history) within(ctx context.Context, top roundID) (reading, error) {
	b := bracket{high: top.round}
	ahead, next := true, doubling(top.round)
	for b.open() > 0 {
		if b.open() <= probes {
			next = run(b.low+1, b.high-1)
		}
		before := b.open()
		read, err := h.read(ctx, top.phase, next)
		if err != nil {
			return reading{}, err
		}
		b.narrow(read, h.end)
		switch {
		case before <= probes:
			b.high = b.low + 1 // every round there is has been read
		case !ahead && b.open() == before:
			b.high = next[0] // not one of these exists
			fallthrough
		case ahead && len(read) < len(next) && 2*b.open() > before:
			// A hole: what lies next to the top is read round by round.
			ahead, next = false, run(b.high-min(probes, b.open()), b.high-1)
		default:
			ahead, next = true, spread(b.low, b.high)
		}
	}
	if b.low == 0 {
		return reading{}, errMissing
	}
	return b.best, nil
}

// bracket holds the round looked for: it is best, at low, or one between low and
// high.
type bracket struct {
	low, high uint64
	best      reading
}

// open returns how many rounds may still be it, besides low.
func (b *bracket) open() uint64 { return b.high - b.low - 1 }

func (b *bracket) narrow(read []reading, end time.Time) {
	for _, r := range read {
		if r.updated.Before(end) && r.id.round > b.low {
			b.low, b.best = r.id.round, r
		}
	}
	for _, r := range read {
		if !r.updated.Before(end) && r.id.round > b.low && r.id.round < b.high {
			b.high = r.id.round
		}
	}
}

// read returns those of a phase's rounds that exist, in the order asked.
func (h *history) read(ctx context.Context, phase uint16, rounds []uint64) ([]reading, error) {
	if err := h.count(); err != nil {
		return nil, err
	}
	calls := make([]call, 0, len(rounds)+1)
	for _, n := range rounds {
		calls = append(calls, ask(h.feed.proxy, getRoundData, roundID{phase, n}.word()))
	}
	// A call that ran out of gas looks like a round that is missing. The last call
	// needs as much as the others, has the least, and must not fail.
	v, err := h.node.multicall(ctx, append(calls, ask(h.feed.proxy, getDescription)))
	if err != nil {
		return nil, err
	}
	if v.results[len(rounds)] == nil {
		return nil, h.node.unavailable(errors.New("the last of several calls failed: the node allows an eth_call too little gas"))
	}
	var out []reading
	for i, b := range v.results[:len(rounds)] {
		r, err := parseRound(b)
		if errors.Is(err, errMissing) {
			continue
		}
		if err == nil && r.id != (roundID{phase, rounds[i]}) {
			err = fmt.Errorf("%w: round %s in place of another", errShape, r.id)
		}
		if err != nil {
			return nil, h.node.unavailable(err)
		}
		out = append(out, r)
	}
	return out, nil
}

func (h *history) count() error {
	if h.asked++; h.asked > maxQuestions {
		return h.node.unavailable(fmt.Errorf("%s: no round found in %d questions: too many are missing", h.feed.name(), maxQuestions))
	}
	return nil
}

// doubling returns rounds at doubling distances below high, and the first round:
// what is asked for is mostly recent.
func doubling(high uint64) []uint64 {
	var out []uint64
	for d := uint64(1); d < high && len(out) < probes-1; d *= 2 {
		out = append(out, high-d)
	}
	return append(out, 1)
}

// spread returns rounds evenly between low and high, both ends' neighbours among
// them.
func spread(low, high uint64) []uint64 {
	if high-low <= 2 {
		return run(low+1, high-1)
	}
	out := make([]uint64, probes)
	for i := range out {
		out[i] = low + 1 + uint64(i)*(high-low-2)/(probes-1)
	}
	return out
}

// run returns the rounds from first to last.
func run(first, last uint64) []uint64 {
	var out []uint64
	for n := first; n <= last; n++ {
		out = append(out, n)
	}
	return out
}
