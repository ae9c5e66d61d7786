package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

// hideAndSweep credits a payment and lets the node hide one later payment and the
// sweep of both.
func hideAndSweep(b *bundle, pay func(chain.Address) chain.Hash, sweep func(known, hidden chain.Hash, from chain.Address) chain.Hash) {
	b.Helper()
	node := b.source("a").(forgetful)
	b.cfg.Rails[0].Sources = []chain.Source{node}
	b.restart()
	to := b.address(voice)
	b.advance()
	known := pay(to)
	b.mine(7)
	b.checkBooks()
	hidden := pay(to)
	node.Omit(hidden)
	b.sim.MineTx(hidden)
	swept := sweep(known, hidden, to)
	node.Omit(hidden, swept)
	b.sim.MineTx(swept)
	b.mine(9)
	require.Len(b, b.spends(), 0, "the node hid it")
	node.Omit()

	before := b.dump()
	dry := b.rescan(0, b.sim.Head().Height, true)
	require.Equal(b, before, b.dump())
	report := b.rescan(0, b.sim.Head().Height, false)
	require.Len(b, report.Missing, 1)
	require.NotEmpty(b, report.MissingSpends)
	require.Equal(b, dry.MissingSpends, report.MissingSpends)
	require.Empty(b, report.SpendsNotShown)
	require.Len(b, b.spends(), len(report.MissingSpends))
	b.mine(1)
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(b, err)
	require.Len(b, all, 2)
	for _, d := range all {
		requireDone(b.T, d)
	}
	b.checkBooks()

	before = b.dump()
	again := b.rescan(0, b.sim.Head().Height, false)
	require.Empty(b, again.Missing)
	require.Empty(b, again.MissingSpends)
	requireSameDump(b.T, withoutAudit(before), withoutAudit(b.dump()), "a second rescan")
	node.Omit(swept)
	require.NotEmpty(b, b.rescan(0, b.sim.Head().Height, false).SpendsNotShown)
	requireSameDump(b.T, withoutAudit(before), withoutAudit(b.dump()), "a second rescan")
}

func TestARescanFindsAHiddenSweepOfAHiddenPayment(t *testing.T) {
	b, sim := utxoBundle(t)
	hideAndSweep(b, func(to chain.Address) chain.Hash { return b.pay(to, 100) },
		func(known, hidden chain.Hash, _ chain.Address) chain.Hash {
			return sim.Sweep([]chain.Outpoint{out(known, 0), out(hidden, 0)}, b.to(cold(sim.Network()), 199))
		})
}

func TestARescanFindsAHiddenEVMSweepWithItsGas(t *testing.T) {
	b, sim := evmBundle(t, true)
	hideAndSweep(b, func(to chain.Address) chain.Hash { return b.pay(to, 100) },
		func(_, _ chain.Hash, from chain.Address) chain.Hash {
			return sim.Send(from, chainsim.Payment{To: cold(sim.Network()), Amount: b.coins(150)})
		})
}

func TestExplainTxOfASweep(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.mine(7)
	swept := sim.Sweep([]chain.Outpoint{out(id, 0)}, b.to(cold(sim.Network()), 99))
	b.mine(1)
	b.asks(swept, payments.TxOutgoing, "moves coins from our own addresses")
	change := sim.Sweep([]chain.Outpoint{out(b.payAndCredit(to), 0)}, b.to(to, 50), b.to(stranger(sim.Network()), 49))
	b.mine(1)
	b.asks(change, payments.TxInternal, "own coins moving")
}

func (b *bundle) payAndCredit(to chain.Address) chain.Hash {
	b.Helper()
	id := b.pay(to, 100)
	b.mine(7)
	return id
}
