package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

func (b *bundle) health() payments.NetworkHealth {
	b.Helper()
	h, err := b.p.Health(b.ctx)
	require.NoError(b, err)
	return h.Networks[0]
}

func TestAPausedNetworkRecordsAndCreditsNothingUntilResume(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		require.NoError(t, b.p.Pause(b.ctx, b.sim.Network(), ada))
		b.pay(to, 100)
		b.mine(8)
		b.restart() // the pause is the store's, not the process's
		b.mine(1)
		d := b.only(voice)
		require.Equal(t, payments.StateConfirming, d.State)
		require.Equal(t, uint64(9), d.Confirmations)
		require.True(t, d.Valued(), "priced at its receipt, paused or not")
		require.Equal(t, "paused by ada: ticket 7", b.health().Halted)

		before := b.dump()
		require.NoError(t, b.p.Pause(b.ctx, b.sim.Network(), payments.Actor{ID: "bob", Reason: "me too"}))
		require.Equal(t, withoutAudit(before), withoutAudit(b.dump()), "paused already")
		require.Equal(t, "paused by ada: ticket 7", b.health().Halted)

		require.NoError(t, b.p.Resume(b.ctx, b.sim.Network(), ada))
		b.advance()
		after := b.only(voice)
		requireDone(t, after)
		require.Equal(t, d.Rate, after.Rate)
		require.Empty(t, b.health().Halted)
		require.Equal(t, []payments.EventKind{payments.EventNetworkHalted, payments.EventNetworkResumed},
			b.events.kinds(b.sim.Network().ID))
		require.NoError(t, b.p.Resume(b.ctx, b.sim.Network(), ada), "it runs already")
	})
}

func TestPauseKeepsAHaltsOwnReasonAndNamesEveryActor(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	node := b.source("a").(forgetful)
	b.cfg.Rails[0].Sources = []chain.Source{node}
	b.restart()
	b.address(voice)
	b.advance()
	net := b.sim.Network()
	node.Intercept(func(string) error { return chain.ErrDeepReorg })
	require.ErrorIs(t, b.p.Advance(b.ctx), chain.ErrDeepReorg)
	node.Intercept(nil)
	reason := b.health().Halted
	require.Contains(t, reason, "reorganisation")
	require.NoError(t, b.p.Pause(b.ctx, net, ada))
	require.Equal(t, reason, b.health().Halted)
	require.NoError(t, b.p.Resume(b.ctx, net, ada))
	require.NoError(t, b.store.View(b.ctx, func(tx payments.Tx) error {
		rows, err := tx.AuditOf(b.ctx, "network/"+net.ID)
		require.NoError(t, err)
		var did []string
		for _, r := range rows {
			if r.Actor == ada {
				did = append(did, r.Action)
			}
		}
		require.ElementsMatch(t, []string{"pause", "resume"}, did)
		return nil
	}))
}

func TestPauseAsksWhoAndWhichNetwork(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	var input *payments.InputError
	require.ErrorAs(t, b.p.Pause(b.ctx, b.sim.Network(), payments.Actor{ID: "ada"}), &input)
	require.ErrorIs(t, b.p.Pause(b.ctx, chain.Network{}, ada), payments.ErrUnknownNetwork)
	require.ErrorIs(t, b.p.Pause(b.ctx, chain.Dogecoin, ada), payments.ErrUnknownNetwork)
}

func TestANetworkPausedBeforeItsFirstAddressStillFindsThePayment(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		require.NoError(t, b.p.Pause(b.ctx, b.sim.Network(), ada))
		to := b.address(voice)
		b.pay(to, 100)
		for range 400 {
			b.clock.Advance(b.sim.Network().BlockTime)
			b.sim.Mine(1)
		}
		b.advance()
		require.Equal(t, payments.StateConfirming, b.only(voice).State)
	})
}
