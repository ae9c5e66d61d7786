package chainsim_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/stretchr/testify/require"
)

func TestUTXOTransfersCarryOutpointsAndInputs(t *testing.T) {
	c := newBitcoin()
	n := c.Network()
	id := c.Pay(pay(n, 0, 0, 5), pay(n, 99, 0, 1), pay(n, 0, 0, 7))
	at := c.Mine(1)[0]
	found := scan(t, c.Source("a"))
	require.Equal(t, []string{id.String() + ":0", id.String() + ":2"}, ids(found))
	for _, tr := range found.Transfers {
		require.Equal(t, at, tr.Block)
		require.Len(t, tr.Inputs, 1)
		require.Equal(t, chain.OriginPayment, tr.Origin)
		require.Equal(t, chainsim.Address(n, 0), tr.To)
	}
	require.Equal(t, "0.00000007 BTC@bitcoin-regtest", found.Transfers[1].Amount.String())
}

func TestSpendsOfWatchedOutpointsAreFound(t *testing.T) {
	c := newBitcoin()
	ours := chain.Outpoint{TxID: c.Pay(pay(c.Network(), 0, 0, 5))}
	c.Mine(1)
	sweep := c.Spend([]chain.Outpoint{ours}, pay(c.Network(), 50, 0, 4))
	s := c.Source("a")

	run, err := s.Unmined(t.Context(), []chain.Hash{sweep, {9}})
	require.NoError(t, err)
	require.Empty(t, run.Anchors())
	spends := match(t, c.Network(), run, ours).Spends
	require.Len(t, spends, 1)
	require.Equal(t, chain.Spend{ID: sweep.String() + ":in:0", Kind: chain.SpendOutpoint, Outpoint: ours, TxID: sweep, Tx: spends[0].Tx}, spends[0])

	at := c.Mine(1)[0]
	run, err = s.Linked(t.Context(), 2, 2)
	require.NoError(t, err)
	spends = match(t, c.Network(), run, ours).Spends
	require.Len(t, spends, 1)
	require.Equal(t, at, spends[0].Block)
	require.Equal(t, []chain.Outpoint{ours}, spends[0].Tx.Inputs)
	require.Empty(t, match(t, c.Network(), run).Spends)
	requireMisuse(t, "Spend", func() { c.Spend([]chain.Outpoint{ours}) })
}

func TestCoinbasePaysWhomTheMinerLikes(t *testing.T) {
	c := newBitcoin()
	at := c.MineTo(chainsim.Address(c.Network(), 3))
	found := scan(t, c.Source("a"))
	require.Len(t, found.Transfers, 1)
	require.Equal(t, chain.OriginCoinbase, found.Transfers[0].Origin)
	require.Equal(t, at, found.Transfers[0].Block)
	c.Mine(1)
	require.Len(t, scan(t, c.Source("a")).Transfers, 1)
}

func TestMempoolIsSeenBeforeItIsMined(t *testing.T) {
	c := newBitcoin()
	id := c.Pay(pay(c.Network(), 0, 0, 5))
	s := c.Source("a")
	all, err := s.Mempool(t.Context())
	require.NoError(t, err)
	require.Equal(t, []chain.Hash{id}, all)
	run, err := s.Unmined(t.Context(), all)
	require.NoError(t, err)
	found := match(t, c.Network(), run)
	require.Len(t, found.Transfers, 1)
	require.True(t, found.Transfers[0].Block.IsZero())
}

func TestBatchContractGivesInternalTransfersAndLogs(t *testing.T) {
	c := newEthereum()
	n := c.Network()
	id := c.Pay(pay(n, 0, 0, 5), pay(n, 1, 2, 6), pay(n, 0, 0, 7), pay(n, 1, 1, 8)).String()
	c.Mine(1)
	to := "0x" + chainsim.Address(n, 0).String()[len("evm:"):]
	require.Equal(t, []string{
		id + ":eth:" + to + ":0", id + ":eth:" + to + ":1", id + ":log:0", id + ":log:1",
	}, ids(scan(t, c.Source("a"))))
}

