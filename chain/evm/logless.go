package evm

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

// noLogs reports whether a node refuses a query for the logs of one block, or all
// queries for logs, as the public nodes of BNB Smart Chain do. It is not asked for
// logs again for a while.
func (s *Source) noLogs(err error) bool {
	var wide *tooWideError
	if !errors.As(err, &wide) && !disabled(err) {
		return false
	}
	s.logless.refused()
	return true
}

// untold returns the blocks that may hold a Transfer of a listed contract, by
// their filters alone, since the node tells no logs. A filter without a single
// bit is no evidence: some nodes do not fill it in.
func (s *Source) untold(blocks []block) []*block {
	var out []*block
	for i := range blocks {
		if h := &blocks[i].header; h.bloom == (bloom{}) || s.mayHaveTransfers(h) {
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
