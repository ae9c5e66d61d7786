package chainsim_test

import (
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/stretchr/testify/require"
)

func inspect(t testing.TB, s chain.Inspector, n chain.Network, id chain.Hash) chain.Inspection {
	t.Helper()
	w := chain.NewWatched()
	for i := range 10 {
		w.AddAddress(chainsim.Address(n, i))
	}
	in, err := s.Inspect(t.Context(), id, w)
	require.NoError(t, err)
	return in
}

func TestInspectionFollowsATransactionIntoItsBlock(t *testing.T) {
	btc, eth := newBitcoin(), newEthereum()
	for name, c := range map[string]struct {
		*chainsim.Chain
		source chain.Inspector
	}{"utxo": {btc.Chain, btc.Source("a")}, "evm": {eth.Chain, eth.Source("a")}} {
		t.Run(name, func(t *testing.T) {
			n := c.Network()
			_, err := c.source.Inspect(t.Context(), chain.Hash{1}, chain.NewWatched())
			require.ErrorIs(t, err, chain.ErrNotFound)
			id := c.Pay(pay(n, 0, 0, 5))
			in := inspect(t, c.source, n, id)
			require.Equal(t, chain.TxUnmined, in.State)
			require.True(t, in.Block.IsZero())
			require.Len(t, in.Found.Transfers, 1)
			at := c.Mine(1)[0]
			in = inspect(t, c.source, n, id)
			require.Equal(t, chain.TxMined, in.State)
			require.Equal(t, at, in.Block)
			require.Equal(t, at, in.Found.Transfers[0].Block)
			require.Contains(t, in.Recipients, chainsim.Address(n, 0))
			require.Zero(t, in.Contract)
			require.Empty(t, in.Unlisted)
		})
	}
}

func TestInspectionOfAFailedTransactionFindsNoTransfer(t *testing.T) {
	c := newEthereum()
	id := c.PayFailed(pay(c.Network(), 0, 0, 5))
	c.Mine(1)
	in := inspect(t, c.Source("a"), c.Network(), id)
	require.Equal(t, chain.TxFailed, in.State)
	require.Empty(t, in.Found.Transfers)
	require.Empty(t, in.Recipients)
}

func TestInspectionNamesTheContractThatWasSentCoins(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	usdt := n.Tokens[1]
	native := c.Pay(chainsim.Payment{To: usdt.Contract, Amount: pay(n, 0, 0, 5).Amount})
	token := c.Pay(chainsim.Payment{To: usdt.Contract, Amount: pay(n, 0, 2, 5).Amount})
	require.Equal(t, usdt, inspect(t, c.Source("a"), n, native).Contract)
	require.Equal(t, usdt, inspect(t, c.Source("a"), n, token).Contract, "the call says so")
	c.Mine(1)
	require.Equal(t, usdt, inspect(t, c.Source("a"), n, native).Contract)
	require.Equal(t, usdt, inspect(t, c.Source("a"), n, token).Contract)
}

func TestInspectionNamesAnUnlistedToken(t *testing.T) {
	c := newEthereum()
	id := c.PayForeign(pay(c.Network(), 0, 1, 5))
	c.Mine(1)
	in := inspect(t, c.Source("a"), c.Network(), id)
	require.Empty(t, in.Found.Transfers)
	require.Len(t, in.Unlisted, 1)
	require.Equal(t, chainsim.Address(c.Network(), 0), in.Unlisted[0].To)
	require.NotZero(t, in.Unlisted[0].Contract)
}

func TestTokensThatAreKnownButNotAcceptedAreReadToo(t *testing.T) {
	n := chain.Ethereum
	weth := chain.Token{Asset: n.Native, Contract: chainsim.Address(n, 1000)}
	weth.Asset.Coin = "WETH"
	n.Unaccepted = []chain.Token{weth}
	c := chainsim.NewEVM(n, chainsim.Options{})
	p := pay(n, 0, 0, 5)
	p.Amount = moneyOf(weth, 5)
	c.Pay(p)
	c.Mine(1)
	found := scan(t, c.Source("a"))
	require.Len(t, found.Transfers, 1)
	require.Equal(t, weth.Asset, found.Transfers[0].Amount.Asset())
}
