package payments_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// tiered configures the first rail's tiers.
func tiered(tiers ...payments.Tier) func(*payments.Config) {
	return func(cfg *payments.Config) { cfg.Rails[0].Tiers = tiers }
}

func above(value int64, confirmations uint64) payments.Tier {
	return payments.Tier{Above: decimal.NewFromInt(value), Confirmations: confirmations}
}

func explained(b *bundle, d payments.DepositView) string {
	b.Helper()
	x, err := b.p.Explain(b.ctx, d.Key)
	require.NoError(b, err)
	return x.Text
}

// TestP25SixConfirmationsEverywhereUnlessConfigured: five are not enough on any
// rail, and a lower number is somebody's written decision.
func TestP25SixConfirmationsEverywhereUnlessConfigured(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.mine(5)
		require.Equal(t, payments.StateConfirming, b.only(voice).State)
		require.Equal(t, uint64(6), b.only(voice).Required)
		b.mine(1)
		require.Equal(t, payments.StateCredited, b.only(voice).State)
	})
}

func TestALargeDepositWaitsForItsTierAndASmallOneDoesNot(t *testing.T) {
	for _, c := range railCases() {
		t.Run(c.name, func(t *testing.T) {
			b := newBundle(t, c, tiered(above(5_000, 12), above(100_000, 30)))
			small, large := payments.Account{Profile: "small", Name: "a"}, payments.Account{Profile: "large", Name: "a"}
			s, l := b.address(small), b.address(large)
			b.advance()
			b.pay(s, 499)
			b.pay(l, 500) // 5,000.00 exactly: a tier applies from its value on
			b.mine(6)
			requireCredited(t, b.only(small))
			d := b.only(large)
			require.Equal(t, payments.StateConfirming, d.State)
			require.Equal(t, uint64(12), d.Required)
			require.Empty(t, d.Waits)
			require.Contains(t, explained(b, d), "It has 6 of 12 confirmations.")
			b.mine(5)
			require.Equal(t, payments.StateConfirming, b.only(large).State)
			b.mine(1) // nothing but the block wakes it
			requireCredited(t, b.only(large))
			require.Equal(t, "5000.00 USD", b.balance(large))
		})
	}
}

func TestSplittingAPaymentEvadesNothing(t *testing.T) {
	split := map[string]func(b *bundle, to chain.Address){
		"in one block": func(b *bundle, to chain.Address) {
			for range 10 {
				b.pay(to, 60)
			}
		},
		"in one transaction": func(b *bundle, to chain.Address) {
			part := chainsim.Payment{To: to, Amount: b.coins(60)}
			b.sim.Pay(part, part, part, part, part, part, part, part, part, part)
		},
		"in successive blocks": func(b *bundle, to chain.Address) {
			for range 4 {
				b.pay(to, 150)
				b.mine(1)
			}
		},
	}
	for name, pay := range split {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEveryRail(t, func(t *testing.T, b *bundle) {
				b.cfg.Rails[0].Tiers = []payments.Tier{above(5_000, 20)}
				b.restart()
				to := b.address(voice)
				b.advance()
				pay(b, to)
				b.mine(15)
				require.Equal(t, "0.00 USD", b.balance(voice))
				b.mine(5)
				require.NotEqual(t, "0.00 USD", b.balance(voice))
			})
		})
	}
}

func TestTwoAccountsOfAProfileAreOneSum(t *testing.T) {
	b := newBundle(t, railCases()[0], tiered(above(1_500, 10)))
	v, s := b.address(voice), b.address(sms)
	b.advance()
	b.pay(v, 100)
	b.pay(s, 100)
	b.mine(9)
	require.Equal(t, payments.StateConfirming, b.only(voice).State)
	require.Equal(t, payments.StateConfirming, b.only(sms).State)
	b.mine(1)
	requireCredited(t, b.only(voice))
	requireCredited(t, b.only(sms))
}

func TestACreditLowersNobodysDepth(t *testing.T) {
	b := newBundle(t, railCases()[0], tiered(above(1_500, 10)))
	to := b.address(voice)
	b.advance()
	first := b.pay(to, 100)
	b.mine(6)
	require.Equal(t, "1000.00 USD", b.balance(voice), "alone it is small")
	b.pay(to, 60) // with what was credited and is not final it is not
	b.mine(6)
	require.Equal(t, "1000.00 USD", b.balance(voice))
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	for _, d := range all {
		if d.TxID == first {
			require.Equal(t, payments.StateFinal, d.State, "12 deep: no longer at risk")
		} else {
			require.Equal(t, uint64(6), d.Required)
		}
	}
	b.mine(1) // and now it is small again
	require.Equal(t, "1601.20 USD", b.balance(voice))
}

