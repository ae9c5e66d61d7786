package payments_test

import (
	"context"
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

// throttled is a node's answer 429 with Retry-After.
type throttled struct{ wait time.Duration }

func (throttled) Error() string               { return "too many requests" }
func (throttled) Unwrap() error               { return chain.ErrUnavailable }
func (e throttled) RetryAfter() time.Duration { return e.wait }

// gate refuses all calls for a while and notes when each came.
type gate struct {
	mu    sync.Mutex
	wait  time.Duration // asked for with each refusal; zero: open
	calls []time.Time
}

func (g *gate) ask(string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls = append(g.calls, time.Now())
	if g.wait == 0 {
		return nil
	}
	return throttled{g.wait}
}

func (g *gate) set(wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wait, g.calls = wait, nil
}

func (g *gate) asked() []time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls
}

// runWith runs a processor over sources of one Bitcoin chain in virtual time.
func runWith(t *testing.T, sim *chainsim.UTXO, sources ...chain.Source) *payments.Processor {
	prices, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, nil)
	require.NoError(t, err)
	p, err := payments.New(payments.Config{Store: memstore.New(), Rates: prices, Rails: []payments.Rail{{
		Network: sim.Network(), Sources: sources, Wallet: testWallet{network: sim.Network()}, UnprovedKey: true}}})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	return p
}

func TestANodeThatAsksToBeLeftAloneIsNotAskedBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
		sim.Mine(3)
		src, g := sim.Source("only"), &gate{wait: 7 * time.Minute}
		src.Intercept(g.ask)
		p := runWith(t, sim, src)
		time.Sleep(time.Hour) //nolint:forbidigo // virtual time
		asked := g.asked()
		require.Len(t, asked, 9, "at 0, 7, … 56 minutes")
		for i := range asked[1:] {
			require.GreaterOrEqual(t, asked[i+1].Sub(asked[i]), 7*time.Minute)
		}
		h, err := p.Health(t.Context())
		require.NoError(t, err)
		require.Equal(t, asked[8].Add(7*time.Minute), h.Networks[0].Sources[0].NotBefore.Local())
		require.ErrorIs(t, h.Networks[0].Err, chain.ErrUnavailable)
		err = p.Advance(t.Context())
		require.ErrorIs(t, err, chain.ErrUnavailable)
		require.Equal(t, 3*time.Minute, chain.RetryAfter(err), "Advance does not ask either, and says when to come back")
		require.Len(t, g.asked(), 9)
	})
}

func TestAnotherSourceServesWhileOneIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
		sim.Mine(3)
		first, second := sim.Source("first"), sim.Source("second")
		g := &gate{}
		first.Intercept(g.ask)
		p := runWith(t, sim, first, second)
		to, err := p.DepositAddress(t.Context(), voice, sim.Network())
		require.NoError(t, err)
		time.Sleep(time.Minute) //nolint:forbidigo // virtual time
		g.set(time.Hour)
		sim.Pay(chainsim.Payment{To: to.Address, Amount: money.Units(sim.Network().Native, 100_000_000)})
		for range 3 {
			sim.Mine(2)
			time.Sleep(time.Minute) //nolint:forbidigo // virtual time
		}
		all, err := p.Deposits(t.Context(), voice, payments.DepositKey{}, 10)
		require.NoError(t, err)
		require.Equal(t, payments.StateCredited, all[0].State)
		require.Len(t, g.asked(), 1, "once, and left alone since")
		second.Fail(1) // now the first would be next, were it not to be left alone
		sim.Mine(1)
		time.Sleep(time.Minute) //nolint:forbidigo // virtual time
		require.Len(t, g.asked(), 1)
		h, err := p.Health(t.Context())
		require.NoError(t, err)
		require.Equal(t, sim.Head().Height, h.Networks[0].Tip)
		require.Equal(t, "second", h.Networks[0].Source)
	})
}

func TestARescanBesideRunFindsWhatWasHidden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
		sim.Mine(3)
		src := sim.Source("a")
		p := runWith(t, sim, src)
		to, err := p.DepositAddress(t.Context(), voice, sim.Network())
		require.NoError(t, err)
		time.Sleep(time.Minute) //nolint:forbidigo // virtual time
		id := sim.Pay(chainsim.Payment{To: to.Address, Amount: money.Units(sim.Network().Native, 100_000_000)})
		src.Omit(id)
		for range 40 {
			sim.Mine(1)
			time.Sleep(time.Minute) //nolint:forbidigo // virtual time
		}
		src.Omit()
		var calls atomic.Int32
		src.Intercept(func(method string) error {
			if n := calls.Add(1); n%3 == 0 && n < 100 { // blocks keep coming
				sim.Mine(1)
			}
			return nil
		})
		report, err := p.Rescan(t.Context(), sim.Network(), 0, 43, false, ada)
		require.NoError(t, err)
		src.Intercept(nil)
		require.Len(t, report.Missing, 1)
		time.Sleep(time.Minute) //nolint:forbidigo // virtual time
		all, err := p.Deposits(t.Context(), voice, payments.DepositKey{}, 10)
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Contains(t, []payments.DepositState{payments.StateCredited, payments.StateFinal}, all[0].State)
	})
}

func TestARescanWaitsForANodeThatAsksToBeLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
		sim.Mine(40)
		src, g := sim.Source("only"), &gate{}
		p := runWith(t, sim, src)
		time.Sleep(time.Minute) //nolint:forbidigo // virtual time
		src.Intercept(g.ask)
		g.set(40 * time.Second)
		begun := time.Now()
		time.AfterFunc(20*time.Second, func() { g.set(0) })
		report, err := p.Rescan(t.Context(), sim.Network(), 0, 40, true, ada)
		require.NoError(t, err)
		require.Equal(t, uint64(41), report.Done)
		require.GreaterOrEqual(t, time.Since(begun), 40*time.Second)
	})
}
