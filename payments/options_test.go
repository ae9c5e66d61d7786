package payments_test

import (
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// gain is what the payers of accounts were credited above what their coins were
// worth when they were mined, by the true price.
func (b *bundle) gain(price func(time.Time) string, accounts ...payments.Account) decimal.Decimal {
	b.Helper()
	sum := decimal.Zero
	for _, a := range accounts {
		all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 1000)
		require.NoError(b, err)
		for _, d := range all {
			if d.State == payments.StateReplaced || d.State == payments.StateSeen {
				continue
			}
			requireCredited(b.T, d)
			sum = sum.Add(d.Credited.Decimal()).Sub(d.Amount.Decimal().Mul(decimal.RequireFromString(price(d.IncludedAt))))
		}
	}
	return sum
}

// falling is a price of 1,000 that is 5 % lower from an instant on.
func falling(from time.Time) func(time.Time) string {
	return func(at time.Time) string {
		if at.Before(from) {
			return "1000"
		}
		return "950"
	}
}

// live lets time pass in steps that keep the watcher live.
func (b *bundle) live(d time.Duration) {
	b.Helper()
	for end := b.clock.Now().Add(d); b.clock.Now().Before(end); {
		b.clock.Advance(min(20*time.Second, end.Sub(b.clock.Now())))
		b.advance()
	}
}

// unmined plays parts of a coin, in hundredths, that are seen at 1,000 and mined
// at 950 after a wait.
func unmined(t *testing.T, wait time.Duration, parts ...int64) decimal.Decimal {
	b := limited(t)
	price := falling(b.clock.Now().Add(5 * time.Minute))
	b.rates.at = price
	to := []chain.Address{b.address(voice), b.address(sms)}
	b.advance()
	for i, part := range parts {
		b.pay(to[i%2], part)
	}
	b.live(wait)
	b.mine(6)
	return b.gain(price, voice, sms)
}

// options are the free options a payer has, each with the strategy that uses it
// best when the price falls, or rises, by 5 % (a stablecoin: as far as the peg's
// band goes). The keys are the rows of the table in the package's documentation.
var options = map[string]func(t *testing.T) decimal.Decimal{
	"first sight, one payment below the limit": func(t *testing.T) decimal.Decimal { return unmined(t, 50*time.Minute, 99) },
	"first sight, 10,000 in twenty parts": func(t *testing.T) decimal.Decimal {
		parts := make([]int64, 20)
		for i := range parts {
			parts[i] = 50
		}
		return unmined(t, 50*time.Minute, parts...)
	},
	"first sight, mined after the window": func(t *testing.T) decimal.Decimal { return unmined(t, 61*time.Minute, 99) },
	"replacement, for another account, at a better price": func(t *testing.T) decimal.Decimal {
		b, sim := utxoBundle(t)
		b.cfg.FirstSightLimit = decimal.Zero
		b.restart()
		start := b.clock.Now()
		price := func(at time.Time) string { // up, where it is replaced, and down again
			if at.Before(start.Add(5*time.Minute)) || !at.Before(start.Add(15*time.Minute)) {
				return "1000"
			}
			return "1050"
		}
		b.rates.at = price
		v, s := b.address(voice), b.address(sms)
		b.advance()
		id := b.pay(v, 90)
		b.live(10 * time.Minute)
		sim.Replace(id, b.to(s, 90))
		b.live(10 * time.Minute)
		b.mine(6)
		return b.gain(price, voice, sms)
	},
	"an old price on a fast chain": func(t *testing.T) decimal.Decimal {
		c := newClock()
		price := falling(c.Now().Add(time.Minute + 5*time.Second))
		m := newMarket(t, railCases()[6], price, nil)
		to := m.address(voice)
		for range 4 {
			m.round()
			m.clock.Advance(15 * time.Second)
		}
		m.round()
		m.clock.Advance(6 * time.Second) // it fell a second ago, the series does not know
		m.pay(to, 1_000)
		m.sim.Mine(1)
		m.advance()
		for range 6 {
			m.clock.Advance(time.Second)
			m.sim.Mine(1)
			m.advance()
		}
		return m.gain(price, voice)
	},
	"a shown price, renewed until it is the best": func(t *testing.T) decimal.Decimal {
		b := newBundle(t, railCases()[1], nil)
		price := falling(b.clock.Now().Add(5 * time.Minute))
		b.rates.at = price
		to := b.address(voice)
		b.advance()
		best := decimal.Zero
		pair := rates.Pair{Coin: b.asset.Coin, Currency: money.USD}
		for range 20 { // five minutes of looking, every quarter of a minute
			b.live(15 * time.Second)
			if shown, err := b.p.At(b.ctx, pair, b.clock.Now().Add(-time.Minute)); err == nil && shown.Rate.Decimal().GreaterThan(best) {
				best = shown.Rate.Decimal()
			}
		}
		require.Equal(t, "1000", best.String(), "he was shown the price before the fall")
		b.live(time.Minute)
		b.pay(to, 1_000)
		b.mine(6)
		return b.gain(price, voice)
	},
	"par snap, 10,000 of a stablecoin at 0.9971": func(t *testing.T) decimal.Decimal { return stablecoin(t, "0.9971") },
	"premium, 10,000 of a stablecoin at 1.05":    func(t *testing.T) decimal.Decimal { return stablecoin(t, "1.05") },
	"rounding, two hundred payments of 0.9 cents": func(t *testing.T) decimal.Decimal {
		b := newBundle(t, railCases()[0], nil)
		price := func(time.Time) string { return "1000" }
		b.rates.at = price
		to := b.address(voice)
		b.advance()
		for range 200 {
			b.sim.Pay(chainsim.Payment{To: to, Amount: money.Units(b.asset, 900)})
		}
		b.mine(6)
		return b.gain(price, voice)
	},
}

