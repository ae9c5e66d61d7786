package payments_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// testVenue is a source whose price of every market in USD is a function of time.
type testVenue struct {
	name string
	role rates.Role
	now  func() time.Time
	at   func(time.Time) string
	mu   sync.Mutex
	down bool
}

func (v *testVenue) set(down bool) { v.mu.Lock(); v.down = down; v.mu.Unlock() }

func (v *testVenue) Name() string               { return v.name }
func (v *testVenue) Role() rates.Role           { return v.role }
func (v *testVenue) Serves(m rates.Market) bool { return m.Quote == "USD" }

func (v *testVenue) quote(m rates.Market, at time.Time) rates.Quote {
	r := rateOf(v.at(at))
	return rates.Quote{Market: m, Value: r, Price: rates.Price{Source: v.name, Symbol: m.String(), Bid: r, Ask: r, SourceTime: at, FetchedAt: at}}
}

func (v *testVenue) Quotes(_ context.Context, markets []rates.Market) (out []rates.Quote, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.down {
		return nil, fmt.Errorf("%w: %s answers 503", rates.ErrUnavailable, v.name)
	}
	for _, m := range markets {
		out = append(out, v.quote(m, v.now()))
	}
	return out, nil
}

func (v *testVenue) Candle(_ context.Context, m rates.Market, at time.Time) (rates.Quote, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.down {
		return rates.Quote{}, fmt.Errorf("%w: %s answers 503", rates.ErrUnavailable, v.name)
	}
	return v.quote(m, at.Truncate(time.Minute)), nil
}

// market is a bundle whose prices are the median of three venues.
type market struct {
	*bundle
	venues    []*testVenue
	composite *rates.Composite
}

func newMarket(t *testing.T, c railCase, at func(time.Time) string, change func(*payments.Config)) *market {
	m := &market{bundle: newBundle(t, c, change)}
	var sources []rates.Source
	for _, name := range []string{"kraken", "coinbase", "bitstamp"} {
		v := &testVenue{name: name, role: rates.RoleMember, now: m.clock.Now, at: at}
		m.venues, sources = append(m.venues, v), append(sources, v)
	}
	m.reopen(sources...)
	return m
}

// reopen starts a new process: a new composite too.
func (m *market) reopen(sources ...rates.Source) {
	m.Helper()
	if sources == nil {
		for _, v := range m.venues {
			sources = append(sources, v)
		}
	}
	var err error
	m.composite, err = rates.NewComposite(rates.Policy{Now: m.clock.Now}, sources...)
	require.NoError(m, err)
	m.cfg.Rates = m.composite
	m.restart()
}

func (m *market) pair() rates.Pair { return rates.Pair{Coin: m.asset.Coin, Currency: money.USD} }

// round lets the composite ask its venues, and the engine take note.
func (m *market) round() {
	m.Helper()
	_, _ = m.composite.Latest(m.ctx, []rates.Pair{m.pair()})
	_ = m.p.Advance(m.ctx)
}

// told lists the events in the order "system".
func (m *market) told() (out []string) {
	m.events.mu.Lock()
	defer m.events.mu.Unlock()
	for _, e := range m.events.events {
		if e.Order == "system" {
			out = append(out, string(e.Kind)+" "+e.Subject)
		}
	}
	return out
}

func TestASourceThatIsDownIsToldOnceAndNotAgainAfterARestart(t *testing.T) {
	m := newMarket(t, railCases()[0], rateAt, nil)
	m.round()
	require.Empty(t, m.told())
	m.venues[0].set(true)
	want := []string{"rates.source_down rates/source_down/kraken"}
	for range 10 {
		m.clock.Advance(15 * time.Second)
		m.round()
	}
	require.Equal(t, want, m.told())
	h, err := m.p.Health(m.ctx)
	require.NoError(t, err)
	require.Len(t, h.RateSources, 3)
	require.Contains(t, h.RateSources[0].LastError, "503")
	require.Len(t, h.RateFindings, 1)

	m.reopen()
	for range 10 {
		m.clock.Advance(15 * time.Second)
		m.round()
	}
	require.Equal(t, want, m.told(), "nothing changed")

	m.reopen()
	m.venues[0].set(false) // while nothing ran
	m.clock.Advance(15 * time.Second)
	m.round()
	want = append(want, "rates.over rates/source_down/kraken")
	require.Equal(t, want, m.told())
	m.clock.Advance(15 * time.Second)
	m.round()
	require.Equal(t, want, m.told())
}

