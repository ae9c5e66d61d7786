package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

func waits(b *bundle) []string {
	b.Helper()
	h, err := b.p.Health(b.ctx)
	require.NoError(b, err)
	return h.Networks[0].Waits
}

// finalizing builds an EVM network whose blocks become final by hand.
func finalizing(sim **chainsim.EVM) railCase {
	return railCase{"by hand", "ETH", func(c *clock) (simulation, func(string) chain.Source) {
		*sim = chainsim.NewEVM(testEthereum(), chainsim.Options{Now: c.Now})
		return *sim, func(name string) chain.Source { return (*sim).Source(name) }
	}}
}

func TestAFinalizedTierWaitsForTheNetworksOwnWord(t *testing.T) {
	var sim *chainsim.EVM
	b := newBundle(t, finalizing(&sim), tiered(payments.Tier{Finalized: true}))
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(1)
	block := b.only(voice).Block.Height
	b.mine(70) // deeper than Rail.Final, and still not final
	d := b.only(voice)
	require.Equal(t, payments.StateConfirming, d.State)
	require.Equal(t, []string{"The network has not called its block final yet."}, d.Waits)
	sim.Finalize(block - 1)
	b.mine(1)
	require.Equal(t, payments.StateConfirming, b.only(voice).State)
	sim.Finalize(block)
	b.advance() // no block, only finality
	requireCredited(t, b.only(voice))
}

func TestFinalityAloneIsNotEnough(t *testing.T) {
	var sim *chainsim.EVM
	b := newBundle(t, finalizing(&sim), tiered(payments.Tier{Finalized: true, Confirmations: 15}))
	to := b.address(voice)
	b.advance()
	sim.Finalize(1_000)
	b.pay(to, 100)
	b.mine(14)
	require.Equal(t, payments.StateConfirming, b.only(voice).State)
	require.Contains(t, explained(b, b.only(voice)), "It has 14 of 15 confirmations.")
	b.mine(1)
	requireCredited(t, b.only(voice))
}

func TestWhileFinalityIsDelayed240ConfirmationsServe(t *testing.T) {
	var sim *chainsim.EVM
	b := newBundle(t, finalizing(&sim), tiered(payments.Tier{Finalized: true}))
	to := b.address(voice)
	b.advance()
	sim.Finalize(2)
	b.pay(to, 100)
	b.mine(6)
	require.Empty(t, waits(b))
	b.sim.Mine(232)
	b.mine(1)
	require.Equal(t, uint64(239), b.only(voice).Confirmations)
	require.Equal(t, payments.StateConfirming, b.only(voice).State)
	b.mine(1)
	requireCredited(t, b.only(voice))
	b.mine(1)
	require.Equal(t, []string{"Finality is delayed: the final block is 2, the head 244; 240 confirmations serve instead."}, waits(b))
	b.pay(to, 100)
	b.mine(1)
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	said := append(all[0].Waits, all[1].Waits...)
	require.Equal(t, []string{"Finality is delayed on the network: 240 confirmations serve instead."}, said)
}

// TestMoneyThatWaitsForFinalityStaysInTheSum although it is deeper than
// Rail.Final: a tier that was reached by parts holds each part.
func TestMoneyThatWaitsForFinalityStaysInTheSum(t *testing.T) {
	var sim *chainsim.EVM
	tier := above(5_000, 0)
	tier.Finalized = true
	b := newBundle(t, finalizing(&sim), tiered(tier))
	to := b.address(voice)
	b.advance()
	for range 3 {
		b.pay(to, 200)
	}
	b.mine(100)
	require.Equal(t, "0.00 USD", b.balance(voice))
	sim.Finalize(b.sim.Head().Height)
	b.advance()
	require.Equal(t, "6000.00 USD", b.balance(voice))
}

// TestWhatWasCreditedStaysInTheSumUntilTheNetworkCallsItFinal although it is
// deeper than Rail.Final.
func TestWhatWasCreditedStaysInTheSumUntilTheNetworkCallsItFinal(t *testing.T) {
	var sim *chainsim.EVM
	tier := above(5_000, 0)
	tier.Finalized = true
	b := newBundle(t, finalizing(&sim), tiered(tier))
	to := b.address(voice)
	b.advance()
	b.pay(to, 300)
	b.mine(70)
	require.Equal(t, payments.StateCredited, b.only(voice).State)
	b.pay(to, 300)
	b.mine(10)
	require.Equal(t, "3000.00 USD", b.balance(voice))
	sim.Finalize(20) // the first of the two
	b.advance()
	b.mine(1)
	require.NotEqual(t, "3000.00 USD", b.balance(voice), "the second is small again")
}

