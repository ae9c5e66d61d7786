package payments_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

// evmCrash is a scenario of sends, an audit, an assignment, a reorganisation and a
// rescan that is killed at one call.
type evmCrash struct {
	*bundle
	sim    *chainsim.EVM
	host   *hostRows
	traces bool
	reaper *reaper
	deaths int
	seen   map[string]payments.EventKind
}

func newEVMCrash(t *testing.T, n int, after bool) *evmCrash {
	w := &evmCrash{host: &hostRows{}, reaper: &reaper{n: -1}, seen: map[string]payments.EventKind{}}
	w.bundle = newBundle(t, railCase{"ethereum", "ETH", func(c *clock) (simulation, func(string) chain.Source) {
		w.sim = chainsim.NewEVM(slowEthereum(), chainsim.Options{Now: c.Now, FinalLag: 4})
		return w.sim, func(name string) chain.Source { return w.sim.Source(name) }
	}}, func(cfg *payments.Config) {
		cfg.Rails[0].Treasury = []payments.Treasury{{Name: "cold", Address: cold(cfg.Rails[0].Network)}}
		cfg.Rails[0].Final = 10
	})
	w.start()
	w.address(voice)
	w.reaper = &reaper{n: n, after: after}
	w.start()
	return w
}

func (w *evmCrash) start() {
	cfg := w.cfg
	cfg.Store = mortalStore{w.store, w.reaper}
	cfg.Rates = mortalRates{w.rates, w.reaper}
	cfg.InTx = func(ctx context.Context, tx payments.Tx, events []payments.Event) error {
		return w.reaper.call("in tx", func() error { return w.host.inTx(ctx, tx, events) })
	}
	cfg.Deliver = func(_ context.Context, e payments.Event) error {
		return w.reaper.call("deliver", func() error {
			require.Contains(w, []payments.EventKind{"", e.Kind}, w.seen[e.ID])
			w.seen[e.ID] = e.Kind
			return nil
		})
	}
	src := w.sim.Source("mortal")
	src.Trace(w.traces)
	src.Intercept(func(method string) error { return w.reaper.call(method, func() error { return nil }) })
	cfg.Rails = append([]payments.Rail(nil), cfg.Rails...)
	cfg.Rails[0].Sources = []chain.Source{src}
	w.p = w.processor(cfg)
}

// survive does something until it succeeds: whoever died starts anew and does it
// again.
func (w *evmCrash) survive(do func() error) {
	w.Helper()
	for err := do(); err != nil || w.reaper.dead; err = do() { // an audit that fails is not an error of Advance
		require.True(w, w.reaper.dead, "only the reaper makes calls fail: %v", err)
		w.deaths++
		w.reaper = &reaper{n: -1}
		w.start()
		w.survive(func() error { return w.p.Advance(w.ctx) })
	}
}

func (w *evmCrash) pass(blocks int) {
	w.Helper()
	for range blocks {
		w.clock.Advance(20 * time.Second)
		w.sim.Mine(1)
	}
	for range 2 {
		w.survive(func() error { return w.p.Advance(w.ctx) })
	}
}

func (w *evmCrash) scenario() {
	n := w.sim.Network()
	to, other := chainsim.Address(n, 0), chainsim.Address(n, 3)
	w.pass(1)
	w.bundle.sim.Pay(w.to(to, 500))
	w.bundle.sim.Pay(chainsim.Payment{To: to, Amount: w.token("USDT", 200)})
	w.pass(6)
	w.sim.PayInternal(w.to(to, 70))
	w.sim.Send(to, chainsim.Payment{To: cold(n), Amount: w.token("USDT", 150)})
	w.sim.Send(to, w.to(other, 30), w.to(stranger(n), 20))
	w.pass(2)
	hidden := w.sim.Head().Height
	w.clock.Advance(time.Hour)
	w.pass(12)
	w.pass(2)
	var items []payments.Deposit
	for _, d := range w.deposits() { // not by the process: it may die
		if d.Hold == payments.HoldUnexplained && d.Owner.Account == voice {
			items = append(items, d)
		}
	}
	require.Len(w, items, 1)
	w.survive(func() error { return w.p.Assign(w.ctx, items[0].Key, sms, clerk) })
	w.pass(1)
	fund := w.sim.Send(cold(n), w.to(to, 10))
	w.pass(1)
	w.sim.Reorg(2, chainsim.Branch{Later: []chain.Hash{fund}})
	w.pass(2)
	w.traces = true
	w.start()
	w.survive(func() error {
		_, err := w.p.Rescan(w.ctx, n, 1, hidden, false, ada)
		return err
	})
	w.pass(0)
	w.pass(7)
	w.clock.Advance(time.Minute) // what a dying process had claimed is delivered again
	w.pass(1)
	w.checkBooks()
	mustAgree(w, w.bundle, []payments.Account{voice, sms})
}

func TestKilledAtAnyCallOfASpendAnAuditAnAssignmentOrARescanTheStoreEndsTheSame(t *testing.T) {
	t.Parallel()
	clean := newEVMCrash(t, -1, false)
	clean.scenario()
	want, calls := clean.dump(), clean.reaper.calls
	require.Greater(t, calls, 250, "the scenario is worth crashing")
	t.Logf("%d calls", calls)
	for n := 1; n <= calls; n += 3 { // odd and even alternate; all of them hold too
		after := n%2 == 0
		w := newEVMCrash(t, n, after)
		w.scenario()
		require.Equal(t, 1, w.deaths, "call %d", n)
		requireSameDump(t, stable(want), stable(w.dump()), "killed at call %d (%s), after=%v", n, clean.reaper.names[n-1], after)
		require.Equal(t, clean.seen, w.seen, "events told: killed at call %d (%s), after=%v", n, clean.reaper.names[n-1], after)
	}
}
