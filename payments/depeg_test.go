package payments_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// peggedRates is a provider whose coin is off its peg in an interval, as known now.
type peggedRates struct {
	*movingRates
	off func(at time.Time) bool
}

func (r *peggedRates) refuse(pair rates.Pair, at time.Time) error {
	if !r.off(at) {
		return nil
	}
	market, err := rates.NewSnapshot(rates.Snapshot{Pair: pair, Rate: rateOf("0.88"), AsOf: at, Method: rates.MethodMedian,
		Prices: []rates.Price{{Source: "kraken", Symbol: "USDTUSD", Last: rateOf("0.88"), FetchedAt: at}}})
	if err != nil {
		return err
	}
	return &rates.DepeggedError{Market: market}
}

func rateOf(s string) money.Rate {
	r, err := money.ParseRate(s)
	if err != nil {
		panic(err)
	}
	return r
}

func (r *peggedRates) Latest(ctx context.Context, pairs []rates.Pair) ([]rates.Snapshot, error) {
	if err := r.refuse(pairs[0], r.now()); err != nil {
		return nil, err
	}
	return r.movingRates.Latest(ctx, pairs)
}

func (r *peggedRates) Candle(ctx context.Context, pair rates.Pair, at time.Time) (rates.Snapshot, error) {
	if err := r.refuse(pair, at.Truncate(time.Minute)); err != nil {
		return rates.Snapshot{}, err
	}
	return r.movingRates.Candle(ctx, pair, at)
}

// peggedBundle takes USDT at 1.00, but for what off says.
func peggedBundle(t *testing.T, off func(time.Time) bool) *bundle {
	b := newBundle(t, railCases()[2], anyAge)
	b.rates.at = func(time.Time) string { return "1" }
	b.cfg.Rates = &peggedRates{b.rates, off}
	b.restart()
	return b
}

func TestADepositReceivedOffThePegIsHeldOnceWithTheMarketAsEvidence(t *testing.T) {
	down := true
	b := peggedBundle(t, func(time.Time) bool { return down })
	to := b.address(voice)
	b.advance()
	for range 5 { // more than are asked for a pair that fails
		b.pay(to, 10_000)
	}
	b.sim.Mine(1)
	for range 20 {
		b.clock.Advance(time.Minute)
		b.sim.Mine(1)
		_ = b.p.Advance(b.ctx)
	}
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Len(t, all, 5)
	for _, d := range all {
		require.Equal(t, payments.HoldDepegged, d.Hold)
		require.False(t, d.Valued())
		require.Equal(t, []payments.EventKind{payments.EventDepositConfirming, payments.EventDepositHeld}, b.events.kinds(d.Key.String()))
		x, err := b.p.Explain(b.ctx, d.Key)
		require.NoError(t, err)
		require.Equal(t, "0.88", x.Price.Rate.String())
		require.Contains(t, x.Text, "off its peg")
		require.ErrorContains(t, b.p.Release(b.ctx, d.Key, payments.Actor{ID: "op", Reason: "x"}), "SetRate")
	}
	require.Equal(t, "0.00 USD", b.balance(voice))
	b.checkBooks()
}

func TestAnOperatorsRateIsASnapshotWithHisNameAndALink(t *testing.T) {
	b := peggedBundle(t, func(time.Time) bool { return true })
	to := b.address(voice)
	b.advance()
	b.pay(to, 10_000)
	b.sim.Mine(1)
	_ = b.p.Advance(b.ctx)
	d := b.only(voice)
	op := payments.Actor{ID: "jo", Reason: "the issuer redeems at 0.90"}
	require.NoError(t, b.p.SetRate(b.ctx, d.Key, rateOf("0.9"), op))
	require.NoError(t, b.p.SetRate(b.ctx, d.Key, rateOf("0.9"), op), "the same again")
	var input *payments.InputError
	require.ErrorAs(t, b.p.SetRate(b.ctx, d.Key, rateOf("0.95"), op), &input, "another rate")
	for range 6 {
		b.clock.Advance(time.Minute)
		b.sim.Mine(1)
		_ = b.p.Advance(b.ctx)
	}
	require.Equal(t, "90.00 USD", b.balance(voice))
	x, err := b.p.Explain(b.ctx, d.Key)
	require.NoError(t, err)
	require.Equal(t, rates.MethodManual, x.Price.Method)
	require.Equal(t, "jo", x.Price.Operator)
	require.Equal(t, d.Snapshot, x.Price.Replaces, "the market that was found")
	require.Equal(t, d.ReceivedAt, x.Price.AsOf)
	require.Len(t, x.Audit, 1)
	require.Equal(t, "set_rate", x.Audit[0].Action)
	require.Contains(t, x.Text, "set by jo")
	require.Contains(t, b.events.kinds(d.Key.String()), payments.EventDepositReleased)
	b.checkBooks()
}

func TestBackOnThePegTheWaitingAreEachPricedAtTheirOwnReceipt(t *testing.T) {
	b := peggedBundle(t, nil)
	known := true // nobody knows yet that the second minute was inside the band
	start := b.clock.Now()
	provider := &peggedRates{b.rates, func(at time.Time) bool { return known || at.Before(start.Add(10*time.Minute)) }}
	b.rates.at = func(at time.Time) string {
		if at.Before(start.Add(25 * time.Minute)) {
			return "0.99"
		}
		return "1"
	}
	b.cfg.Rates = provider
	b.restart()
	to := b.address(voice)
	b.advance()
	want := map[chain.Hash]string{}
	for _, rate := range []string{"", "0.99", "1"} {
		id := b.pay(to, 10_000)
		b.sim.Mine(1)
		_ = b.p.Advance(b.ctx)
		want[id] = rate
		b.clock.Advance(15 * time.Minute)
	}
	known = false
	for range 6 {
		b.clock.Advance(time.Minute)
		b.sim.Mine(1)
		_ = b.p.Advance(b.ctx)
	}
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	for _, d := range all {
		if want[d.TxID] == "" {
			require.Equal(t, payments.HoldDepegged, d.Hold)
			continue
		}
		require.Equal(t, payments.StateCredited, d.State)
		require.Equal(t, want[d.TxID], d.Rate.String())
	}
	require.Equal(t, "199.00 USD", b.balance(voice))
}

func TestSetRateRefusesWhatHasNoRoomForOne(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	op := payments.Actor{ID: "op", Reason: "x"}
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.advance()
	var input *payments.InputError
	require.ErrorAs(t, b.p.SetRate(b.ctx, b.only(voice).Key, rateOf("1"), op), &input, "in no block")
	b.mine(1)
	key := b.only(voice).Key
	require.ErrorAs(t, b.p.SetRate(b.ctx, key, rateOf("1"), op), &input, "it has its rate")
	require.ErrorAs(t, b.p.SetRate(b.ctx, key, rateOf("1"), payments.Actor{}), &input)
	require.ErrorAs(t, b.p.SetRate(b.ctx, key, money.Rate{}, op), &input)
	require.ErrorIs(t, b.p.SetRate(b.ctx, payments.DepositKey{Network: "x", ID: "y"}, rateOf("1"), op), payments.ErrNotFound)
	require.Equal(t, "1000", b.only(voice).Rate.String())
}
