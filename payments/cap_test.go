package payments_test

import (
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func TestADailyCapHoldsWhatExceedsItUntilAnOperatorReleasesIt(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		b.rates.at = func(time.Time) string { return "1000" }
		b.cfg.Rails[0].DailyCap = map[money.Asset]decimal.Decimal{b.asset: decimal.New(2500, 0)}
		anyAge(&b.cfg)
		b.restart()
		v, s := b.address(voice), b.address(sms)
		b.advance()
		b.pay(v, 200)
		b.mine(6)
		large := b.pay(s, 100) // 3,000 together
		b.mine(6)
		b.pay(v, 50) // fits: 2,500
		b.mine(6)
		require.Equal(t, "2500.00 USD", b.balance(voice))
		d := b.only(sms)
		require.Equal(t, large, d.TxID)
		require.Equal(t, payments.HoldCap, d.Hold)
		x, err := b.p.Explain(b.ctx, d.Key)
		require.NoError(t, err)
		require.Contains(t, x.Text, "than its cap allows")
		b.clock.Advance(24 * time.Hour)
		b.mine(1)
		require.Equal(t, payments.HoldCap, b.only(sms).Hold, "the next day releases nothing")
		b.pay(v, 250) // and has an allowance of its own
		b.mine(6)
		require.Equal(t, "5000.00 USD", b.balance(voice))
		require.NoError(t, b.p.Release(b.ctx, d.Key, payments.Actor{ID: "op", Reason: "looked at"}))
		b.advance()
		require.Equal(t, "1000.00 USD", b.balance(sms))
		kinds := b.events.kinds(d.Key.String())
		held := slices.Index(kinds, payments.EventDepositHeld)
		require.Equal(t, []payments.EventKind{payments.EventDepositHeld, payments.EventDepositReleased, payments.EventDepositCredited},
			kinds[held:held+3])
		b.checkBooks()
	})
}

func TestACapThatMakesNoSenseIsRefused(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	other, _ := chain.Litecoin.Asset("LTC")
	b.cfg.Rails[0].DailyCap = map[money.Asset]decimal.Decimal{other: decimal.New(1, 0)}
	_, err := payments.New(b.cfg)
	require.ErrorContains(t, err, "Rails[0].DailyCap")
}
