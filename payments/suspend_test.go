package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

func TestASuspendedAssetIsRecordedAndCreditedLater(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		op := payments.Actor{ID: "op", Reason: "issuer in trouble"}
		to := b.address(voice)
		b.advance()
		require.NoError(t, b.p.Suspend(b.ctx, b.asset, op))
		require.NoError(t, b.p.Suspend(b.ctx, b.asset, payments.Actor{ID: "other", Reason: "again"}))
		b.restart()
		b.pay(to, 100)
		b.mine(7)
		d := b.only(voice)
		require.Equal(t, payments.StateConfirming, d.State)
		require.True(t, d.Valued())
		rate := d.Rate
		require.Contains(t, d.Waits[0], "was suspended by op")
		s, ok, err := b.p.Suspended(b.ctx, b.asset)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, op, s.By)
		h, err := b.p.Health(b.ctx)
		require.NoError(t, err)
		require.Contains(t, h.Networks[0].Waits[0], "suspended by op")

		require.NoError(t, b.p.Unsuspend(b.ctx, b.asset, op))
		b.advance()
		d = b.only(voice)
		require.Equal(t, payments.StateCredited, d.State)
		require.True(t, rate.Equal(d.Rate), "at the rate of its receipt")
		require.Equal(t, []payments.EventKind{payments.EventAssetSuspended, payments.EventAssetUnsuspended}, b.events.kinds(b.asset.String()))
		_, ok, err = b.p.Suspended(b.ctx, b.asset)
		require.NoError(t, err)
		require.False(t, ok)
	})
}

func TestASuspensionStopsOneAssetAlone(t *testing.T) {
	b := newBundle(t, railCases()[1], nil)
	usdt, _ := b.sim.Network().Asset("USDT")
	require.NoError(t, b.p.Suspend(b.ctx, usdt, payments.Actor{ID: "op", Reason: "x"}))
	to := b.address(voice)
	b.advance()
	b.pay(to, 100) // ETH
	b.mine(7)
	require.Equal(t, payments.StateCredited, b.only(voice).State)
}

func TestSuspendRefusesWhatItCannotMean(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	op := payments.Actor{ID: "op", Reason: "x"}
	var input *payments.InputError
	require.ErrorAs(t, b.p.Suspend(b.ctx, b.asset, payments.Actor{}), &input)
	wrong := b.asset
	wrong.Coin = "USDT"
	require.ErrorAs(t, b.p.Suspend(b.ctx, wrong, op), &input)
	ltc, _ := chain.Litecoin.Asset("LTC")
	require.ErrorIs(t, b.p.Suspend(b.ctx, ltc, op), payments.ErrUnknownNetwork)
	_, _, err := b.p.Suspended(b.ctx, ltc)
	require.ErrorIs(t, err, payments.ErrUnknownNetwork)
	require.NoError(t, b.p.Unsuspend(b.ctx, b.asset, op), "nothing to do")
	require.Empty(t, b.events.kinds(b.asset.String()))
}
