package payments_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// errDead is what every call answers after the process has died.
var errDead = errors.New("the process is dead")

// reaper kills the process at its n-th call to the store, the network, the
// price source or the host: just before the call, or after it took effect.
type reaper struct {
	mu    sync.Mutex
	n     int
	after bool
	calls int
	dead  bool
	names []string
}

func (r *reaper) call(name string, do func() error) error {
	r.mu.Lock()
	if r.dead {
		r.mu.Unlock()
		return errDead
	}
	r.calls++
	r.names = append(r.names, name)
	dies := r.calls == r.n
	if dies && !r.after {
		r.dead = true
		r.mu.Unlock()
		return errDead
	}
	r.mu.Unlock()
	err := do()
	r.mu.Lock()
	defer r.mu.Unlock()
	if dies {
		r.dead = true
	}
	if r.dead {
		return errDead
	}
	return err
}

// mortalStore counts commits, views and every call inside them. Dying inside a
// transaction rolls it back, as a database does for a client that went away.
type mortalStore struct {
	payments.Store
	r *reaper
}

func (s mortalStore) Update(ctx context.Context, fn func(payments.Tx) error) error {
	return s.r.call("update", func() error {
		return s.Store.Update(ctx, func(tx payments.Tx) error {
			if err := fn(mortalTx{tx, s.r}); err != nil {
				return err
			}
			return s.r.call("commit", func() error { return nil })
		})
	})
}

func (s mortalStore) View(ctx context.Context, fn func(payments.Tx) error) error {
	return s.r.call("view", func() error {
		return s.Store.View(ctx, func(tx payments.Tx) error { return fn(mortalTx{tx, s.r}) })
	})
}

// mortalTx dies at the calls that write.
type mortalTx struct {
	payments.Tx
	r *reaper
}

func (t mortalTx) Unwrap() payments.Tx { return t.Tx }

func (t mortalTx) SaveTrail(ctx context.Context, m chain.TrailMove) error {
	return t.r.call("trail", func() error { return t.Tx.SaveTrail(ctx, m) })
}

func (t mortalTx) InsertDeposits(ctx context.Context, rows []payments.Deposit) (k []payments.DepositKey, err error) {
	err = t.r.call("insert deposits", func() error { k, err = t.Tx.InsertDeposits(ctx, rows); return err })
	return k, err
}

func (t mortalTx) SaveDeposits(ctx context.Context, rows []payments.Deposit) error {
	return t.r.call("save deposits", func() error { return t.Tx.SaveDeposits(ctx, rows) })
}

func (t mortalTx) InsertEvents(ctx context.Context, rows []payments.Event) (k []string, err error) {
	err = t.r.call("insert events", func() error { k, err = t.Tx.InsertEvents(ctx, rows); return err })
	return k, err
}

func (t mortalTx) Savepoint(ctx context.Context, fn func(payments.Tx) error) error {
	return t.Tx.Savepoint(ctx, func(tx payments.Tx) error { return fn(mortalTx{tx, t.r}) })
}

func (t mortalTx) SaveAccounts(ctx context.Context, rows []payments.AccountRecord) error {
	return t.r.call("save accounts", func() error { return t.Tx.SaveAccounts(ctx, rows) })
}

func (t mortalTx) InsertEntries(ctx context.Context, rows []ledger.Entry) (k []string, err error) {
	err = t.r.call("insert entries", func() error { k, err = t.Tx.InsertEntries(ctx, rows); return err })
	return k, err
}

func (t mortalTx) InsertPoints(ctx context.Context, rows []rates.Point) (k []rates.Point, err error) {
	err = t.r.call("insert points", func() error { k, err = t.Tx.InsertPoints(ctx, rows); return err })
	return k, err
}

func (t mortalTx) SaveDeliveries(ctx context.Context, rows []payments.Delivery) error {
	return t.r.call("save deliveries", func() error { return t.Tx.SaveDeliveries(ctx, rows) })
}

func (t mortalTx) InsertSpends(ctx context.Context, rows []payments.Spend) (k []payments.SpendKey, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	err = t.r.call("insert spends", func() error { k, err = t.Tx.InsertSpends(ctx, rows); return err })
	return k, err
}

