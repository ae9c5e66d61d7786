package payments_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// One customer whose reversal the host refuses undoes the host's rows of
// every other reversal of that step; they are credited a second time later.
func TestOneRefusedReversalKeepsTheOthersInTheHostsRows(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	host := &hostRows{refuse: func(e payments.Event) error {
		if e.Profile == "acme" && e.Kind == payments.EventDepositReversed {
			return errors.New("host: customer was deleted")
		}
		return nil
	}}
	b.cfg.InTx = host.inTx
	b.restart()
	globex := payments.Account{Profile: "globex", Name: "voice"}
	v, o := b.address(voice), b.address(globex)
	b.advance()
	one, two := b.pay(v, 100), b.pay(o, 100)
	b.mine(6)
	b.clock.Advance(time.Second)
	b.sim.Reorg(6, chainsim.Branch{Later: []chain.Hash{one, two}})
	b.advance()
	mustAgree(t, b, []payments.Account{globex}) // fails: host still counts the credit
	b.mine(6)
	mustAgree(t, b, []payments.Account{globex})
}

// Run in two processes and a Deliver that takes 40 s.
func TestTwoProcessesWithASlowDeliver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
		prices, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, nil)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		told := map[string]int{}
		store := memstore.New()
		cfg := payments.Config{Store: store, Rates: prices,
			Deliver: func(_ context.Context, e payments.Event) error {
				time.Sleep(40 * time.Second)
				mu.Lock()
				defer mu.Unlock()
				told[fmt.Sprint(e.Kind, e.ID)]++
				return nil
			},
			Rails: []payments.Rail{{Network: sim.Network(), Sources: []chain.Source{sim.Source("a")},
				Wallet: testWallet{network: sim.Network()}, UnprovedKey: true}}}
		var wg sync.WaitGroup
		var p *payments.Processor
		for range 2 {
			p, err = payments.New(cfg)
			require.NoError(t, err)
			q := p
			wg.Go(func() { _ = q.Run(ctx) })
		}
		to, err := p.DepositAddress(ctx, voice, sim.Network())
		require.NoError(t, err)
		sim.Pay(chainsim.Payment{To: to.Address, Amount: money.Units(sim.Network().Native, 100_000_000)})
		for range 13 {
			time.Sleep(10 * time.Minute)
			sim.Mine(1)
		}
		time.Sleep(time.Hour)
		cancel()
		wg.Wait()
		t.Log(told)
		require.Len(t, told, 4, "seen, confirming, credited, final")
		for id, n := range told {
			require.LessOrEqual(t, n, 4, "%s", id)
		}
	})
}

// As G1 without long pauses.
func TestRunBesideAdvanceWithFailingSourcesIsRaceFree(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	x, y := b.source("a"), b.source("b")
	var n atomic.Int64
	for _, s := range []chain.Source{x, y} {
		s.(interface{ Intercept(func(string) error) }).Intercept(func(string) error {
			if n.Add(1)%211 == 0 {
				return errors.New("reset")
			}
			return nil
		})
	}
	b.cfg.Rails[0].Sources = []chain.Source{x, y}
	b.restart()
	ctx, cancel := context.WithTimeout(b.ctx, 3*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { _ = b.p.Run(ctx) })
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				_ = b.p.Advance(ctx)
				b.sim.Mine(1)
				time.Sleep(100 * time.Microsecond)
			}
		})
	}
	wg.Wait()
}

// A screening service that hangs stops pricing of all.
func TestHangingScreenOfOneDepositDoesNotStopTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
		prices, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, nil)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		cfg := payments.Config{Store: memstore.New(), Rates: prices,
			Screen: func(ctx context.Context, d payments.Deposit) (payments.Verdict, error) {
				if d.Owner.Profile == "acme" {
					<-ctx.Done()
					return "", ctx.Err()
				}
				return payments.VerdictPass, nil
			},
			Rails: []payments.Rail{{Network: sim.Network(), Sources: []chain.Source{sim.Source("a")},
				Wallet: testWallet{network: sim.Network()}, UnprovedKey: true}}}
		p, err := payments.New(cfg)
		require.NoError(t, err)
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		globex := payments.Account{Profile: "globex", Name: "voice"}
		for _, a := range []payments.Account{voice, globex} {
			to, err := p.DepositAddress(ctx, a, sim.Network())
			require.NoError(t, err)
			sim.Pay(chainsim.Payment{To: to.Address, Amount: money.Units(sim.Network().Native, 100_000_000)})
			time.Sleep(5 * time.Minute)
		}
		for range 24 {
			time.Sleep(10 * time.Minute)
			sim.Mine(1)
		}
		synctest.Wait()
		balance, err := p.Balance(ctx, globex)
		require.NoError(t, err)
		cancel()
		require.NoError(t, <-done)
		require.Equal(t, "64000.00 USD", balance.String())
	})
}

// Screen answers nonsense for one deposit; the rest of the page waits.
func TestANonsenseVerdictDelaysOnlyItsDeposit(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.cfg.Screen = func(_ context.Context, d payments.Deposit) (payments.Verdict, error) {
		if d.Owner.Profile == "acme" {
			return "maybe", nil
		}
		return payments.VerdictPass, nil
	}
	b.restart()
	v := b.address(voice)
	var others []payments.Account
	b.advance()
	b.pay(v, 100)
	for i := range 12 {
		a := payments.Account{Profile: fmt.Sprint("p", i), Name: "voice"}
		others = append(others, a)
		b.pay(b.address(a), 100)
	}
	for range 8 {
		b.clock.Advance(20 * time.Second)
		b.sim.Mine(1)
		_ = b.p.Advance(b.ctx)
	}
	for _, a := range others {
		require.Equal(t, "1000.00 USD", b.balance(a))
	}
}
