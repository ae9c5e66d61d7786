package payments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

func TestASecondEngineWatchesTheCoinsOfTheFirst(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	second := b.processor(b.cfg)
	require.NoError(t, second.Advance(b.ctx))
	one := b.pay(to, 100)
	b.mine(1) // recorded by the first
	sim.Sweep([]chain.Outpoint{out(one, 0)}, b.to(cold(sim.Network()), 99))
	sim.Mine(1)
	require.NoError(t, second.Advance(b.ctx))
	b.checkBooks()
	require.Len(t, b.spends(), 1)

	two := b.pay(to, 100)
	sim.Mine(1)
	require.NoError(t, second.Advance(b.ctx))
	sim.Reorg(1, chainsim.Branch{Crowd: 2})
	b.advance() // the first takes the reorganisation
	sim.Sweep([]chain.Outpoint{out(two, 0)}, b.to(cold(sim.Network()), 99))
	sim.Mine(1)
	require.NoError(t, second.Advance(b.ctx))
	b.checkBooks()
	require.Len(t, b.spends(), 2)
}

func TestASecondEngineWatchesCoinsThatTheFirstRecordedOnAnotherBranch(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	b.mine(3)
	second := b.processor(b.cfg)
	sim.Pay(b.to(stranger(sim.Network()), 1)) // something to match at this very tip
	require.NoError(t, second.Advance(b.ctx))
	sim.Reorg(2, chainsim.Branch{Blocks: 1})
	coin := b.pay(to, 100)
	sim.Mine(1) // as high as what the second engine has read
	b.advance()
	require.Equal(t, payments.StateConfirming, b.only(voice).State)
	sim.Sweep([]chain.Outpoint{out(coin, 0)}, b.to(cold(sim.Network()), 99))
	sim.Mine(1)
	require.NoError(t, second.Advance(b.ctx))
	b.checkBooks()
	require.Len(t, b.spends(), 1)
}

func TestASecondEngineWatchesCoinsThatWereSpentBeforeItReadThem(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	second := b.processor(b.cfg)
	require.NoError(t, second.Advance(b.ctx))
	coin := b.pay(to, 100)
	b.mine(3)
	sim.Sweep([]chain.Outpoint{out(coin, 0)}, b.to(cold(sim.Network()), 99))
	b.mine(1) // the first engine recorded both
	sim.Pay(b.to(stranger(sim.Network()), 1))
	require.NoError(t, second.Advance(b.ctx))
	sim.Reorg(1, chainsim.Branch{Crowd: 1}) // the sweep again, in the step that detaches it
	require.NoError(t, second.Advance(b.ctx))
	b.checkBooks()
	require.Equal(t, "0.99000000 BTC@bitcoin-regtest", b.places()["cold"])
}
