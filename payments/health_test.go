package payments_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

func TestHealthSaysHowFarBehindAndWhatWaits(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		b.rates.setDown(true)
		b.pay(to, 100)
		b.clock.Advance(20 * time.Second)
		b.sim.Mine(1)
		require.ErrorContains(t, b.p.Advance(b.ctx), "venue is down")
		first := b.only(voice)
		b.pay(to, 200)
		b.clock.Advance(20 * time.Second)
		b.sim.Mine(1)
		require.ErrorContains(t, b.p.Advance(b.ctx), "venue is down")
		b.clock.Advance(90 * time.Second)

		h, err := b.p.Health(b.ctx)
		require.NoError(t, err)
		require.Equal(t, 2, h.Unpriced)
		require.Equal(t, first.ReceivedAt, h.UnpricedSince)
		n := h.Networks[0]
		require.Equal(t, b.sim.Head().Height, n.Head)
		require.Equal(t, n.Head, n.Tip)
		require.Equal(t, 90*time.Second, n.HeadAge)
		require.Equal(t, 2, n.Waiting)
		require.Equal(t, first.Key, n.Oldest)
		require.Equal(t, first.SeenAt, n.OldestSince)
		require.False(t, n.Live, "no heartbeat for 90 seconds")
		b.rates.setDown(false)
		b.advance()
		h, err = b.p.Health(b.ctx)
		require.NoError(t, err)
		require.True(t, h.Networks[0].Live)
		require.Zero(t, h.Unpriced)
	})
}

func TestHealthNamesEverySourcesLastErrorAndWhen(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	a, other := b.source("a"), b.source("b")
	b.cfg.Rails[0].Sources = []chain.Source{a, other}
	b.restart()
	b.address(voice)
	b.advance()
	type failing interface{ Fail(uint) }
	b.clock.Advance(time.Minute)
	failedAt := b.clock.Now()
	a.(failing).Fail(1)
	require.ErrorIs(t, b.p.Advance(b.ctx), chain.ErrUnavailable)
	require.ErrorIs(t, b.health().Err, chain.ErrUnavailable)
	b.clock.Advance(time.Minute)
	b.advance()
	n := b.health()
	require.NoError(t, n.Err, "the other one serves")
	require.Equal(t, "b", n.Source)
	require.Len(t, n.Sources, 2)
	require.Equal(t, "a", n.Sources[0].Name)
	require.ErrorIs(t, n.Sources[0].Err, chain.ErrUnavailable)
	require.Equal(t, failedAt, n.Sources[0].ErrAt)
	require.False(t, n.Sources[0].Followed)
	require.True(t, n.Sources[1].Followed)
	require.NoError(t, n.Sources[1].Err)
	require.Equal(t, b.clock.Now(), n.Sources[1].OKAt)
}

func TestHealthMarshalsWithItsErrorsAsText(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	node := b.source("a").(forgetful)
	b.cfg.Rails[0].Sources = []chain.Source{node}
	b.restart()
	b.address(voice)
	node.Intercept(func(string) error { return errors.New("connection refused") })
	require.Error(t, b.p.Advance(b.ctx))
	h, err := b.p.Health(b.ctx)
	require.NoError(t, err)
	text, err := json.Marshal(h)
	require.NoError(t, err)
	var back struct {
		Networks []struct {
			Err     string
			Sources []struct{ Err string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &back))
	require.Contains(t, back.Networks[0].Err, "connection refused")
	require.Contains(t, back.Networks[0].Sources[0].Err, "connection refused")
}

func TestHealthTellsWhenFinalityIsLate(t *testing.T) {
	var sim *chainsim.EVM
	b := newBundle(t, finalizing(&sim), nil)
	b.address(voice)
	b.advance()
	sim.Finalize(2)
	b.sim.Mine(242 - int(b.sim.Head().Height))
	b.advance()
	n := b.health()
	require.Equal(t, []uint64{242, 2}, []uint64{n.Head, n.Final})
	require.False(t, n.FinalityLate, "240 blocks are not late yet")
	require.Empty(t, n.Waits)
	b.mine(1)
	n = b.health()
	require.Equal(t, []uint64{243, 2}, []uint64{n.Head, n.Final})
	require.True(t, n.FinalityLate)
	require.Equal(t, []string{"Finality is delayed: the final block is 2, the head 243; 240 confirmations serve instead."}, n.Waits)
	h, err := b.p.Health(b.ctx)
	require.NoError(t, err)
	text, err := json.Marshal(h)
	require.NoError(t, err)
	require.Contains(t, string(text), `"FinalityLate":true`)
	sim.Finalize(3)
	b.advance()
	require.False(t, b.health().FinalityLate, "it goes on")
	require.Empty(t, b.health().Waits)
}

func TestFinalityThatTrailsAsUsualIsNotLate(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		b.address(voice)
		b.sim.Mine(300)
		b.advance()
		n := b.health()
		require.False(t, n.FinalityLate)
		if b.sim.Network().UTXO() {
			require.Zero(t, n.Final, "it has no such notion")
		} else {
			require.NotZero(t, n.Final)
		}
	})
}

