package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

func TestSevenBlockReorgAfterCreditReversesAndCreditsAgainAtTheSameRate(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		id := b.pay(to, 100)
		b.mine(7)
		first := b.only(voice)
		require.Equal(t, payments.StateCredited, first.State)

		b.clock.Advance(1)
		b.sim.Reorg(7, chainsim.Branch{Later: []chain.Hash{id}})
		b.advance()
		d := b.only(voice)
		require.Equal(t, payments.StateReversed, d.State)
		require.Equal(t, "0.00 USD", b.balance(voice))

		b.mine(6)
		d = b.only(voice)
		require.Equal(t, payments.StateCredited, d.State)
		require.Equal(t, first.Key, d.Key, "the same deposit")
		require.Equal(t, first.Rate, d.Rate)
		require.Equal(t, first.ReceivedAt, d.ReceivedAt)
		require.Equal(t, 2, d.Incarnation)
		require.Equal(t, first.Credited.String(), b.balance(voice))

		lines, _, err := b.p.Statement(b.ctx, voice, ledger.Cursor{}, 10)
		require.NoError(t, err)
		kinds := []ledger.Kind{}
		for _, l := range lines {
			kinds = append(kinds, l.Kind)
		}
		require.Equal(t, []ledger.Kind{ledger.KindDeposit, ledger.KindReversal, ledger.KindDeposit}, kinds)
		got := b.events.kinds(d.Key.String())
		require.Equal(t, []payments.EventKind{payments.EventDepositCredited, payments.EventDepositReversed,
			payments.EventDepositConfirming, payments.EventDepositCredited}, got[len(got)-4:])
	})
}

func TestReorgWhoseBranchHoldsThePaymentStillCreditsOnce(t *testing.T) {
	for _, depth := range []int{1, 2, 3, 6, 9} {
		for _, branch := range []chainsim.Branch{{}, {Crowd: 5}, {Reverse: true}} {
			onEveryRail(t, func(t *testing.T, b *bundle) {
				to := b.address(voice)
				b.advance()
				b.pay(to, 100)
				b.mine(depth)
				b.sim.Reorg(depth, branch)
				b.advance()
				b.mine(6)
				requireCredited(t, b.only(voice))
				require.Equal(t, "1000.00 USD", b.balance(voice))
			})
		}
	}
}

func TestVanishedTransactionIsOrphanedOrReversed(t *testing.T) {
	for _, depth := range []int{1, 5, 6, 13} {
		onEveryRail(t, func(t *testing.T, b *bundle) {
			to := b.address(voice)
			b.advance()
			id := b.pay(to, 100)
			b.mine(depth)
			b.sim.Reorg(depth, chainsim.Branch{Vanish: []chain.Hash{id}})
			b.advance()
			b.mine(10)
			want := payments.StateOrphaned
			if depth >= 6 {
				want = payments.StateReversed
			}
			require.Equal(t, want, b.only(voice).State)
			require.Equal(t, "0.00 USD", b.balance(voice))
		})
	}
}

func TestReversalTakesExactlyItsOwnCredit(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.mine(3)
		id := b.pay(to, 200)
		b.mine(6)
		both, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
		require.NoError(t, err)
		sum, err := both[0].Credited.Add(both[1].Credited)
		require.NoError(t, err)
		require.Equal(t, sum.String(), b.balance(voice))
		b.sim.Reorg(6, chainsim.Branch{Vanish: []chain.Hash{id}})
		b.advance()
		require.Equal(t, "1000.00 USD", b.balance(voice))
	})
}

// requireCredited accepts a credit that has become final too.
func requireCredited(t *testing.T, d payments.DepositView) {
	t.Helper()
	require.Contains(t, []payments.DepositState{payments.StateCredited, payments.StateFinal}, d.State)
}

func TestReplacedPaymentIsNeverCredited(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.advance()
	require.Equal(t, payments.StateSeen, b.only(voice).State)
	b.sim.Replace(id, chainsim.Payment{To: chainsim.Address(b.sim.Network(), 9_999), Amount: b.coins(100)})
	b.mine(8)
	require.Equal(t, payments.StateReplaced, b.only(voice).State)
	require.Equal(t, "0.00 USD", b.balance(voice))
	require.Contains(t, b.events.kinds(b.only(voice).Key.String()), payments.EventDepositReplaced)
}

func TestHeadThatGoesBackLosesAndDoublesNothing(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		type lagging interface{ ServeBehind(int) }
		src := b.source("lagging")
		b.cfg.Rails[0].Sources = []chain.Source{src}
		b.restart()
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		for i := range 12 {
			src.(lagging).ServeBehind(i % 3 * 2) // heads 0, 2, 4 blocks behind in turn
			b.mine(1)
		}
		src.(lagging).ServeBehind(0)
		b.advance()
		d := b.only(voice)
		require.Equal(t, uint64(12), d.Confirmations)
		require.Equal(t, 1, d.Incarnation)
		require.NotContains(t, b.events.kinds(d.Key.String()), payments.EventDepositReversed)
		require.Equal(t, d.Credited.String(), b.balance(voice))
	})
}

func TestDoubleSpendOnAnotherBranchIsReplacedInTheSameStep(t *testing.T) {
	for _, depth := range []int{3, 6} { // before and after the credit
		b := newBundle(t, railCases()[0], nil)
		to := b.address(voice)
		b.advance()
		id := b.pay(to, 100)
		b.mine(depth)
		elsewhere := chainsim.Payment{To: chainsim.Address(b.sim.Network(), 9_999), Amount: b.coins(100)}
		b.sim.Reorg(depth, chainsim.Branch{Replace: map[chain.Hash][]chainsim.Payment{id: {elsewhere}}})
		b.advance()
		require.Equal(t, payments.StateReplaced, b.only(voice).State, "depth %d", depth)
		require.Equal(t, "0.00 USD", b.balance(voice))
	}
}
