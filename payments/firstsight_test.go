package payments_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

// limited is a Bitcoin bundle with the default limit of 1,000.
func limited(t *testing.T) *bundle {
	b, _ := utxoBundle(t)
	b.cfg.FirstSightLimit = decimal.Zero
	b.restart()
	return b
}

// basisOf returns how each transaction's receipt was chosen.
func (b *bundle) basisOf(accounts ...payments.Account) map[chain.Hash]payments.Basis {
	b.Helper()
	out := map[chain.Hash]payments.Basis{}
	for _, a := range accounts {
		all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 1000)
		require.NoError(b, err)
		for _, d := range all {
			out[d.TxID] = d.Basis
		}
	}
	return out
}

func TestFirstSightCountsBelowTheLimitAndNotAtIt(t *testing.T) {
	for hundredths, want := range map[int64]payments.Basis{99: payments.BasisFirstSeen, 100: payments.BasisOverLimit, 5_000: payments.BasisOverLimit} {
		b := limited(t) // a coin is worth 1,000 at first sight
		to := b.address(voice)
		b.advance()
		b.priced(1000, 900)
		b.pay(to, hundredths)
		b.advance()
		b.clock.Advance(time.Minute)
		b.advance()
		b.sim.Mine(1)
		b.advance()
		d := b.only(voice)
		require.Equal(t, want, d.Basis)
		x, err := b.p.Explain(b.ctx, d.Key)
		require.NoError(t, err)
		if want == payments.BasisOverLimit {
			require.Equal(t, "900", d.Rate.String())
			require.Contains(t, x.Text, "more of the profile was unmined than first sight holds for")
		} else {
			require.Equal(t, "1000", d.Rate.String())
		}
		b.checkBooks()
	}
}

func TestTheLimitCountsAllAccountsOfAProfileAndNoOther(t *testing.T) {
	b := limited(t)
	other := payments.Account{Profile: "globex", Name: "voice"}
	v, s, o := b.address(voice), b.address(sms), b.address(other)
	b.advance()
	b.pay(v, 60)
	b.pay(s, 60)
	b.pay(o, 60)
	b.advance()
	b.mine(1)
	require.Equal(t, payments.BasisOverLimit, b.only(voice).Basis)
	require.Equal(t, payments.BasisOverLimit, b.only(sms).Basis)
	require.Equal(t, payments.BasisFirstSeen, b.only(other).Basis)
}

func TestWhatHadNoPriceAtFirstSightIsPricedWhenMined(t *testing.T) {
	b := limited(t)
	to := b.address(voice)
	b.advance()
	b.rates.setDown(true)
	b.pay(to, 1)
	b.advance()
	b.clock.Advance(5 * time.Minute)
	b.advance()
	b.rates.setDown(false)
	b.mine(1)
	require.Equal(t, payments.BasisOverLimit, b.only(voice).Basis)
}

func TestAFeeBumpIsNotCountedTwice(t *testing.T) {
	b, sim := utxoBundle(t)
	b.cfg.FirstSightLimit = decimal.Zero
	b.restart()
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 60)
	b.advance()
	for range 3 {
		id = sim.FeeBump(id)
		b.advance()
	}
	b.mine(1)
	require.Equal(t, payments.BasisFirstSeen, b.basisOf(voice)[id], "600 under way, four times the same")
}

// However a payment is split over transactions, accounts and time, and in
// whatever order the parts are mined: first sight counts exactly while all that is
// unmined, the mined part included, was worth less than the limit when seen.
func TestSplittingAPaymentEvadesNoFirstSightLimit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := limited(t)
		to := []chain.Address{b.address(voice), b.address(sms)}
		b.advance()
		prices := rapid.SliceOfN(rapid.IntRange(500, 1500), 8, 8).Draw(rt, "prices")
		b.priced(prices...)
		open, want := map[chain.Hash]decimal.Decimal{}, map[chain.Hash]payments.Basis{}
		var order []chain.Hash
		for minute := range 8 {
			for range rapid.IntRange(0, 3).Draw(rt, "parts") {
				part := rapid.Int64Range(1, 60).Draw(rt, "part")
				id := b.pay(to[rapid.IntRange(0, 1).Draw(rt, "account")], part)
				open[id] = decimal.New(part, -2).Mul(decimal.New(int64(prices[minute]), 0))
				order = append(order, id)
			}
			b.advance()
			if len(order) > 0 && rapid.Bool().Draw(rt, "block") {
				sum := decimal.Zero
				for _, v := range open {
					sum = sum.Add(v)
				}
				mined := rapid.SliceOfDistinct(rapid.SampledFrom(order), rapid.ID[chain.Hash]).Draw(rt, "mined")
				var ids []chain.Hash
				for _, id := range mined {
					if _, ok := open[id]; !ok {
						continue
					}
					ids = append(ids, id)
					delete(open, id)
					want[id] = payments.BasisFirstSeen
					if !sum.LessThan(decimal.New(1000, 0)) {
						want[id] = payments.BasisOverLimit
					}
				}
				b.clock.Advance(time.Second)
				b.sim.MineTx(ids...)
				b.advance()
				b.clock.Advance(-time.Second)
			}
			for range 6 {
				b.clock.Advance(10 * time.Second)
				b.advance()
			}
		}
		got := b.basisOf(voice, sms)
		for id, basis := range want {
			require.Equal(rt, basis, got[id])
		}
		b.checkBooks()
	})
}

func TestTheWindowOfEachAsset(t *testing.T) {
	for _, c := range []struct {
		rail   railCase
		window time.Duration
	}{
		{railCases()[0], 60 * time.Minute},
		{railCases()[4], 20 * time.Minute},
		{railCases()[5], 10 * time.Minute},
	} {
		t.Run(c.rail.name, func(t *testing.T) {
			for _, late := range []bool{false, true} {
				b := newBundle(t, c.rail, nil)
				to := b.address(voice)
				b.advance()
				id := b.pay(to, 100)
				b.advance()
				seen, wait, basis := b.clock.Now(), c.window, payments.BasisFirstSeen
				if late {
					wait, basis = wait+time.Second, payments.BasisInclusion
				}
				for b.clock.Now().Sub(seen) < wait { // heartbeats
					b.clock.Advance(min(20*time.Second, wait-b.clock.Now().Sub(seen)))
					b.advance()
				}
				b.sim.MineTx(id)
				b.advance()
				require.Equal(t, basis, b.only(voice).Basis, "mined after %s", wait)
			}
		})
	}
	t.Run("EVM networks have none", func(t *testing.T) {
		b := newBundle(t, railCases()[1], nil)
		b.cfg.Rails[0].Window = time.Minute
		_, err := payments.New(b.cfg)
		require.ErrorContains(t, err, "Rails[0].Window")
	})
}

func TestAFirstSightLimitThatMakesNoSenseIsRefused(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	for _, bad := range []string{"-1", "1e40"} {
		b.cfg.FirstSightLimit = decimal.RequireFromString(bad)
		_, err := payments.New(b.cfg)
		var config *payments.ConfigError
		require.ErrorAs(t, err, &config)
		require.Equal(t, "FirstSightLimit", config.Field)
	}
}