func TestTheSumAtRiskOfAllProfilesRaisesAll(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		b.cfg.Rails[0].Tiers = []payments.Tier{{Above: decimal.NewFromInt(10_000), AtRisk: true, Confirmations: 15}}
		b.restart()
		var accounts []payments.Account
		for i := range 5 {
			accounts = append(accounts, payments.Account{Profile: fmt.Sprint("p", i), Name: "a"})
		}
		to := make([]chain.Address, len(accounts))
		for i, a := range accounts {
			to[i] = b.address(a)
		}
		b.advance()
		for _, a := range to {
			b.pay(a, 200)
		}
		b.mine(14)
		for _, a := range accounts {
			require.Equal(t, uint64(15), b.only(a).Required)
			require.Equal(t, payments.StateConfirming, b.only(a).State)
		}
		b.mine(1)
		for _, a := range accounts {
			requireCredited(t, b.only(a))
		}
	})
}

func TestATierOfOneAssetLeavesTheOthersAlone(t *testing.T) {
	b := newBundle(t, railCases()[2], nil) // USDT
	gusd, _ := b.sim.Network().Asset("GUSD")
	b.cfg.Rails[0].Tiers = []payments.Tier{{Asset: gusd, Confirmations: 9}}
	b.restart()
	v, s := b.address(voice), b.address(sms)
	b.advance()
	b.pay(v, 100)
	b.sim.Pay(chainsim.Payment{To: s, Amount: money.Units(gusd, 100)})
	b.mine(6)
	requireCredited(t, b.only(voice))
	require.Equal(t, uint64(9), b.only(sms).Required)
	require.Equal(t, payments.StateConfirming, b.only(sms).State)
	b.mine(3)
	requireCredited(t, b.only(sms))
}

func TestHeldMoneyRaisesNobodysTierUntilItIsReleased(t *testing.T) {
	b := newBundle(t, railCases()[0], tiered(above(1_500, 10)))
	verdict := map[chain.Hash]payments.Verdict{}
	b.cfg.Screen = func(_ context.Context, d payments.Deposit) (payments.Verdict, error) { return verdict[d.TxID], nil }
	b.restart()
	to := b.address(voice)
	b.advance()
	verdict[b.pay(to, 100)] = payments.VerdictReject
	other := b.pay(to, 100)
	verdict[other] = payments.VerdictPass
	b.mine(6)
	require.Equal(t, "1000.00 USD", b.balance(voice))
	h, err := b.p.Health(b.ctx)
	require.NoError(t, err)
	require.Len(t, h.Held, 1)
	require.NoError(t, b.p.Release(b.ctx, h.Held[0].Key, payments.Actor{ID: "op", Reason: "known"}))
	b.mine(3)
	require.Equal(t, "1000.00 USD", b.balance(voice), "both together are above the limit")
	b.mine(1)
	require.Equal(t, "2000.00 USD", b.balance(voice))
}

func TestMoneyThatComesOutOfMWEBOrAMineWaitsUntilItIsMature(t *testing.T) {
	origins := map[chain.Origin]uint64{chain.OriginPegOut: 6, chain.OriginCoinbase: 100}
	for origin, maturity := range origins {
		b := newBundle(t, railCases()[4], func(cfg *payments.Config) { cfg.Rails[0].Confirmations = 2 })
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.mine(1)
		d := b.only(voice)
		require.NoError(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
			rows, err := tx.DepositsByKey(b.ctx, []payments.DepositKey{d.Key})
			require.NoError(t, err)
			rows[0].Origin = origin
			return tx.SaveDeposits(b.ctx, rows)
		}))
		b.mine(int(maturity) - 2)
		require.Equal(t, payments.StateConfirming, b.only(voice).State)
		require.Equal(t, maturity, b.only(voice).Required)
		b.mine(1)
		requireCredited(t, b.only(voice))
		require.Equal(t, maturity, b.only(voice).Required)
	}
}

// TestManyWaitingDepositsHideNobody: more than one page of deposits is too
// shallow for its tier, the one behind them is not.
func TestManyWaitingDepositsHideNobody(t *testing.T) {
	b := newBundle(t, railCases()[0], tiered(above(5_000, 12)))
	rich := b.address(voice)
	var poor []payments.Account
	for i := range 5 {
		poor = append(poor, payments.Account{Profile: fmt.Sprint("poor", i), Name: "a"})
	}
	b.advance()
	many := make([]chainsim.Payment, 2_100)
	for i := range many {
		many[i] = chainsim.Payment{To: rich, Amount: b.coins(1)}
	}
	b.sim.Pay(many...)
	for _, a := range poor {
		b.pay(b.address(a), 100)
	}
	b.mine(6)
	for _, a := range poor {
		requireCredited(t, b.only(a))
	}
	require.Equal(t, "0.00 USD", b.balance(voice))
	b.mine(6)
	require.Equal(t, "21000.00 USD", b.balance(voice))
}

