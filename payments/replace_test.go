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

// TestWatchOfAnEndedContextIsClosed and leaves nothing behind.
func TestWatchOfAnEndedContextIsClosed(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	for range 1_000 {
		for range b.p.Watch(ctx, "acme", "acme") {
		}
	}
}

func TestDoubleSpendAfterTheReorgStepIsReplaced(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.mine(6)
	b.sim.Reorg(6, chainsim.Branch{Later: []chain.Hash{id}})
	b.advance()
	b.sim.Replace(id, chainsim.Payment{To: chainsim.Address(b.sim.Network(), 9_999), Amount: b.coins(100)})
	b.mine(2)
	require.Equal(t, payments.StateReplaced, b.only(voice).State)
}

func TestReplacedForAnotherCustomerAndMinedAfterAll(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	v, s := b.address(voice), b.address(sms)
	b.advance()
	id := b.pay(v, 100)
	b.advance()
	two := b.sim.Replace(id, chainsim.Payment{To: s, Amount: b.coins(200)})
	b.advance()
	b.sim.MineTx(two)
	b.clock.Advance(20 * time.Second)
	b.advance()
	require.Equal(t, payments.StateReplaced, b.only(voice).State)
	b.sim.Reorg(1, chainsim.Branch{Blocks: 1, Vanish: []chain.Hash{two}})
	b.sim.MineTx(id)
	b.advance()
	b.mine(6)
	requireDone(t, b.only(voice))
	require.Equal(t, "0.00 USD", b.balance(sms))
}