func (t mortalTx) SaveSpends(ctx context.Context, rows []payments.Spend) error {
	if len(rows) == 0 {
		return nil
	}
	return t.r.call("save spends", func() error { return t.Tx.SaveSpends(ctx, rows) })
}

// mortalRates dies at the price source.
type mortalRates struct {
	rates.Provider
	r *reaper
}

func (m mortalRates) Latest(ctx context.Context, pairs []rates.Pair) (out []rates.Snapshot, err error) {
	err = m.r.call("latest", func() error { out, err = m.Provider.Latest(ctx, pairs); return err })
	return out, err
}

func (m mortalRates) Candle(ctx context.Context, pair rates.Pair, at time.Time) (out rates.Snapshot, err error) {
	err = m.r.call("candle", func() error { out, err = m.Provider.Candle(ctx, pair, at); return err })
	return out, err
}

// crashWorld is one scenario under a reaper: what happens on the chain does not
// depend on what the process does.
type crashWorld struct {
	t      *testing.T
	clock  *clock
	sim    *chainsim.UTXO
	store  *memstore.Store
	reaper *reaper
	cfg    payments.Config
	p      *payments.Processor
	to     [2]chain.Address
	events map[string]payments.EventKind // by id: what the host was told
	deaths int
}

func newCrashWorld(t *testing.T, n int, after bool) *crashWorld {
	w := &crashWorld{t: t, clock: newClock(), store: memstore.New(), events: map[string]payments.EventKind{}}
	w.sim = chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: w.clock.Now})
	w.sim.Mine(3)
	w.cfg = payments.Config{Store: w.store, Rates: &movingRates{now: w.clock.Now}, Now: w.clock.Now}
	w.cfg.Rails = []payments.Rail{{Network: w.sim.Network(), Sources: []chain.Source{w.sim.Source("a")},
		Wallet: testWallet{network: w.sim.Network()}, UnprovedKey: true, Final: 9}}
	w.start()
	for i, a := range []payments.Account{voice, sms} { // before the counted part
		got, err := w.p.DepositAddress(t.Context(), a, w.sim.Network())
		require.NoError(t, err)
		w.to[i] = got.Address
	}
	w.reaper = &reaper{n: n, after: after}
	w.start()
	return w
}

// start is a new process: under the reaper while it has not struck.
func (w *crashWorld) start() {
	cfg := w.cfg
	cfg.Deliver = func(_ context.Context, e payments.Event) error {
		told := func() error {
			if kind, ok := w.events[e.ID]; ok && kind != e.Kind {
				w.t.Errorf("event id %s told as %s and as %s", e.ID, kind, e.Kind)
			}
			w.events[e.ID] = e.Kind
			return nil
		}
		if w.reaper == nil {
			return told()
		}
		return w.reaper.call("deliver", told)
	}
	host := &hostRows{}
	cfg.InTx = func(ctx context.Context, tx payments.Tx, events []payments.Event) error {
		write := func() error { return host.inTx(ctx, tx, events) }
		if w.reaper == nil {
			return write()
		}
		// Dying inside the commit takes the whole commit along.
		if err := w.reaper.call("in tx", write); err != nil {
			return err
		}
		return nil
	}
	cfg.Screen = func(_ context.Context, d payments.Deposit) (payments.Verdict, error) {
		v := payments.VerdictPass
		if units, ok := d.Amount.Int64(); ok && units == 4_000 {
			v = payments.VerdictHold
		}
		if w.reaper == nil {
			return v, nil
		}
		err := w.reaper.call("screen", func() error { return nil })
		return v, err
	}
	if w.reaper != nil {
		cfg.Store = mortalStore{w.store, w.reaper}
		cfg.Rates = mortalRates{w.cfg.Rates, w.reaper}
		src := w.sim.Source("mortal")
		src.Intercept(func(method string) error { return w.reaper.call(method, func() error { return nil }) })
		cfg.Rails = append([]payments.Rail(nil), cfg.Rails...)
		cfg.Rails[0].Sources = []chain.Source{src}
	}
	p, err := payments.New(cfg)
	require.NoError(w.t, err)
	w.p = p
}

