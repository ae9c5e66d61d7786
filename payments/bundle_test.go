package payments_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// clock is the only time the engine and the simulated chains see.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// testWallet derives made-up addresses: nothing here depends on real keys.
type testWallet struct {
	network chain.Network
	name    string
}

func (w testWallet) Family() chain.Family { return w.network.Family }
func (w testWallet) Fingerprint() string  { return "key-" + w.name + string(w.network.Family) }
func (w testWallet) VerifyControl(message, signature string) error {
	if signature != "signed:"+message {
		return errors.New("bad signature")
	}
	return nil
}

func (w testWallet) Leaves(from uint32, n int) ([]chain.Leaf, error) {
	out := make([]chain.Leaf, n)
	for i := range out {
		a := chainsim.Address(w.network, int(from)+i)
		out[i] = chain.Leaf{Index: from + uint32(i), Address: a, Text: fmt.Sprintf("addr%d", int(from)+i)}
	}
	return out, nil
}

// movingRates prices every pair at 1000 plus the minutes since 2026-11-21 12:00,
// so that each minute has a price of its own.
type movingRates struct {
	now  func() time.Time
	mu   sync.Mutex
	down bool
	asks int
	at   func(time.Time) string // instead of rateAt
}

func rateAt(t time.Time) string {
	start := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	return fmt.Sprint(1_000 + int(t.Sub(start)/time.Minute))
}

func (m *movingRates) setDown(down bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = down
}

func (m *movingRates) snapshot(pair rates.Pair, at time.Time, method rates.Method) (rates.Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asks++
	if m.down {
		return rates.Snapshot{}, fmt.Errorf("%w: venue is down", rates.ErrUnavailable)
	}
	text := rateAt(at)
	if m.at != nil {
		text = m.at(at)
	}
	rate, err := money.ParseRate(text)
	if err != nil {
		return rates.Snapshot{}, err
	}
	return rates.NewSnapshot(rates.Snapshot{Pair: pair, Rate: rate, AsOf: at, Method: method,
		Prices: []rates.Price{{Source: "testvenue", Symbol: pair.String(), Last: rate, FetchedAt: at}}})
}

func (m *movingRates) Latest(_ context.Context, pairs []rates.Pair) ([]rates.Snapshot, error) {
	var out []rates.Snapshot
	for _, p := range pairs {
		s, err := m.snapshot(p, m.now(), rates.MethodVenue)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (m *movingRates) Candle(_ context.Context, pair rates.Pair, at time.Time) (rates.Snapshot, error) {
	return m.snapshot(pair, at.Truncate(time.Minute), rates.MethodCandle)
}

// simulation is what a rail's simulated chain can do, UTXO or EVM.
type simulation interface {
	Network() chain.Network
	Pay(payments ...chainsim.Payment) chain.Hash
	Mine(n int) []chain.Anchor
	MineTx(ids ...chain.Hash) chain.Anchor
	Reorg(depth int, b chainsim.Branch) []chain.Anchor
	Head() chain.Anchor
	Drop(id chain.Hash)
	Replace(id chain.Hash, payments ...chainsim.Payment) chain.Hash
}

// railCase is one asset on one simulated network: what the engine promises must
// hold on each.
type railCase struct {
	name  string
	coin  money.Coin
	build func(*clock) (simulation, func(name string) chain.Source)
}

func utxoSim(c *clock) (simulation, func(string) chain.Source) {
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: c.Now})
	return sim, func(name string) chain.Source { return sim.Source(name) }
}

func evmSim(c *clock) (simulation, func(string) chain.Source) {
	sim := chainsim.NewEVM(testEthereum(), chainsim.Options{Now: c.Now, FinalLag: 64})
	return sim, func(name string) chain.Source { return sim.Source(name) }
}

// testUTXO simulates a private chain with the parameters of a real one.
func testUTXO(n chain.Network) func(*clock) (simulation, func(string) chain.Source) {
	n.Test = true
	return func(c *clock) (simulation, func(string) chain.Source) {
		sim := chainsim.NewUTXO(n, chainsim.Options{Now: c.Now})
		return sim, func(name string) chain.Source { return sim.Source(name) }
	}
}

func bscSim(c *clock) (simulation, func(string) chain.Source) {
	n := chain.BSC
	n.Test = true
	sim := chainsim.NewEVM(n, chainsim.Options{Now: c.Now, FinalLag: 2})
	return sim, func(name string) chain.Source { return sim.Source(name) }
}

// testEthereum is a private EVM network with tokens of 6 and 2 decimals.
func testEthereum() chain.Network {
	n := chain.Ethereum
	n.ID, n.Name, n.Test, n.ChainID = "ethereum-sim", "Ethereum (simulated)", true, 1337
	n.Native.Network = n.ID
	n.Tokens = nil
	for _, t := range chain.Ethereum.Tokens {
		t.Asset.Network = n.ID
		n.Tokens = append(n.Tokens, t)
	}
	return n
}

func railCases() []railCase {
	return []railCase{
		{"bitcoin BTC", "BTC", utxoSim},
		{"ethereum ETH", "ETH", evmSim},
		{"ethereum USDT (6 decimals)", "USDT", evmSim},
		{"ethereum GUSD (2 decimals)", "GUSD", evmSim},
		{"litecoin LTC", "LTC", testUTXO(chain.Litecoin)},
		{"dogecoin DOGE", "DOGE", testUTXO(chain.Dogecoin)},
		{"bsc BTC (18 decimals)", "BTC", bscSim},
	}
}

