package chainsim_test

import (
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/stretchr/testify/require"
)

func TestALyingNodeOmitsAPaymentUnderTheSameBlockHash(t *testing.T) {
	c := newEthereum()
	id := c.Pay(pay(c.Network(), 0, 1, 5))
	c.Pay(pay(c.Network(), 1, 1, 6))
	at := c.Mine(1)[0]
	honest, liar := c.Source("honest"), c.Source("liar")
	liar.Omit(id)
	head, err := liar.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, at, head.Anchor)
	require.Len(t, scan(t, honest).Transfers, 2)
	require.Len(t, scan(t, liar).Transfers, 1)
	_, err = liar.Inspect(t.Context(), id, chain.NewWatched())
	require.ErrorIs(t, err, chain.ErrNotFound)

	face := c.Geth()
	face.Omit(id)
	require.Len(t, logsOf(t, face, map[string]any{"blockHash": "0x" + at.Hash.String()}), 1)
	liar.Omit()
	require.Equal(t, scan(t, honest), scan(t, liar))
}

func TestANodeOnABranchOfItsOwnAgreesOnNoHash(t *testing.T) {
	for name, c := range map[string]interface {
		Source(string) *chainsim.Source
		Chain() *chainsim.Chain
	}{"utxo": utxoChain{newBitcoin()}, "litecoin": utxoChain{newLitecoin()}, "evm": evmChain{newEthereum()}} {
		t.Run(name, func(t *testing.T) {
			all := c.Chain()
			all.Pay(pay(all.Network(), 0, 0, 5))
			blocks := all.Mine(3)
			s := c.Source("own")
			s.Diverge(2)
			at := func(height uint64) chain.Anchor {
				a, err := s.AnchorAt(t.Context(), height)
				require.NoError(t, err)
				return a
			}
			require.Equal(t, blocks[0], at(1))
			require.NotEqual(t, blocks[1].Hash, at(2).Hash)
			own := at(3)
			next := all.Mine(1)[0]
			require.Equal(t, own.Hash, at(4).Parent, "it grows with the chain")
			require.NotEqual(t, next.Hash, at(4).Hash)
			requireLinked(t, []chain.Anchor{at(0), at(1), at(2), at(3), at(4)})
			all.Reorg(2, chainsim.Branch{})
			requireLinked(t, []chain.Anchor{at(0), at(1), at(2), at(3), at(4), at(5)})
			s.Rejoin()
			require.Equal(t, all.Head(), at(5))
			requireMisuse(t, "Diverge", func() { s.Diverge(9) })
		})
	}
}

type utxoChain struct{ c *chainsim.UTXO }

func (u utxoChain) Source(name string) *chainsim.Source { return u.c.Source(name).Source }
func (u utxoChain) Chain() *chainsim.Chain              { return u.c.Chain }

type evmChain struct{ c *chainsim.EVM }

func (e evmChain) Source(name string) *chainsim.Source { return e.c.Source(name).Source }
func (e evmChain) Chain() *chainsim.Chain              { return e.c.Chain }

func TestADivergedNodeStillHasTheTransactions(t *testing.T) {
	c := newEthereum()
	c.Pay(pay(c.Network(), 0, 1, 5))
	c.Mine(1)
	s := c.Source("own")
	s.Diverge(1)
	found := scan(t, s)
	require.Equal(t, ids(scan(t, c.Source("a"))), ids(found))
	require.NotEqual(t, c.Head(), found.Transfers[0].Block)
	require.EqualValues(t, 0, balance(t, s, found.Transfers[0].Block, chainsim.Address(c.Network(), 0)).Int64())
	_, err := s.Balances(t.Context(), c.Head(), nil)
	require.ErrorIs(t, err, chain.ErrUnavailable, "it never saw the others' block")
}

func TestAPrunedNodeHasNoOldBlocksAndNoOldStates(t *testing.T) {
	btc, eth := newBitcoin(), newEthereum()
	old := btc.Mine(5)[0].Hash.String()
	src, core := btc.Source("pruned"), btc.Core()
	src.Prune(2)
	core.Prune(2)
	_, err := src.Linked(t.Context(), 3, 5)
	require.ErrorIs(t, err, chain.ErrUnavailable)
	_, err = src.Linked(t.Context(), 4, 5)
	require.NoError(t, err)
	require.Equal(t, "Block not available (pruned data)", complaint(t, core, "getblock", old, 0).Message)
	require.Zero(t, ask(t, core, nil, "getblockheader", old))

	n := eth.Network()
	eth.PayInternal(pay(n, 0, 0, 5))
	at := eth.Mine(5)[0]
	node, geth := eth.Source("pruned"), eth.Geth()
	node.Prune(2)
	geth.Prune(2)
	found := scan(t, node)
	require.False(t, found.Internal)
	require.Empty(t, found.Transfers)
	_, err = node.Balances(t.Context(), at, nil)
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.EqualValues(t, 5, balance(t, node, eth.Head(), chainsim.Address(n, 0)).Int64())
	require.Equal(t, -32000, ask(t, geth, nil, "debug_traceBlockByHash", "0x"+at.Hash.String()))
	require.Equal(t, -32000, ask(t, geth, nil, "eth_getBalance", hexOf(chainsim.Address(n, 0)), "0x1"))
	require.Zero(t, ask(t, geth, nil, "eth_getBalance", hexOf(chainsim.Address(n, 0)), "latest"))
	requireMisuse(t, "Prune", func() { node.Prune(-1) })
}

func TestALaggingIndexHasNoLogsWhereTheBloomFilterHasSome(t *testing.T) {
	c := newEthereum()
	c.Pay(pay(c.Network(), 0, 1, 5))
	at := c.Mine(1)[0]
	g := c.Geth()
	filter := map[string]any{"blockHash": "0x" + at.Hash.String()}
	require.Len(t, logsOf(t, g, filter), 1)
	g.HideLogs(true)
	require.Empty(t, logsOf(t, g, filter))
	var receipts []struct{ Logs []any }
	require.Zero(t, ask(t, g, &receipts, "eth_getBlockReceipts", "0x"+at.Hash.String()))
	require.Len(t, receipts[0].Logs, 1)
}

func TestANodeOnABranchOfItsOwnMayLackAPayment(t *testing.T) {
	c := newBitcoin()
	id := c.Pay(pay(c.Network(), 0, 0, 5))
	c.Pay(pay(c.Network(), 1, 0, 6))
	c.Mine(2)
	s := c.Source("own")
	s.Diverge(2)
	require.Len(t, scan(t, s).Transfers, 2)
	s.Omit(id)
	found := scan(t, s)
	require.Len(t, found.Transfers, 1)
	require.Equal(t, chainsim.Address(c.Network(), 1), found.Transfers[0].To)
	other := c.Source("another")
	other.Diverge(2)
	require.NotEqual(t, found.Transfers[0].Block, scan(t, other).Transfers[0].Block, "each has a branch of its own")
}
