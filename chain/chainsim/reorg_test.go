package chainsim_test

import (
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/stretchr/testify/require"
)

func TestReorgMinesEachTransactionAgainAtItsHeight(t *testing.T) {
	c := newBitcoin()
	c.Pay(pay(c.Network(), 0, 0, 5))
	c.Mine(1)
	c.Pay(pay(c.Network(), 1, 0, 6))
	c.Mine(1)
	before := scan(t, c.Source("a"))
	old := c.Head()

	branch := c.Reorg(2, chainsim.Branch{})

	require.Len(t, branch, 3)
	require.NotContains(t, branch, old)
	after := scan(t, c.Source("a"))
	require.Equal(t, ids(before), ids(after))
	require.Equal(t, branch[0], after.Transfers[0].Block)
	require.Equal(t, branch[1], after.Transfers[1].Block)
}

func TestReorgKeepsIDsWhenPositionsMove(t *testing.T) {
	eth := newEthereum()
	n := eth.Network()
	eth.Pay(pay(n, 0, 1, 5), pay(n, 0, 0, 7), pay(n, 0, 0, 8), pay(n, 1, 2, 6))
	eth.Pay(pay(n, 2, 1, 5))
	eth.Mine(1)
	before := ids(scan(t, eth.Source("a")))
	require.Len(t, before, 5)

	eth.Reorg(1, chainsim.Branch{Crowd: 3, Reverse: true})

	after := ids(scan(t, eth.Source("a")))
	require.ElementsMatch(t, before, after)
	require.NotEqual(t, before, after, "the order of the block is reversed")
}

func TestReorgVanishLaterAndReplace(t *testing.T) {
	for name, c := range map[string]*chainsim.Chain{"utxo": newBitcoin().Chain, "evm": newEthereum().Chain} {
		t.Run(name, func(t *testing.T) {
			n := c.Network()
			gone, later, replaced := c.Pay(pay(n, 0, 0, 1)), c.Pay(pay(n, 1, 0, 2)), c.Pay(pay(n, 2, 0, 3))
			c.Mine(2)

			c.Reorg(2, chainsim.Branch{
				Vanish:  []chain.Hash{gone},
				Later:   []chain.Hash{later},
				Replace: map[chain.Hash][]chainsim.Payment{replaced: {pay(n, 3, 0, 3)}},
			})

			require.Equal(t, []chain.Hash{later}, c.Pending())
			for _, id := range []chain.Hash{gone, later, replaced} {
				_, mined := c.BlockOf(id)
				require.False(t, mined)
			}
			c.Resend(gone)
			require.Equal(t, []chain.Hash{later, gone}, c.Pending())
			requireMisuse(t, "Resend", func() { c.Resend(replaced) })
		})
	}
}

func TestShortBranchMakesTheHeadGoBack(t *testing.T) {
	c := newBitcoin()
	c.Mine(3)
	id := c.Pay(pay(c.Network(), 0, 0, 1))
	c.Mine(1)
	c.Reorg(3, chainsim.Branch{Blocks: 1})
	require.EqualValues(t, 2, c.Head().Height)
	require.Equal(t, []chain.Hash{id}, c.Pending())
}

func TestRewindGivesTransactionsBackInOrder(t *testing.T) {
	c := newEthereum()
	a := c.Pay(pay(c.Network(), 0, 0, 1))
	c.Mine(1)
	b := c.Pay(pay(c.Network(), 0, 0, 1))
	c.Mine(1)
	x := c.Pay(pay(c.Network(), 0, 0, 1))
	c.Rewind(2)
	require.Equal(t, []chain.Hash{a, b, x}, c.Pending())
	require.EqualValues(t, 0, c.Head().Height)
}

func TestReorgBelowFinalLowersTheFinalHeight(t *testing.T) {
	c := newEthereum()
	c.Mine(5)
	c.Finalize(4)
	c.Reorg(3, chainsim.Branch{})
	head, err := c.Source("a").Head(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, head.Final)
}