// advance lets the process do its work; if it dies, a new one carries on.
func (w *crashWorld) advance() {
	w.t.Helper()
	for {
		err := w.p.Advance(w.t.Context())
		if err == nil {
			return
		}
		require.True(w.t, w.reaper.dead, "only the reaper makes calls fail: %v", err)
		w.deaths++
		w.reaper = &reaper{n: -1}
		w.start()
	}
}

// scenario: two payments, a double spend, credit, a reorganisation after it,
// credit again, finality.
func (w *crashWorld) scenario() {
	amount := func(n int64) money.Amount { return money.Units(w.sim.Network().Native, n) }
	step := func(n int) {
		for range n {
			w.clock.Advance(15 * time.Second)
			w.sim.Mine(1)
			w.advance()
		}
	}
	w.advance()
	a := w.sim.Pay(chainsim.Payment{To: w.to[0], Amount: amount(123_456_789)}, chainsim.Payment{To: w.to[1], Amount: amount(777)})
	doomed := w.sim.Pay(chainsim.Payment{To: w.to[0], Amount: amount(5_000)})
	w.advance()
	w.sim.Replace(doomed, chainsim.Payment{To: w.to[1], Amount: amount(4_000)})
	step(6)
	w.sim.Reorg(6, chainsim.Branch{Later: []chain.Hash{a}})
	w.advance()
	step(9)
	// Deliveries claimed by a process that died are due again after a while.
	w.clock.Advance(time.Minute)
	w.advance()
}

func (w *crashWorld) result() string {
	dump, err := w.store.Dump(w.t.Context())
	require.NoError(w.t, err)
	return dump
}

func TestKilledAtAnyCallWithAHostInTxAndScreenTheStoreEndsTheSame(t *testing.T) {
	t.Parallel()
	clean := newCrashWorld(t, -1, false)
	clean.scenario()
	want, calls := clean.result(), clean.reaper.calls
	require.Greater(t, calls, 150, "the scenario is worth crashing")
	t.Logf("%d calls, each crashed before and after", calls)
	for _, after := range []bool{false, true} {
		for n := 1; n <= calls; n++ {
			w := newCrashWorld(t, n, after)
			w.scenario()
			require.Equal(t, 1, w.deaths, "call %d", n)
			requireSameDump(t, stable(want), stable(w.result()), "killed at call %d (%s), after=%v", n, clean.reaper.names[n-1], after)
			require.Equal(t, clean.events, w.events, "events told, by id: killed at call %d (%s), after=%v", n, clean.reaper.names[n-1], after)
		}
	}
}

func TestACrashWhileIssuingBurnsAnIndexAndReusesNone(t *testing.T) {
	for _, after := range []bool{false, true} {
		for n := 1; n <= 14; n++ {
			w := newCrashWorld(t, n, after)
			third := payments.Account{Profile: "globex", Name: "voice"}
			got, err := w.p.DepositAddress(t.Context(), third, w.sim.Network())
			died := w.reaper.dead
			w.reaper = &reaper{n: -1}
			w.start()
			if died {
				got, err = w.p.DepositAddress(t.Context(), third, w.sim.Network())
			}
			require.NoError(t, err)
			require.NotContains(t, w.to, got.Address, "killed at call %d, after=%v", n, after)
			again, err := w.p.DepositAddress(t.Context(), third, w.sim.Network())
			require.NoError(t, err)
			require.Equal(t, got, again)
		}
	}
}

// stable leaves out when an event was delivered: one that a dying process had
// claimed is delivered later.
func stable(dump string) string {
	return deliveredAt.ReplaceAllString(nextAt.ReplaceAllString(dump, ""), "")
}

// Two, each with a beginning of its own: a search for either is ten times slower.
var (
	nextAt      = regexp.MustCompile(`"NextAt":"[^"]*",?`)
	deliveredAt = regexp.MustCompile(`"Delivered":"[^"]*",?`)
)

// requireSameDump shows the first line that differs, not the whole store.
func requireSameDump(t *testing.T, want, got, format string, args ...any) {
	t.Helper()
	if want == got {
		return
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		require.Equal(t, a[i], b[i], append([]any{format}, args...)...)
	}
	require.Len(t, b, len(a), append([]any{format}, args...)...)
}
