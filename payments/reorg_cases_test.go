package payments_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// fate is what a reorganisation does to the payment it takes out of its block.
type fate struct {
	name string
	// reorg replaces depth blocks, the first of which held the payment.
	reorg func(b *bundle, id chain.Hash, depth int)
	// lost says that the payment is in no block in the end.
	lost bool
}

var fates = []fate{
	{"the same height", func(b *bundle, _ chain.Hash, depth int) { b.sim.Reorg(depth, chainsim.Branch{}) }, false},
	{"a later block", func(b *bundle, id chain.Hash, depth int) {
		b.sim.Reorg(depth, chainsim.Branch{Later: []chain.Hash{id}})
	}, false},
	{"an earlier block", func(b *bundle, id chain.Hash, depth int) {
		b.sim.Reorg(depth+2, chainsim.Branch{Later: []chain.Hash{id}, Blocks: 1})
		b.sim.MineTx(id)
		b.sim.Mine(depth + 1)
	}, false},
	{"another position", func(b *bundle, _ chain.Hash, depth int) {
		b.sim.Reorg(depth, chainsim.Branch{Crowd: 3, Reverse: true})
	}, false},
	{"replaced", func(b *bundle, id chain.Hash, depth int) {
		stranger := chainsim.Payment{To: chainsim.Address(b.sim.Network(), 1_000_000), Amount: b.coins(100)}
		b.sim.Reorg(depth, chainsim.Branch{Replace: map[chain.Hash][]chainsim.Payment{id: {stranger}}})
	}, true},
	{"vanished", func(b *bundle, id chain.Hash, depth int) {
		b.sim.Reorg(depth, chainsim.Branch{Vanish: []chain.Hash{id}})
	}, true},
}

// reorgStage is how far a payment had come when its block went.
type reorgStage struct {
	name string
	// fits says which depths of reorganisations meet a payment at that stage.
	fits func(depth int) bool
	// confirmations the payment has, of those required and of those that make it final.
	confirmations, required, final func(depth int) int
	state                          payments.DepositState
	// taken says that the host has paid out what was credited.
	taken bool
	// edge says that one rail of each family is enough.
	edge bool
}

func reorgStages() []reorgStage {
	same := func(n int) func(int) int { return func(int) int { return n } }
	all := func(depth int) int { return depth }
	six := func(depth int) int { return min(depth, 6) }
	deeper := func(depth int) int { return depth + 20 }
	any := func(int) bool { return true }
	return []reorgStage{
		{"before credit", any, func(depth int) int { return min(depth, 3) }, func(depth int) int { return min(depth, 3) + 1 }, deeper, payments.StateConfirming, false, false},
		{"just before credit", any, all, func(depth int) int { return depth + 1 }, deeper, payments.StateConfirming, false, true},
		{"after credit", any, all, six, deeper, payments.StateCredited, false, false},
		{"in the block of the credit", func(depth int) bool { return depth > 6 }, all, all, deeper, payments.StateCredited, false, true},
		{"after refund-to-be", any, all, six, deeper, payments.StateCredited, true, false},
		{"after final", func(depth int) bool { return depth >= 12 }, all, six, same(12), payments.StateFinal, false, false},
		{"after refund-to-be and final", func(depth int) bool { return depth >= 12 }, all, six, same(12), payments.StateFinal, true, true},
	}
}

// reorgRails are all rails, with finality far below what these cases reorganise.
func reorgRails() []railCase {
	cases := railCases()
	for i := range cases {
		if strings.HasPrefix(cases[i].name, "bsc") {
			cases[i].build = func(c *clock) (simulation, func(string) chain.Source) {
				n := chain.BSC
				n.Test = true
				sim := chainsim.NewEVM(n, chainsim.Options{Now: c.Now, FinalLag: 64})
				return sim, func(name string) chain.Source { return sim.Source(name) }
			}
		}
	}
	return cases
}

// TestReorgCases takes a payment out of its block on every rail, at every depth, at
// every stage it may have come to, with every fate it may meet.
func TestReorgCases(t *testing.T) {
	for _, c := range reorgRails() {
		for _, depth := range []int{1, 2, 5, 6, 7, 12, 13, 20, 30} {
			for _, s := range reorgStages() {
				if !s.fits(depth) || s.edge && c.name != "bitcoin BTC" && c.coin != "USDT" {
					continue
				}
				for _, f := range fates {
					t.Run(fmt.Sprintf("%s/%d blocks/%s/%s", c.name, depth, s.name, f.name), func(t *testing.T) {
						t.Parallel()
						reorgCase(t, c, depth, s, f)
					})
				}
			}
		}
	}
}

