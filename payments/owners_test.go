package payments_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// twin is testEthereum under another id: the same transactions have the same
// hashes on both.
func twin(id string, chainID uint64) chain.Network {
	n := testEthereum()
	n.ID, n.ChainID = id, chainID
	n.Native.Network = id
	tokens := n.Tokens
	n.Tokens = nil
	for _, t := range tokens {
		t.Asset.Network = id
		n.Tokens = append(n.Tokens, t)
	}
	return n
}

// TestOneAddressPaidOnTwoNetworks pays one account's 0x address on two EVM
// rails, in the same minute, and reverses one of them.
func TestOneAddressPaidOnTwoNetworks(t *testing.T) {
	b := newBundle(t, railCases()[1], nil)
	other := chainsim.NewEVM(twin("bsc-sim", 1337), chainsim.Options{Now: b.clock.Now, FinalLag: 64})
	other.Mine(3)
	b.cfg.Rails = append(b.cfg.Rails, payments.Rail{Network: other.Network(), Sources: []chain.Source{other.Source("o")},
		Wallet: testWallet{network: other.Network()}, UnprovedKey: true})
	b.restart()
	to := b.address(voice)
	got, err := b.p.DepositAddress(b.ctx, voice, other.Network())
	require.NoError(t, err)
	require.Equal(t, to, got.Address)
	b.advance()
	one := b.pay(to, 100)
	two := other.Pay(chainsim.Payment{To: to, Amount: money.NewAmount(other.Network().Native, b.coins(100).Units())})
	t.Logf("same hash on both: %v", one == two)
	other.Mine(1)
	for range 6 {
		other.Mine(1)
		b.mine(1)
	}
	require.Equal(t, "2000.00 USD", b.balance(voice))
	other.Reorg(7, chainsim.Branch{Vanish: []chain.Hash{two}})
	b.advance()
	require.Equal(t, "1000.00 USD", b.balance(voice))
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Len(t, all, 2)
}

// gappyWallet has no key at every third index.
type gappyWallet struct{ testWallet }

func (w gappyWallet) Leaves(from uint32, n int) ([]chain.Leaf, error) {
	all, err := w.testWallet.Leaves(from, n)
	var out []chain.Leaf
	for _, l := range all {
		if l.Index%3 != 0 {
			out = append(out, l)
		}
	}
	return out, err
}

func TestIndexesWithoutAKeyAreSkipped(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.cfg.Rails[0].Wallet = gappyWallet{testWallet{network: b.sim.Network()}}
	b.restart()
	seen := map[chain.Address]bool{}
	for i := range 30 {
		a := payments.Account{Profile: "p", Name: fmt.Sprint(i)}
		to := b.address(a)
		require.False(t, seen[to])
		seen[to] = true
		b.pay(to, 100)
		b.mine(1)
	}
	b.mine(6)
	for i := range 30 {
		requireDone(t, b.only(payments.Account{Profile: "p", Name: fmt.Sprint(i)}))
	}
}

func requireDone(t *testing.T, d payments.DepositView) {
	t.Helper()
	require.Contains(t, []payments.DepositState{payments.StateCredited, payments.StateFinal}, d.State)
}

// TestAddressRolledBackWithTheHostIsGivenToTheNextAccount pays an address whose
// transaction was rolled back; the coins are the next owner's, or nobody's.
func TestAddressRolledBackWithTheHostIsGivenToTheNextAccount(t *testing.T) {
	for _, payFirst := range []bool{true, false} {
		b := newBundle(t, railCases()[0], nil)
		b.advance()
		var leaked chain.Address
		require.Error(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
			got, err := b.p.In(tx).DepositAddress(b.ctx, voice, b.sim.Network())
			require.NoError(t, err)
			leaked = got.Address
			return errors.New("rolled back")
		}))
		if payFirst {
			b.pay(leaked, 100)
		}
		var next chain.Address
		require.NoError(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
			got, err := b.p.In(tx).DepositAddress(b.ctx, sms, b.sim.Network())
			next = got.Address
			return err
		}))
		require.Equal(t, leaked, next, "the index comes back")
		if !payFirst {
			b.pay(leaked, 100)
		}
		b.mine(8)
		require.Equal(t, "1000.00 USD", b.balance(sms))
		require.NotEqual(t, next, b.address(voice))
	}
}

