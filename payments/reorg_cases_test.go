package payments_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
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

// TestReorgCases takes a payment out of its block at every depth, before its
// credit, after it and after it was final, with every fate it may meet.
func TestReorgCases(t *testing.T) {
	for _, c := range railCases() {
		if c.coin != "USDT" && c.name != "bitcoin BTC" && c.name != "ethereum ETH" {
			continue
		}
		for _, depth := range []int{1, 2, 5, 6, 7, 12, 13, 30} {
			for _, f := range fates {
				t.Run(fmt.Sprintf("%s/%d blocks/%s/%s", c.coin, depth, stage(depth), f.name), func(t *testing.T) {
					t.Parallel()
					reorgCase(t, c, depth, depth, f)
				})
				if depth < 6 {
					continue
				}
				t.Run(fmt.Sprintf("%s/%d blocks/before credit/%s", c.coin, depth, f.name), func(t *testing.T) {
					t.Parallel()
					reorgCase(t, c, depth, 3, f)
				})
			}
		}
	}
}

// finalAfter makes a deposit final in these cases.
const finalAfter = 12

func stage(confirmations int) string {
	switch {
	case confirmations < 6:
		return "before credit"
	case confirmations < finalAfter:
		return "after credit"
	}
	return "after final"
}

func reorgCase(t *testing.T, c railCase, depth, confirmations int, f fate) {
	b := newBundle(t, c, func(cfg *payments.Config) {
		cfg.Rails[0].Final, cfg.Rails[0].Breaker = finalAfter, 100
	})
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
	require.Equal(t, map[string]payments.DepositState{"before credit": payments.StateConfirming,
		"after credit": payments.StateCredited, "after final": payments.StateFinal}[stage(confirmations)], before.State)
	require.Equal(t, confirmations >= 6, b.balance(voice) != "0.00 USD")

	deep := max(depth, confirmations)
	if confirmations < depth { // the fork is below the payment
		f = below(f, depth-confirmations)
		deep = confirmations
	}
	b.clock.Advance(5 * time.Minute) // the price has moved
	f.reorg(b, id, deep)
	b.advance()
	b.mine(14)

	d := b.only(voice)
	require.Equal(t, before.Key, d.Key)
	require.Equal(t, before.ReceivedAt, d.ReceivedAt)
	require.Equal(t, before.Rate, d.Rate, "the rate of receipt, for ever")
	wantCredits, wantBalance := 1, before.Value.String()
	if f.lost {
		wantCredits, wantBalance = 0, "0.00 USD"
		require.Contains(t, []payments.DepositState{payments.StateOrphaned, payments.StateReversed, payments.StateReplaced}, d.State)
		require.True(t, d.Block.IsZero())
	} else {
		require.Equal(t, payments.StateFinal, d.State)
		at, mined := blockOf(b.sim, id)
		require.True(t, mined)
		require.Equal(t, at.Hash, d.Block.Hash)
	}
	require.Equal(t, wantBalance, b.balance(voice))
	lines, _, err := b.p.Statement(b.ctx, voice, ledger.Cursor{}, 100)
	require.NoError(t, err)
	net := map[ledger.Kind]int{}
	for _, l := range lines {
		net[l.Kind]++
	}
	require.Equal(t, wantCredits, net[ledger.KindDeposit]-net[ledger.KindReversal], "one credit stands, or none")
	kinds := b.events.kinds(d.Key.String())
	require.Equal(t, net[ledger.KindDeposit], count(kinds, payments.EventDepositCredited), "each credit is told")
	require.Equal(t, net[ledger.KindReversal], count(kinds, payments.EventDepositReversed), "each reversal is told")
	require.Equal(t, b.only(sms).TxID, other)
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
