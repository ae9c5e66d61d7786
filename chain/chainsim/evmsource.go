package chainsim

import (
	"context"
	"fmt"
	"slices"

	"github.com/cointill/cointill/chain"
)

// EVMSource is an in-process source of an [EVM] chain. It implements
// chain.Source, chain.Ranger, chain.HeadWaiter, chain.Balancer and
// chain.Inspector. It sees internal transfers of native coin, as a node that can
// trace does, unless [Node.Trace] takes that away.
type EVMSource struct{ *Source }

var (
	_ chain.Source     = (*EVMSource)(nil)
	_ chain.Ranger     = (*EVMSource)(nil)
	_ chain.HeadWaiter = (*EVMSource)(nil)
	_ chain.Balancer   = (*EVMSource)(nil)
	_ chain.Inspector  = (*EVMSource)(nil)
)

// Source returns a new source of the chain. Faults of one source do not touch
// the others.
func (e *EVM) Source(name string) *EVMSource { return &EVMSource{newSource(e.Chain, name)} }

// Linked implements chain.Source.
func (s *EVMSource) Linked(ctx context.Context, from, to uint64) (chain.Run, error) {
	v, err := s.call(ctx, "Linked")
	if err != nil {
		return nil, err
	}
	blocks, err := v.span(from, to)
	if err != nil {
		return nil, err
	}
	return &evmRun{source: s, blocks: blocks, anchors: anchors(blocks), internal: s.internal(v, blocks)}, nil
}

// Range implements chain.Ranger. The run names only its last block. Ranges that
// reach above the final height are refused.
func (s *EVMSource) Range(ctx context.Context, from, to uint64) (chain.Run, error) {
	v, err := s.call(ctx, "Range")
	if err != nil {
		return nil, err
	}
	blocks, err := v.span(from, to)
	if err != nil {
		return nil, err
	}
	if to > v.final {
		return nil, fmt.Errorf("chainsim: range %d..%d above final height %d: %w", from, to, v.final, chain.ErrUnavailable)
	}
	return &evmRun{source: s, blocks: blocks, anchors: anchors(blocks[len(blocks)-1:]), internal: s.internal(v, blocks)}, nil
}

type evmRun struct {
	source   *EVMSource
	blocks   []*block
	anchors  []chain.Anchor
	internal bool
}

func (r *evmRun) Anchors() []chain.Anchor { return r.anchors }

// Match counts as a call of the source: an adapter fetches receipts here.
func (r *evmRun) Match(ctx context.Context, m chain.Matcher) (chain.Found, error) {
	if _, err := r.source.call(ctx, "Match"); err != nil {
		return chain.Found{}, err
	}
	x := r.source.matching(m, r.internal)
	for _, b := range r.blocks {
		x.block(b)
	}
	return x.found, nil
}

// internal reports whether the node knows what contracts moved in blocks: by its
// traces, by the chain's logs, or because nobody called any.
func (s *EVMSource) internal(v view, blocks []*block) bool {
	return s.chain.opts.NativeLogs || !slices.ContainsFunc(blocks, func(b *block) bool {
		return len(b.txs) > 0 && !(s.traces() && v.keeps(b))
	})
}