// TestNamesThatSpellEachOther: slashes, percents, other scripts.
func TestNamesThatSpellEachOther(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	accounts := []payments.Account{{Profile: "a/b", Name: "c"}, {Profile: "a", Name: "b/c"}, {Profile: "a%2Fb", Name: "c"},
		{Profile: "é", Name: "c"}, {Profile: "e\u0301", Name: "c"}, {Profile: "a ", Name: "c"}, {Profile: "a+", Name: "c"},
		{Profile: "bitcoin-regtest", Name: "system"}, {Profile: "../..", Name: "."}, {Profile: "A", Name: "b/c"}}
	for i, a := range accounts {
		to := b.address(a)
		if i == 0 {
			b.advance()
		}
		b.pay(to, int64(100*(i+1)))
	}
	b.mine(6)
	for i, a := range accounts {
		require.Equal(t, fmt.Sprintf("%d.00 USD", 1000*(i+1)), b.balance(a), "%q", a)
		lines, _, err := b.p.Statement(b.ctx, a, ledger.Cursor{}, 10)
		require.NoError(t, err)
		require.Len(t, lines, 1)
	}
	for _, bad := range []string{"", "a\x00b", "a\nb", "\xff", string(make([]byte, 200))} {
		_, err := b.p.DepositAddress(b.ctx, payments.Account{Profile: bad, Name: "x"}, b.sim.Network())
		var input *payments.InputError
		require.ErrorAs(t, err, &input, "%q", bad)
	}
}

// TestPricesAroundTheForwardWindow: the outage ends before, at and after sixty
// seconds.
func TestPricesAroundTheForwardWindow(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		rate  string
		live  bool
	}{
		{59 * time.Second, "1001", true}, {60 * time.Second, "1001", true},
		{60*time.Second + time.Millisecond, "1000", false}, {10 * time.Minute, "1000", false}, {26 * time.Hour, "1000", false},
	} {
		b := newBundle(t, railCases()[1], nil)
		to := b.address(voice)
		b.advance()
		b.clock.Advance(20 * time.Second)
		b.rates.setDown(true)
		b.pay(to, 100)
		b.sim.Mine(1)
		_ = b.p.Advance(b.ctx)
		b.clock.Advance(c.after)
		b.rates.setDown(false)
		b.advance()
		d := b.only(voice)
		require.Equal(t, c.rate, d.Rate.String(), "outage of %s", c.after)
	}
}

// TestTwoPaymentsOfOneInstantHaveOneRate although one is priced much later.
func TestTwoPaymentsOfOneInstantHaveOneRate(t *testing.T) {
	b := newBundle(t, railCases()[1], nil)
	v, s := b.address(voice), b.address(sms)
	b.advance()
	require.NoError(t, b.p.OpenAccount(b.ctx, payments.Account{Profile: "e", Name: "x"}, "EUR"))
	e := b.address(payments.Account{Profile: "e", Name: "x"})
	b.sim.Pay(chainsim.Payment{To: v, Amount: b.coins(100)}, chainsim.Payment{To: s, Amount: b.coins(100)},
		chainsim.Payment{To: v, Amount: b.coins(50)}, chainsim.Payment{To: e, Amount: b.coins(50)})
	b.mine(7)
	require.Equal(t, "1500.00 USD", b.balance(voice))
	require.Equal(t, "1000.00 USD", b.balance(sms))
	require.Equal(t, "500.00 EUR", b.balance(payments.Account{Profile: "e", Name: "x"}))
}

// TestBlockTimesHoursOff: miners' clocks are wrong by three hours either way.
func TestBlockTimesHoursOffNeverMoveALiveReceipt(t *testing.T) {
	c := newClock()
	for _, off := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: func() time.Time { return c.Now().Add(off) }})
		b := newBundle(t, railCase{"x", "BTC", func(k *clock) (simulation, func(string) chain.Source) {
			c = k
			return sim, func(n string) chain.Source { return sim.Source(n) }
		}}, anyAge)
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.mine(7)
		requireDone(t, b.only(voice))
		require.Equal(t, "1000", b.only(voice).Rate.String())
		// An outage of an hour: not before the last heartbeat, not after found.
		alive := c.Now()
		b.pay(to, 100)
		c.Advance(time.Hour)
		b.sim.Mine(8)
		b.restart()
		b.advance()
		all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
		require.NoError(t, err)
		for _, d := range all {
			require.False(t, d.ReceivedAt.After(c.Now()))
			if d.ReceivedAt.After(alive) {
				require.False(t, d.ReceivedAt.Before(alive.Add(-30*time.Second)))
			}
		}
	}
}