// onEveryRail runs a test on each rail.
func onEveryRail(t *testing.T, test func(t *testing.T, b *bundle)) {
	onRails(t, func(railCase) bool { return true }, test)
}

// onRails runs a test on the rails that fit.
func onRails(t *testing.T, fits func(railCase) bool, test func(t *testing.T, b *bundle)) {
	for _, c := range railCases() {
		if fits(c) {
			t.Run(c.name, func(t *testing.T) { t.Parallel(); test(t, newBundle(t, c, nil)) })
		}
	}
}

// unbroken lets reorganisations of any depth pass without an operator, for tests
// of something else than the circuit breaker.
func unbroken(cfg *payments.Config) { cfg.Rails[0].Breaker = 10_000 }

// anyAge lets blocks of any age be credited on, for tests in which time passes
// without blocks.
func anyAge(cfg *payments.Config) { cfg.Rails[0].Stale = 10_000 * time.Hour }

// bundle is a processor on a simulated network with a clock under control.
type bundle struct {
	*testing.T
	ctx    context.Context
	clock  *clock
	rates  *movingRates
	store  payments.Store
	sim    simulation
	source func(name string) chain.Source
	asset  money.Asset
	cfg    payments.Config
	p      *payments.Processor
	events *recorder
	booked map[string]ledger.Entry // when checkBooks last looked
	blind  bool                    // a node hides something: the books cannot equal the chain yet
}

// recorder is a host that keeps what it is told.
type recorder struct {
	mu     sync.Mutex
	events []payments.Event
	refuse func(payments.Event) error
}

func (r *recorder) deliver(_ context.Context, e payments.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuse != nil {
		if err := r.refuse(e); err != nil {
			return err
		}
	}
	r.events = append(r.events, e)
	return nil
}

// kinds lists the kinds delivered for a subject, in order.
func (r *recorder) kinds(subject string) []payments.EventKind {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []payments.EventKind
	for _, e := range r.events {
		if e.Subject == subject {
			out = append(out, e.Kind)
		}
	}
	return out
}

func newBundle(t *testing.T, c railCase, change func(*payments.Config)) *bundle {
	t.Helper()
	b := &bundle{T: t, ctx: t.Context(), clock: newClock(), store: memstore.New(), events: &recorder{}}
	b.rates = &movingRates{now: b.clock.Now}
	b.sim, b.source = c.build(b.clock)
	b.sim.Mine(3)
	b.asset, _ = b.sim.Network().Asset(c.coin)
	require.NotZero(t, b.asset)
	b.cfg = payments.Config{
		Store: b.store, Rates: b.rates, Now: b.clock.Now, Deliver: b.events.deliver,
		FirstSightLimit: decimal.New(1_000_000_000, 0), // its tests set the default
		Rails: []payments.Rail{{
			Network: b.sim.Network(), Sources: []chain.Source{b.source("a")},
			Wallet: testWallet{network: b.sim.Network()}, UnprovedKey: true,
		}},
	}
	if change != nil {
		change(&b.cfg)
	}
	b.p = b.processor(b.cfg)
	return b
}

func (b *bundle) processor(cfg payments.Config) *payments.Processor {
	b.Helper()
	p, err := payments.New(cfg)
	require.NoError(b, err)
	return p
}

// restart makes a new processor on the same store, as after a new process.
func (b *bundle) restart() { b.p = b.processor(b.cfg) }

func (b *bundle) advance() {
	b.Helper()
	require.NoError(b, b.p.Advance(b.ctx))
}

// address returns the account's address, after the engine is up to date.
func (b *bundle) address(a payments.Account) chain.Address {
	b.Helper()
	got, err := b.p.DepositAddress(b.ctx, a, b.sim.Network())
	require.NoError(b, err)
	return got.Address
}

// units is an amount of the rail's asset: hundredths of a coin.
func (b *bundle) coins(hundredths int64) money.Amount {
	b.Helper()
	x, err := money.ParseAmount(b.asset, fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100))
	require.NoError(b, err)
	return x
}

func (b *bundle) pay(to chain.Address, hundredths int64) chain.Hash {
	return b.sim.Pay(chainsim.Payment{To: to, Amount: b.coins(hundredths)})
}

// mine mines n blocks a minute apart and lets the engine follow each.
func (b *bundle) mine(n int) {
	b.Helper()
	for range n {
		b.clock.Advance(20 * time.Second)
		b.sim.Mine(1)
		b.advance()
	}
}

func (b *bundle) balance(a payments.Account) string {
	b.Helper()
	x, err := b.p.Balance(b.ctx, a)
	require.NoError(b, err)
	return x.String()
}

// only returns the account's one deposit.
func (b *bundle) only(a payments.Account) payments.DepositView {
	b.Helper()
	all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 100)
	require.NoError(b, err)
	require.Len(b, all, 1)
	return all[0]
}

// booksBalance checks that every asset sums to zero over the accounts a test
// uses.
var voice, sms = payments.Account{Profile: "acme", Name: "voice"}, payments.Account{Profile: "acme", Name: "sms"}
