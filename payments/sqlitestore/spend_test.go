package sqlitestore_test

import (
	"context"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// madeUpWallet derives addresses whose keys nobody has.
type madeUpWallet struct{ network chain.Network }

func (w madeUpWallet) Family() chain.Family               { return w.network.Family }
func (w madeUpWallet) Fingerprint() string                { return "made up " + string(w.network.Family) }
func (w madeUpWallet) VerifyControl(string, string) error { return nil }
func (w madeUpWallet) Leaves(from uint32, n int) (out []chain.Leaf, err error) {
	for i := range n {
		a := chainsim.Address(w.network, int(from)+i)
		out = append(out, chain.Leaf{Index: from + uint32(i), Address: a, Text: fmt.Sprint("address ", int(from)+i)})
	}
	return out, nil
}

// shop is an engine on a store, with both kinds of network and a clock.
type shop struct {
	*testing.T
	store interface {
		payments.Store
		Dump(context.Context) (string, error)
	}
	now     time.Time
	utxo    *chainsim.UTXO
	evm     *chainsim.EVM
	p       *payments.Processor
	deposit map[string]chain.Address // by network
}

func newShop(t *testing.T, store interface {
	payments.Store
	Dump(context.Context) (string, error)
}) *shop {
	s := &shop{T: t, store: store, now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), deposit: map[string]chain.Address{}}
	clock := func() time.Time { return s.now }
	eth := chain.Ethereum
	eth.Test = true
	s.utxo = chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: clock})
	s.evm = chainsim.NewEVM(eth, chainsim.Options{Now: clock, FinalLag: 8})
	node := s.evm.Source("node")
	node.Trace(false)
	fixed, err := rates.NewFixed(map[string]string{"BTC/USD": "50000", "ETH/USD": "3000"}, clock)
	require.NoError(t, err)
	rail := func(n chain.Network, source chain.Source) payments.Rail {
		return payments.Rail{Network: n, Sources: []chain.Source{source}, Wallet: madeUpWallet{n}, UnprovedKey: true,
			Treasury: []payments.Treasury{{Name: "cold", Address: chainsim.Address(n, 900)}}, Breaker: 100}
	}
	s.p, err = payments.New(payments.Config{Store: store, Rates: fixed, Now: clock, Rails: []payments.Rail{
		rail(s.utxo.Network(), s.utxo.Source("node")), rail(s.evm.Network(), node)}})
	require.NoError(t, err)
	for _, n := range []chain.Network{s.utxo.Network(), s.evm.Network()} {
		a, err := s.p.DepositAddress(t.Context(), payments.Account{Profile: "acme", Name: "voice"}, n)
		require.NoError(t, err)
		s.deposit[n.ID] = a.Address
	}
	s.mine(3)
	return s
}

func (s *shop) mine(n int) {
	s.Helper()
	s.now = s.now.Add(20 * time.Second)
	s.utxo.Mine(n)
	s.evm.Mine(n)
	require.NoError(s, s.p.Advance(s.Context()))
	require.NoError(s, s.p.Advance(s.Context()))
}

// pay is a number of hundredths of the native coin.
func pay(n chain.Network, to chain.Address, hundredths int64) chainsim.Payment {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n.Native.Decimals)-2), nil)
	return chainsim.Payment{To: to, Amount: money.NewAmount(n.Native, unit.Mul(unit, big.NewInt(hundredths)))}
}

// Sweeps, gas, change, reorganisations, open items and what an operator assigns
// leave the same rows in SQL and in memory.
func TestStore_everythingThatLeavesAndWhatNothingExplainsEndsAsInMemory(t *testing.T) {
	onFile, _ := openFile(t)
	shops := []*shop{newShop(t, onFile), newShop(t, memstore.New())}
	for _, s := range shops {
		btc, eth := s.utxo.Network(), s.evm.Network()
		ours, wallet := s.deposit[btc.ID], s.deposit[eth.ID]
		cold := func(n chain.Network) chain.Address { return chainsim.Address(n, 900) }
		coin := s.utxo.Pay(pay(btc, ours, 300))
		lost := s.utxo.Pay(pay(btc, chainsim.Address(btc, 5), 100)) // a leaf nobody owns
		s.evm.Pay(pay(eth, wallet, 500))
		s.mine(7)
		sweep := s.utxo.Sweep([]chain.Outpoint{{TxID: coin}, {TxID: lost}}, pay(btc, cold(btc), 200), pay(btc, ours, 199))
		out := s.evm.Send(wallet, pay(eth, cold(eth), 300))
		s.evm.Send(cold(eth), pay(eth, wallet, 2))
		s.evm.PayInternal(pay(eth, wallet, 70))
		s.mine(1)
		s.utxo.Reorg(1, chainsim.Branch{Later: []chain.Hash{sweep}})
		s.evm.Reorg(1, chainsim.Branch{Later: []chain.Hash{out}})
		s.mine(1)
		s.utxo.Sweep([]chain.Outpoint{{TxID: sweep, Vout: 1}}, pay(btc, chainsim.Address(btc, 901), 198))
		s.mine(310)
		health, err := s.p.Health(t.Context())
		require.NoError(t, err)
		require.Len(t, health.Held, 2, "the leaf nobody owns and what a contract paid")
		for _, d := range health.Held {
			require.NoError(t, s.p.Assign(t.Context(), d.Key, payments.Account{Profile: "acme", Name: "sms"}, payments.Actor{ID: "clerk", Reason: "a call"}))
		}
		s.mine(1)
		balance, err := s.p.Balance(t.Context(), payments.Account{Profile: "acme", Name: "sms"})
		require.NoError(t, err)
		require.Equal(t, "52100.00 USD", balance.String())
	}
	want, err := shops[1].store.Dump(t.Context())
	require.NoError(t, err)
	got, err := shops[0].store.Dump(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, got)
}
