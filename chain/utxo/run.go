package utxo

import (
	"context"
	"fmt"

	"github.com/cointill/cointill/chain"
)

// run holds proved blocks.
type run struct {
	form    form
	network chain.Network
	blocks  []block
	held    held
}

// block is a block's raw bytes and its place.
type block struct {
	anchor chain.Anchor
	raw    []byte
}

// Anchors returns the run's blocks in ascending order.
func (r *run) Anchors() []chain.Anchor {
	out := make([]chain.Anchor, len(r.blocks))
	for i, b := range r.blocks {
		out[i] = b.anchor
	}
	return out
}

// Match walks the blocks and returns what the matcher knows. It asks the node
// nothing.
func (r *run) Match(ctx context.Context, m chain.Matcher) (chain.Found, error) {
	f := finder{matcher: m, network: r.network}
	for _, b := range r.blocks {
		if err := ctx.Err(); err != nil {
			return chain.Found{}, fmt.Errorf("utxo: match: %w: %w", chain.ErrUnavailable, err)
		}
		f.block = b.anchor
		if err := walk(r.form, b.raw, &f); err != nil {
			return chain.Found{}, fmt.Errorf("utxo: match block %s: %w", b.anchor, err)
		}
	}
	return f.found, nil
}

// held counts the bytes of blocks or transactions in memory.
type held int

// maxHeld bounds them. A node could otherwise exhaust memory with a branch of
// large blocks, which costs it nothing because their work is not checked.
const maxHeld = 2 << 30

// add counts n bytes more, or refuses them.
func (h *held) add(n int) error {
	if n > maxHeld-int(*h) {
		return fmt.Errorf("%w: the answer has more than %d MiB of blocks or transactions: ask for fewer at a time, "+
			"or, if this is a reorganisation, compare the node with another", chain.ErrUnavailable, maxHeld>>20)
	}
	*h += held(n)
	return nil
}