func TestNativeLogsDoNotMakeATransferTwo(t *testing.T) {
	c := chainsim.NewEVM(chain.Ethereum, chainsim.Options{NativeLogs: true})
	id := c.Pay(pay(c.Network(), 0, 0, 5), pay(c.Network(), 1, 1, 6)).String()
	c.Mine(1)
	found := ids(scan(t, c.Source("a")))
	require.Len(t, found, 2)
	require.Equal(t, id+":log:2", found[1], "two native logs come first")
}

func TestFakedDepositsAreNoTransfers(t *testing.T) {
	n := chain.Ethereum
	native, token := pay(n, 0, 0, 5), pay(n, 0, 1, 5)
	for name, trick := range map[string]func(*chainsim.EVM){
		"failed native":   func(c *chainsim.EVM) { c.PayFailed(native) },
		"failed token":    func(c *chainsim.EVM) { c.PayFailed(token) },
		"foreign token":   func(c *chainsim.EVM) { c.PayForeign(token) },
		"nft":             func(c *chainsim.EVM) { c.PayNFT(token) },
		"multi token":     func(c *chainsim.EVM) { c.PayMultiToken(token) },
		"rebase":          func(c *chainsim.EVM) { c.Rebase(token.Amount.Asset()) },
		"black funds":     func(c *chainsim.EVM) { c.DestroyBlackFunds(token.To, token.Amount) },
		"reverted call":   func(c *chainsim.EVM) { c.PayReverted(native) },
		"nothing, native": func(c *chainsim.EVM) { c.Pay(pay(n, 0, 0, 0)) },
		"nothing, token":  func(c *chainsim.EVM) { c.Pay(pay(n, 0, 1, 0)) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newEthereum()
			trick(c)
			c.FeeBump(c.Pending()[0])
			c.Mine(1)
			require.Empty(t, scan(t, c.Source("a")).Transfers)
		})
	}
}

func TestTaxedTokenArrivesLessItsFee(t *testing.T) {
	c := newEthereum()
	p := pay(c.Network(), 0, 1, 100)
	c.PayTaxed(p, pay(c.Network(), 0, 1, 3).Amount)
	c.Mine(1)
	found := scan(t, c.Source("a"))
	require.Len(t, found.Transfers, 1)
	require.Equal(t, "97", found.Transfers[0].Amount.UnitsText())
	requireMisuse(t, "Rebase", func() { c.Rebase(c.Network().Native) })
	requireMisuse(t, "DestroyBlackFunds", func() { c.DestroyBlackFunds(p.To, p.Amount.Neg()) })
	requireMisuse(t, "PayTaxed", func() { c.PayTaxed(p, pay(c.Network(), 0, 1, 101).Amount) })
}

func TestFinalHeightLagsOrIsSet(t *testing.T) {
	final := func(c *chainsim.EVM) uint64 {
		head, err := c.Source("a").Head(t.Context())
		require.NoError(t, err)
		return head.Final
	}
	c := chainsim.NewEVM(chain.Ethereum, chainsim.Options{FinalLag: 2})
	c.Mine(1)
	require.EqualValues(t, 0, final(c))
	c.Mine(4)
	require.EqualValues(t, 3, final(c))
	c.Finalize(100)
	require.EqualValues(t, 5, final(c))
}

func TestRangeEndsAtTheFinalHeight(t *testing.T) {
	c := newEthereum()
	c.Pay(pay(c.Network(), 0, 0, 5))
	blocks := c.Mine(4)
	c.Finalize(3)
	s := c.Source("a")
	run, err := s.Range(t.Context(), 1, 3)
	require.NoError(t, err)
	require.Equal(t, blocks[2:3], run.Anchors())
	require.Len(t, match(t, c.Network(), run).Transfers, 1)
	_, err = s.Range(t.Context(), 1, 4)
	require.ErrorIs(t, err, chain.ErrUnavailable)
}

