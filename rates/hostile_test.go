package rates_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// liar is a source that says whatever a property draws.
type liar struct {
	name string
	say  func([]rates.Market) ([]rates.Quote, error)
}

func (l *liar) Name() string             { return l.name }
func (l *liar) Role() rates.Role         { return rates.RoleMember }
func (l *liar) Serves(rates.Market) bool { return true }
func (l *liar) Quotes(_ context.Context, m []rates.Market) ([]rates.Quote, error) {
	return l.say(m)
}
func (l *liar) Candle(context.Context, rates.Market, time.Time) (rates.Quote, error) {
	return rates.Quote{}, rates.ErrUnavailable
}

// lies draws an answer: any numbers, times, names and markets, any number of times.
func lies(t *rapid.T, now time.Time, middle int64) func([]rates.Market) ([]rates.Quote, error) {
	if rapid.IntRange(0, 5).Draw(t, "fails") == 0 {
		return func([]rates.Market) ([]rates.Quote, error) { return nil, errors.New("lies") }
	}
	number := func(what string) money.Rate {
		n := rapid.OneOf(rapid.Int64Range(middle*97/100, middle*103/100), rapid.Int64Range(0, 9e18)).Draw(t, what)
		r, err := money.NewRate(decimal.New(n, rapid.SampledFrom([]int32{-2, -2, -2, -36, 18}).Draw(t, what+" exponent")))
		if err != nil {
			return money.Rate{}
		}
		return r
	}
	var out []rates.Quote
	for range rapid.IntRange(0, 4).Draw(t, "quotes") {
		bid := number("bid")
		ask := bid
		if rapid.Bool().Draw(t, "wide") {
			ask = number("ask")
		}
		out = append(out, rates.Quote{
			Market: rapid.SampledFrom([]rates.Market{market("BTC/USD"), market("BTC/USD"), market("BTC/USDT"), market("USDT/USD"), {}}).Draw(t, "market"),
			Value:  number("value"),
			Price: rates.Price{Source: rapid.SampledFrom([]string{"liar", "kraken", ""}).Draw(t, "signs as"), Bid: bid, Ask: ask, Last: bid,
				FetchedAt: now.Add(time.Duration(rapid.Int64Range(-2, 100).Draw(t, "asked")) * time.Second)},
		})
	}
	return func([]rates.Market) ([]rates.Quote, error) { return out, nil }
}

func TestFewerHostileSourcesThanHonestOnesNeverMoveThePriceOutOfTheHonestRange(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		honest := rapid.IntRange(2, 4).Draw(rt, "honest")
		hostile := rapid.IntRange(0, honest-1).Draw(rt, "hostile")
		synctest.Test(t, func(t *testing.T) {
			var sources []rates.Source
			var good []*venue
			var bad []*liar
			clock := time.Now
			for i := range honest {
				good = append(good, &venue{name: fmt.Sprint("honest ", i), role: rates.RoleMember, now: clock, books: map[string]string{}})
				sources = append(sources, good[i])
			}
			for i := range hostile {
				bad = append(bad, &liar{name: fmt.Sprint("hostile ", i)})
				sources = append(sources, bad[i])
			}
			c, err := rates.NewComposite(rates.Policy{}, rapid.Permutation(sources).Draw(rt, "order")...)
			require.NoError(t, err)
			for range rapid.IntRange(1, 4).Draw(rt, "rounds") {
				middle := rapid.Int64Range(6_000_000, 6_500_000).Draw(rt, "cents")
				var low, high decimal.Decimal
				for i := range good {
					price := decimal.New(middle+rapid.Int64Range(-9_000, 9_000).Draw(rt, "off"), -2)
					if low.IsZero() || price.LessThan(low) {
						low = price
					}
					high = decimal.Max(high, price)
					good[i].set("BTC/USD", price.String())
				}
				for _, l := range bad {
					l.say = lies(rt, time.Now(), middle)
				}
				s, err := c.Latest(t.Context(), []rates.Pair{btcUSD})
				if err != nil {
					require.ErrorIs(t, err, rates.ErrUnavailable)
					continue
				}
				r := s[0].Rate.Decimal()
				require.False(t, r.LessThan(low) || r.GreaterThan(high), "%s outside %s to %s", r, low, high)
				asked := map[string]bool{}
				for _, p := range s[0].Prices {
					asked[p.Source] = true
				}
				require.Len(t, asked, honest+hostile, "every source asked stands in the evidence, under its own name")
				<-time.After(time.Duration(rapid.IntRange(1, 90).Draw(rt, "seconds")) * time.Second)
			}
		})
	})
}

func TestAnAnswerThatIsRefusedNeverChangesTheResult(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(t *testing.T) {
			prices := rapid.SliceOfN(rapid.IntRange(63_900, 64_100), 4, 6).Draw(rt, "prices")
			lines := make([]string, 0, len(prices)+1)
			for i, p := range prices {
				lines = append(lines, fmt.Sprintf("venue%d: BTC/USD %d", i, p))
			}
			want := newWorld(t, rates.Policy{}, lines...).priceOf(t, "BTC/USD").Rate
			w := newWorld(t, rates.Policy{}, append(lines, "bad: BTC/USD 50000")...)
			bad := w.venues["bad"]
			switch rapid.IntRange(0, 4).Draw(rt, "fault") {
			case 0:
				bad.age = 2 * time.Minute
			case 1:
				bad.fail = errors.New("down")
			case 2:
				bad.set("BTC/USD", "!crossed")
			case 3:
				bad.now = func() time.Time { return w.now().Add(-time.Second) }
			case 4:
				bad.set("BTC/USD", "")
			}
			require.True(t, want.Equal(w.priceOf(t, "BTC/USD").Rate))
		})
	})
}
