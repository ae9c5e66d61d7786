package payments_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"sync"
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

// mirror is a host that keeps balances of its own through InTx.
type mirror struct {
	mu  sync.Mutex
	bal map[string]*big.Int
}

func newMirror() *mirror { return &mirror{bal: map[string]*big.Int{}} }

func (m *mirror) apply(events []payments.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range events {
		var d struct {
			Credited struct{ Units json.Number }
		}
		_ = json.Unmarshal(e.Data, &d)
		if m.bal[e.Profile] == nil {
			m.bal[e.Profile] = new(big.Int)
		}
		switch e.Kind {
		case payments.EventDepositCredited:
			m.bal[e.Profile].Add(m.bal[e.Profile], big.NewInt(1))
		case payments.EventDepositReversed:
			m.bal[e.Profile].Sub(m.bal[e.Profile], big.NewInt(1))
		}
	}
}

// One transient failure of InTx at a reversal: the host's rows keep the
// credit for ever, and get it a second time when the coins are mined again.
func TestHostRowsAfterATransientInTxFailureAtAReversal(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	host := newMirror()
	fail := 0
	b.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		if fail > 0 {
			for _, e := range events {
				if e.Kind == payments.EventDepositReversed {
					fail--
					return errors.New("host: lock timeout")
				}
			}
		}
		host.apply(events)
		return nil
	}
	b.restart()
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.mine(6)
	require.EqualValues(t, 1, host.bal["acme"].Int64())
	fail = 2 // once with the credits, once alone
	b.sim.Reorg(6, chainsim.Branch{Later: []chain.Hash{id}})
	b.advance()
	require.Equal(t, "0.00 USD", b.balance(voice))
	b.mine(7)
	d := b.only(voice)
	if d.Hold == payments.HoldHost {
		return // visible, not credited twice
	}
	require.Equal(t, "1000.00 USD", b.balance(voice))
	require.EqualValues(t, 1, host.bal["acme"].Int64(), "credits that stand in the host's rows")
}

// InTx that fails for one customer by its own deadline stops the network.
func TestInTxErrorsThatLookTransientForeverDoNotStopTheChain(t *testing.T) {
	for name, refusal := range map[string]error{
		"own deadline": fmt.Errorf("host: call: %w", context.DeadlineExceeded),
		"own cancel":   fmt.Errorf("host: call: %w", context.Canceled),
		"conflict":     fmt.Errorf("host: row: %w", payments.ErrConflict),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBundle(t, railCases()[0], nil)
			b.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
				for _, e := range events {
					if e.Profile == "acme" {
						return refusal
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
			for range 8 {
				b.clock.Advance(20 * time.Second)
				b.sim.Mine(1)
				_ = b.p.Advance(b.ctx)
			}
			require.Equal(t, uint64(8), b.only(globex).Confirmations, "the trail goes on")
			require.Equal(t, "1000.00 USD", b.balance(globex))
			require.Equal(t, payments.HoldHost, b.only(voice).Hold)
		})
	}
}

// InTx answering ErrTrailMoved makes pass loop for ever.
func TestInTxErrTrailMovedDoesNotSpin(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	calls := 0
	ctx, cancel := context.WithCancel(b.ctx)
	b.cfg.InTx = func(context.Context, payments.Tx, []payments.Event) error {
		if calls++; calls > 1000 {
			cancel()
		}
		return chain.ErrTrailMoved
	}
	b.restart()
	v := b.address(voice)
	b.advance()
	b.pay(v, 100)
	b.mine(5)
	b.sim.Mine(1)
	_ = b.p.Advance(ctx)
	require.Less(t, calls, 1000)
}

// Advance inside InTx / Deliver must be refused, not hang.
func TestAdvanceInsideInTxIsRefused(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	hung := make(chan bool, 1)
	b.cfg.InTx = func(ctx context.Context, _ payments.Tx, _ []payments.Event) error {
		done := make(chan error, 1)
		go func() { done <- b.p.Advance(ctx) }()
		select {
		case err := <-done:
			if !errors.Is(err, payments.ErrNested) {
				return errors.New("not nested")
			}
			hung <- false
		case <-time.After(2 * time.Second):
			hung <- true
		}
		return nil
	}
	b.restart()
	v := b.address(voice)
	b.advance()
	b.pay(v, 100)
	b.mine(6)
	require.False(t, <-hung)
}

// entered is a store that tells when a transaction is about to begin.
type entered struct {
	payments.Store
	update func()
}

