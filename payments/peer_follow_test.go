package payments_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// brokenRuns is a source whose blocks can be fetched and not be read, as with a
// parser that throws.
type brokenRuns struct {
	chain.Source
	fails map[uint64]int // by height: how often still
}

func (s brokenRuns) Linked(ctx context.Context, from, to uint64) (chain.Run, error) {
	run, err := s.Source.Linked(ctx, from, to)
	return brokenRun{run, s.fails}, err
}

type brokenRun struct {
	chain.Run
	fails map[uint64]int
}

func (r brokenRun) Match(ctx context.Context, m chain.Matcher) (chain.Found, error) {
	for _, a := range r.Anchors() {
		if r.fails[a.Height] > 0 {
			r.fails[a.Height]--
			return chain.Found{}, fmt.Errorf("%w: block %d", chain.ErrMalformed, a.Height)
		}
	}
	return r.Run.Match(ctx, m)
}

func peerBlockThrows(t *testing.T) {
	onFlatRails(t, func(t *testing.T, b *bundle) {
		src := brokenRuns{b.source("throws"), map[uint64]int{}}
		b.cfg.Rails[0].Sources = []chain.Source{src}
		b.restart()
		v, s := b.address(voice), b.address(sms)
		b.advance()
		tip := func() uint64 {
			h, err := b.p.Health(b.ctx)
			require.NoError(t, err)
			return h.Networks[0].Tip
		}
		before := tip()
		b.pay(v, 100) // in the block that throws
		bad := b.sim.Mine(1)[0].Height
		src.fails[bad] = 2
		require.ErrorIs(t, b.p.Advance(b.ctx), chain.ErrMalformed)
		b.pay(s, 200) // in the next one
		b.sim.Mine(1)
		require.ErrorIs(t, b.p.Advance(b.ctx), chain.ErrMalformed)
		require.Equal(t, before, tip(), "the height stands still")
		require.Empty(t, b.all(sms), "no later block is read before it")
		b.restart()
		b.mine(5)
		b.requireCredit(voice, "1000.00 USD")
		b.requireCredit(sms, "2000.00 USD")
	})
}

func peerGapIsJumped(t *testing.T) {
	onFlatRails(t, func(t *testing.T, b *bundle) {
		v, s := b.address(voice), b.address(sms)
		b.advance()
		const gap = 5_000
		paid := map[chain.Hash]uint64{}
		for i := range gap {
			to := v
			if i%2 == 1 {
				to = s
			}
			var id chain.Hash
			// The ends of every span at which anybody might cut the gap.
			pays := i < 2 || i >= gap-2 || i%1_000 == 999 || i%1_000 == 0 || i%499 == 0
			if pays {
				id = b.pay(to, 100)
			}
			b.clock.Advance(time.Second)
			at := b.sim.Mine(1)[0].Height
			if pays {
				paid[id] = at
			}
		}
		b.restart()
		b.advance()
		b.mine(6)
		found := map[chain.Hash]uint64{}
		for _, a := range []payments.Account{voice, sms} {
			for _, d := range b.all(a) {
				requireCredited(t, d)
				found[d.TxID] = d.Block.Height
			}
			b.requireCredit(a, fmt.Sprintf("%d.00 USD", 1_000*len(b.all(a))))
		}
		require.Equal(t, paid, found)
	})
}

func peerCursorInMemory(t *testing.T) {
	onFlatRails(t, func(t *testing.T, b *bundle) {
		v, s := b.address(voice), b.address(sms)
		b.advance()
		b.pay(v, 100)
		// Killed without warning, a call later each time, with a block between any two
		// lives. Nothing is in memory but what a new process reads.
		for n := 1; n <= 12; n++ {
			b.clock.Advance(20 * time.Second)
			b.sim.Mine(1)
			r := &reaper{n: 3 * n, after: n%2 == 0}
			cfg := b.cfg
			cfg.Store = mortalStore{b.store, r}
			err := b.processor(cfg).Advance(b.ctx)
			require.Equal(t, r.dead, errors.Is(err, errDead), "%v", err)
		}
		b.restart()
		b.advance()
		b.requireCredit(voice, "1000.00 USD")
		// Nothing to wait for during three hours; nobody asks for an address either.
		for i := range 18 {
			b.clock.Advance(10 * time.Minute)
			b.sim.Mine(1)
			if i%3 == 0 {
				b.restart()
			}
			b.advance()
		}
		id := b.pay(s, 100)
		b.mine(6)
		require.Equal(t, id, b.only(sms).TxID)
		b.requireCredit(sms, "1000.00 USD")
	})
}