func reorgCase(t *testing.T, c railCase, depth int, s reorgStage, f fate) {
	b := newBundle(t, c, func(cfg *payments.Config) {
		cfg.Rails[0].Confirmations = uint64(s.required(depth))
		cfg.Rails[0].Final, cfg.Rails[0].Breaker = uint64(s.final(depth)), 100
	})
	confirmations := s.confirmations(depth)
	b.sim.Mine(40)
	to := b.address(voice)
	b.advance()
	for range depth - confirmations {
		b.mine(1)
	}
	other := b.pay(b.address(sms), 300) // below the reorganisation: nothing happens to it
	b.mine(1)
	id := b.pay(to, 100)
	b.advance()
	b.mine(confirmations)
	before := b.only(voice)
	require.Equal(t, s.state, before.State)
	credited := s.state != payments.StateConfirming
	require.Equal(t, credited, b.balance(voice) != "0.00 USD")
	if s.taken {
		b.refundToBe(voice, before.Value)
		require.Equal(t, "0.00 USD", b.balance(voice))
	}

	if confirmations < depth { // the fork is below the payment
		f = below(f, depth-confirmations)
	}
	b.clock.Advance(5 * time.Minute) // the price has moved
	f.reorg(b, id, confirmations)
	b.advance()
	b.clock.Advance(time.Minute)
	b.sim.Mine(s.final(depth) + 2)
	b.advance()

	d := b.only(voice)
	require.Equal(t, before.Key, d.Key)
	require.Equal(t, before.ReceivedAt, d.ReceivedAt)
	require.Equal(t, before.Rate, d.Rate, "the rate of receipt, for ever")
	wantCredits, wantBalance := 1, before.Value
	if f.lost {
		wantCredits, wantBalance = 0, money.USD.Cents(0)
		require.Contains(t, []payments.DepositState{payments.StateOrphaned, payments.StateReversed, payments.StateReplaced}, d.State)
		require.True(t, d.Block.IsZero())
	} else {
		require.Equal(t, payments.StateFinal, d.State)
		at, mined := blockOf(b.sim, id)
		require.True(t, mined)
		require.Equal(t, at.Hash, d.Block.Hash)
	}
	if s.taken { // what is lost is owed: the balance is below zero by all of it
		var err error
		wantBalance, err = wantBalance.Sub(before.Value)
		require.NoError(t, err)
		require.Equal(t, f.lost, wantBalance.Sign() < 0)
	}
	require.Equal(t, fmt.Sprint(wantBalance), b.balance(voice))
	lines, _, err := b.p.Statement(b.ctx, voice, ledger.Cursor{}, 100)
	require.NoError(t, err)
	net := map[ledger.Kind]int{}
	for _, l := range lines {
		net[l.Kind]++
	}
	require.Equal(t, wantCredits, net[ledger.KindDeposit]-net[ledger.KindReversal], "one credit stands, or none")
	require.Equal(t, s.taken, net[ledger.KindRefund] == 1, "what the host took stands")
	kinds := b.events.kinds(d.Key.String())
	require.Equal(t, net[ledger.KindDeposit], count(kinds, payments.EventDepositCredited), "each credit is told")
	require.Equal(t, net[ledger.KindReversal], count(kinds, payments.EventDepositReversed), "each reversal is told")
	if credited {
		require.Positive(t, net[ledger.KindReversal], "a credit whose block went was taken back")
	}
	require.Equal(t, b.only(sms).TxID, other)
	b.checkBooks()
}

// refundToBe takes money out of an account as a host does that is about to refund it:
// an entry in its own transaction.
func (b *bundle) refundToBe(a payments.Account, amount money.Amount) {
	b.Helper()
	require.NoError(b, b.store.Update(b.ctx, func(tx payments.Tx) error {
		_, err := tx.InsertEntries(b.ctx, []ledger.Entry{{Key: "refund/host/1", Kind: ledger.KindRefund, Reference: "refund 1", At: b.clock.Now(),
			Postings: []ledger.Posting{{From: a.Ledger(), To: ledger.RefundPayable("host"), Amount: amount}}}})
		return err
	}))
}

// below makes the fork so many blocks deeper than the payment.
func below(f fate, more int) fate {
	inner := f.reorg
	f.reorg = func(b *bundle, id chain.Hash, depth int) { inner(b, id, depth+more) }
	return f
}

func count(kinds []payments.EventKind, kind payments.EventKind) (n int) {
	for _, k := range kinds {
		if k == kind {
			n++
		}
	}
	return n
}
