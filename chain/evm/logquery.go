package evm

import (
	"context"
	"errors"

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
	f.Address, f.Topics = s.contracts, []string{hexBytes(transferTopic[:])}
	return call{method: "eth_getLogs", args: []any{f}}
}

// logsByHash fetches the token logs of each block, by its hash.
func (s *Source) logsByHash(ctx context.Context, act string, blocks []block) ([][]byte, error) {
	if len(s.contracts) == 0 {
		return nil, nil
	}
	calls := make([]call, len(blocks))
	for i := range blocks {
		calls[i] = s.logCall(logFilter{BlockHash: hexBytes(blocks[i].Hash[:])})
	}
	if err := s.all(ctx, act, calls); err != nil {
		return nil, err
	}
	out := make([][]byte, len(calls))
	for i := range calls {
		if isNull(calls[i].result) {
			return nil, s.unavailable(act, "the node has no logs for block %d", blocks[i].Height)
		}
		out[i] = calls[i].result
	}
	return out, nil
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

// logsInTurn halves its queries when the node calls them too wide, and
// lengthens them slowly again while answers are small; the length is remembered
// by the source.
func (s *Source) logsInTurn(ctx context.Context, act string, from, to uint64) ([][]byte, error) {
	var out [][]byte
	for len(s.contracts) > 0 && from <= to {
		span := min(s.span.Load(), to-from+1)
		calls := []call{s.logCall(logFilter{FromBlock: hexNumber(from), ToBlock: hexNumber(from + span - 1)})}
		err := s.batch(ctx, act, calls)
		if err == nil {
			err = calls[0].err
		}
		var wide *tooWideError
		switch {
		case errors.As(err, &wide) && span > 1:
			s.span.Store(span / 2)
			continue
		case err != nil:
			return nil, s.whole(act, err)
		case isNull(calls[0].result):
			return nil, s.unavailable(act, "the node has no logs for blocks %d to %d", from, from+span-1)
		}
		out = append(out, calls[0].result)
		from += span
		if len(calls[0].result) < fineAnswer {
			s.span.Store(min(max(s.span.Load(), span+span/4+1), maxSpan))
		} else {
			s.span.Store(max(span/2, 1))
		}
	}
	return out, nil
}
