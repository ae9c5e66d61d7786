package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

// hidden is a wallet with 1.00 on record, and two payments by contracts, of 2.50
// and 1.50 at the heights returned, that the followed node did not show.
func hidden(t *testing.T) (b *bundle, sim *chainsim.EVM, node *chainsim.EVMSource, first, second uint64) {
	b, sim = evmBundle(t, false)
	node = sim.Source("followed")
	node.Trace(false)
	b.cfg.Rails[0].Sources = []chain.Source{node}
	b.restart()
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(1)
	sim.PayInternal(b.to(to, 250))
	b.mine(1)
	first = sim.Head().Height
	sim.PayInternal(b.to(to, 150))
	b.mine(1)
	second = sim.Head().Height
	b.anHour()
	require.Len(t, b.items(voice), 1)
	require.Equal(t, "4.000000000000000000 ETH@ethereum-sim", b.items(voice)[0].Amount.String())
	b.checkBooks()
	return b, sim, node, first, second
}

// found rescans and lets the engine go on.
func (b *bundle) found(from, to uint64) payments.RescanReport {
	b.Helper()
	report := b.rescan(from, to, false)
	b.advance()
	b.advance()
	return report
}

// credits sums the value of an account's deposits that is booked.
func (b *bundle) credits(a payments.Account) string {
	b.Helper()
	all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 100)
	require.NoError(b, err)
	sum := all[0].Currency.Cents(0)
	for _, d := range all {
		if d.Included() && d.Hold == "" && !d.Credited.IsZero() {
			sum, err = sum.Add(d.Credited)
			require.NoError(b, err)
		}
	}
	return sum.String()
}

func TestATransferFoundLaterClosesTheItemFirstAndNothingIsCreditedTwice(t *testing.T) {
	for _, assigned := range []bool{false, true} {
		b, _, node, first, second := hidden(t)
		item := b.items(voice)[0].Key
		if assigned {
			require.NoError(t, b.p.Assign(b.ctx, item, sms, clerk))
			require.NotEqual(t, "0.00 USD", b.balance(sms))
		}
		node.Trace(true)
		b.found(first, second)
		require.Empty(t, b.items(voice))
		d, err := b.p.Deposit(b.ctx, item)
		require.NoError(t, err)
		require.Equal(t, payments.StateReplaced, d.State)
		require.Equal(t, "", b.held(ledger.Suspense(item.Network)))
		if assigned {
			require.Equal(t, "0.00 USD", b.balance(sms), "the guess is taken back")
		}
		all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 100)
		require.NoError(t, err)
		standing := 0
		for _, d := range all {
			if d.Included() {
				requireCredited(t, d)
				standing++
			}
		}
		require.Equal(t, 3, standing)
		require.Equal(t, b.credits(voice), b.balance(voice))
		b.checkBooks()
		report := b.found(first, second)
		require.Empty(t, report.Missing)
		require.Empty(t, report.NotShown)
		b.anHour()
		b.anHour()
		require.Empty(t, b.items(voice))
		require.Equal(t, b.credits(voice), b.balance(voice))
		b.checkBooks()
	}
}

func TestWhatRemainsOfAClosedItemIsAnItemOfTheNextAudit(t *testing.T) {
	b, _, node, first, _ := hidden(t)
	old := b.items(voice)[0].Key
	node.Trace(true)
	b.found(first, first) // the other payment stays unknown
	node.Trace(false)
	require.Empty(t, b.items(voice))
	require.Less(t, b.auditedTo(), first)
	b.clock.Advance(2e11)
	b.anHour()
	items := b.items(voice)
	require.Len(t, items, 1)
	require.NotEqual(t, old, items[0].Key)
	require.Equal(t, "1.500000000000000000 ETH@ethereum-sim", items[0].Amount.String())
	b.checkBooks()
}

func TestASpendFoundLaterClosesTheShortage(t *testing.T) {
	b, sim := evmBundle(t, false)
	node := sim.Source("followed")
	node.Trace(false)
	b.cfg.Rails[0].Sources = []chain.Source{node}
	b.restart()
	to := b.address(voice)
	b.advance()
	b.pay(to, 500)
	b.mine(6)
	node.Omit(sim.Send(to, b.to(cold(sim.Network()), 200)))
	b.mine(1)
	at := sim.Head().Height
	node.Omit()
	b.anHour()
	require.NotEmpty(t, b.places()["outflow"])
	b.checkBooks()
	b.found(at, at)
	require.Equal(t, "", b.places()["outflow"])
	require.Equal(t, "2.000000000000000000 ETH@ethereum-sim", b.places()["cold"])
	require.Equal(t, 1, b.told(payments.EventSpendReversed))
	b.checkBooks()
	b.clock.Advance(2e11)
	b.anHour()
	require.Equal(t, "", b.places()["outflow"])
	b.checkBooks()
}

func TestAnItemWhoseBlockGoesIsAuditedAgain(t *testing.T) {
	b, sim, _, _, _ := hidden(t)
	item := b.items(voice)[0].Key
	depth := int(sim.Head().Height - b.auditedTo() + 3)
	b.cfg.Rails[0].Breaker = 10_000
	b.restart()
	b.advance()
	sim.Reorg(depth, chainsim.Branch{Crowd: 1})
	b.advance()
	b.clock.Advance(2e11)
	b.anHour()
	items := b.items(voice)
	require.Len(t, items, 1)
	require.NotEqual(t, item, items[0].Key)
	old, err := b.p.Deposit(b.ctx, item)
	require.NoError(t, err)
	require.False(t, old.Included())
	require.Equal(t, "4.000000000000000000 ETH@ethereum-sim", items[0].Amount.String())
	b.checkBooks()
}

func TestWhatStoodForAnItemWhoseBlockGoesIsAuditedAgainAlthoughItsOwnBlockStands(t *testing.T) {
	b, sim, node, _, _ := hidden(t)
	item := b.items(voice)[0].Key
	depth := int(sim.Head().Height - b.auditedTo() + 3)
	b.cfg.Rails[0].Breaker = 10_000
	b.restart()
	b.advance()
	node.Trace(true) // from here on contracts' payments are seen, and nothing needs an audit
	sim.Reorg(depth, chainsim.Branch{})
	b.advance()
	old, err := b.p.Deposit(b.ctx, item)
	require.NoError(t, err)
	require.False(t, old.Included())
	b.clock.Advance(2e11)
	b.anHour()
	require.Len(t, b.items(voice), 1)
	require.Equal(t, "4.000000000000000000 ETH@ethereum-sim", b.items(voice)[0].Amount.String())
	b.checkBooks()
}
