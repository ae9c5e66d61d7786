package payments_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

func TestStoppedFor5000BlocksEveryDepositIsFoundAtItsOwnRate(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		const blocks, every = 5_000, 250
		want := map[chain.Hash]string{}
		for i := range blocks {
			var id chain.Hash
			if i%every == 0 {
				id = b.pay(to, 100)
			}
			b.clock.Advance(45 * time.Second)
			b.sim.Mine(1)
			if i%every == 0 {
				want[id] = rateAt(b.clock.Now())
			}
		}
		b.restart()
		b.advance()
		all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 1_000)
		require.NoError(t, err)
		require.Len(t, all, blocks/every)
		for _, d := range all {
			require.Equal(t, payments.BasisBlockTime, d.Basis)
			require.Equal(t, want[d.TxID], d.Rate.String(), "deposit of block %d", d.Block.Height)
			require.Equal(t, want[d.TxID]+".00 USD", d.Credited.String())
		}
	})
}

func TestABlockThatFailsIsTriedAgainAndNeverPassed(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		type interceptor interface{ Intercept(func(string) error) }
		src := b.source("flaky")
		b.cfg.Rails[0].Sources = []chain.Source{src}
		b.restart()
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.sim.Mine(1)
		failures := 0
		src.(interceptor).Intercept(func(method string) error {
			if method == "Linked" && failures < 3 {
				failures++
				return fmt.Errorf("%w: the block does not parse", chain.ErrMalformed)
			}
			return nil
		})
		for range 3 {
			err := b.p.Advance(b.ctx)
			require.ErrorIs(t, err, chain.ErrMalformed)
			all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
			require.NoError(t, err)
			require.Empty(t, all)
		}
		b.advance()
		require.Equal(t, uint64(1), b.only(voice).Confirmations)
		require.Equal(t, 3, failures)
	})
}

func TestPriceSourceDownForHoursThenEachDepositAtItsReceipt(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		b.rates.setDown(true)
		want := map[chain.Hash]string{}
		for range 18 { // three hours, a payment every ten minutes
			id := b.pay(to, 100)
			b.clock.Advance(10 * time.Minute)
			b.sim.Mine(1)
			require.ErrorContains(t, b.p.Advance(b.ctx), "venue is down", "it says what it waits for")
			want[id] = rateAt(b.clock.Now())
		}
		require.Equal(t, "0.00 USD", b.balance(voice), "no price, no credit, and no old price")
		b.clock.Advance(2 * time.Minute)
		b.rates.setDown(false)
		b.mine(6)
		all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 100)
		require.NoError(t, err)
		require.Len(t, all, 18)
		for _, d := range all {
			requireCredited(t, d)
			if d.Basis == payments.BasisFirstSeen && b.sim.Network().UTXO() {
				continue // first sight, a block earlier: checked by TestFirstSight…
			}
			require.Equal(t, want[d.TxID], d.Rate.String())
		}
	})
}

func TestFirstSightCountsWithinItsWindowElseInclusion(t *testing.T) {
	for _, c := range []struct {
		wait  time.Duration
		basis payments.Basis
	}{{59 * time.Minute, payments.BasisFirstSeen}, {61 * time.Minute, payments.BasisInclusion}} {
		b := newBundle(t, railCases()[0], nil)
		to := b.address(voice)
		b.advance()
		id := b.pay(to, 100)
		b.advance()
		seen := b.clock.Now()
		for waited := time.Duration(0); waited < c.wait; waited += 10 * time.Second {
			b.clock.Advance(10 * time.Second)
			b.advance() // heartbeat
		}
		b.sim.MineTx(id)
		b.advance()
		d := b.only(voice)
		require.Equal(t, c.basis, d.Basis)
		want := seen
		if c.basis == payments.BasisInclusion {
			want = b.clock.Now()
		}
		require.Equal(t, want, d.ReceivedAt)
	}
}

func TestDroppedTransactionIsRevivedWhenMined(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.advance()
	b.sim.Drop(id)
	b.advance()
	require.Equal(t, payments.StateSeen, b.only(voice).State, "never dropped by one poll")
	b.clock.Advance(3 * time.Hour)
	b.sim.MineTx()
	b.advance()
	require.Equal(t, payments.StateDropped, b.only(voice).State)
	b.sim.MineTx(id)
	b.advance()
	b.mine(5)
	require.Equal(t, payments.StateCredited, b.only(voice).State)
}

func TestAnotherSourceTakesOverWhenOneFails(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		type failing interface{ Fail(uint) }
		a := b.source("a")
		b.cfg.Rails[0].Sources = []chain.Source{a, b.source("b")}
		b.restart()
		to := b.address(voice)
		b.advance()
		a.(failing).Fail(1_000)
		b.pay(to, 100)
		b.sim.Mine(6)
		require.ErrorIs(t, b.p.Advance(b.ctx), chain.ErrUnavailable)
		b.advance()
		require.Equal(t, payments.StateCredited, b.only(voice).State)
	})
}

func TestRunStopsCleanlyAndAdvanceRefusesADeadContext(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	require.NoError(t, b.p.Run(ctx))
	require.True(t, errors.Is(b.p.Advance(ctx), context.Canceled))
}
