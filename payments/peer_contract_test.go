package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

// peerForgedInternal: what a trace shows with a value and the customer's address,
// and that moves nothing.
func peerForgedInternal(t *testing.T) {
	b, sim := evmBundle(t, true)
	b.flat()
	v, s := b.address(voice), b.address(sms)
	b.advance()
	sim.PayDelegated(b.to(v, 100))
	sim.PayReverted(b.to(v, 100))
	sim.PayFailed(b.to(v, 100))
	sim.PayInternal(b.to(s, 300)) // what a contract does pay
	b.mine(6)
	require.Empty(t, b.all(voice))
	b.requireCredit(voice, "0.00 USD")
	b.requireCredit(sms, "3000.00 USD")
	t.Run("on a node that does not trace no balance grows", func(t *testing.T) {
		b, sim := evmBundle(t, false)
		b.flat()
		v, s := b.address(voice), b.address(sms)
		b.advance()
		sim.PayDelegated(b.to(v, 100))
		sim.PayReverted(b.to(v, 100))
		sim.PayFailed(b.to(v, 100))
		b.pay(s, 300)
		b.mine(6)
		b.anHour()
		require.Empty(t, b.all(voice))
		b.requireCredit(voice, "0.00 USD")
		b.requireCredit(sms, "3000.00 USD")
	})
}

func peerContractSent(t *testing.T) {
	t.Run("credited by trace", func(t *testing.T) {
		b, sim := evmBundle(t, true)
		b.flat()
		v, s := b.address(voice), b.address(sms)
		b.advance()
		id := sim.PayInternal(b.to(v, 100), b.to(s, 50))
		sim.PayByDestruction(b.to(v, 25))
		b.pay(s, 250)
		b.mine(6)
		require.Len(t, b.all(voice), 2)
		require.Contains(t, []chain.Hash{b.all(voice)[0].TxID, b.all(voice)[1].TxID}, id)
		b.requireCredit(voice, "1250.00 USD")
		b.requireCredit(sms, "3000.00 USD")
		b.anHour()
		require.Empty(t, b.items(voice))
	})
	t.Run("by balance delta", func(t *testing.T) {
		b, sim := evmBundle(t, false)
		b.flat()
		v, s := b.address(voice), b.address(sms)
		b.advance()
		sim.PayInternal(b.to(v, 100))
		b.pay(s, 300)
		b.mine(6)
		require.Empty(t, b.all(voice), "the node does not show it")
		b.anHour()
		require.Len(t, b.items(voice), 1)
		require.Equal(t, payments.HoldUnexplained, b.items(voice)[0].Hold)
		require.Equal(t, "-1.000000000000000000 ETH@ethereum-sim", b.held(ledger.Suspense(sim.Network().ID)))
		b.requireCredit(voice, "0.00 USD")
		b.requireCredit(sms, "3000.00 USD")
		require.NoError(t, b.p.Assign(b.ctx, b.items(voice)[0].Key, voice, clerk))
		b.advance()
		require.Empty(t, b.held(ledger.Suspense(sim.Network().ID)))
		b.requireBalance(voice, "1000.00 USD")
		b.anHour()
		b.requireBalance(voice, "1000.00 USD")
	})
	t.Run("found by a trace after the balance told", func(t *testing.T) {
		b, sim := evmBundle(t, false)
		b.flat()
		v := b.address(voice)
		b.advance()
		b.mine(1)
		id := sim.PayInternal(b.to(v, 100))
		b.mine(6)
		b.anHour()
		require.Len(t, b.items(voice), 1)
		traces := sim.Source("traces")
		b.cfg.Rails[0].Sources = []chain.Source{traces}
		b.restart()
		at, _ := sim.BlockOf(id)
		for range 2 {
			_, err := b.p.Rescan(b.ctx, sim.Network(), at.Height, at.Height+1, false, clerk)
			require.NoError(t, err)
			b.advance()
			b.mine(6)
			require.Empty(t, b.items(voice), "the item is closed: what it stood for was found")
			require.Empty(t, b.held(ledger.Suspense(sim.Network().ID)))
			b.requireBalance(voice, "1000.00 USD")
		}
	})
	t.Run("found by a trace after the item was assigned", func(t *testing.T) {
		b, sim := evmBundle(t, false)
		b.flat()
		v := b.address(voice)
		b.advance()
		b.mine(1)
		id := sim.PayInternal(b.to(v, 100))
		b.mine(6)
		b.anHour()
		require.NoError(t, b.p.Assign(b.ctx, b.items(voice)[0].Key, voice, clerk))
		b.advance()
		b.requireBalance(voice, "1000.00 USD")
		traces := sim.Source("traces")
		b.cfg.Rails[0].Sources = []chain.Source{traces}
		b.restart()
		at, _ := sim.BlockOf(id)
		_, err := b.p.Rescan(b.ctx, sim.Network(), at.Height, at.Height+1, false, clerk)
		require.NoError(t, err)
		b.advance()
		b.mine(6)
		b.requireBalance(voice, "1000.00 USD") // never both
	})
}

// requireBalance demands a balance and books that hold what the chain holds.
func (b *bundle) requireBalance(a payments.Account, balance string) {
	b.Helper()
	require.Equal(b, balance, b.balance(a))
	b.checkBooks()
}
