package evm

import (
	"context"

	"github.com/cointill/cointill/chain"
)

// run is a run of fetched blocks, of the payments of listed tokens in them, and
// of what contracts moved.
type run struct {
	src      *Source
	act      string
	blocks   []block
	payments []payment
	dialect  dialect // in which its blocks were traced
	internal bool    // every block is complete
}

// payment is a log with the topics of an ERC-20 Transfer of a listed contract.
// It was read whole when the run was made; its text is read again if its sender
// or recipient is watched.
type payment struct {
	from, to [20]byte
	log      []byte
}

// Anchors returns all blocks of the run.
func (r *run) Anchors() []chain.Anchor {
	out := make([]chain.Anchor, len(r.blocks))
	for i := range r.blocks {
		out[i] = r.blocks[i].Anchor
	}
	return out
}

// Match returns what arrived at watched addresses and what left them. All that
// transactions did is proved by their receipts, which are fetched from the node;
// withdrawals stand in the block itself. Within a transaction the native coin
// comes first, in execution order, then logs, then gas; a block's withdrawals and
// fees come after its transactions.
func (r *run) Match(ctx context.Context, m chain.Matcher) (found chain.Found, err error) {
	defer func() { r.src.settle(err) }()
	cands, err := r.candidates(m)
	if err != nil {
		return chain.Found{}, err
	}
	blockOf := make(map[chain.Hash]chain.Hash)
	var txs []chain.Hash
	for _, c := range cands {
		if _, ok := blockOf[c.tx]; !ok && !c.tx.IsZero() {
			txs = append(txs, c.tx)
			blockOf[c.tx] = c.block.Hash
		}
	}
	var receipts []receipt
	if len(txs) > 0 {
		receipts, err = r.src.receipts(ctx, r.act, txs, func(tx chain.Hash) chain.Hash { return blockOf[tx] })
		if err != nil {
			return chain.Found{}, err
		}
	}
	p := prover{run: r, receipts: make(map[chain.Hash]*receipt, len(receipts)), known: make(map[string]bool, len(cands))}
	for i := range receipts {
		p.receipts[receipts[i].tx] = &receipts[i]
	}
	for i := range cands {
		if err := p.prove(ctx, &cands[i]); err != nil {
			return chain.Found{}, err
		}
	}
	p.found.Internal = r.internal
	return p.found, nil
}
