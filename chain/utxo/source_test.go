package utxo_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments/money"
)

func TestASourceFollowsEveryDialect(t *testing.T) {
	inEachDialect(t, 12, func(t *testing.T, n *stub, s *utxo.Source) {
		ctx := t.Context()
		head, err := s.Head(ctx)
		require.NoError(t, err)
		require.Equal(t, uint64(11), head.Height)
		require.Equal(t, utxo.HashOf(n.blocks[11]), head.Hash)
		require.Equal(t, utxo.HashOf(n.blocks[10]), head.Parent)
		require.Equal(t, !slices.Contains(n.dialect.unimplemented, "getblockchaininfo"), head.Syncing,
			"the node says that it knows three headers more")
		for _, above := range []uint64{12, 1 << 32} { // btcd would cut the latter to block 0
			_, err = s.AnchorAt(ctx, above)
			require.ErrorIs(t, err, chain.ErrNotFound)
			_, err = s.Linked(ctx, above, above)
			require.Error(t, err)
		}
		anchor, err := s.AnchorAt(ctx, 11)
		require.NoError(t, err)
		require.Equal(t, head.Anchor, anchor)
		for _, run := range [][2]uint64{{5, 4}, {0, 12_000}, {0, 1<<64 - 1}} {
			_, err = s.Linked(ctx, run[0], run[1])
			require.Error(t, err, "%v", run)
		}
		n.pending = map[string][]byte{utxo.TxID(utxo.Coinbase).String(): utxo.Coinbase}
		ids, err := s.Mempool(ctx)
		require.NoError(t, err)
		require.Len(t, ids, 2)
		pool, err := s.Unmined(ctx, ids)
		require.NoError(t, err)
		found, err := pool.Match(ctx, everything{})
		require.NoError(t, err)
		require.Len(t, found.Transfers, 1)
	})
}

func TestARunHoldsWhatItsBlocksHold(t *testing.T) {
	inEachDialect(t, 12, func(t *testing.T, n *stub, s *utxo.Source) {
		ctx, network := t.Context(), s.Network()
		r, err := s.Linked(ctx, 1, 11)
		require.NoError(t, err)
		require.Len(t, r.Anchors(), 11)
		for i, a := range r.Anchors() {
			require.Equal(t, uint64(i+1), a.Height)
			require.Equal(t, utxo.HashOf(n.blocks[i+1]), a.Hash)
			require.Equal(t, utxo.HashOf(n.blocks[i]), a.Parent)
		}
		found, err := r.Match(ctx, everything{})
		require.NoError(t, err)
		again, err := r.Match(ctx, everything{})
		require.NoError(t, err)
		require.Equal(t, found, again)
		perBlock := 3 // miner, to-us and ""
		if network.Family == chain.FamilyLitecoin {
			perBlock++ // pegged-out
		}
		require.Len(t, found.Transfers, 11*perBlock)
		require.Len(t, found.Spends, 11*(perBlock-2)) // the null input is not asked for
		require.Equal(t, chain.OriginCoinbase, found.Transfers[0].Origin)
		require.Empty(t, found.Transfers[0].Inputs)
		x := found.Transfers[1]
		require.Equal(t, chain.OriginPayment, x.Origin)
		require.Equal(t, x.TxID.String()+":0", x.ID)
		require.Equal(t, chain.Address{Family: network.Family, Raw: "to-us"}, x.To)
		require.Equal(t, money.Units(network.Native, 1), x.Amount)
		require.Equal(t, []chain.Outpoint{{TxID: chain.Hash{1, 1}, Vout: 3}}, x.Inputs)
		require.Equal(t, r.Anchors()[0], x.Block)
		require.Equal(t, chain.Spend{
			ID: x.TxID.String() + ":in:0", Kind: chain.SpendOutpoint, TxID: x.TxID, Outpoint: x.Inputs[0], Block: x.Block,
			Tx: &chain.Outflow{Inputs: x.Inputs, Outputs: []chain.Output{
				{To: x.To, Amount: x.Amount},
				{To: chain.Address{Family: network.Family}, Amount: money.Units(network.Native, 2)},
			}},
		}, found.Spends[0])
	})
}

func TestMempoolLeavesOutWhatTheNodeHasLost(t *testing.T) {
	id := utxo.TxID(utxo.Coinbase)
	n := &stub{blocks: utxo.ChainOf(1), pending: map[string][]byte{id.String(): utxo.Coinbase}}
	s, ctx := open(t, n), t.Context()
	ids, err := s.Mempool(ctx)
	require.NoError(t, err)
	require.Len(t, ids, 2)
	u, err := s.Unmined(ctx, ids)
	require.NoError(t, err)
	require.Empty(t, u.Anchors())
	found, err := u.Match(ctx, everything{})
	require.NoError(t, err)
	require.Len(t, found.Transfers, 1)
	require.Equal(t, id, found.Transfers[0].TxID)
	require.True(t, found.Transfers[0].Block.IsZero())

	none, err := s.Unmined(ctx, nil)
	require.NoError(t, err)
	found, err = none.Match(ctx, everything{})
	require.NoError(t, err)
	require.Empty(t, found)

	n.pending[id.String()] = utxo.SpendTx([]chain.Outpoint{{}}, []string{"other"}, true)
	_, err = s.Unmined(ctx, ids)
	require.ErrorIs(t, err, chain.ErrMalformed, "another transaction under that id")
}

func TestAMissingMethodIsWorkedAroundOrNamed(t *testing.T) {
	n := &stub{blocks: utxo.ChainOf(3), lacks: []string{"getblockchaininfo"}}
	s, ctx := open(t, n), t.Context()
	head, err := s.Head(ctx)
	require.NoError(t, err)
	require.Equal(t, utxo.HashOf(n.blocks[2]), head.Hash)
	require.False(t, head.Syncing)

	for method, ask := range map[string]func() error{
		"getblockcount":  func() error { _, err := s.Head(ctx); return err },
		"getblockheader": func() error { _, err := s.AnchorAt(ctx, 1); return err },
		"getblock":       func() error { _, err := s.Linked(ctx, 1, 2); return err },
		"getrawmempool":  func() error { _, err := s.Mempool(ctx); return err },
		"getrawtransaction": func() error {
			_, err := s.Unmined(ctx, []chain.Hash{{1}})
			return err
		},
	} {
		n.lacks = []string{"getblockchaininfo", method}
		err := ask()
		require.ErrorIs(t, err, chain.ErrUnavailable, method)
		require.NotErrorIs(t, err, chain.ErrNotFound, "%s: a node without the method does not say that there is no block", method)
		require.ErrorContains(t, err, "-32601", method)
	}
}

// questions are all that a source can be asked.
func questions(s *utxo.Source) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"head":      func(ctx context.Context) error { _, err := s.Head(ctx); return err },
		"anchor":    func(ctx context.Context) error { _, err := s.AnchorAt(ctx, 1); return err },
		"linked":    func(ctx context.Context) error { _, err := s.Linked(ctx, 1, 2); return err },
		"mempool":   func(ctx context.Context) error { _, err := s.Mempool(ctx); return err },
		"unmined":   func(ctx context.Context) error { _, err := s.Unmined(ctx, []chain.Hash{{1}}); return err },
		"inspected": func(ctx context.Context) error { _, err := s.Inspect(ctx, chain.Hash{1}, everything{}); return err },
	}
}
