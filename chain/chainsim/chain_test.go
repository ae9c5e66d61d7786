package chainsim_test

import (
	"testing"
	"time"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments/money"
	"github.com/stretchr/testify/require"
)

func newBitcoin() *chainsim.UTXO {
	return chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
}

func newEthereum() *chainsim.EVM { return chainsim.NewEVM(chain.Ethereum, chainsim.Options{}) }

// pay returns a payment of units of the network's n-th asset to its i-th
// made-up address.
func pay(n chain.Network, i int, asset int, units int64) chainsim.Payment {
	return chainsim.Payment{To: chainsim.Address(n, i), Amount: money.Units(n.Assets()[asset], units)}
}

// scan returns all that a source has for the first made-up addresses.
func scan(t testing.TB, s chain.Source) chain.Found {
	t.Helper()
	head, err := s.Head(t.Context())
	require.NoError(t, err)
	run, err := s.Linked(t.Context(), 0, head.Height)
	require.NoError(t, err)
	requireLinked(t, run.Anchors())
	return match(t, s.Network(), run)
}

func match(t testing.TB, n chain.Network, run chain.Run, outpoints ...chain.Outpoint) chain.Found {
	t.Helper()
	w := chain.NewWatched()
	for i := range 10 {
		w.AddAddress(chainsim.Address(n, i))
	}
	w.SetOutpoints(outpoints)
	found, err := run.Match(t.Context(), w)
	require.NoError(t, err)
	return found
}

func requireLinked(t testing.TB, anchors []chain.Anchor) {
	t.Helper()
	for i := 1; i < len(anchors); i++ {
		require.Equal(t, anchors[i-1].Hash, anchors[i].Parent)
		require.Equal(t, anchors[i-1].Height+1, anchors[i].Height)
		require.False(t, anchors[i].Time.Before(anchors[i-1].Time))
	}
}

func ids(f chain.Found) []string {
	out := []string{}
	for _, t := range f.Transfers {
		out = append(out, t.ID)
	}
	return out
}

func requireMisuse(t *testing.T, act string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		err, ok := recover().(*chainsim.MisuseError)
		require.True(t, ok, "wants a *MisuseError")
		require.Equal(t, act, err.Act)
		require.Contains(t, err.Error(), "chainsim: "+act+": ")
	}()
	f()
}

func TestFirstBlockTakesTheMempoolAndOthersAreEmpty(t *testing.T) {
	for name, c := range map[string]*chainsim.Chain{"utxo": newBitcoin().Chain, "evm": newEthereum().Chain} {
		t.Run(name, func(t *testing.T) {
			id := c.Pay(pay(c.Network(), 0, 0, 5))
			require.Equal(t, []chain.Hash{id}, c.Pending())
			blocks := c.Mine(3)
			require.Empty(t, c.Pending())
			in, ok := c.BlockOf(id)
			require.True(t, ok)
			require.Equal(t, blocks[0], in)
			require.Equal(t, blocks[2], c.Head())
		})
	}
}

func TestSameActsMakeTheSameChain(t *testing.T) {
	run := func() chain.Anchor {
		c := newEthereum()
		c.Pay(pay(c.Network(), 0, 1, 5), pay(c.Network(), 1, 0, 5))
		c.Mine(2)
		c.Reorg(1, chainsim.Branch{Crowd: 2})
		return c.Head()
	}
	require.Equal(t, run(), run())
}

func TestBlockTimesComeFromTheClockGivenAndNeverGoBack(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 7, time.UTC)
	c := chainsim.NewEVM(chain.Ethereum, chainsim.Options{Now: func() time.Time { return now }})
	require.Equal(t, now.Truncate(time.Second), c.Mine(1)[0].Time)
	now = now.Add(-time.Hour)
	require.Equal(t, now.Add(time.Hour).Truncate(time.Second), c.Mine(1)[0].Time)
}

func TestBlockTimesWithoutAClockFollowTheHeight(t *testing.T) {
	c := newEthereum()
	start := c.Head().Time
	require.Equal(t, start.Add(36*time.Second), c.Mine(3)[2].Time)
}

