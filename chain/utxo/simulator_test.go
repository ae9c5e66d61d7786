package utxo_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments/money"
)

// TestTheSourceSeesWhatHappened follows random histories of a simulated chain
// through its RPC faces, as Bitcoin Core and as btcd speak, and compares with
// the simulator's own source.
func TestTheSourceSeesWhatHappened(t *testing.T) {
	for name, face := range map[string]func(*chainsim.UTXO) http.Handler{
		"core": func(s *chainsim.UTXO) http.Handler { return s.Core() },
		"btcd": func(s *chainsim.UTXO) http.Handler { return s.Btcd() },
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
				server := httptest.NewServer(face(sim))
				defer server.Close()
				src, err := utxo.NewSource(sim.Network(), utxo.RPC{URL: server.URL, HTTP: server.Client()})
				require.NoError(rt, err)
				act(rt, sim)
				same(rt, sim, src)
				act(rt, sim)
				same(rt, sim, src)
			})
		})
	}
}

func act(rt *rapid.T, sim *chainsim.UTXO) {
	for range rapid.IntRange(1, 12).Draw(rt, "acts") {
		switch rapid.IntRange(0, 3).Draw(rt, "act") {
		case 0, 1:
			var ps []chainsim.Payment
			for range rapid.IntRange(1, 3).Draw(rt, "outputs") {
				ps = append(ps, chainsim.Payment{To: chainsim.Address(sim.Network(), rapid.IntRange(0, 9).Draw(rt, "to")),
					Amount: money.Units(sim.Network().Native, rapid.Int64Range(1, 1e12).Draw(rt, "satoshi"))})
			}
			sim.Pay(ps...)
		case 2:
			sim.Mine(rapid.IntRange(1, 6).Draw(rt, "blocks"))
		case 3:
			if h := int(sim.Head().Height); h > 1 {
				sim.Reorg(rapid.IntRange(1, h-1).Draw(rt, "depth"), chainsim.Branch{Crowd: 1})
			}
		}
	}
}

// same compares everything the two sources answer.
func same(rt *rapid.T, sim *chainsim.UTXO, src *utxo.Source) {
	ctx := rt.Context()
	truth := sim.Source("truth")
	watched := chain.NewWatched()
	for i := range 5 {
		watched.AddAddress(chainsim.Address(sim.Network(), i))
	}
	want, err := truth.Head(ctx)
	require.NoError(rt, err)
	got, err := src.Head(ctx)
	require.NoError(rt, err)
	require.Equal(rt, want, got)
	_, err = src.AnchorAt(ctx, want.Height+1)
	require.ErrorIs(rt, err, chain.ErrNotFound)

	a, err := truth.Linked(ctx, 0, want.Height)
	require.NoError(rt, err)
	b, err := src.Linked(ctx, 0, want.Height)
	require.NoError(rt, err)
	require.Equal(rt, a.Anchors(), b.Anchors())
	sameFound(rt, a, b, watched)

	ids, err := src.Mempool(ctx)
	require.NoError(rt, err)
	require.ElementsMatch(rt, sim.Pending(), ids)
	a, err = truth.Unmined(ctx, ids)
	require.NoError(rt, err)
	b, err = src.Unmined(ctx, ids)
	require.NoError(rt, err)
	sameFound(rt, a, b, watched)
}

func sameFound(rt *rapid.T, a, b chain.Run, m chain.Matcher) {
	want, err := a.Match(rt.Context(), m)
	require.NoError(rt, err)
	got, err := b.Match(rt.Context(), m)
	require.NoError(rt, err)
	require.Equal(rt, want, got)
}
