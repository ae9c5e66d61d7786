package utxo_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
)

// watching is a matcher of some scripts and outpoints.
type watching struct {
	scripts map[string]bool
	ops     map[chain.Outpoint]bool
}

func scripts(watched ...string) watching {
	w := watching{scripts: map[string]bool{}}
	for _, s := range watched {
		w.scripts[s] = true
	}
	return w
}

func (w watching) Address(raw []byte) bool         { return w.scripts[string(raw)] }
func (w watching) Outpoint(op chain.Outpoint) bool { return w.ops[op] }

// payment is the transaction of the chains of the tests that pays "to-us".
func payment(height int, witness bool) []byte {
	return utxo.SpendTx([]chain.Outpoint{{TxID: chain.Hash{1, byte(height)}, Vout: 3}}, []string{"to-us", ""}, witness)
}

func TestInspectFindsAMinedTransactionInEveryDialect(t *testing.T) {
	inEachDialect(t, 5, func(t *testing.T, n *stub, s *utxo.Source) {
		raw := payment(2, n.dialect.network.Family != chain.FamilyDogecoin)
		id := utxo.TxID(raw)
		n.index = map[string]mined{id.String(): {raw: raw, block: utxo.HashOf(n.blocks[2]).String()}}
		got, err := s.Inspect(t.Context(), id, scripts("to-us"))
		require.NoError(t, err)
		want, err := s.AnchorAt(t.Context(), 2)
		require.NoError(t, err)
		require.Equal(t, chain.TxMined, got.State)
		require.Equal(t, want, got.Block)
		require.Len(t, got.Found.Transfers, 1)
		require.Equal(t, id.String()+":0", got.Found.Transfers[0].ID)
		require.Equal(t, want, got.Found.Transfers[0].Block)
		require.Equal(t, []chain.Address{{Family: s.Network().Family, Raw: "to-us"}}, got.Recipients)
		for _, method := range n.refused {
			require.Equal(t, "getblock", method, "only its verbosity needs a second try")
		}
	})
}

func TestInspectFindsAnUnminedTransactionInEveryDialect(t *testing.T) {
	inEachDialect(t, 2, func(t *testing.T, n *stub, s *utxo.Source) {
		raw := payment(9, false)
		id := utxo.TxID(raw)
		n.pending = map[string][]byte{id.String(): raw}
		got, err := s.Inspect(t.Context(), id, scripts("to-us"))
		require.NoError(t, err)
		require.Equal(t, chain.TxUnmined, got.State)
		require.True(t, got.Block.IsZero())
		require.Len(t, got.Found.Transfers, 1)
		require.True(t, got.Found.Transfers[0].Block.IsZero())
	})
}

func TestInspectSaysWhenTheNodeKeepsNoTransactionIndex(t *testing.T) {
	inEachDialect(t, 2, func(t *testing.T, n *stub, s *utxo.Source) {
		_, err := s.Inspect(t.Context(), utxo.TxID(payment(1, false)), everything{})
		require.ErrorIs(t, err, chain.ErrNotFound)
		require.ErrorContains(t, err, "the node keeps no transaction index")
		require.ErrorContains(t, err, "-txindex=1")

		n.index = map[string]mined{}
		_, err = s.Inspect(t.Context(), utxo.TxID(payment(1, false)), everything{})
		require.ErrorIs(t, err, chain.ErrNotFound)
		require.NotContains(t, err.Error(), "index to")

		n.fail = func(c call) *fault {
			if c.Method != "getrawtransaction" {
				return nil
			}
			return &fault{-5, "No such mempool transaction. Blockchain transactions are still in the process of being indexed. Use gettransaction for wallet transactions."}
		}
		_, err = s.Inspect(t.Context(), utxo.TxID(payment(1, false)), everything{})
		require.ErrorIs(t, err, chain.ErrUnavailable)
		require.NotErrorIs(t, err, chain.ErrNotFound, "it may be found later")
	})
}

func TestATransactionInAStaleBlockIsNotMined(t *testing.T) {
	inEachDialect(t, 5, func(t *testing.T, n *stub, s *utxo.Source) {
		lost := n.blocks[4]
		n.blocks[4] = utxo.MineBlock(utxo.HashOf(n.blocks[3]), utxo.Coinbase)
		for _, height := range []int{4, 5} { // the best chain may be shorter than the stale branch
			n.stale = []mined{{raw: lost, height: height}}
			raw := payment(4, n.dialect.network.Family != chain.FamilyDogecoin)
			id := utxo.TxID(raw)
			n.index = map[string]mined{id.String(): {raw: raw, block: utxo.HashOf(lost).String()}}
			got, err := s.Inspect(t.Context(), id, everything{})
			require.NoError(t, err)
			require.Equal(t, chain.TxUnmined, got.State)
			require.True(t, got.Block.IsZero())
			require.True(t, got.Found.Transfers[0].Block.IsZero())
		}
	})
}

func TestInspectRefusesLies(t *testing.T) {
	raw := payment(2, true)
	id := utxo.TxID(raw)
	for name, c := range map[string]struct {
		at   func(n *stub) mined
		want error
	}{
		"another transaction": {func(n *stub) mined { return mined{raw: utxo.Coinbase} }, chain.ErrMalformed},
		"not in that block":   {func(n *stub) mined { return mined{raw: raw, block: utxo.HashOf(n.blocks[3]).String()} }, chain.ErrMalformed},
		"unknown block":       {func(*stub) mined { return mined{raw: raw, block: strings.Repeat("ee", 32)} }, chain.ErrUnavailable},
		"no block hash":       {func(*stub) mined { return mined{raw: raw, block: "yes"} }, chain.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			n := &stub{blocks: utxo.ChainOf(5)}
			n.index = map[string]mined{id.String(): c.at(n)}
			got, err := open(t, n).Inspect(t.Context(), id, everything{})
			require.ErrorIs(t, err, c.want)
			require.NotErrorIs(t, err, chain.ErrNotFound)
			require.Zero(t, got)
		})
	}
}

func TestInspectListsTwentyRecipientsEachOnce(t *testing.T) {
	var to []string
	for i := range 60 {
		to = append(to, fmt.Sprint("payee ", i/2))
	}
	raw := utxo.SpendTx([]chain.Outpoint{{TxID: chain.Hash{7}}}, append(to, "to-us"), true)
	id := utxo.TxID(raw)
	n := &stub{blocks: utxo.ChainOf(1), pending: map[string][]byte{id.String(): raw}}
	got, err := open(t, n).Inspect(t.Context(), id, scripts("to-us"))
	require.NoError(t, err)
	require.Len(t, got.Recipients, 20)
	require.Equal(t, "payee 19", got.Recipients[19].Raw)
	require.Len(t, got.Found.Transfers, 1, "what is ours is found wherever it stands")
}

func TestABlockForgottenWhileATransactionIsInspectedIsAskedForAgain(t *testing.T) {
	raw := payment(2, true)
	id := utxo.TxID(raw)
	n := &stub{blocks: utxo.ChainOf(5)}
	n.index = map[string]mined{id.String(): {raw: raw, block: utxo.HashOf(n.blocks[2]).String()}}
	n.fail = func(c call) *fault {
		if c.Method == "getblock" {
			return &fault{-5, "Block not found"}
		}
		return nil
	}
	_, err := open(t, n).Inspect(t.Context(), id, everything{})
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.NotErrorIs(t, err, chain.ErrNotFound, "the transaction is known")
}
