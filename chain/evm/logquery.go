package evm

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"
)

const (
	// firstSpan is how many blocks the first query for a range of logs covers,
	// maxSpan the most that later ones do.
	firstSpan = 32
	maxSpan   = 2048
	// fineAnswer is the size of answers, in bytes, up to which queries grow.
	fineAnswer = 8 << 20
)

// logFilter is the argument of eth_getLogs. All Transfers of the contracts are
// asked for and matched here: lists of recipients are capped by nodes and would
// tell the node which addresses belong together.
type logFilter struct {
	BlockHash string   `json:"blockHash,omitempty"`
	FromBlock string   `json:"fromBlock,omitempty"`
	ToBlock   string   `json:"toBlock,omitempty"`
	Address   []string `json:"address"`
	Topics    []string `json:"topics"`
}

func (s *Source) logCall(f logFilter) call {
	f.Address, f.Topics = s.listing.Load().contracts, []string{hexBytes(transferTopic[:])}
	return call{method: "eth_getLogs", args: []any{f}}
}

// logsByHash fetches the token logs of each block, by its hash; from receipts
// those that the node refuses to tell, or tells half of.
func (s *Source) logsByHash(ctx context.Context, act string, blocks []block) ([][]byte, error) {
	l := s.listing.Load()
	if len(l.contracts) == 0 {
		return nil, nil
	}
	if s.logless.skip() {
		return s.logsOfReceipts(ctx, act, s.untold(blocks))
	}
	calls := make([]call, len(blocks))
	for i := range blocks {
		calls[i] = s.logCall(logFilter{BlockHash: hexBytes(blocks[i].Hash[:])})
	}
	if err := s.each(ctx, act, calls); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(calls, func(c call) bool { return withheld(c.err) }) {
		s.logless.refused()
	} else {
		s.logless.answered()
	}
	out := make([][]byte, 0, len(calls))
	var doubtful []*block
	for i := range calls {
		switch {
		case withheld(calls[i].err):
			doubtful = append(doubtful, s.untold(blocks[i:i+1])...)
			continue
		case calls[i].err != nil:
			return nil, s.whole(act, calls[i].err)
		case isNull(calls[i].result):
			return nil, s.unavailable(act, "the node has no logs for block %d", blocks[i].Height)
		}
		half, err := l.halfTold(&blocks[i].header, calls[i].result)
		if err != nil {
			return nil, s.malformed(act, err)
		}
		if half {
			doubtful = append(doubtful, &blocks[i])
			continue
		}
		out = append(out, calls[i].result)
	}
	more, err := s.logsOfReceipts(ctx, act, doubtful)
	return append(out, more...), err
}

// logsByRange fetches the token logs of final blocks by height, two halves at a
// time if there are many.
func (s *Source) logsByRange(ctx context.Context, act string, from, to uint64) ([][]byte, error) {
	if from > to || to-from < 2*firstSpan {
		return s.logsInTurn(ctx, act, from, to)
	}
	middle := from + (to-from)/2
	var low, up [][]byte
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		low, err = s.logsInTurn(ctx, act, from, middle)
		return err
	})
	g.Go(func() (err error) {
		up, err = s.logsInTurn(ctx, act, middle+1, to)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return append(low, up...), nil
}

// logsInTurn halves its queries when the node calls them too wide, or takes the
// width it offers, and lengthens them slowly again; the length is remembered by
// the source. Blocks whose logs are refused even alone are read by receipts.
func (s *Source) logsInTurn(ctx context.Context, act string, from, to uint64) ([][]byte, error) {
	var out [][]byte
	for len(s.listing.Load().contracts) > 0 && from <= to {
		span := min(s.spans.next(), to-from+1)
		logs, err := s.logsOfSpan(ctx, act, from, from+span-1)
		var wide *tooWideError
		switch {
		case errors.As(err, &wide) && span > 1:
			s.spans.refused(span, wide.span)
			continue
		case err != nil:
			return nil, s.whole(act, err)
		}
		out = append(out, logs...)
		from += span
	}
	return out, nil
}

// logsOfSpan makes one query. Its error is a *tooWideError if a shorter one is to
// be made.
func (s *Source) logsOfSpan(ctx context.Context, act string, from, to uint64) ([][]byte, error) {
	if s.logless.skip() {
		return s.logsOfFinal(ctx, act, from, to)
	}
	calls := []call{s.logCall(logFilter{FromBlock: hexNumber(from), ToBlock: hexNumber(to)})}
	if err := s.each(ctx, act, calls); err != nil {
		return nil, err
	}
	err, wide := calls[0].err, (*tooWideError)(nil)
	switch {
	case errors.As(err, &wide) && from < to:
		return nil, wide
	case withheld(err):
		s.logless.refused()
		return s.logsOfFinal(ctx, act, from, to)
	case err != nil:
		return nil, err
	case isNull(calls[0].result):
		return nil, s.unavailable(act, "the node has no logs for blocks %d to %d", from, to)
	}
	s.logless.answered()
	s.spans.answered(to-from+1, len(calls[0].result) >= fineAnswer)
	return [][]byte{calls[0].result}, nil
}