func TestALostQuorumAStalePairAndTheirEndAreTold(t *testing.T) {
	m := newMarket(t, railCases()[0], rateAt, nil)
	m.round()
	m.venues[0].set(true)
	m.venues[1].set(true)
	for range 12 {
		m.clock.Advance(15 * time.Second)
		m.round()
	}
	require.Contains(t, m.told(), "rates.no_quorum rates/no_quorum/BTC/USD")
	require.Contains(t, m.told(), "rates.stale rates/stale/BTC/USD")
	m.venues[0].set(false)
	m.venues[1].set(false)
	m.clock.Advance(15 * time.Second)
	m.round()
	require.Contains(t, m.told(), "rates.over rates/no_quorum/BTC/USD")
	require.Contains(t, m.told(), "rates.over rates/stale/BTC/USD")
	require.Len(t, m.told(), 8, "two sources, the quorum, the pair: each began and ended")
}

func TestADeviationFromATripwireIsTold(t *testing.T) {
	m := newMarket(t, railCases()[0], func(time.Time) string { return "1000" }, nil)
	oracle := &testVenue{name: "oracle", role: rates.RoleTripwire, now: m.clock.Now, at: func(time.Time) string { return "1050" }}
	m.reopen(m.venues[0], m.venues[1], m.venues[2], oracle)
	m.round()
	require.Equal(t, []string{"rates.tripwire rates/tripwire/oracle/BTC/USD"}, m.told())
	oracle.at = func(time.Time) string { return "1000" }
	for range 20 { // it need not be asked in each round
		m.clock.Advance(30 * time.Second)
		m.round()
	}
	require.Contains(t, m.told(), "rates.over rates/tripwire/oracle/BTC/USD")
}

func TestADepegIsToldToTheOperatorAndHoldsTheDeposit(t *testing.T) {
	price := "1"
	m := newMarket(t, railCases()[2], func(time.Time) string { return price }, anyAge)
	to := m.address(voice)
	m.round()
	price = "0.9"
	m.clock.Advance(time.Minute)
	m.round()
	require.Contains(t, m.told(), "rates.depegged rates/depegged/USDT/USD")
	m.pay(to, 10_000)
	m.sim.Mine(1)
	_ = m.p.Advance(m.ctx)
	require.Equal(t, payments.HoldDepegged, m.only(voice).Hold)
}

// points reads the live points of the market's pair.
func (m *market) points() (out []rates.Point) {
	require.NoError(m, m.store.View(m.ctx, func(tx payments.Tx) error {
		all, err := tx.PointsBetween(m.ctx, m.pair(), time.Time{}.AddDate(2000, 0, 0), m.clock.Now())
		out = nil
		for _, p := range all {
			if !p.Candle {
				out = append(out, p)
			}
		}
		return err
	}))
	return out
}

func TestOfTheLivePricesOfASlotTheFirstIsKept(t *testing.T) {
	m := newMarket(t, railCases()[0], rateAt, nil)
	twin := m.processor(m.cfg) // another instance on the same store
	for range 12 {
		m.round()
		require.NoError(t, twin.Advance(m.ctx))
		m.clock.Advance(5 * time.Second)
	}
	points := m.points()
	require.Len(t, points, 4, "a minute has four slots")
	for i, p := range points {
		require.Equal(t, time.Duration(i)*15*time.Second, p.AsOf.Sub(points[0].AsOf))
	}
}

