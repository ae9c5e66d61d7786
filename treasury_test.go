package cointill_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

// What a treasury's coins pay to a customer's address is nobody's payment, in each
// store and as each node tells it, across restarts and reorganisations.
func TestATreasurysCoinsAreNobodysPayment(t *testing.T) {
	faces := map[string]func(*chainsim.UTXO) http.Handler{
		"Bitcoin Core": func(s *chainsim.UTXO) http.Handler { return s.Core() },
		"btcd":         func(s *chainsim.UTXO) http.Handler { return s.Btcd() },
	}
	for store, open := range stores {
		for node, face := range faces {
			t.Run(node+" in "+store, func(t *testing.T) {
				var sim *chainsim.UTXO
				bitcoin := rail{"BTC", "BTC", func(s *stack) (chain.Network, http.Handler) {
					sim = chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: s.clock})
					s.mine = func() { sim.Mine(1) }
					return sim.Network(), face(sim)
				}}
				onRail(t, bitcoin, open, func(s *stack) { treasuryPays(s, sim) })
			})
		}
	}
}

func treasuryPays(s *stack, sim *chainsim.UTXO) {
	cold := chainsim.Address(sim.Network(), 900)
	s.cfg.Rails[0].Treasury = []payments.Treasury{{Name: "cold", Address: cold}}
	s.restart()
	customer, change := s.address(voice).Address, s.address(sms).Address
	s.blocks(1)
	coin := func(id chain.Hash) chain.Outpoint { return chain.Outpoint{TxID: id} }
	sum := func(to chain.Address, coins string) chainsim.Payment {
		return chainsim.Payment{To: to, Amount: s.coins(coins)}
	}
	state := func() payments.DepositState {
		all, err := s.p.Deposits(s.Context(), sms, payments.DepositKey{}, 10)
		require.NoError(s, err)
		require.Len(s, all, 1)
		return all[0].State
	}
	paid := sim.Pay(sum(customer, "3"))
	s.blocks(6)
	swept := sim.Sweep([]chain.Outpoint{coin(paid)}, sum(cold, "2.99"))
	s.blocks(2)
	s.restart()
	out := sim.Sweep([]chain.Outpoint{coin(swept)}, sum(change, "2.98"))
	s.blocks(1)
	require.Equal(s, payments.StateInternal, state())

	s.restart()
	sim.Reorg(3, chainsim.Branch{Later: []chain.Hash{swept}}) // and what spends it
	require.NoError(s, s.p.Advance(s.Context()))
	require.Equal(s, payments.StateOrphaned, state())
	s.restart()
	sim.MineTx(swept)
	s.blocks(1)
	s.restart()
	s.blocks(7)
	require.Equal(s, payments.StateInternal, state())
	require.Equal(s, "0.00 USD", s.balance(sms))
	require.Equal(s, "3000.00 USD", s.balance(voice))
	at, mined := sim.BlockOf(out)
	require.True(s, mined)
	report, err := s.p.Rescan(s.Context(), sim.Network(), 1, at.Height, true, payments.Actor{ID: "ops", Reason: "a look"})
	require.NoError(s, err)
	require.Empty(s, report.Missing)
	require.Empty(s, report.NotShown)
	require.Empty(s, report.MissingSpends)
	require.Empty(s, report.SpendsNotShown)
}
