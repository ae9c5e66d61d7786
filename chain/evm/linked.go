package evm

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/cointill/cointill/chain"
)

// block is a fetched block.
type block struct {
	header
	raw []byte
	txs int

	// moves are what contracts moved, in execution order; complete says that
	// they are known, from logs or a trace.
	moves    []move
	complete bool
}

// Linked fetches the blocks from..to with their transactions, logs and, where the
// node offers them, traces. Behind a
// load balancer the answers may belong to several branches; then a parent does
// not match and the error wraps chain.ErrUnavailable. The caller bounds the
// run: its blocks are held in memory.
func (s *Source) Linked(ctx context.Context, from, to uint64) (r chain.Run, err error) {
	defer func() { s.settle(err) }()
	act := fmt.Sprintf("read blocks %d to %d", from, to)
	blocks, err := s.blocks(ctx, act, from, to)
	if err != nil {
		return nil, err
	}
	logs, err := s.logsByHash(ctx, act, blocks)
	if err != nil {
		return nil, err
	}
	return s.completeRun(ctx, act, blocks, logs)
}

// Range fetches the blocks from..to, which must be final, with fewer requests:
// logs come by range of heights. The last block is read again after the logs.
func (s *Source) Range(ctx context.Context, from, to uint64) (r chain.Run, err error) {
	defer func() { s.settle(err) }()
	act := fmt.Sprintf("read final blocks %d to %d", from, to)
	before, err := s.AnchorAt(ctx, to)
	if err != nil {
		return nil, err
	}
	var blocks []block
	var logs [][]byte
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		blocks, err = s.blocks(gctx, act, from, to)
		return err
	})
	g.Go(func() (err error) {
		logs, err = s.logsByRange(gctx, act, from, to)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	after, err := s.AnchorAt(ctx, to)
	if err != nil {
		return nil, err
	}
	if end := blocks[len(blocks)-1].Hash; before.Hash != end || after.Hash != end {
		return nil, s.unavailable(act, "the last block changed while it was read")
	}
	return s.completeRun(ctx, act, blocks, logs)
}

// completeRun makes a run and finds out what contracts moved in it.
func (s *Source) completeRun(ctx context.Context, act string, blocks []block, logs [][]byte) (chain.Run, error) {
	r, err := s.newRun(ctx, act, blocks, logs)
	if err != nil {
		return nil, err
	}
	if err := r.nativeLogs(ctx); err != nil {
		return nil, err
	}
	if err := r.trace(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// blocks fetches full blocks by number and proves that they are one chain.
func (s *Source) blocks(ctx context.Context, act string, from, to uint64) ([]block, error) {
	if from > to {
		return nil, fmt.Errorf("evm: %s on %s: %w", act, s.name, chain.ErrNotFound)
	}
	if err := s.check(ctx); err != nil {
		return nil, err
	}
	var calls []call
	for n := from; ; n++ {
		calls = append(calls, call{method: "eth_getBlockByNumber", args: []any{hexNumber(n), true}})
		if n == to {
			break
		}
	}
	if err := s.all(ctx, act, calls); err != nil {
		return nil, err
	}
	out := make([]block, len(calls))
	for i := range calls {
		if isNull(calls[i].result) {
			return nil, s.unavailable(act, "the node has no block %d", from+uint64(i))
		}
		txs := 0
		h, err := scanBlock(calls[i].result, func(*transaction) error { txs++; return nil })
		if errors.Is(err, errNoBody) {
			return nil, s.unavailable(act, "block %d: %s", from+uint64(i), err)
		}
		if err != nil {
			return nil, s.malformed(act, err)
		}
		if h.Height != from+uint64(i) {
			return nil, s.unavailable(act, "the node answered with block %d for %d", h.Height, from+uint64(i))
		}
		if i > 0 && h.Parent != out[i-1].Hash {
			return nil, s.unavailable(act, "block %d is not the parent of block %d: branches are mixed", h.Height-1, h.Height)
		}
		out[i] = block{header: h, raw: calls[i].result, txs: txs}
	}
	return out, nil
}