func TestAtNeverKnowsOfAnythingLaterAndNeverChangesItsMind(t *testing.T) {
	m := newMarket(t, railCases()[0], rateAt, nil)
	start := m.clock.Now()
	asked := map[time.Time]rates.Point{}
	check := func(p *payments.Processor, at time.Time) {
		got, err := p.At(m.ctx, m.pair(), at)
		if err != nil {
			require.ErrorIs(t, err, rates.ErrUnavailable)
			require.NotContains(t, asked, at, "an answer does not go away")
			return
		}
		require.False(t, got.AsOf.After(at))
		if got.Candle {
			require.False(t, got.AsOf.Add(time.Minute).After(at), "the candle was over")
		}
		if before, ok := asked[at]; ok {
			require.Equal(t, before, got)
		}
		asked[at] = got
	}
	twin := m.processor(m.cfg)
	for i := range 120 {
		m.clock.Advance(5 * time.Second)
		if i < 40 || i > 80 { // an outage of the poller between
			m.round()
		}
		now := m.clock.Now()
		for _, p := range []*payments.Processor{m.p, twin} {
			check(p, now)
			check(p, now.Add(-10*time.Second))
			check(p, start.Add(now.Sub(start)/2))
		}
	}
	require.Greater(t, len(asked), 150)
	m.reopen()
	for at, want := range asked {
		got, err := m.p.At(m.ctx, m.pair(), at)
		require.NoError(t, err)
		require.Equal(t, want, got, "after a restart")
	}
	var input *payments.InputError
	_, err := m.p.At(m.ctx, m.pair(), m.clock.Now().Add(time.Second))
	require.ErrorAs(t, err, &input)
}

func TestThreeHoursWithoutVenuesAndAMovingPriceEachDepositAtItsReceipt(t *testing.T) {
	for _, c := range railCases()[:2] {
		t.Run(c.name, func(t *testing.T) {
			m := newMarket(t, c, rateAt, anyAge)
			to := m.address(voice)
			m.round()
			for _, v := range m.venues {
				v.set(true)
			}
			want := map[chain.Hash]string{}
			for range 36 {
				m.clock.Advance(5 * time.Minute)
				id := m.pay(to, 1)
				m.sim.Mine(1)
				want[id] = rateAt(m.clock.Now())
				_ = m.p.Advance(m.ctx)
			}
			require.Equal(t, "0.00 USD", m.balance(voice))
			for _, v := range m.venues {
				v.set(false)
			}
			m.clock.Advance(2 * time.Minute)
			m.mine(6)
			all, err := m.p.Deposits(m.ctx, voice, payments.DepositKey{}, 100)
			require.NoError(t, err)
			require.Len(t, all, 36)
			for _, d := range all {
				requireCredited(t, d)
				require.Equal(t, want[d.TxID], d.Rate.String())
			}
			m.checkBooks()
		})
	}
}

func TestAClockThatJumpsBackPricesNothingEarlierThanReceipt(t *testing.T) {
	m := newMarket(t, railCases()[1], rateAt, anyAge)
	to := m.address(voice)
	m.clock.Advance(time.Hour)
	for range 4 {
		m.round()
		m.clock.Advance(15 * time.Second)
	}
	before := m.points()
	m.clock.Advance(-30 * time.Minute) // set right
	m.pay(to, 100)
	m.sim.Mine(1)
	received := m.clock.Now()
	for range 10 {
		m.clock.Advance(20 * time.Second)
		m.sim.Mine(1)
		m.round()
	}
	d := m.only(voice)
	require.Equal(t, payments.StateCredited, d.State)
	require.False(t, d.ReceivedAt.Before(received))
	require.Equal(t, rateAt(d.ReceivedAt), d.Rate.String(), "the minute's own, not one of the hour that was not")
	require.Subset(t, m.pointsUntil(before[len(before)-1].AsOf), before, "nothing is taken back")
}

func (m *market) pointsUntil(at time.Time) (out []rates.Point) {
	require.NoError(m, m.store.View(m.ctx, func(tx payments.Tx) (err error) {
		out, err = tx.PointsBetween(m.ctx, m.pair(), at.Add(-time.Hour), at)
		return err
	}))
	return out
}
