package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func TestAReorgDeeperThanTheBreakerIsRecordedAndStopsTheCredit(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to, other := b.address(voice), b.address(sms)
		b.advance()
		id := b.pay(to, 100)
		b.mine(13)
		requireCredited(t, b.only(voice))
		b.sim.Reorg(13, chainsim.Branch{Later: []chain.Hash{id}})
		b.advance()
		require.Equal(t, payments.StateReversed, b.only(voice).State, "a reversal waits for nobody")
		require.Equal(t, "0.00 USD", b.balance(voice))
		network := b.sim.Network().ID
		require.Equal(t, []payments.EventKind{payments.EventNetworkHalted}, b.events.kinds(network))

		b.pay(other, 100)
		b.mine(20)
		require.Equal(t, payments.StateConfirming, b.only(voice).State, "recording goes on")
		require.Equal(t, payments.StateConfirming, b.only(sms).State)
		require.Contains(t, explained(b, b.only(sms)), "Crediting on "+network+" is halted until an operator resumes it: "+
			"a reorganisation replaced the 13 blocks from 4 on, more than the 12 of Rail.Breaker")
		h, err := b.p.Health(b.ctx)
		require.NoError(t, err)
		require.NotEmpty(t, h.Networks[0].Halted)
		require.Len(t, h.Networks[0].Waits, 1)
		b.restart() // a halt is no matter of one process
		b.mine(1)
		require.Equal(t, payments.StateConfirming, b.only(sms).State)

		require.NoError(t, b.p.Resume(b.ctx, b.sim.Network(), operator))
		b.advance()
		requireCredited(t, b.only(voice))
		requireCredited(t, b.only(sms))
		require.Equal(t, 2, b.only(voice).Incarnation)
		require.Empty(t, b.only(voice).Waits)
		require.Equal(t, []payments.EventKind{payments.EventNetworkHalted, payments.EventNetworkResumed}, b.events.kinds(network))
	})
}

func TestAReorgUpToTheBreakerHaltsNothing(t *testing.T) {
	for depth, breaker := range map[int]uint64{12: 0, 3: 3, 40: 40} {
		b := newBundle(t, railCases()[0], func(cfg *payments.Config) { cfg.Rails[0].Breaker = breaker })
		b.address(voice)
		b.mine(45)
		b.sim.Reorg(depth, chainsim.Branch{})
		b.advance()
		require.Empty(t, b.events.kinds(b.sim.Network().ID), "depth %d", depth)
		b.sim.Reorg(depth+1, chainsim.Branch{})
		b.advance()
		require.Len(t, b.events.kinds(b.sim.Network().ID), 1, "depth %d", depth+1)
	}
}

// TestADoubleSpendByADeepReorgIsSeenWhileHalted: what the halt is for.
func TestADoubleSpendByADeepReorgIsSeenWhileHalted(t *testing.T) {
	b := newBundle(t, railCases()[4], nil)
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.mine(13)
	elsewhere := chainsim.Payment{To: chainsim.Address(b.sim.Network(), 9_999), Amount: b.coins(100)}
	b.sim.Reorg(13, chainsim.Branch{Replace: map[chain.Hash][]chainsim.Payment{id: {elsewhere}}})
	b.advance()
	require.Equal(t, payments.StateReplaced, b.only(voice).State)
	require.Equal(t, "0.00 USD", b.balance(voice))
	require.NoError(t, b.p.Resume(b.ctx, b.sim.Network(), operator))
	b.mine(30)
	require.Equal(t, "0.00 USD", b.balance(voice))
}

// TestASecondDeepReorgWhileHaltedIsToldToo: whoever resumes must know of both.
func TestASecondDeepReorgWhileHaltedIsToldToo(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.address(voice)
	b.mine(20)
	b.sim.Reorg(13, chainsim.Branch{})
	b.advance()
	b.clock.Advance(time.Minute)
	b.sim.Reorg(15, chainsim.Branch{})
	b.advance()
	b.advance()
	h, err := b.p.Health(b.ctx)
	require.NoError(t, err)
	require.Regexp(t, "^a reorganisation replaced the 13 blocks .* then a reorganisation replaced the 15 blocks", h.Networks[0].Halted)
	require.Len(t, b.events.kinds(b.sim.Network().ID), 2)
}