// stablecoin pays 10,000 of a stablecoin at a market price.
func stablecoin(t *testing.T, at string) decimal.Decimal {
	price := func(time.Time) string { return at }
	m := newMarket(t, railCases()[2], price, anyAge)
	to := m.address(voice)
	for range 130 { // a coin not yet seen sound for half an hour may be refused
		m.round()
		m.clock.Advance(15 * time.Second)
	}
	m.pay(to, 1_000_000)
	m.mine(14)
	return m.gain(price, voice)
}

// The table is what the simulator measures, row by row.
func TestTheTableOfFreeOptionsIsWhatTheyAreWorth(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	rows := regexp.MustCompile(`(?m)^//\t(.*\S) {2,}(\S.*\S) {2,}(\d+\.\d\d)$`).FindAllStringSubmatch(string(text), -1)
	require.Len(t, rows, len(options))
	for _, row := range rows {
		t.Run(row[1], func(t *testing.T) {
			t.Parallel()
			play := options[row[1]]
			require.NotNil(t, play, "no strategy for this row")
			worth := decimal.Max(play(t), decimal.Zero)
			require.Equal(t, row[3], worth.StringFixed(2))
		})
	}
}

// Whatever way the price walks, a payer who knows the walk beforehand and splits
// as he likes gains no more than the limit times the fall from the best price at
// which he was seen.
func TestNoStrategyEarnsMoreThanTheLimitTimesTheFall(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := limited(t)
		walk := []int{1000}
		for range 12 {
			walk = append(walk, walk[len(walk)-1]*(100+rapid.IntRange(-3, 3).Draw(rt, "step"))/100)
		}
		start := b.clock.Now()
		price := func(at time.Time) string {
			return fmt.Sprint(walk[min(int(at.Sub(start)/(4*time.Minute)), len(walk)-1)])
		}
		b.rates.at = price
		to := []chain.Address{b.address(voice), b.address(sms)}
		b.advance()
		best, bound := 0, decimal.Zero
		var open []chain.Hash
		for _, now := range walk[:12] {
			for range rapid.IntRange(0, 2).Draw(rt, "parts") {
				open = append(open, b.pay(to[rapid.IntRange(0, 1).Draw(rt, "account")], rapid.Int64Range(20, 99).Draw(rt, "part")))
				best = max(best, now)
			}
			b.advance()
			b.live(4*time.Minute - time.Second)
			// At the lowest moments he has some of it mined.
			if len(open) > 0 && rapid.IntRange(0, 3).Draw(rt, "mine") == 0 {
				n := rapid.IntRange(1, len(open)).Draw(rt, "mined")
				b.sim.MineTx(open[len(open)-n:]...)
				open = open[:len(open)-n]
				b.advance()
				bound = bound.Add(decimal.New(1000, 0).Mul(decimal.New(int64(max(best-now, 0)), 0)).Div(decimal.New(int64(now), 0)))
			}
			b.live(time.Second)
		}
		for range 6 {
			b.clock.Advance(time.Second)
			b.sim.MineTx()
			b.advance()
		}
		got := decimal.Zero
		for _, a := range []payments.Account{voice, sms} {
			all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 1000)
			require.NoError(rt, err)
			for _, d := range all {
				if d.Credited.Sign() > 0 {
					got = got.Add(d.Credited.Decimal()).Sub(d.Amount.Decimal().Mul(decimal.RequireFromString(price(d.IncludedAt))))
				}
			}
		}
		require.True(rt, got.LessThanOrEqual(bound), "gained %s, the bound is %s", got, bound)
	})
}