func (s entered) Update(ctx context.Context, fn func(payments.Tx) error) error {
	if s.update != nil {
		s.update()
	}
	return s.Store.Update(ctx, fn)
}

// A joined call in a fresh process and any other call wait for each other.
func TestJoinedCallInAFreshProcessDoesNotDeadlock(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	mem := memstore.New()
	waiting := make(chan struct{}, 8)
	b.cfg.Store = entered{mem, func() { waiting <- struct{}{} }}
	b.restart()
	done := make(chan error, 2)
	go func() {
		done <- mem.Update(b.ctx, func(tx payments.Tx) error { // the host's own transaction
			go func() { done <- b.p.AcceptTerms(b.ctx, "globex", "1") }() // a request beside it
			<-waiting                                                     // holds stampMu, waits for the store
			return b.p.In(tx).AcceptTerms(b.ctx, "acme", "1")             // holds the store, waits for stampMu
		})
	}()
	for range 2 {
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(3 * time.Second):
			t.Fatal("deadlock: stampMu is held while waiting for the store")
		}
	}
}

// A Deliver that hangs stops pricing and therefore all credits.
func TestHangingDeliverDoesNotStopCrediting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
		prices, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, nil)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		cfg := payments.Config{Store: memstore.New(), Rates: prices,
			Deliver: func(ctx context.Context, _ payments.Event) error { <-ctx.Done(); return ctx.Err() },
			Rails: []payments.Rail{{Network: sim.Network(), Sources: []chain.Source{sim.Source("a")},
				Wallet: testWallet{network: sim.Network()}, UnprovedKey: true}}}
		p, err := payments.New(cfg)
		require.NoError(t, err)
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		to, err := p.DepositAddress(ctx, voice, sim.Network())
		require.NoError(t, err)
		sim.Pay(chainsim.Payment{To: to.Address, Amount: money.Units(sim.Network().Native, 100_000_000)})
		for range 24 {
			time.Sleep(10 * time.Minute)
			sim.Mine(1)
		}
		synctest.Wait()
		balance, err := p.Balance(ctx, voice)
		require.NoError(t, err)
		cancel()
		require.NoError(t, <-done)
		require.Equal(t, "64000.00 USD", balance.String())
	})
}

// A syncing node's word credits.
func TestNothingIsCreditedOnTheWordOfASyncingNode(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	src := b.source("s")
	b.cfg.Rails[0].Sources = []chain.Source{src}
	b.restart()
	to := b.address(voice)
	b.advance()
	src.(interface{ ReportSyncing(bool) }).ReportSyncing(true)
	b.pay(to, 100)
	b.mine(8)
	b.clock.Advance(3 * time.Minute)
	b.advance()
	require.Equal(t, "0.00 USD", b.balance(voice))
}

// Advance leaves due deposits behind a full batch.
func TestAdvanceSettlesMoreThanOneBatch(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.cfg.Deliver = nil
	b.restart()
	to := b.address(voice)
	b.advance()
	b.rates.setDown(true)
	for range 2_100 {
		b.pay(to, 100)
	}
	b.sim.Mine(6)
	_ = b.p.Advance(b.ctx)
	b.rates.setDown(false)
	b.clock.Advance(3 * time.Minute)
	b.advance()
	b.advance()
	require.Equal(t, "2100000.00 USD", b.balance(voice))
}

// Changes that happen again are told again.
func TestEventsOfABranchThatComesBackAreTold(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	one, two := b.source("one"), b.source("two")
	b.cfg.Rails[0].Sources = []chain.Source{one, two}
	b.restart()
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.mine(1)
	freezer := one.(interface {
		Freeze()
		Thaw()
		Fail(uint)
	})
	other := two.(interface {
		Freeze()
		Fail(uint)
	})
	freezer.Freeze() // one: the payment in block A
	b.sim.Reorg(1, chainsim.Branch{Blocks: 1, Later: []chain.Hash{id}})
	other.Freeze() // two: a block without it, at the same height
	key := b.only(voice).Key.String()
	for i := range 6 {
		b.clock.Advance(time.Second)
		if i%2 == 0 {
			freezer.Fail(1)
		} else {
			other.Fail(1)
		}
		_ = b.p.Advance(b.ctx)
		_ = b.p.Advance(b.ctx)
		d := b.only(voice)
		kinds := b.events.kinds(key)
		want := map[payments.DepositState]payments.EventKind{
			payments.StateOrphaned: payments.EventDepositOrphaned, payments.StateConfirming: payments.EventDepositConfirming}[d.State]
		require.Equal(t, want, kinds[len(kinds)-1], "turn %d: the deposit is %s, the host was told %v", i, d.State, kinds)
	}
}