// litecoin2026 is a processor on Litecoin and Dogecoin, and thirteen blocks on
// Litecoin that take three hours, a payment of each account in the first. On
// 2026-04-25 the blocks 3,095,930 to 3,095,943 were replaced so.
func litecoin2026(t *testing.T, payHundredths int64, tiers ...payments.Tier) (b *bundle, doge simulation, id chain.Hash) {
	b = newBundle(t, railCases()[4], tiered(tiers...))
	doge, source := railCases()[5].build(b.clock)
	doge.Mine(3)
	b.cfg.Rails = append(b.cfg.Rails, payments.Rail{Network: doge.Network(), Sources: []chain.Source{source("d")},
		Wallet: testWallet{network: doge.Network()}, UnprovedKey: true})
	b.restart()
	to := b.address(voice)
	_, err := b.p.DepositAddress(b.ctx, sms, doge.Network())
	require.NoError(t, err)
	b.advance()
	id = b.pay(to, payHundredths)
	for range 13 {
		b.clock.Advance(3 * time.Hour / 13)
		b.sim.Mine(1)
		b.advance()
	}
	return b, doge, id
}

func TestTheLitecoinReorgOfApril2026UnderSixConfirmations(t *testing.T) {
	b, doge, id := litecoin2026(t, 1_000)
	first := b.only(voice)
	require.Equal(t, payments.StateCredited, first.State, "credited at six")
	b.sim.Reorg(13, chainsim.Branch{Later: []chain.Hash{id}})
	b.advance()
	require.Equal(t, payments.StateReversed, b.only(voice).State)
	require.Equal(t, "0.00 USD", b.balance(voice))
	require.Equal(t, []payments.EventKind{payments.EventNetworkHalted}, b.events.kinds("litecoin"))

	// Dogecoin is another network and goes on.
	other, err := b.p.DepositAddress(b.ctx, sms, doge.Network())
	require.NoError(t, err)
	doge.Pay(chainsim.Payment{To: other.Address, Amount: money.Units(doge.Network().Native, 200_000_000)})
	doge.Mine(6)
	b.mine(10)
	requireCredited(t, b.only(sms))
	require.Equal(t, payments.StateConfirming, b.only(voice).State)
	require.Equal(t, "0.00 USD", b.balance(voice))

	require.NoError(t, b.p.Resume(b.ctx, b.sim.Network(), operator))
	b.advance()
	again := b.only(voice)
	require.Equal(t, payments.StateCredited, again.State)
	require.Equal(t, first.Rate, again.Rate)
	require.Equal(t, first.ReceivedAt, again.ReceivedAt)
	require.Equal(t, first.Credited.String(), b.balance(voice))
	b.mine(50)
	lines, _, err := b.p.Statement(b.ctx, voice, ledger.Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, lines, 3, "credit, reversal, credit")
}

func TestTheLitecoinReorgOfApril2026UnderTheRecommendedTiers(t *testing.T) {
	recommended := []payments.Tier{{Confirmations: 12}, above(1_000, 24)}
	b, _, id := litecoin2026(t, 1_000, recommended...)
	d := b.only(voice)
	require.Equal(t, payments.StateConfirming, d.State)
	require.Contains(t, explained(b, d), "It has 13 of 24 confirmations.")
	b.sim.Reorg(13, chainsim.Branch{Later: []chain.Hash{id}})
	b.advance()
	require.Equal(t, payments.StateOrphaned, b.only(voice).State)
	require.NoError(t, b.p.Resume(b.ctx, b.sim.Network(), operator))
	b.mine(24)
	again := b.only(voice)
	require.Equal(t, payments.StateCredited, again.State)
	require.Equal(t, 1, again.Incarnation, "never credited before")
	require.Equal(t, d.Rate, again.Rate)
}
