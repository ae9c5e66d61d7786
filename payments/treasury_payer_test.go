package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

func TestWhoMerelyPaysATreasuryTooIsStillCredited(t *testing.T) {
	for name, mined := range map[string]bool{"each mined first": true, "all in the mempool": false} {
		t.Run(name, func(t *testing.T) {
			b, sim := utxoBundle(t)
			b.address(voice)
			to, other := b.address(sms), b.address(voice)
			b.advance()
			next := func() {
				if b.advance(); mined {
					b.mine(1)
				}
			}
			// One transaction pays a customer's address, the treasury, and the payer's change.
			both := b.sim.Pay(b.to(to, 100), b.to(cold(sim.Network()), 7), b.to(stranger(sim.Network()), 300))
			next()
			// The change is spent, and its change again: outpoints beside the treasury's.
			more := sim.Sweep([]chain.Outpoint{out(both, 2)}, b.to(to, 50), b.to(cold(sim.Network()), 1), b.to(stranger(sim.Network()), 200))
			next()
			last := sim.Sweep([]chain.Outpoint{out(more, 2)}, b.to(other, 40), b.to(stranger(sim.Network()), 9))
			next()
			b.restart()
			// An outpoint that is not there, of a transaction that paid the treasury.
			fake := sim.Sweep([]chain.Outpoint{out(both, 3)}, b.to(other, 60))
			b.mine(8)
			b.checkBooks()
			for id, n := range map[chain.Hash]int{both: 1, more: 1, last: 1, fake: 1} {
				f := b.asks(id, payments.TxCredited)
				require.Len(t, f.Deposits, n)
				require.Empty(t, f.Spends)
				require.Empty(t, f.Unrecorded)
			}
			require.Empty(t, b.spends())
			require.Equal(t, map[string]string{"deposits": "2.50000000 BTC@bitcoin-regtest", "cold": "", "fee": "", "outflow": ""}, b.places())
		})
	}
}

// The treasury's coin is mined in a block that is followed only after the look at the
// mempool that finds what spends it.
func TestATreasurysCoinMinedJustBeforeTheMempoolIsLookedAt(t *testing.T) {
	b, sim := utxoBundle(t)
	b.address(voice)
	to := b.address(sms)
	b.advance()
	coin := out(b.pay(cold(sim.Network()), 299), 0)
	b.advance()
	node := b.source("a").(forgetful)
	b.cfg.Rails[0].Sources = []chain.Source{node}
	b.restart()
	b.advance()
	mined := false
	node.Intercept(func(method string) error {
		if method == "Mempool" && !mined {
			mined = true
			sim.MineTx(coin.TxID)
			sim.Sweep([]chain.Outpoint{coin}, b.to(to, 298))
		}
		return nil
	})
	b.advance()
	require.True(t, mined)
	all, err := b.p.Deposits(b.ctx, sms, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Empty(t, all)
	b.mine(8)
	b.nobodyWasPaid()
	require.NotContains(t, b.events.kinds(b.only(sms).Key.String()), payments.EventDepositSeen)
}

func TestAStepOfManyCoinsOfATreasuryAsksTheStoreNoMoreOften(t *testing.T) {
	calls := func(n int) int {
		b, sim := utxoBundle(t)
		to := b.address(sms)
		store := &countingStore{Store: b.store}
		b.cfg.Store = store
		b.restart()
		b.advance()
		var coins []chain.Outpoint
		for range n {
			coins = append(coins, out(b.pay(cold(sim.Network()), 2), 0))
		}
		sim.Mine(1)
		store.calls = 0
		b.advance()
		sim.Sweep(coins, b.to(to, int64(n)), b.to(cold(sim.Network()), int64(n)))
		sim.Mine(1)
		b.advance()
		did := store.calls
		b.mine(6)
		b.nobodyWasPaid()
		return did
	}
	require.Equal(t, calls(1), calls(300))
}