// The classic double spend: credited, reorg whose branch spends elsewhere.
func TestDoubleSpendInTheReorganisedBranchIsReplaced(t *testing.T) {
	for _, depth := range []int{1, 6} {
		b := newBundle(t, railCases()[0], nil)
		to := b.address(voice)
		b.advance()
		id := b.pay(to, 100)
		b.mine(depth)
		b.sim.Reorg(depth, chainsim.Branch{Replace: map[chain.Hash][]chainsim.Payment{
			id: {{To: chainsim.Address(b.sim.Network(), 9_999), Amount: b.coins(100)}}}})
		b.advance()
		b.mine(6)
		require.Equal(t, "0.00 USD", b.balance(voice))
		require.Equal(t, payments.StateReplaced, b.only(voice).State, "depth %d", depth)
	}
}

// A free option: replaced by one's own fee bump at a better price.
func TestAReplacementNeverGetsABetterRate(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.advance()
	b.clock.Advance(50 * time.Minute) // the price rises by a dollar a minute
	b.advance()
	b.sim.(interface{ FeeBump(chain.Hash) chain.Hash }).FeeBump(id)
	b.advance()
	b.mine(8)
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	for _, d := range all {
		if d.Included() {
			require.Equal(t, "1000", d.Rate.String(), "the rate of what it replaced")
		}
	}
}

// A clock that was a day ahead for a moment.
func TestAClockThatJumpedAheadAndCameBackKeepsReceiptTimes(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	b.clock.Advance(24 * time.Hour)
	b.advance() // heartbeat of tomorrow
	b.clock.Advance(-24 * time.Hour)
	for range 10 { // alive and well for a while
		b.clock.Advance(15 * time.Second)
		b.advance()
	}
	// Three hours of outage; the payment is mined after one.
	b.clock.Advance(time.Hour)
	b.pay(to, 100)
	b.sim.Mine(1)
	paid := b.clock.Now()
	b.clock.Advance(2 * time.Hour)
	b.sim.Mine(7)
	b.restart()
	b.advance()
	d := b.only(voice)
	require.Equal(t, paid, d.ReceivedAt, "basis %s", d.Basis)
}

// A mistyped or rotated key would leave every address issued so far unwatched.
func TestAnotherWalletThanTheOneThatIssuedIsRefused(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.address(voice)
	b.cfg.Rails[0].Wallet = otherWallet{testWallet{b.sim.Network(), "new"}}
	b.restart()
	var config *payments.ConfigError
	require.ErrorAs(t, b.p.Advance(b.ctx), &config)
	require.ErrorAs(t, b.p.Run(b.ctx), &config)
	_, err := b.p.DepositAddress(b.ctx, sms, b.sim.Network())
	require.ErrorAs(t, err, &config)
	require.ErrorContains(t, config, "configure the key they were issued from")
}

type otherWallet struct{ testWallet }

func (w otherWallet) Leaves(from uint32, n int) ([]chain.Leaf, error) {
	return w.testWallet.Leaves(from+100_000, n)
}

// Screen is added later.
func TestScreenAddedLaterIsNotAskedForEverAboutOldCredits(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(13)
	asked := 0
	b.cfg.Screen = func(context.Context, payments.Deposit) (payments.Verdict, error) {
		asked++
		return payments.VerdictHold, nil
	}
	b.restart()
	for range 10 {
		b.clock.Advance(20 * time.Second)
		b.advance()
	}
	require.LessOrEqual(t, asked, 1)
}

// failing is a store whose next commits fail after the function ran.
type failing struct {
	payments.Store
	n *int
}

func (s failing) Update(ctx context.Context, fn func(payments.Tx) error) error {
	return s.Store.Update(ctx, func(tx payments.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if *s.n > 0 {
			*s.n--
			return errors.New("disk full")
		}
		return nil
	})
}

// The stamp's commit fails once.
func TestStampIsWrittenAfterItsCommitFailedOnce(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	n := 1
	b.cfg.Store = failing{b.store, &n}
	b.restart()
	require.Error(t, b.p.AcceptTerms(b.ctx, "acme", "1"))
	require.NoError(t, b.p.AcceptTerms(b.ctx, "acme", "1"))
	require.NoError(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
		got, err := tx.Stamp(b.ctx, payments.Stamp{Kind: "real"})
		require.Equal(t, "test", got.Kind)
		return err
	}))
}