// TestEverythingAtOnce calls every public method from many goroutines.
func TestEverythingAtOnce(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.cfg.InTx = (&hostRows{}).inTx
	b.cfg.Screen = func(context.Context, payments.Deposit) (payments.Verdict, error) { return payments.VerdictPass, nil }
	b.cfg.Rails[0].Sources = []chain.Source{b.source("a"), b.source("b")}
	b.restart()
	ctx, cancel := context.WithTimeout(b.ctx, 1500*time.Millisecond)
	defer cancel()
	n := b.sim.Network()
	op := payments.Actor{ID: "op", Reason: "r"}
	to := b.address(voice)
	var wg sync.WaitGroup
	loop := func(fn func(i int)) {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				fn(i)
			}
		})
	}
	wg.Go(func() { _ = b.p.Run(ctx) })
	loop(func(int) { _ = b.p.Advance(ctx) })
	loop(func(i int) {
		if i == 150 {
			<-ctx.Done()
			return
		}
		b.pay(to, 100)
		b.clock.Advance(time.Second)
		b.sim.Mine(1)
		if i%5 == 4 {
			b.sim.Reorg(3, chainsim.Branch{})
		}
		runtime.Gosched()
	})
	loop(func(i int) {
		_, _ = b.p.DepositAddress(ctx, payments.Account{Profile: "p", Name: fmt.Sprint(i % 50)}, n)
	})
	loop(func(i int) {
		_ = b.store.Update(ctx, func(tx payments.Tx) error {
			_, err := b.p.In(tx).DepositAddress(ctx, payments.Account{Profile: "q", Name: fmt.Sprint(i % 50)}, n)
			return err
		})
	})
	loop(func(int) {
		_, _ = b.p.Balance(ctx, voice)
		_, _, _ = b.p.Statement(ctx, voice, ledger.Cursor{}, 10)
		_, _ = b.p.Health(ctx)
		_, _ = b.p.Parked(ctx)
		ds, _ := b.p.Deposits(ctx, voice, payments.DepositKey{}, 5)
		for _, d := range ds {
			_, _ = b.p.Explain(ctx, d.Key)
			_ = b.p.Release(ctx, d.Key, op)
		}
		_, _ = b.p.TermsAccepted(ctx, "p")
		_ = b.p.AcceptTerms(ctx, "p", "1")
		_ = b.p.Redeliver(ctx, "x", op)
	})
	loop(func(int) {
		w, stop := context.WithCancel(ctx)
		ch := b.p.Watch(w, "acme", "acme", n.ID)
		select {
		case <-ch:
		case <-time.After(time.Millisecond):
		}
		stop()
		for range ch {
		}
	})
	wg.Wait()
	b.mine(8)
	mustAgree(t, b, []payments.Account{voice})
}

// TestEqualInstantsPage pages through lines that all have one instant, and lines
// booked while the clock ran backwards.
func TestStatementPagesWhenTheClockStoodStillOrRanBackwards(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	for range 40 {
		b.pay(to, 100)
	}
	b.mine(1)
	b.sim.Mine(5)
	b.advance()
	b.clock.Advance(-30 * time.Minute)
	for range 5 {
		b.pay(to, 100)
	}
	b.sim.Mine(6)
	_ = b.p.Advance(b.ctx)
	b.clock.Advance(40 * time.Minute)
	b.advance()
	b.sim.Mine(1)
	b.advance()
	var want string
	for _, size := range []int{1, 7, 1000} {
		var got string
		n := 0
		for from := (ledger.Cursor{}); ; {
			page, next, err := b.p.Statement(b.ctx, voice, from, size)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			for _, l := range page {
				got += fmt.Sprintln(l.Entry, l.Amount, l.Balance)
				n++
			}
			from = next
		}
		require.Equal(t, 45, n)
		if want == "" {
			want = got
		}
		require.Equal(t, want, got, "pages of %d", size)
	}
}