// TestNeverMoreIsCreditedShallowlyThanATierAllows states the rule as one: at any
// moment, what a profile was credited in blocks less deep than a tier asks is
// worth less than the tier's limit, however it was split; and so for the sum of
// all. In the end everything is credited.
func TestNeverMoreIsCreditedShallowlyThanATierAllows(t *testing.T) {
	t.Parallel()
	tiers := []payments.Tier{above(1_000, 9), above(2_500, 14), {Above: decimal.NewFromInt(4_000), AtRisk: true, Confirmations: 18}}
	rapid.Check(t, func(rt *rapid.T) {
		b := newBundle(t, rapid.SampledFrom(railCases()).Draw(rt, "rail"), tiered(tiers...))
		accounts := []payments.Account{voice, sms, {Profile: "globex", Name: "a"}, {Profile: "initech", Name: "a"}}
		var to []chain.Address
		for _, a := range accounts {
			to = append(to, b.address(a))
		}
		b.advance()
		check := func() {
			byProfile := make([]map[string]decimal.Decimal, len(tiers))
			for i := range byProfile {
				byProfile[i] = map[string]decimal.Decimal{}
			}
			for _, a := range accounts {
				all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 1_000)
				require.NoError(rt, err)
				for _, d := range all {
					for i, tier := range tiers {
						if d.Credited.Sign() > 0 && d.Confirmations < tier.Confirmations {
							who := a.Profile
							if tier.AtRisk {
								who = "all"
							}
							byProfile[i][who] = byProfile[i][who].Add(d.Exact)
						}
					}
				}
			}
			for i, tier := range tiers {
				for who, sum := range byProfile[i] {
					require.True(rt, sum.LessThan(tier.Above), "%s has %s credited less than %d deep", who, sum, tier.Confirmations)
				}
			}
		}
		for range rapid.IntRange(5, 25).Draw(rt, "blocks") {
			for range rapid.IntRange(0, 4).Draw(rt, "payments") {
				b.pay(rapid.SampledFrom(to).Draw(rt, "to"), rapid.Int64Range(1, 120).Draw(rt, "hundredths"))
			}
			b.rates.setDown(rapid.IntRange(0, 4).Draw(rt, "no price") == 0)
			b.clock.Advance(20 * time.Second)
			b.sim.Mine(1)
			_ = b.p.Advance(b.ctx) // fails while there is no price
			check()
		}
		b.rates.setDown(false)
		for range 18 {
			b.mine(1)
			check()
		}
		for _, a := range accounts {
			all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 1_000)
			require.NoError(rt, err)
			for _, d := range all {
				requireCredited(t, d)
			}
		}
	})
}

func TestTiersThatMeanNothingAreRefused(t *testing.T) {
	btc, evm := newBundle(t, railCases()[0], nil), newBundle(t, railCases()[1], nil)
	for _, c := range []struct {
		b    *bundle
		tier payments.Tier
		says string
	}{
		{btc, payments.Tier{}, "Tiers[0]: asks nothing"},
		{btc, payments.Tier{Above: decimal.NewFromInt(-1), Confirmations: 7}, "Tiers[0].Above"},
		{btc, payments.Tier{Above: decimal.New(1, 1_000_000_000), Confirmations: 7}, "Tiers[0].Above"},
		{btc, payments.Tier{Above: decimal.New(1, -1_000_000_000), Confirmations: 7}, "Tiers[0].Above"},
		{btc, payments.Tier{Finalized: true}, "Tiers[0].Finalized: bitcoin-regtest calls no block final"},
		{btc, payments.Tier{Agree: 2}, "Tiers[0].Agree: 2 of 1 sources"},
		{btc, payments.Tier{Agree: -1, Confirmations: 7}, "Tiers[0].Agree"},
		{btc, payments.Tier{Confirmations: 10_001}, "would never be reached"},
		{btc, payments.Tier{Asset: evm.asset, Confirmations: 7}, "is not an asset of bitcoin-regtest"},
		{evm, payments.Tier{Asset: btc.asset, Finalized: true}, "is not an asset of ethereum-sim"},
	} {
		cfg := c.b.cfg
		cfg.Rails = []payments.Rail{cfg.Rails[0]}
		cfg.Rails[0].Tiers = []payments.Tier{c.tier}
		_, err := payments.New(cfg)
		var bad *payments.ConfigError
		require.ErrorAs(t, err, &bad)
		require.ErrorContains(t, err, "payments: config Rails[0].")
		require.ErrorContains(t, err, c.says)

		before := tiersOf(c.b)
		err = c.b.p.SetTiers(c.b.ctx, c.b.sim.Network(), []payments.Tier{c.tier}, operator)
		var input *payments.InputError
		require.ErrorAs(t, err, &input)
		require.ErrorContains(t, err, c.says)
		require.Equal(t, before, tiersOf(c.b))
	}
	evm.cfg.Rails[0].Tiers = []payments.Tier{{Finalized: true}, {Agree: 1}, {Asset: evm.asset, Confirmations: 1}}
	evm.restart()
}
