package payments_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/rates"
)

// slowRates takes its price, then needs a while to answer.
type slowRates struct {
	*movingRates
	during func()
}

func (s *slowRates) Latest(ctx context.Context, pairs []rates.Pair) ([]rates.Snapshot, error) {
	out, err := s.movingRates.Latest(ctx, pairs)
	if f := s.during; f != nil {
		s.during = nil
		f()
	}
	return out, err
}

// The same with one process: the follower commits while prices are fetched.
func TestRecordedWhileARoundWasUnderWay(t *testing.T) {
	b := newBundle(t, railCases()[1], nil)
	r := &slowRates{movingRates: b.rates}
	other := b.cfg // a process that only follows: its price source is down
	down := &movingRates{now: b.clock.Now, down: true}
	other.Rates = down
	follower := b.processor(other)
	b.cfg.Rates = r
	b.restart()
	v, s := b.address(voice), b.address(sms)
	b.advance()
	b.clock.Advance(10 * time.Second) // 12:00:10: the price is 1000 until 12:01:00
	r.during = func() {
		b.clock.Advance(55 * time.Second)
		b.pay(s, 100)
		b.sim.Mine(1)
		_ = follower.Advance(b.ctx)
		b.clock.Advance(5 * time.Second)
	}
	b.pay(v, 100)
	b.sim.Mine(1)
	at := b.clock.Now()
	_ = b.p.Advance(b.ctx)
	_ = b.p.Advance(b.ctx)
	d := b.only(sms)
	require.Equal(t, at.Add(55*time.Second), d.ReceivedAt)
	require.Equal(t, "1001", d.Rate.String(), "the round began 55 s before receipt, at another price")
}

// Recorded while the clock was a day ahead: waits for a day.
func TestADepositRecordedByAClockAheadIsPricedWhenTheClockIsRight(t *testing.T) {
	b := newBundle(t, railCases()[1], nil)
	to := b.address(voice)
	b.advance()
	b.rates.setDown(true)
	b.clock.Advance(24 * time.Hour)
	b.pay(to, 100)
	b.sim.Mine(1)
	_ = b.p.Advance(b.ctx)
	b.clock.Advance(-24 * time.Hour)
	b.rates.setDown(false)
	for range 20 {
		b.clock.Advance(time.Minute)
		b.sim.Mine(1)
		_ = b.p.Advance(b.ctx)
	}
	require.NotEqual(t, "0.00 USD", b.balance(voice))
}

// TestThePriceAtFirstSightIsOnRecordBeforeTheBlock: an outage between first sight
// and block changes nothing.
func TestThePriceAtFirstSightIsOnRecordBeforeTheBlock(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.advance()
	b.rates.setDown(true)
	b.clock.Advance(30 * time.Minute)
	b.advance() // heartbeat
	for range 6 {
		b.clock.Advance(20 * time.Second)
		b.sim.Mine(1)
		b.advance()
	}
	d := b.only(voice)
	require.Equal(t, payments.BasisFirstSeen, d.Basis)
	require.Equal(t, "1000.00 USD", b.balance(voice))
	x, err := b.p.Explain(b.ctx, d.Key)
	require.NoError(t, err)
	require.Equal(t, rates.MethodVenue, x.Price.Method, "a live round, not a candle")
}
