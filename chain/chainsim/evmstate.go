package chainsim

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// Balances implements chain.Balancer for blocks of the best chain. Who pays more than he has is given what he
// lacks at that moment; the balance of anybody else is what came in less what
// went out, gas included.
func (s *EVMSource) Balances(ctx context.Context, at chain.Anchor, addresses []chain.Address) ([]money.Amount, error) {
	v, err := s.call(ctx, "Balances")
	if err != nil {
		return nil, err
	}
	b := s.block(v, at.Hash)
	if b == nil || !v.onBest(b) {
		return nil, fmt.Errorf("chainsim: balances at block %s, not on the best chain: %w", at, chain.ErrUnavailable)
	}
	if !v.keeps(b) {
		return nil, errPruned(b)
	}
	accounts := make([]account, len(addresses))
	for i, a := range addresses {
		if len(a.Raw) != 20 {
			return nil, fmt.Errorf("chainsim: balance of %s, no EVM address: %w", a, chain.ErrNotFound)
		}
		accounts[i] = account([]byte(a.Raw))
	}
	out := make([]money.Amount, len(addresses))
	for i, units := range balances(s.lineage(v, b), accounts) {
		out[i] = money.NewAmount(s.chain.network.Native, units)
	}
	return out, nil
}

// lineage returns the blocks from block 0 to b, which may be stale.
func (n *Node) lineage(v view, b *block) []*block {
	var stale []*block
	for !v.onBest(b) {
		stale = append(stale, b)
		b = n.block(v, b.Parent)
	}
	slices.Reverse(stale)
	return slices.Concat(v.blocks[:b.Height+1], stale)
}

// balances returns the native balance of each account after the blocks.
func balances(blocks []*block, accounts []account) []*big.Int {
	held := make(map[account]*big.Int, len(accounts))
	for _, a := range accounts {
		held[a] = new(big.Int)
	}
	in := func(to account, units *big.Int) {
		if h := held[to]; h != nil {
			h.Add(h, units)
		}
	}
	out := func(from account, units *big.Int) {
		if h := held[from]; h != nil {
			h.Sub(h, units)
			if h.Sign() < 0 {
				h.SetInt64(0)
			}
		}
	}
	for _, b := range blocks {
		for _, t := range b.txs {
			out(t.evm.from, t.evm.fee())
			t.evm.moves(func(m move) {
				out(m.from, m.value)
				in(m.to, m.value)
			})
		}
		for _, g := range b.grants {
			in(account([]byte(g.payment.To.Raw)), g.payment.Amount.Units())
		}
		in(b.miner, b.income())
	}
	units := make([]*big.Int, len(accounts))
	for i, a := range accounts {
		units[i] = new(big.Int).Set(held[a])
	}
	return units
}

// income is what a block pays to its proposer: all fees less what is burnt.
func (b *block) income() *big.Int {
	sum := new(big.Int)
	if b.unpaid {
		return sum
	}
	for _, t := range b.txs {
		burnt := new(big.Int).SetUint64(t.evm.gas() * b.baseFee)
		sum.Add(sum, burnt.Sub(t.evm.fee(), burnt))
	}
	return sum
}

// MineTo mines one block with the whole mempool that an address proposes: it is
// the block's miner and gets the part of the fees that is not burnt, except on
// BNB Smart Chain, where a system contract gets all.
func (e *EVM) MineTo(to chain.Address) chain.Anchor {
	e.mu.Lock()
	defer e.mu.Unlock()
	usual := e.miner
	e.miner = e.account("MineTo", to)
	b := e.extend(e.pool, e.due)
	e.miner = usual
	e.change()
	return b.Anchor
}
