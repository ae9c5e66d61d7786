package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/rates"
)

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

func TestAVenueThatAmendsItsCandlesChangesNothingThatWasAnswered(t *testing.T) {
	price := "1000"
	m := newMarket(t, railCases()[1], func(time.Time) string { return price }, anyAge)
	to := m.address(voice)
	m.advance()
	for _, v := range m.venues {
		v.set(true)
	}
	m.pay(to, 100)
	m.sim.Mine(1)
	_ = m.p.Advance(m.ctx)
	m.clock.Advance(10 * time.Second)
	m.pay(to, 100) // in the same minute
	m.sim.Mine(1)
	_ = m.p.Advance(m.ctx)
	minute := m.clock.Now()
	m.clock.Advance(5 * time.Minute)
	for _, v := range m.venues {
		v.set(false)
	}
	first, err := m.p.At(m.ctx, m.pair(), minute.Add(time.Minute+roundLag))
	require.NoError(t, err)
	require.True(t, first.Candle)
	price = "1100" // amended
	m.reopen()
	m.mine(12)
	all, err := m.p.Deposits(m.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	for _, d := range all {
		require.Equal(t, "1000", d.Rate.String(), "the answer that was stored first")
	}
	again, err := m.p.At(m.ctx, m.pair(), minute.Add(time.Minute+roundLag))
	require.NoError(t, err)
	require.Equal(t, first, again)
}

// roundLag is how much older than the instant asked the prices of At are.
const roundLag = 15 * time.Second
