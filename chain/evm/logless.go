package evm

import (
	"context"
	"errors"
	"slices"

	"github.com/ethereum/go-ethereum/core/types"
	"golang.org/x/sync/errgroup"
)

// withheld reports whether a node refuses a query for the logs of one block, or all
// queries for logs, as the public nodes of BNB Smart Chain do. Callers then go
// without for a while: see [pause].
func withheld(err error) bool {
	var wide *tooWideError
	return errors.As(err, &wide) || disabled(err)
}

// untold returns the blocks that may hold a Transfer of a listed contract, by
// their filters alone, since the node tells no logs. A filter without a single
// bit is no evidence: some nodes do not fill it in.
func (s *Source) untold(blocks []block) []*block {
	var out []*block
	for i := range blocks {
		if h := &blocks[i].header; h.bloom == (types.Bloom{}) || s.mayHaveTransfers(h) {
			out = append(out, &blocks[i])
		}
	}
	return out
}

// logsOfFinal reads the logs of final blocks from their receipts.
func (s *Source) logsOfFinal(ctx context.Context, act string, from, to uint64) ([][]byte, error) {
	blocks, err := s.blocks(ctx, act, from, to)
	if err != nil {
		return nil, err
	}
	return s.logsOfReceipts(ctx, act, s.untold(blocks))
}

// logsOfReceipts reads the logs of blocks from their receipts.
func (s *Source) logsOfReceipts(ctx context.Context, act string, blocks []*block) ([][]byte, error) {
	read := make([][]receipt, len(blocks))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(pipelines)
	for i, b := range blocks {
		g.Go(func() (err error) {
			read[i], err = s.blockReceipts(ctx, act, b)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var out [][]byte
	for _, receipts := range read {
		for _, r := range receipts {
			out = append(out, r.logs)
		}
	}
	return out, nil
}

// told is what a node told of a block's logs: those asked for, or, from receipts,
// all.
type told struct {
	logs     [][]byte
	receipts bool
}

func (t told) scan(each func(*event) error) error {
	for _, raw := range t.logs {
		if err := scanLogs(raw, each); err != nil {
			return err
		}
	}
	return nil
}

// toldNative fetches the logs of native transfers (EIP-7708) in each block, from
// receipts where the node refuses to tell.
func (s *Source) toldNative(ctx context.Context, act string, blocks []*block) ([]told, error) {
	out := make([]told, len(blocks))
	var calls []call
	if !s.logless.skip() {
		for _, b := range blocks {
			calls = append(calls, call{method: "eth_getLogs", args: []any{logFilter{
				BlockHash: hexBytes(b.Hash[:]), Address: []string{hexBytes(systemContract[:])}, Topics: []string{hexBytes(transferTopic[:])},
			}}})
		}
	}
	if len(calls) > 0 {
		if err := s.each(ctx, act, calls); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(calls, func(c call) bool { return withheld(c.err) }) {
		s.logless.refused()
	}
	for i, b := range blocks {
		switch {
		case calls == nil || withheld(calls[i].err):
			logs, err := s.logsOfReceipts(ctx, act, blocks[i:i+1])
			if err != nil {
				return nil, err
			}
			out[i] = told{logs, true}
		case calls[i].err != nil:
			return nil, s.whole(act, calls[i].err)
		case isNull(calls[i].result):
			return nil, s.unavailable(act, "the node has no logs for block %d", b.Height)
		default:
			out[i] = told{logs: [][]byte{calls[i].result}}
		}
	}
	return out, nil
}
