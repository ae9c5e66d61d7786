package evm

import (
	"context"
	"errors"
	"fmt"

	"github.com/cointill/cointill/chain"
)

// Head returns the best block. Final is 0 when the node does not know the
// finalized tag, or no block is final yet; the safe tag, which fewer nodes know,
// is not asked for. The chain id is asked in the same request: what answers
// behind one URL can change between two calls without any failure.
func (s *Source) Head(ctx context.Context) (head chain.Head, err error) {
	defer func() { s.settle(err) }()
	const act = "read head"
	if err := s.check(ctx); err != nil {
		return chain.Head{}, err
	}
	calls := []call{
		{method: "eth_getBlockByNumber", args: []any{"latest", false}},
		{method: "eth_getBlockByNumber", args: []any{"finalized", false}},
		{method: "eth_syncing"},
		{method: "eth_chainId"},
	}
	if err := s.few(ctx, act, calls); err != nil {
		return chain.Head{}, err
	}
	if err := s.rightChain(act, calls[3]); err != nil {
		return chain.Head{}, err
	}
	if err := s.whole(act, calls[0].err); err != nil {
		return chain.Head{}, err
	}
	if isNull(calls[0].result) {
		return chain.Head{}, s.unavailable(act, "the node has no latest block")
	}
	h, err := scanBlock(calls[0].result, nil)
	if err != nil {
		return chain.Head{}, s.malformed(act, err)
	}
	head.Anchor = h.Anchor
	if head.Final, err = s.final(act, calls[1], h.Height); err != nil {
		return chain.Head{}, err
	}
	switch err := calls[2].err; {
	case err == nil:
		head.Syncing = string(calls[2].result) != "false"
	case !unsupported(err):
		return chain.Head{}, s.whole(act, err)
	}
	return head, nil
}

// final reads the finalized block's height. Behind a load balancer it may come
// from a node ahead of the one that gave the head; it is never above the head.
func (s *Source) final(act string, c call, head uint64) (uint64, error) {
	if c.err != nil && !unsupported(c.err) {
		return 0, s.whole(act, c.err) // a node in trouble; no reason to count blocks instead
	}
	if c.err != nil || isNull(c.result) {
		return 0, nil
	}
	h, err := scanBlock(c.result, nil)
	if err != nil {
		return 0, s.malformed(act, err)
	}
	return min(h.Height, head), nil
}

// AnchorAt returns the best chain's block at a height, or chain.ErrNotFound.
func (s *Source) AnchorAt(ctx context.Context, height uint64) (a chain.Anchor, err error) {
	defer func() { s.settle(err) }()
	act := fmt.Sprintf("read block %d", height)
	if err := s.check(ctx); err != nil {
		return chain.Anchor{}, err
	}
	calls := []call{{method: "eth_getBlockByNumber", args: []any{hexNumber(height), false}}}
	if err := s.few(ctx, act, calls); err != nil {
		return chain.Anchor{}, err
	}
	if err := calls[0].err; err != nil && !absent(err) {
		return chain.Anchor{}, s.whole(act, err)
	} else if err != nil || isNull(calls[0].result) {
		return chain.Anchor{}, fmt.Errorf("evm: %s on %s: %w", act, s.name, chain.ErrNotFound)
	}
	h, err := scanBlock(calls[0].result, nil)
	if err != nil {
		return chain.Anchor{}, s.malformed(act, err)
	}
	if h.Height != height {
		return chain.Anchor{}, s.unavailable(act, "the node answered with block %d", h.Height)
	}
	return h.Anchor, nil
}

// absent reports whether a node said with an error that it has no such block,
// where the specification says null.
func absent(err error) bool {
	var e *nodeError
	return errors.As(err, &e) && containsAny(e.message, "unknown block", "header not found", "block not found")
}

func notFound(err error) bool { return errors.Is(err, chain.ErrNotFound) }
