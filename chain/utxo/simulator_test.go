package utxo_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments/money"
)

// simulated is a chain of the simulator, its own source and one that reads it
// over JSON-RPC.
type simulated struct {
	*chainsim.UTXO
	face  *chainsim.Face
	truth *chainsim.UTXOSource
	*utxo.Source
}

var faces = map[string]struct {
	network chain.Network
	face    func(*chainsim.UTXO) *chainsim.Face
	indexed bool
}{
	"core":        {chain.Bitcoin, (*chainsim.UTXO).Core, false},
	"btcd":        {chain.Bitcoin, (*chainsim.UTXO).Btcd, true},
	"litecoin":    {chain.Litecoin, (*chainsim.UTXO).Litecoin, false},
	"dogecoin114": {chain.Dogecoin, (*chainsim.UTXO).Dogecoin114, false},
	"dogecoin121": {chain.Dogecoin, (*chainsim.UTXO).Dogecoin121, false},
}

func simulate(t *testing.T, name string) simulated {
	c := chainsim.NewUTXO(faces[name].network, chainsim.Options{MergeMined: faces[name].network.Family == chain.FamilyDogecoin})
	s := simulated{UTXO: c, face: faces[name].face(c), truth: c.Source("truth")}
	server := httptest.NewServer(s.face)
	t.Cleanup(server.Close)
	var err error
	s.Source, err = utxo.NewSource(c.Network(), utxo.RPC{URL: server.URL})
	require.NoError(t, err)
	return s
}

// watch watches the simulator's first address and some outpoints.
func (s simulated) watch(ops ...chain.Outpoint) chain.Matcher {
	w := scripts(chainsim.Address(s.UTXO.Network(), 0).Raw)
	w.ops = map[chain.Outpoint]bool{}
	for _, op := range ops {
		w.ops[op] = true
	}
	return w
}

func (s simulated) pay(units int64) chain.Hash {
	n := s.UTXO.Network()
	return s.UTXO.Pay(chainsim.Payment{To: chainsim.Address(n, 0), Amount: money.Units(n.Native, units)})
}

// agree compares an inspection over JSON-RPC with the simulator's own.
func (s simulated) agree(t *testing.T, id chain.Hash, m chain.Matcher, state chain.TxState) {
	t.Helper()
	want, err := s.truth.Inspect(t.Context(), id, m)
	require.NoError(t, err)
	require.Equal(t, state, want.State)
	got, err := s.Inspect(t.Context(), id, m)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestInspectAgreesWithTheSimulatorThroughItsFaces(t *testing.T) {
	for name, f := range faces {
		t.Run(name, func(t *testing.T) {
			s := simulate(t, name)
			s.UTXO.Mine(2)
			id := s.pay(700)
			ours := chain.Outpoint{TxID: id}
			s.agree(t, id, s.watch(), chain.TxUnmined)
			s.UTXO.Mine(3)
			if !f.indexed {
				_, err := s.Inspect(t.Context(), id, s.watch())
				require.ErrorIs(t, err, chain.ErrNotFound)
				require.ErrorContains(t, err, "the node keeps no transaction index")
				return
			}
			s.agree(t, id, s.watch(), chain.TxMined)
			n := s.UTXO.Network()
			sweep := s.UTXO.Spend([]chain.Outpoint{ours}, chainsim.Payment{To: chainsim.Address(n, 9), Amount: money.Units(n.Native, 600)})
			s.agree(t, sweep, s.watch(ours), chain.TxUnmined)
			s.UTXO.Mine(1)
			s.agree(t, sweep, s.watch(ours), chain.TxMined)
			s.UTXO.Reorg(2, chainsim.Branch{})
			again, err := s.Inspect(t.Context(), sweep, s.watch(ours))
			require.NoError(t, err)
			want, err := s.truth.Inspect(t.Context(), sweep, s.watch(ours))
			require.NoError(t, err)
			require.Equal(t, want, again)
			_, err = s.Inspect(t.Context(), chain.Hash{4}, s.watch())
			require.ErrorIs(t, err, chain.ErrNotFound)
		})
	}
}

func TestEveryFacesLimitsAreRespected(t *testing.T) {
	for name, f := range faces {
		t.Run(name, func(t *testing.T) {
			s, ctx := simulate(t, name), t.Context()
			s.pay(700)
			s.UTXO.Mine(30)
			s.face.LimitBatch(4)
			head, err := s.Head(ctx)
			require.NoError(t, err)
			run, err := s.Linked(ctx, 0, head.Height)
			require.NoError(t, err)
			truth, err := s.truth.Linked(ctx, 0, head.Height)
			require.NoError(t, err)
			require.Equal(t, truth.Anchors(), run.Anchors())
			found, err := run.Match(ctx, s.watch())
			require.NoError(t, err)
			want, err := truth.Match(ctx, s.watch())
			require.NoError(t, err)
			require.Equal(t, want, found)

			s.face.RetryAfter(9 * time.Second)
			s.face.LimitRate(1)
			_, err = s.Head(ctx)
			require.ErrorIs(t, err, chain.ErrUnavailable)
			require.Equal(t, 9*time.Second, chain.RetryAfter(err))

			s.face.ReportLoading(true)
			_, err = s.Mempool(ctx)
			if f.network.Family == chain.FamilyDogecoin && name != "dogecoin121" || f.indexed {
				require.NoError(t, err, "this node does not say")
				return
			}
			require.ErrorIs(t, err, chain.ErrUnavailable)
			s.face.ReportLoading(false)
			_, err = s.Mempool(ctx)
			require.NoError(t, err)
		})
	}
}