func peerOnlyUnspent(t *testing.T) {
	onFlatRails(t, func(t *testing.T, b *bundle) {
		own := cold(b.sim.Network())
		b.cfg.Rails[0].Treasury = []payments.Treasury{{Name: "cold", Address: own}}
		b.restart()
		v, s := b.address(voice), b.address(sms)
		b.advance()
		id := b.pay(v, 100)
		b.pay(s, 300)
		b.sim.Mine(1)
		swept := int64(100)
		switch sim := b.sim.(type) { // the host swept it while the library was down
		case *chainsim.UTXO:
			sim.Spend([]chain.Outpoint{{TxID: id}}, b.to(own, 90)) // less a fee
		case *chainsim.EVM:
			gas := money.Units(b.sim.Network().Native, 1_000_000_000_000_000)
			sim.Send(own, chainsim.Payment{To: v, Amount: gas})
			if b.asset == b.sim.Network().Native {
				swept = 90
			}
			sim.Send(v, b.to(own, swept))
		}
		b.clock.Advance(time.Minute)
		b.sim.Mine(8)
		b.restart()
		b.advance()
		requireCredited(t, b.arrived(id))
		require.Equal(t, uint64(9), b.arrived(id).Confirmations)
		b.requireBalance(voice, "1000.00 USD")
		b.requireCredit(sms, "3000.00 USD")
		require.NotEmpty(t, b.held(ledger.Treasury(b.sim.Network().ID, "cold")), "where it went is booked")
		b.mine(6)
		b.requireBalance(voice, "1000.00 USD")
	})
}

// arrived returns the one deposit of a transaction.
func (b *bundle) arrived(id chain.Hash) payments.DepositView {
	b.Helper()
	var found []payments.DepositView
	for _, d := range b.all(voice) {
		if d.TxID == id {
			found = append(found, d)
		}
	}
	require.Len(b, found, 1)
	return found[0]
}

// balancer asks another of its nodes at each call, as a provider's address does.
type balancer struct {
	chain.Source
	nodes []chain.Source
	calls *atomic.Uint64
}

func (s balancer) next() chain.Source { return s.nodes[s.calls.Add(1)%uint64(len(s.nodes))] }

func (s balancer) Head(ctx context.Context) (chain.Head, error) { return s.next().Head(ctx) }

func (s balancer) AnchorAt(ctx context.Context, height uint64) (chain.Anchor, error) {
	return s.next().AnchorAt(ctx, height)
}

func (s balancer) Linked(ctx context.Context, from, to uint64) (chain.Run, error) {
	return s.next().Linked(ctx, from, to)
}

func peerHeadRegresses(t *testing.T) {
	onFlatRails(t, func(t *testing.T, b *bundle) {
		unbroken(&b.cfg)
		var nodes []chain.Source
		for i := range 3 {
			n := b.source(fmt.Sprint("node", i))
			n.(faulty).ServeBehind(3 * i)
			nodes = append(nodes, n)
		}
		b.cfg.Rails[0].Sources = []chain.Source{balancer{nodes[0], nodes, new(atomic.Uint64)}}
		b.restart()
		v, s := b.address(voice), b.address(sms)
		follow := func(blocks int) {
			for range blocks {
				b.clock.Advance(20 * time.Second)
				b.sim.Mine(1)
				for range 5 { // whoever answers; what cannot be true is asked again
					if err := b.p.Advance(b.ctx); !errors.Is(err, chain.ErrNotFound) && !errors.Is(err, chain.ErrUnavailable) {
						require.NoError(t, err)
					}
				}
			}
		}
		follow(3)
		b.pay(v, 100)
		follow(4)
		// One node stays on a branch that loses, and its height is not the least: a
		// height alone would not tell.
		id := b.pay(s, 200)
		follow(1)
		nodes[1].(faulty).Freeze()
		b.sim.Reorg(2, chainsim.Branch{Blocks: 4, Later: []chain.Hash{id}})
		follow(3)
		require.LessOrEqual(t, len(b.all(sms)), 1)
		nodes[1].(faulty).Thaw()
		follow(12)
		for _, a := range []payments.Account{voice, sms} {
			d := b.only(a)
			requireCredited(t, d)
			require.Equal(t, 1, d.Incarnation, "credited once and never taken back")
			at, mined := blockOf(b.sim, d.TxID)
			require.True(t, mined)
			require.Equal(t, at.Hash, d.Block.Hash)
		}
		b.requireCredit(voice, "1000.00 USD")
		b.requireCredit(sms, "2000.00 USD")
	})
}
