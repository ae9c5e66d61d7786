package payments_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

func TestTwoEnginesOnOneStoreCreditNothingTwice(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		second := b.processor(b.cfg)
		ctx, cancel := context.WithCancel(b.ctx)
		var wg sync.WaitGroup
		for _, p := range []*payments.Processor{b.p, second} {
			wg.Go(func() { require.NoError(t, p.Run(ctx)) })
		}
		to := b.address(voice)
		for range 30 {
			b.pay(to, 100)
			b.sim.Mine(1)
		}
		b.sim.Mine(6)
		require.Eventually(t, func() bool {
			all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 100)
			if err != nil || len(all) != 30 {
				return false
			}
			for _, d := range all {
				if d.Credited.IsZero() {
					return false
				}
			}
			return true
		}, 30*time.Second, 5*time.Millisecond)
		cancel()
		wg.Wait()
		require.Equal(t, "30000.00 USD", b.balance(voice))
		all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 100)
		require.NoError(t, err)
		for _, d := range all {
			require.Equal(t, 1, d.Incarnation)
		}
	})
}

func TestAddressIssuedByOneEngineIsNeverMissedByTheOther(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		second := b.processor(b.cfg)
		require.NoError(t, second.Advance(b.ctx))
		for i := range 40 { // more than one run of indexes
			a := payments.Account{Profile: "acme", Name: fmt.Sprint("account", i)}
			to := b.address(a)
			b.pay(to, 100)
			b.clock.Advance(time.Second)
			b.sim.Mine(1)
			require.NoError(t, second.Advance(b.ctx)) // b.p never follows
			all, err := second.Deposits(b.ctx, a, payments.DepositKey{}, 10)
			require.NoError(t, err)
			require.Len(t, all, 1, "account %d", i)
		}
	})
}

func TestTwoEnginesIssueOneAddressForOneAccount(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	engines := []*payments.Processor{b.p, b.processor(b.cfg), b.processor(b.cfg)}
	var mu sync.Mutex
	got := map[chain.Address]bool{}
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			a, err := engines[i%3].DepositAddress(b.ctx, voice, b.sim.Network())
			mu.Lock()
			defer mu.Unlock()
			require.NoError(t, err)
			got[a.Address] = true
		})
	}
	wg.Wait()
	require.Len(t, got, 1)
}

// countingStore counts the calls on transactions.
type countingStore struct {
	payments.Store
	mu    sync.Mutex
	calls int
}

func (s *countingStore) Update(ctx context.Context, fn func(payments.Tx) error) error {
	return s.Store.Update(ctx, func(tx payments.Tx) error { return fn(countAll(tx, s)) })
}

func (s *countingStore) View(ctx context.Context, fn func(payments.Tx) error) error {
	return s.Store.View(ctx, func(tx payments.Tx) error { return fn(countAll(tx, s)) })
}

func countAll(tx payments.Tx, s *countingStore) payments.Tx {
	return mortalTx{countTx{tx, s}, &reaper{n: -1}}
}

// countTx counts every call the engine makes while it follows and credits.
type countTx struct {
	payments.Tx
	s *countingStore
}

func (t countTx) count() {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.s.calls++
}

func (t countTx) DepositsByKey(ctx context.Context, k []payments.DepositKey) ([]payments.Deposit, error) {
	t.count()
	return t.Tx.DepositsByKey(ctx, k)
}

func (t countTx) Deposits(ctx context.Context, q payments.DepositQuery) ([]payments.Deposit, error) {
	t.count()
	return t.Tx.Deposits(ctx, q)
}

func (t countTx) AddressesByRaw(ctx context.Context, a []chain.Address) ([]payments.IssuedAddress, error) {
	t.count()
	return t.Tx.AddressesByRaw(ctx, a)
}

func (t countTx) AccountsByKey(ctx context.Context, a []payments.Account) ([]payments.AccountRecord, error) {
	t.count()
	return t.Tx.AccountsByKey(ctx, a)
}

func (t countTx) SaveDeposits(ctx context.Context, rows []payments.Deposit) error {
	t.count()
	return t.Tx.SaveDeposits(ctx, rows)
}

func (t countTx) InsertDeposits(ctx context.Context, rows []payments.Deposit) ([]payments.DepositKey, error) {
	t.count()
	return t.Tx.InsertDeposits(ctx, rows)
}

func (t countTx) InsertEvents(ctx context.Context, rows []payments.Event) ([]string, error) {
	t.count()
	return t.Tx.InsertEvents(ctx, rows)
}

func TestAStepWithAThousandDepositsIsAConstantNumberOfCalls(t *testing.T) {
	calls := func(deposits int) int {
		b := newBundle(t, railCases()[0], nil)
		b.cfg.Deliver = nil
		store := &countingStore{Store: b.store}
		b.cfg.Store = store
		b.restart()
		to := b.address(voice)
		b.advance()
		for range deposits {
			b.pay(to, 100)
		}
		b.sim.Mine(1)
		store.calls = 0
		b.advance()
		recorded := store.calls
		b.sim.Mine(5)
		store.calls = 0
		b.advance()
		all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 1_000)
		require.NoError(t, err)
		require.Len(t, all, deposits)
		require.Equal(t, payments.StateCredited, all[0].State)
		return recorded + store.calls
	}
	ten, thousand := calls(10), calls(1_000)
	t.Logf("%d calls for ten deposits, %d for a thousand", ten, thousand)
	// Valuing pages by 500, so a thousand deposits take two more pages.
	require.LessOrEqual(t, thousand, ten+12)
}
