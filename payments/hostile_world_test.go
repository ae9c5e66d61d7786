package payments_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// A poison deposit whose InTx panics.
func TestPanickingInTxHoldsThatDepositOnly(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		for _, e := range events {
			if e.Profile == "acme" {
				panic("nil map in the host")
			}
		}
		return nil
	}
	b.restart()
	globex := payments.Account{Profile: "globex", Name: "voice"}
	v, o := b.address(voice), b.address(globex)
	b.advance()
	b.pay(v, 100)
	b.pay(o, 100)
	panics := 0
	for range 8 {
		b.clock.Advance(20 * time.Second)
		b.sim.Mine(1)
		func() {
			defer func() {
				if recover() != nil {
					panics++
					b.restart() // in Run the process is dead now
				}
			}()
			_ = b.p.Advance(b.ctx)
		}()
	}
	t.Logf("%d panics", panics)
	require.Equal(t, uint64(8), b.only(globex).Confirmations)
	require.Equal(t, "1000.00 USD", b.balance(globex))
}

// A poison event whose Deliver panics is never parked: its try is not noted.
func TestPanickingDeliverIsParkedLikeAFailingOne(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.cfg.Deliver = func(context.Context, payments.Event) error { panic("template") }
	b.restart()
	v := b.address(voice)
	b.advance()
	b.pay(v, 100)
	for range 40 {
		b.clock.Advance(11 * time.Minute)
		func() {
			defer func() { _ = recover() }()
			_ = b.p.Advance(b.ctx)
		}()
	}
	parked, err := b.p.Parked(b.ctx)
	require.NoError(t, err)
	require.NotEmpty(t, parked)
}

// One answer of a broken second source halts the network for ever; there is
// no call that resumes it.
func TestABrokenFallbackSourceDoesNotHaltForEver(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	elsewhere := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: b.clock.Now, Start: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)})
	elsewhere.Mine(50) // a node that was wiped and follows another chain
	good := b.source("good")
	b.cfg.Rails[0].Sources = []chain.Source{good, elsewhere.Source("wiped")}
	b.restart()
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(2)
	good.(interface{ Fail(uint) }).Fail(1)
	for range 8 {
		b.clock.Advance(20 * time.Second)
		b.sim.Mine(1)
		_ = b.p.Advance(b.ctx)
	}
	require.Equal(t, "1000.00 USD", b.balance(voice))
}

// A chain that was idle for two hours begins at its head; its first reorg
// is taken for one below the kept trail.
func TestAReorgOfTheBlockTheTrailBeganAtIsNotTheEnd(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.clock.Advance(3 * time.Hour) // no block for three hours
	to := b.address(voice)
	b.advance()
	b.sim.Reorg(1, chainsim.Branch{})
	_ = b.p.Advance(b.ctx)
	_ = b.p.Advance(b.ctx)
	b.pay(to, 100)
	for range 8 {
		b.clock.Advance(20 * time.Second)
		b.sim.Mine(1)
		_ = b.p.Advance(b.ctx)
	}
	require.Equal(t, "1180.00 USD", b.balance(voice), "three hours later the price is 1180")
}

// Paid and mined before the first pass, on a machine whose clock is three
// hours fast.
func TestAPaymentMinedBeforeTheFirstPassIsFoundThoughTheClockIsFast(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: func() time.Time { return b.clock.Now().Add(-3 * time.Hour) }})
	sim.Mine(3)
	b.sim, b.cfg.Rails[0].Sources = sim, []chain.Source{sim.Source("a")}
	b.restart()
	to := b.address(voice)
	b.pay(to, 100)
	b.sim.Mine(2)
	b.mine(6)
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Len(t, all, 1)
}

// A failure of the store, not of the source, moves to a source on another
// equally high branch and takes a credit back.
func TestAStoreErrorDoesNotReverseACredit(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	n := 0
	one, two := b.source("one"), b.source("two")
	b.cfg.Store = failing{b.store, &n}
	b.cfg.Rails[0].Sources = []chain.Source{one, two}
	b.restart()
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.mine(6)
	one.(interface{ Freeze() }).Freeze()
	b.sim.Reorg(6, chainsim.Branch{Blocks: 6, Later: []chain.Hash{id}}) // two sees another branch of the same length
	two.(interface{ Freeze() }).Freeze()
	for range 5 {
		b.clock.Advance(11 * time.Second)
		b.advance() // source one is followed, its branch is as high as any
	}
	require.Equal(t, "1000.00 USD", b.balance(voice))
	b.clock.Advance(11 * time.Second)
	n = 1
	_ = b.p.Advance(b.ctx)
	_ = b.p.Advance(b.ctx)
	require.Equal(t, "1000.00 USD", b.balance(voice), "only the disk was full for a moment")
}

// One coin without a price makes the others wait for each of its deposits.
type slowPair struct {
	*movingRates
	clock *clock
	coin  money.Coin
	asked int
}

func (s *slowPair) Latest(ctx context.Context, pairs []rates.Pair) ([]rates.Snapshot, error) {
	if pairs[0].Coin == s.coin {
		s.asked++
		s.clock.Advance(10 * time.Second) // times out
		return nil, rates.ErrUnavailable
	}
	return s.movingRates.Latest(ctx, pairs)
}

func (s *slowPair) Candle(ctx context.Context, pair rates.Pair, at time.Time) (rates.Snapshot, error) {
	if pair.Coin == s.coin {
		s.asked++
		s.clock.Advance(10 * time.Second)
		return rates.Snapshot{}, rates.ErrUnavailable
	}
	return s.movingRates.Candle(ctx, pair, at)
}

func TestACoinWithoutAPriceDoesNotDelayTheOthers(t *testing.T) {
	b := newBundle(t, railCases()[2], nil) // USDT
	r := &slowPair{movingRates: b.rates, clock: b.clock, coin: "USDT"}
	b.cfg.Rates = r
	b.restart()
	to := b.address(voice)
	b.advance()
	for range 30 { // thirty instants
		b.pay(to, 100)
		b.clock.Advance(time.Second)
		b.sim.Mine(1)
		_ = b.p.Advance(b.ctx)
	}
	r.asked = 0
	eth, _ := b.sim.Network().Asset("ETH")
	b.sim.Pay(chainsim.Payment{To: b.address(sms), Amount: money.NewAmount(eth, b.coins(100).Units().Lsh(b.coins(100).Units(), 40))})
	b.sim.Mine(1)
	received := b.clock.Now()
	_ = b.p.Advance(b.ctx)
	d := b.only(sms)
	t.Logf("asked %d times; priced %s after receipt", r.asked, b.clock.Now().Sub(received))
	require.LessOrEqual(t, r.asked, 3, "one failing coin is asked about once a pass, not once a deposit")
	require.True(t, d.Valued())
}
