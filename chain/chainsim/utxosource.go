package chainsim

import (
	"context"
	"fmt"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// UTXOSource is an in-process source of a [UTXO] chain. It implements
// chain.Source, chain.Mempooler, chain.HeadWaiter and chain.Inspector.
type UTXOSource struct{ *Source }

var (
	_ chain.Source     = (*UTXOSource)(nil)
	_ chain.Mempooler  = (*UTXOSource)(nil)
	_ chain.HeadWaiter = (*UTXOSource)(nil)
	_ chain.Inspector  = (*UTXOSource)(nil)
)

// Source returns a new source of the chain. Faults of one source do not touch
// the others.
func (u *UTXO) Source(name string) *UTXOSource { return &UTXOSource{newSource(u.Chain, name)} }

// Linked implements chain.Source.
func (s *UTXOSource) Linked(ctx context.Context, from, to uint64) (chain.Run, error) {
	v, err := s.call(ctx, "Linked")
	if err != nil {
		return nil, err
	}
	blocks, err := v.span(from, to)
	if err != nil {
		return nil, err
	}
	if !v.keeps(blocks[0]) {
		return nil, errPruned(blocks[0])
	}
	return &utxoRun{native: s.chain.network.Native, family: s.chain.network.Family, blocks: blocks}, nil
}

// Mempool implements chain.Mempooler.
func (s *UTXOSource) Mempool(ctx context.Context) ([]chain.Hash, error) {
	v, err := s.call(ctx, "Mempool")
	if err != nil {
		return nil, err
	}
	if v.loading {
		return nil, fmt.Errorf("chainsim: Mempool: not loaded yet: %w", chain.ErrUnavailable)
	}
	ids := make([]chain.Hash, len(v.pool))
	for i, t := range v.pool {
		ids[i] = t.id
	}
	return ids, nil
}

// Unmined implements chain.Mempooler.
func (s *UTXOSource) Unmined(ctx context.Context, ids []chain.Hash) (chain.Run, error) {
	v, err := s.call(ctx, "Unmined")
	if err != nil {
		return nil, err
	}
	run := &utxoRun{native: s.chain.network.Native, family: s.chain.network.Family}
	for _, id := range ids {
		if t := v.unmined(id); t != nil {
			run.pool = append(run.pool, t)
		}
	}
	return run, nil
}

// utxoRun is a run of blocks, or of unmined transactions.
type utxoRun struct {
	native money.Asset
	family chain.Family
	blocks []*block
	pool   []*tx
}

func (r *utxoRun) Anchors() []chain.Anchor { return anchors(r.blocks) }

func (r *utxoRun) Match(_ context.Context, m chain.Matcher) (chain.Found, error) {
	var found chain.Found
	for _, b := range r.blocks {
		for _, t := range b.txs {
			r.match(&found, m, t, b.Anchor)
		}
	}
	for _, t := range r.pool {
		r.match(&found, m, t, chain.Anchor{})
	}
	return found, nil
}

func (r *utxoRun) match(found *chain.Found, m chain.Matcher, t *tx, at chain.Anchor) {
	var whole *chain.Outflow
	for n, op := range t.claims {
		if !m.Outpoint(op) {
			continue
		}
		if whole == nil {
			whole = r.outflow(t)
		}
		found.Spends = append(found.Spends, chain.Spend{
			ID: fmt.Sprintf("%s:in:%d", t.id, n), Kind: chain.SpendOutpoint, Outpoint: op, TxID: t.id, Tx: whole, Block: at,
		})
	}
	for vout, out := range t.utxo.outs {
		if out.value == 0 || !m.Address([]byte(out.script)) {
			continue
		}
		found.Transfers = append(found.Transfers, chain.Transfer{
			ID:     fmt.Sprintf("%s:%d", t.id, vout),
			TxID:   t.id,
			To:     chain.Address{Family: r.family, Raw: out.script},
			Amount: money.Units(r.native, int64(out.value)),
			Inputs: append([]chain.Outpoint(nil), t.claims...),
			Block:  at,
			Origin: originOf(t, vout),
		})
	}
}

func (r *utxoRun) outflow(t *tx) *chain.Outflow {
	o := &chain.Outflow{Inputs: slices.Clone(t.claims)}
	for _, out := range t.utxo.outs {
		o.Outputs = append(o.Outputs, chain.Output{
			To: chain.Address{Family: r.family, Raw: out.script}, Amount: money.Units(r.native, int64(out.value)),
		})
	}
	return o
}

func originOf(t *tx, vout int) chain.Origin {
	switch {
	case t.coinbase:
		return chain.OriginCoinbase
	case t.hogEx && vout > 0:
		return chain.OriginPegOut
	}
	return chain.OriginPayment
}