func TestHeightsAboveTheHeadAreNotFound(t *testing.T) {
	s := newBitcoin().Source("a")
	_, err := s.AnchorAt(t.Context(), 1)
	require.ErrorIs(t, err, chain.ErrNotFound)
	_, err = s.Linked(t.Context(), 0, 1)
	require.ErrorIs(t, err, chain.ErrNotFound)
	_, err = s.Linked(t.Context(), 1, 0)
	require.ErrorIs(t, err, chain.ErrNotFound)
}

func TestFaultsTouchOneSourceOnly(t *testing.T) {
	c := newBitcoin()
	good, bad := c.Source("good"), c.Source("bad")
	require.Equal(t, "bad", bad.Name())
	bad.Fail(2)
	for range 2 {
		_, err := bad.Head(t.Context())
		require.ErrorIs(t, err, chain.ErrUnavailable)
		_, err = good.Head(t.Context())
		require.NoError(t, err)
	}
	_, err := bad.Head(t.Context())
	require.NoError(t, err)

	own := errors.New("own")
	bad.Intercept(func(string) error { return own })
	_, err = bad.Mempool(t.Context())
	require.ErrorIs(t, err, own)
	require.ErrorIs(t, err, chain.ErrUnavailable)
	bad.Intercept(func(string) error { return chain.ErrMalformed })
	_, err = bad.Head(t.Context())
	require.ErrorIs(t, err, chain.ErrMalformed)
	require.NotErrorIs(t, err, chain.ErrUnavailable)
}

func TestInterceptMayChangeTheChainUnderneath(t *testing.T) {
	c := newBitcoin()
	c.Mine(3)
	s := c.Source("a")
	s.Intercept(func(method string) error {
		if method == "Linked" {
			c.Reorg(2, chainsim.Branch{})
		}
		return nil
	})
	head, err := s.Head(t.Context())
	require.NoError(t, err)
	run, err := s.Linked(t.Context(), 3, head.Height)
	require.NoError(t, err)
	require.NotEqual(t, head.Hash, run.Anchors()[0].Hash)
}

func TestLaggingAndFrozenNodesSeeAnOlderChain(t *testing.T) {
	c := newBitcoin()
	id := c.Pay(pay(c.Network(), 0, 0, 5))
	blocks := c.Mine(3)
	lagging, frozen := c.Source("lagging"), c.Source("frozen")
	lagging.ServeBehind(2)
	frozen.Freeze()
	c.Reorg(1, chainsim.Branch{})

	head, err := lagging.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, blocks[1], head.Anchor)
	lagging.ServeBehind(100)
	head, err = lagging.Head(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 0, head.Height)
	pool, err := lagging.Mempool(t.Context())
	require.NoError(t, err)
	require.Equal(t, []chain.Hash{id}, pool, "unmined for a node that has not seen the block")

	head, err = frozen.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, blocks[2], head.Anchor)
	frozen.Thaw()
	head, err = frozen.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, c.Head(), head.Anchor)
}

func TestWaitEndsAtTheNextChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newBitcoin()
		s := c.Source("a")
		_, err := s.Head(t.Context())
		require.NoError(t, err)
		woken := false
		go func() { s.Wait(t.Context()); woken = true }()
		synctest.Wait()
		require.False(t, woken)
		c.Pay(pay(c.Network(), 0, 0, 1))
		synctest.Wait()
		require.True(t, woken)

		c.Mine(1) // before anybody waits
		s.Wait(t.Context())

		_, err = s.Head(t.Context())
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		s.Wait(ctx)
		_, err = s.Head(ctx)
		require.ErrorIs(t, err, chain.ErrUnavailable)
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestConcurrentUseSeesWholeChains(t *testing.T) {
	c := newEthereum()
	s := c.Source("a")
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 20 {
				c.Pay(pay(c.Network(), 0, 1, 1))
				c.Mine(1)
				c.Reorg(1, chainsim.Branch{})
			}
		})
		wg.Go(func() {
			for range 50 {
				scan(t, s)
			}
		})
	}
	wg.Wait()
	require.Len(t, scan(t, s).Transfers, 60)
}