// TestP1ABlockNoSourceCanReadStopsTheNetworkThereAndTellsOnce: peer failure P1,
// the height that advanced over a block that threw.
func TestP1ABlockNoSourceCanReadStopsTheNetworkThereAndTellsOnce(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		a, other := b.source("a").(forgetful), b.source("b").(forgetful)
		b.cfg.Rails[0].Sources = []chain.Source{a, other}
		b.restart()
		to := b.address(voice)
		b.advance()
		id := b.sim.Network().ID
		tip := b.sim.Head()
		b.pay(to, 100)
		b.sim.Mine(3)
		unreadable := func(method string) error {
			if method == "Linked" {
				return fmt.Errorf("%w: an opcode of tomorrow", chain.ErrMalformed)
			}
			return nil
		}
		a.Intercept(unreadable)
		require.ErrorIs(t, b.p.Advance(b.ctx), chain.ErrMalformed)
		require.Empty(t, b.events.kinds(id), "the other source is asked first")
		b.advance()
		require.Equal(t, uint64(3), b.only(voice).Confirmations, "the other source reads it")

		other.Intercept(unreadable)
		b.sim.Mine(3)
		tip = b.sim.Head()
		for range 5 {
			require.ErrorIs(t, b.p.Advance(b.ctx), chain.ErrMalformed)
		}
		b.restart()
		for range 3 {
			require.ErrorIs(t, b.p.Advance(b.ctx), chain.ErrMalformed)
		}
		require.Equal(t, []payments.EventKind{payments.EventNetworkStuck}, b.events.kinds(id), "told once")
		n := b.health()
		require.Equal(t, tip.Height-3, n.Tip, "nothing is skipped")
		require.Equal(t, uint64(3), n.Behind)
		require.ErrorIs(t, n.Err, chain.ErrMalformed)
		require.Equal(t, uint64(3), b.only(voice).Confirmations)

		a.Intercept(nil)
		for b.p.Advance(b.ctx) != nil {
		}
		require.NoError(t, b.health().Err)
		requireDone(t, b.only(voice))
	})
}

// TestP26AlternatingNodesAtDifferentHeightsLoseAndDoubleNothing: peer failure
// P26, nodes behind a balancer of which the next one is always behind.
func TestP26AlternatingNodesAtDifferentHeightsLoseAndDoubleNothing(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		type lagging interface{ ServeBehind(int) }
		node := b.source("balancer")
		b.cfg.Rails[0].Sources = []chain.Source{node}
		b.restart()
		to := b.address(voice)
		b.advance()
		for i := range 40 {
			if i%4 == 0 {
				b.pay(to, 100)
			}
			node.(lagging).ServeBehind([]int{0, 3, 1, 5}[i%4])
			b.mine(1)
		}
		node.(lagging).ServeBehind(0)
		b.mine(8)
		all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 100)
		require.NoError(t, err)
		require.Len(t, all, 10)
		for _, d := range all {
			requireDone(t, d)
			require.Equal(t, 1, d.Incarnation, "a head that goes back is no reorganisation")
		}
	})
}
