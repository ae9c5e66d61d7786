package payments_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

func TestAssigningWhatIsBookedCreditsNothingWhileTheNetworkIsPaused(t *testing.T) {
	b, key, _ := unassigned(t, railCases()[0], 7)
	require.NoError(t, b.p.Pause(b.ctx, b.sim.Network(), clerk))
	before := b.dump()
	var input *payments.InputError
	require.ErrorAs(t, b.p.Assign(b.ctx, key, sms, clerk), &input)
	require.ErrorContains(t, input, "halted")
	require.Equal(t, withoutPrices(before), withoutPrices(b.dump()))
	require.NoError(t, b.p.Resume(b.ctx, b.sim.Network(), clerk))
	require.NoError(t, b.p.Assign(b.ctx, key, sms, clerk))
	require.Equal(t, "1000.00 USD", b.balance(sms))
	b.checkBooks()
}

func TestAssigningWhatIsBookedAsksTheDepthOfTheTiers(t *testing.T) {
	for _, tier := range []payments.Tier{
		{Above: decimal.New(1_500, 0), Confirmations: 12},
		{Above: decimal.New(1_500, 0), Confirmations: 12, AtRisk: true},
		{Confirmations: 12, Agree: 1},
	} {
		b, key, _ := unassigned(t, railCases()[0], 6)
		require.NoError(t, b.p.SetTiers(b.ctx, b.sim.Network(), []payments.Tier{tier}, clerk))
		b.pay(b.address(sms), 60) // with what is assigned 1,600
		b.mine(1)
		var input *payments.InputError
		require.ErrorAs(t, b.p.Assign(b.ctx, key, sms, clerk), &input)
		require.ErrorContains(t, input, "7 of 12 confirmations")
		require.Equal(t, "0.00 USD", b.balance(sms))
		b.mine(5)
		require.NoError(t, b.p.Assign(b.ctx, key, sms, clerk))
		require.NotEqual(t, "0.00 USD", b.balance(sms))
		b.checkBooks()
	}
}
