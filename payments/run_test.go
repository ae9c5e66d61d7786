package payments_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestRunFollowsPricesCreditsAndDelivers lets a day pass in virtual time.
func TestRunFollowsPricesCreditsAndDelivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
		prices, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, nil)
		require.NoError(t, err)
		events := &recorder{}
		cfg := payments.Config{Store: memstore.New(), Rates: prices, Deliver: events.deliver,
			Rails: []payments.Rail{{Network: sim.Network(), Sources: []chain.Source{sim.Source("a")},
				Wallet: testWallet{network: sim.Network()}, UnprovedKey: true}}}
		p, err := payments.New(cfg)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		to, err := p.DepositAddress(ctx, voice, sim.Network())
		require.NoError(t, err)
		for range 6 {
			sim.Pay(chainsim.Payment{To: to.Address, Amount: money.Units(sim.Network().Native, 1_000_000)})
			for range 24 {
				time.Sleep(10 * time.Minute) //nolint:forbidigo // virtual time
				sim.Mine(1)
			}
		}
		synctest.Wait()
		time.Sleep(time.Minute) //nolint:forbidigo // virtual time
		all, err := p.Deposits(ctx, voice, payments.DepositKey{}, 10)
		require.NoError(t, err)
		require.Len(t, all, 6)
		for _, d := range all {
			require.Equal(t, payments.StateFinal, d.State)
			require.Equal(t, payments.BasisFirstSeen, d.Basis)
			require.Len(t, events.kinds(d.Key.String()), 4)
		}
		cancel()
		require.NoError(t, <-done)
	})
}

// TestAFailingNetworkBacksOffAlone keeps one network down while the other goes on.
func TestAFailingNetworkBacksOffAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		btc := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
		eth := chainsim.NewEVM(testEthereum(), chainsim.Options{Now: time.Now})
		down := eth.Source("down")
		asked := 0
		down.Intercept(func(string) error { asked++; return errors.New("connection refused") })
		prices, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, nil)
		require.NoError(t, err)
		cfg := payments.Config{Store: memstore.New(), Rates: prices, Rails: []payments.Rail{
			{Network: btc.Network(), Sources: []chain.Source{btc.Source("a")}, Wallet: testWallet{network: btc.Network()}, UnprovedKey: true},
			{Network: eth.Network(), Sources: []chain.Source{down}, Wallet: testWallet{network: eth.Network()}, UnprovedKey: true},
		}}
		p, err := payments.New(cfg)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		to, err := p.DepositAddress(ctx, voice, btc.Network())
		require.NoError(t, err)
		btc.Pay(chainsim.Payment{To: to.Address, Amount: money.Units(btc.Network().Native, 100_000_000)})
		for range 6 {
			time.Sleep(10 * time.Minute) //nolint:forbidigo // virtual time
			btc.Mine(1)
		}
		time.Sleep(time.Minute) //nolint:forbidigo // virtual time
		all, err := p.Deposits(ctx, voice, payments.DepositKey{}, 10)
		require.NoError(t, err)
		require.Equal(t, payments.StateCredited, all[0].State)
		h, err := p.Health(ctx)
		require.NoError(t, err)
		require.NoError(t, h.Networks[0].Err)
		require.ErrorIs(t, h.Networks[1].Err, chain.ErrUnavailable)
		require.Less(t, asked, 100, "an hour of outage is asked about once a minute, not in a loop")
		cancel()
		require.NoError(t, <-done)
	})
}

// TestRunPollsACompositeAndKeepsItsSeries lets ten minutes pass in virtual time.
func TestRunPollsACompositeAndKeepsItsSeries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
		var sources []rates.Source
		for _, name := range []string{"kraken", "coinbase", "bitstamp"} {
			sources = append(sources, &testVenue{name: name, role: rates.RoleMember, now: time.Now,
				at: func(time.Time) string { return "64000" }})
		}
		store := memstore.New()
		p, err := payments.New(payments.Config{Store: store, Rates: rates.Median(sources...),
			Rails: []payments.Rail{{Network: sim.Network(), Sources: []chain.Source{sim.Source("a")},
				Wallet: testWallet{network: sim.Network()}, UnprovedKey: true}}})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		start := time.Now()
		time.Sleep(10 * time.Minute) //nolint:forbidigo // virtual time
		pair := rates.Pair{Coin: "BTC", Currency: money.USD}
		var points []rates.Point
		require.NoError(t, store.View(ctx, func(tx payments.Tx) error {
			points, err = tx.PointsBetween(ctx, pair, start, time.Now())
			return err
		}))
		slots := map[time.Time]bool{}
		for _, point := range points {
			slots[point.AsOf.Truncate(15*time.Second)] = true
		}
		require.Len(t, slots, len(points), "one of each slot")
		require.Greater(t, len(points), 30, "four a minute, less what jitter puts into one slot")
		now, err := p.At(ctx, pair, time.Now())
		require.NoError(t, err)
		require.False(t, now.Candle, "a live price is at hand")
		cancel()
		require.NoError(t, <-done)
	})
}
