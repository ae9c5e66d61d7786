package chaintest

import (
	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
)

// OnUTXO is the world of a simulated UTXO network and a source that reads it.
func OnUTXO(sim *chainsim.UTXO, src chain.Source) World {
	w, sent := simulated(sim.Chain, src)
	w.Spend = func(ops []chain.Outpoint, ps ...Payment) chain.Hash { return sent(sim.Spend(ops, made(ps)...)) }
	w.MineTo = func(to chain.Address) { sim.MineTo(to) }
	if sim.Network().PegOutMaturity > 0 {
		w.PegOut = func(p Payment) { sim.PegOut(chainsim.Payment(p)) }
	}
	return w
}

// OnEVM is the world of a simulated EVM network and a source that reads it.
func OnEVM(sim *chainsim.EVM, src chain.Source) World {
	w, sent := simulated(sim.Chain, src)
	w.Assets = sim.Network().Assets()
	w.Send = func(from chain.Address, p Payment) chain.Hash { return sent(sim.Send(from, chainsim.Payment(p))) }
	w.PayInternal = func(p Payment) chain.Hash { return sim.PayInternal(chainsim.Payment(p)) }
	w.PayReverted = func(p Payment) chain.Hash { return sim.PayReverted(chainsim.Payment(p)) }
	w.PayDelegated = func(p Payment) chain.Hash { return sim.PayDelegated(chainsim.Payment(p)) }
	w.PayByDestruction = func(p Payment) chain.Hash { return sim.PayByDestruction(chainsim.Payment(p)) }
	w.PayFailed = func(p Payment) chain.Hash { return sim.PayFailed(chainsim.Payment(p)) }
	w.Final = func(height uint64) bool { sim.Finalize(height); return true }
	return w
}

// simulated is what both kinds of networks can do. What sent is told of goes back to
// the mempool by a reorganisation.
func simulated(sim *chainsim.Chain, src chain.Source) (w World, sent func(chain.Hash) chain.Hash) {
	var all []chain.Hash
	n := sim.Network()
	sent = func(id chain.Hash) chain.Hash {
		all = append(all, id)
		return id
	}
	send := func(ps ...Payment) chain.Hash { return sent(sim.Pay(made(ps)...)) }
	return World{
		Source:  src,
		Address: func(i int) chain.Address { return chainsim.Address(n, i) },
		Own:     func(i int) chain.Address { return chainsim.Address(n, i) },
		Pay:     func(p Payment) chain.Hash { return send(p) },
		Batch:   send,
		Mine:    func(blocks int) { sim.Mine(blocks) },
		Reorg: func(depth int) {
			var waiting []chain.Hash
			for _, id := range all {
				if at, ok := sim.BlockOf(id); ok && at.Height+uint64(depth) > sim.Head().Height {
					waiting = append(waiting, id)
				}
			}
			sim.Reorg(depth, chainsim.Branch{Later: waiting})
		},
	}, sent
}

func made(ps []Payment) []chainsim.Payment {
	out := make([]chainsim.Payment, len(ps))
	for i, p := range ps {
		out[i] = chainsim.Payment(p)
	}
	return out
}
