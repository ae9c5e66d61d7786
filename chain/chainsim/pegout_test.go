package chainsim_test

import (
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/stretchr/testify/require"
)

func newLitecoin() *chainsim.UTXO { return chainsim.NewUTXO(chain.Litecoin, chainsim.Options{}) }

func TestAPaymentOutOfMWEBIsAnOutputOfTheHogEx(t *testing.T) {
	c := newLitecoin()
	n := c.Network()
	c.Pay(pay(n, 1, 0, 3))
	c.PegOut(pay(n, 0, 0, 5), pay(n, 0, 0, 7))
	require.Len(t, c.Pending(), 1, "nobody sees it before")
	at := c.Mine(1)[0]
	found := scan(t, c.Source("a"))
	require.Len(t, found.Transfers, 3)
	first, second := found.Transfers[1], found.Transfers[2]
	require.Equal(t, first.TxID.String()+":1", first.ID)
	require.Equal(t, first.TxID.String()+":2", second.ID)
	require.Equal(t, chain.OriginPegOut, first.Origin)
	require.Equal(t, at, second.Block)
	require.Len(t, first.Inputs, 1)
	c.Mine(1)
	require.Len(t, scan(t, c.Source("a")).Transfers, 3)
}

func TestAPegOutIsMinedAgainUnderAnotherID(t *testing.T) {
	c := newLitecoin()
	n := c.Network()
	c.PegOut(pay(n, 0, 0, 5))
	c.Mine(1)
	first := scan(t, c.Source("a")).Transfers[0]
	sweep := c.Spend([]chain.Outpoint{{TxID: first.TxID, Vout: 1}}, pay(n, 99, 0, 4))
	c.Mine(1)

	c.Reorg(2, chainsim.Branch{})
	again := scan(t, c.Source("a")).Transfers
	require.Len(t, again, 1)
	require.NotEqual(t, first.TxID, again[0].TxID)
	require.Equal(t, first.Amount, again[0].Amount)
	_, mined := c.BlockOf(sweep)
	require.False(t, mined, "what it spends is gone")
	require.Empty(t, c.Pending())

	c.Reorg(3, chainsim.Branch{Later: []chain.Hash{again[0].TxID}})
	require.Empty(t, scan(t, c.Source("a")).Transfers)
	c.Mine(1)
	later := scan(t, c.Source("a")).Transfers
	require.Len(t, later, 1)
	c.Reorg(1, chainsim.Branch{Vanish: []chain.Hash{later[0].TxID}})
	c.Mine(3)
	require.Empty(t, scan(t, c.Source("a")).Transfers)
}

func TestNetworksWithoutMWEBHaveNoPegOuts(t *testing.T) {
	c := newBitcoin()
	requireMisuse(t, "PegOut", func() { c.PegOut(pay(c.Network(), 0, 0, 5)) })
	requireMisuse(t, "PegOut", func() { newLitecoin().PegOut() })
}

func TestASpendOfNewlyMinedCoinsGoesWithTheirBlock(t *testing.T) {
	c := newBitcoin()
	n := c.Network()
	c.MineTo(chainsim.Address(n, 0))
	coins := chain.Outpoint{TxID: scan(t, c.Source("a")).Transfers[0].TxID}
	c.Spend([]chain.Outpoint{coins}, pay(n, 1, 0, 4))
	c.Reorg(1, chainsim.Branch{})
	require.Empty(t, c.Pending())
}
