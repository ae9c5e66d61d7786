package chainsim_test

import (
	"errors"
	"maps"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// faces are the nodes the adapter has to understand.
var faces = map[string]func() (*chainsim.UTXO, *chainsim.Face){
	"core":               func() (*chainsim.UTXO, *chainsim.Face) { c := newBitcoin(); return c, c.Core() },
	"btcd":               func() (*chainsim.UTXO, *chainsim.Face) { c := newBitcoin(); return c, c.Btcd() },
	"litecoin":           func() (*chainsim.UTXO, *chainsim.Face) { c := newLitecoin(); return c, c.Litecoin() },
	"dogecoin114":        func() (*chainsim.UTXO, *chainsim.Face) { c := newDogecoin(false); return c, c.Dogecoin114() },
	"dogecoin114 merged": func() (*chainsim.UTXO, *chainsim.Face) { c := newDogecoin(true); return c, c.Dogecoin114() },
	"dogecoin121 merged": func() (*chainsim.UTXO, *chainsim.Face) { c := newDogecoin(true); return c, c.Dogecoin121() },
}

// The adapter reads through every face what the in-process source answers, over
// any history, mined or not.
func TestUTXOAdapterSeesWhatTheSourceSees(t *testing.T) {
	names := slices.Sorted(maps.Keys(faces))
	rapid.Check(t, func(r *rapid.T) {
		c, face := faces[rapid.SampledFrom(names).Draw(r, "face")]()
		server := httptest.NewServer(face)
		defer server.Close()
		adapter, err := utxo.NewSource(c.Network(), utxo.RPC{URL: server.URL})
		require.NoError(r, err)
		ours := chain.Outpoint{TxID: c.Pay(pay(c.Network(), 0, 0, 7))}
		spent := false
		for range rapid.IntRange(1, 8).Draw(r, "acts") {
			actOnUTXO(r, c, ours, &spent)
		}
		for range 2 {
			want := everything(t, c.Source("in process"), ours)
			require.NotEmpty(r, want)
			require.Equal(r, want, everything(t, adapter, ours))
			c.Mine(1)
		}
		face.Index(true)
		requireSameInspections(t, r, c, adapter)
	})
}

// requireSameInspections asks for every transaction of the best chain and the
// mempool, and for one that nobody made.
func requireSameInspections(t *testing.T, r *rapid.T, c *chainsim.UTXO, adapter *utxo.Source) {
	w := chain.NewWatched()
	for i := range 10 {
		w.AddAddress(chainsim.Address(c.Network(), i))
	}
	c.Pay(pay(c.Network(), 1, 0, 5))
	source := c.Source("in process")
	run, err := source.Linked(t.Context(), 0, c.Head().Height)
	require.NoError(r, err)
	found, err := run.Match(t.Context(), everybody{})
	require.NoError(r, err)
	asked := append(c.Pending(), chain.Hash{1})
	for _, tr := range found.Transfers {
		asked = append(asked, tr.TxID)
	}
	for _, id := range asked {
		want, wantErr := source.Inspect(t.Context(), id, w)
		got, err := adapter.Inspect(t.Context(), id, w)
		require.Equal(r, errors.Is(wantErr, chain.ErrNotFound), errors.Is(err, chain.ErrNotFound))
		require.Equal(r, want.State, got.State)
		require.Equal(r, want.Block, got.Block)
		require.Equal(r, want.Recipients, got.Recipients)
		require.Equal(r, readable(want.Found), readable(got.Found))
	}
}

// everything is what a source has mined and, behind it, unmined.
func everything(t *testing.T, s interface {
	chain.Source
	chain.Mempooler
}, ours chain.Outpoint) []string {
	t.Helper()
	head, err := s.Head(t.Context())
	require.NoError(t, err)
	run, err := s.Linked(t.Context(), 0, head.Height)
	require.NoError(t, err)
	ids, err := s.Mempool(t.Context())
	require.NoError(t, err)
	unmined, err := s.Unmined(t.Context(), ids)
	require.NoError(t, err)
	return append(readable(match(t, s.Network(), run, ours)), readable(match(t, s.Network(), unmined, ours))...)
}

func actOnUTXO(r *rapid.T, c *chainsim.UTXO, ours chain.Outpoint, spent *bool) {
	n := c.Network()
	p := pay(n, rapid.IntRange(0, 12).Draw(r, "to"), 0, rapid.Int64Range(0, 9).Draw(r, "units"))
	pending := c.Pending()
	_, mined := c.BlockOf(ours.TxID)
	height := int(c.Head().Height)
	switch act := rapid.IntRange(0, 8).Draw(r, "act"); {
	case act == 8 && n.Family == chain.FamilyLitecoin:
		c.PegOut(p, pay(n, 3, 0, 6))
	case act == 0:
		c.Pay(p)
	case act == 1:
		c.Pay(p, p, pay(n, 2, 0, 5))
	case act == 2 && mined && !*spent:
		*spent = true
		c.Spend([]chain.Outpoint{ours}, p)
	case act == 3 && len(pending) > 1:
		c.FeeBump(pending[1])
	case act == 4 && len(pending) > 1:
		c.Replace(pending[1], p)
	case act == 5 && height > 0:
		c.Reorg(rapid.IntRange(1, height).Draw(r, "depth"), chainsim.Branch{
			Crowd: rapid.IntRange(0, 2).Draw(r, "crowd"), Reverse: rapid.Bool().Draw(r, "reverse"),
		})
	case act == 6:
		c.MineTo(p.To)
	default:
		c.Mine(1)
	}
}
