package chainsim

import (
	"slices"

	"github.com/cointill/cointill/chain"
)

// Sweep is [UTXO.Spend] without change: what the payments leave of the outpoints
// is the fee, which the test answers for, as the simulator keeps no amounts.
func (u *UTXO) Sweep(from []chain.Outpoint, payments ...Payment) chain.Hash {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(from) == 0 || len(payments) == 0 {
		misuse("Sweep", "%d outpoints to %d payments; give at least one of each", len(from), len(payments))
	}
	t := u.transaction("Sweep", u.next(), payments, slices.Clone(from), 0)
	t.utxo.outs = t.utxo.outs[:len(payments)]
	t.id = t.utxo.id()
	u.mustFit("Sweep", t)
	return u.accept(t)
}