func TestMineTxLeavesTheRestUnmined(t *testing.T) {
	c := newBitcoin()
	a, b := c.Pay(pay(c.Network(), 0, 0, 5)), c.Pay(pay(c.Network(), 1, 0, 5))
	c.MineTx()
	require.Equal(t, []chain.Hash{a, b}, c.Pending())
	c.MineTx(b)
	require.Equal(t, []chain.Hash{a}, c.Pending())
	requireMisuse(t, "MineTx", func() { c.MineTx(b) })
}

func TestReplaceAndFeeBumpTakeThePlaceOfTheOldOne(t *testing.T) {
	for name, c := range map[string]*chainsim.Chain{"utxo": newBitcoin().Chain, "evm": newEthereum().Chain} {
		t.Run(name, func(t *testing.T) {
			first := c.Pay(pay(c.Network(), 0, 0, 5))
			bumped := c.FeeBump(first)
			require.NotEqual(t, first, bumped)
			require.Equal(t, []chain.Hash{bumped}, c.Pending())
			other := c.Replace(bumped, pay(c.Network(), 1, 0, 5))
			require.Equal(t, []chain.Hash{other}, c.Pending())
			requireMisuse(t, "FeeBump", func() { c.FeeBump(first) })

			c.MineTx(first) // a miner prefers the first after all
			require.Empty(t, c.Pending())
			requireMisuse(t, "Resend", func() { c.Resend(other) })
			c.Rewind(1)
			require.Equal(t, []chain.Hash{first}, c.Pending())
			c.Resend(other)
			require.Equal(t, []chain.Hash{other}, c.Pending())
		})
	}
}

func TestDroppedTransactionComesBackWhenSentAgain(t *testing.T) {
	c := newBitcoin()
	id := c.Pay(pay(c.Network(), 0, 0, 5))
	c.Drop(id)
	require.Empty(t, c.Pending())
	c.Resend(id)
	c.Resend(id)
	require.Equal(t, []chain.Hash{id}, c.Pending())
}

func TestDescendantsLeaveWithTheirParent(t *testing.T) {
	c := newBitcoin()
	parent := c.Pay(pay(c.Network(), 0, 0, 5))
	child := c.Spend([]chain.Outpoint{{TxID: parent}}, pay(c.Network(), 1, 0, 4))
	require.Equal(t, []chain.Hash{parent, child}, c.Pending())
	c.Replace(parent, pay(c.Network(), 2, 0, 5))
	require.NotContains(t, c.Pending(), child)
}

func TestNonsenseIsRefused(t *testing.T) {
	btc, eth := newBitcoin(), newEthereum()
	requireMisuse(t, "NewUTXO", func() { chainsim.NewUTXO(chain.Ethereum, chainsim.Options{}) })
	requireMisuse(t, "NewEVM", func() { chainsim.NewEVM(chain.Bitcoin, chainsim.Options{}) })
	requireMisuse(t, "Pay", func() { btc.Pay(pay(eth.Network(), 0, 0, 1)) })
	requireMisuse(t, "Pay", func() { btc.Pay(pay(btc.Network(), 0, 0, -1)) })
	requireMisuse(t, "Pay", func() { btc.Pay(chainsim.Payment{Amount: money.Units(btc.Network().Native, 1)}) })
	requireMisuse(t, "Pay", func() { eth.Pay(pay(btc.Network(), 0, 0, 1)) })
	requireMisuse(t, "Pay", func() { eth.Pay(pay(eth.Network(), 0, 0, -1)) })
	requireMisuse(t, "Mine", func() { btc.Mine(0) })
	requireMisuse(t, "Reorg", func() { btc.Reorg(1, chainsim.Branch{}) })
	requireMisuse(t, "Rewind", func() { btc.Rewind(0) })
	requireMisuse(t, "Drop", func() { btc.Drop(chain.Hash{1}) })
	requireMisuse(t, "MineTx", func() { btc.MineTx(chain.Hash{1}) })
	requireMisuse(t, "Spend", func() { btc.Spend(nil) })
	btc.Mine(1)
	requireMisuse(t, "Reorg", func() {
		btc.Reorg(1, chainsim.Branch{Replace: map[chain.Hash][]chainsim.Payment{{1}: nil}})
	})
}

func moneyOf(t chain.Token, units int64) money.Amount { return money.Units(t.Asset, units) }