// TestUntilTheFirstPassOfAProcessTheCommittedTipSpeaks: a restart while the node
// is down settles what is due under a fresh tip, and nothing under an old one.
func TestUntilTheFirstPassOfAProcessTheCommittedTipSpeaks(t *testing.T) {
	for _, age := range []time.Duration{time.Minute, 3 * time.Hour} {
		b := newBundle(t, railCases()[0], nil)
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.rates.setDown(true)
		b.clock.Advance(2 * time.Minute)
		b.sim.Mine(7)
		_ = b.p.Advance(b.ctx)
		require.False(t, b.only(voice).Valued())
		b.rates.setDown(false)
		b.cfg.Rails[0].Sources[0].(faulty).Fail(1_000)
		b.restart()
		b.clock.Advance(age)
		require.ErrorIs(t, b.p.Advance(b.ctx), chain.ErrUnavailable)
		require.True(t, b.only(voice).Valued())
		require.Equal(t, age < time.Hour, b.only(voice).State == payments.StateCredited, "tip of %s ago", age)
	}
}

func TestAfterARestartFinalityIsAskedAnew(t *testing.T) {
	var sim *chainsim.EVM
	b := newBundle(t, finalizing(&sim), tiered(payments.Tier{Finalized: true}))
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(8)
	b.restart()
	sim.Finalize(b.sim.Head().Height) // while nobody looked
	b.advance()
	requireCredited(t, b.only(voice))
}

func TestAStaleNodeGivesNoCreditUntilItIsFreshAgain(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		stale := max(12*b.sim.Network().BlockTime, 10*time.Minute)
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.rates.setDown(true)
		for range 7 {
			b.clock.Advance(20 * time.Second)
			b.sim.Mine(1)
			_ = b.p.Advance(b.ctx) // there is no price yet
		}
		b.clock.Advance(stale + time.Second) // and no block
		b.rates.setDown(false)
		b.advance()
		d := b.only(voice)
		require.True(t, d.Valued())
		require.Equal(t, uint64(7), d.Confirmations)
		require.Equal(t, payments.StateConfirming, d.State)
		require.Len(t, d.Waits, 1)
		require.Contains(t, d.Waits[0], "The node's newest block is of 2026-11-21T12:02:20Z, older than the "+stale.String()+" allowed")
		require.Equal(t, d.Waits, waits(b))
		require.Contains(t, explained(b, d), d.Waits[0])
		b.restart() // a new process knows no better
		b.advance()
		require.Equal(t, payments.StateConfirming, b.only(voice).State)
		b.mine(1)
		requireCredited(t, b.only(voice))
		require.Empty(t, waits(b))
	})
}

func TestARailSaysHowOldABlockMayBe(t *testing.T) {
	b := newBundle(t, railCases()[0], func(cfg *payments.Config) { cfg.Rails[0].Stale = time.Minute })
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(5)
	b.sim.Mine(1)
	b.clock.Advance(61 * time.Second)
	b.advance()
	require.Equal(t, payments.StateConfirming, b.only(voice).State, "six deep, under a block of a minute ago")
	b.mine(1)
	requireCredited(t, b.only(voice))
}

func TestASyncingNodeGivesNoCreditAndSaysSo(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		src := b.source("syncing")
		b.cfg.Rails[0].Sources = []chain.Source{src}
		b.restart()
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.mine(3)
		src.(interface{ ReportSyncing(bool) }).ReportSyncing(true)
		b.mine(5)
		d := b.only(voice)
		require.Equal(t, payments.StateConfirming, d.State)
		require.Contains(t, explained(b, d), "It has 8 of 6 confirmations. The node says that it is still catching up.")
		src.(interface{ ReportSyncing(bool) }).ReportSyncing(false)
		b.advance() // without a new block
		requireCredited(t, b.only(voice))
	})
}
