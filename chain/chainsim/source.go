package chainsim

import (
	"context"
	"errors"
	"fmt"

	"github.com/cointill/cointill/chain"
)

var errDown = errors.New("told to fail")

// Source is an in-process chain.Source with a chain.HeadWaiter, the part that
// UTXO and EVM sources share. Its answers are what the adapters read from a
// node over RPC.
type Source struct {
	*Node
	name string
}

func newSource(c *Chain, name string) *Source {
	return &Source{Node: &Node{chain: c, indexed: true}, name: name}
}

// Network returns [Chain.Network].
func (s *Source) Network() chain.Network { return s.chain.network }

// Name returns the name given when the source was made.
func (s *Source) Name() string { return s.name }

// Head implements chain.Source.
func (s *Source) Head(ctx context.Context) (chain.Head, error) {
	v, err := s.call(ctx, "Head")
	if err != nil {
		return chain.Head{}, err
	}
	return chain.Head{Anchor: v.tip().Anchor, Final: v.final, Syncing: v.syncing}, nil
}

// AnchorAt implements chain.Source.
func (s *Source) AnchorAt(ctx context.Context, height uint64) (chain.Anchor, error) {
	v, err := s.call(ctx, "AnchorAt")
	if err != nil {
		return chain.Anchor{}, err
	}
	b := v.at(height)
	if b == nil {
		return chain.Anchor{}, fmt.Errorf("chainsim: block %d above head %d: %w", height, v.tip().Height, chain.ErrNotFound)
	}
	return b.Anchor, nil
}

// Wait implements chain.HeadWaiter: it returns at each change of the chain or
// its mempool, at once if there was one since the last answer.
func (s *Source) Wait(ctx context.Context) { s.wait(ctx) }

// call lets a method in and returns what the node sees.
func (s *Source) call(ctx context.Context, method string) (view, error) {
	err := ctx.Err()
	if err == nil && s.down() {
		err = errDown
	}
	if err == nil {
		err = s.hooked(method)
	}
	if err == nil {
		v := s.view()
		s.saw(v)
		return v, nil
	}
	for _, known := range []error{chain.ErrUnavailable, chain.ErrNotFound, chain.ErrWrongNetwork, chain.ErrMalformed} {
		if errors.Is(err, known) {
			return view{}, err
		}
	}
	return view{}, fmt.Errorf("chainsim: %s: %w: %w", method, chain.ErrUnavailable, err)
}

// span returns the blocks from..to of the best chain.
func (v view) span(from, to uint64) ([]*block, error) {
	if from > to {
		return nil, fmt.Errorf("chainsim: blocks %d..%d: %w: ask in ascending order", from, to, chain.ErrNotFound)
	}
	if to >= uint64(len(v.blocks)) {
		return nil, fmt.Errorf("chainsim: blocks %d..%d above head %d: %w", from, to, v.tip().Height, chain.ErrNotFound)
	}
	return v.blocks[from : to+1], nil
}

func anchors(blocks []*block) []chain.Anchor {
	out := make([]chain.Anchor, len(blocks))
	for i, b := range blocks {
		out[i] = b.Anchor
	}
	return out
}
