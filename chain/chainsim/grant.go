package chainsim

import (
	"math/big"
	"slices"

	"github.com/cointill/cointill/chain"
)

// grant is what a block pays without a transaction of the mempool: a withdrawal
// from staking on Ethereum, a payment out of MWEB on Litecoin.
type grant struct {
	// number tells grants apart. Withdrawals print it.
	number  uint64
	payment Payment
}

// gwei is the unit of withdrawals (EIP-4895).
var gwei = big.NewInt(1_000_000_000)

// Withdraw makes the next block of [Chain.Mine] or [EVM.MineTo] pay a withdrawal
// from staking (EIP-4895) and returns its number. The amount is in the native
// coin and whole gwei. In another branch a withdrawal keeps its number.
func (e *EVM) Withdraw(p Payment) uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, units := e.check("Withdraw", p)
	if p.Amount.Asset() != e.network.Native || units.Sign() == 0 || new(big.Int).Rem(units, gwei).Sign() != 0 {
		misuse("Withdraw", "amount %s; give %s in whole gwei, more than zero", p.Amount, e.network.Native)
	}
	n := e.next()
	e.due = append(slices.Clip(e.due), grant{number: n, payment: p})
	e.change()
	return n
}

// PegOut makes the next block of [Chain.Mine] or [UTXO.MineTo] pay out of MWEB,
// Litecoin's side chain: output i+1 of the block's last transaction, the HogEx,
// is payment i. Until then nobody sees it; in another block the same payments
// are outputs of another HogEx. It panics with a [*MisuseError] on networks
// without MWEB.
func (u *UTXO) PegOut(payments ...Payment) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.network.Family != chain.FamilyLitecoin {
		misuse("PegOut", "%s has no MWEB", u.network.ID)
	}
	if len(payments) == 0 {
		misuse("PegOut", "no payments")
	}
	u.due = slices.Clip(u.due)
	for _, p := range payments {
		u.output("PegOut", p)
		u.due = append(u.due, grant{number: u.next(), payment: p})
	}
	u.change()
}

// settle strikes grants that a block made off the list of those due.
func (c *Chain) settle(made []grant) {
	if len(made) == 0 {
		return
	}
	c.due = slices.DeleteFunc(slices.Clone(c.due), func(g grant) bool { return granted(made, g) })
}

func granted(in []grant, g grant) bool {
	return slices.ContainsFunc(in, func(o grant) bool { return o.number == g.number })
}

// regranted returns the grants of a displaced block that its successor makes
// again. Those of a vanished HogEx are made nowhere.
func (c *Chain) regranted(old *block, b Branch) []grant {
	for _, t := range old.txs {
		if t.hogEx && slices.Contains(b.Vanish, t.id) {
			c.settle(old.grants)
			return nil
		}
		if t.hogEx && slices.Contains(b.Later, t.id) {
			return nil
		}
	}
	return old.grants
}

// hogExOf makes the last transaction of a Litecoin block. Output 0 holds all
// coins that are in MWEB; it spends that of the block before.
func (u *UTXO) hogExOf(serial uint64, parent *block, grants []grant) *tx {
	from := chain.Outpoint{TxID: digest("mweb", u.network.ID, 0)}
	if last := parent.hogEx(); last != nil {
		from.TxID = last.id
	}
	root := digest("mweb", u.network.ID, serial)
	w := &wireTx{version: 2, hogEx: true}
	w.ins = []wireIn{{prev: from, sequence: 0xffffffff}}
	w.outs = []wireOut{{value: 1000 * coin, script: "\x58\x20" + string(root[:])}}
	for _, g := range grants {
		w.outs = append(w.outs, u.output("PegOut", g.payment))
	}
	return u.remember(&tx{id: w.id(), claims: []chain.Outpoint{from}, hogEx: true, utxo: w})
}
