package chain_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
)

// trail is a committed trail as a store keeps it, ascending.
type trail struct{ anchors []chain.Anchor }

func (t *trail) read(_ context.Context, atOrBelow uint64, limit int) ([]chain.Anchor, error) {
	var out []chain.Anchor
	for _, a := range slices.Backward(t.anchors) {
		if a.Height <= atOrBelow && len(out) < limit {
			out = append(out, a)
		}
	}
	return out, nil
}

func (t *trail) commit(s chain.Step) {
	t.anchors = slices.DeleteFunc(t.anchors, func(a chain.Anchor) bool { return a.Height > s.Move.Keep })
	t.anchors = append(t.anchors, s.Move.Attach...)
}

func (t *trail) tip() chain.Anchor { return t.anchors[len(t.anchors)-1] }

// follow takes steps until there is none.
func (t *trail) follow(tb require.TestingT, src chain.Source) (steps int) {
	for {
		s, ok, err := chain.Next(context.Background(), src, t.read, time.Time{})
		require.NoError(tb, err)
		if !ok {
			return steps
		}
		t.commit(s)
		steps++
	}
}

func TestWithoutATrailItBeginsTwoHoursBeforeSinceAndWellBelowTheHead(t *testing.T) {
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{}) // a block each ten minutes
	anchors := sim.Mine(400)
	begins := func(since time.Time) uint64 {
		step, ok, err := chain.Next(t.Context(), sim.Source("a"), (&trail{}).read, since)
		require.NoError(t, err)
		require.True(t, ok)
		require.Nil(t, step.Run)
		return step.Tip().Height
	}
	require.Equal(t, uint64(87), begins(anchors[99].Time), "block 100, two hours back, and one")
	require.Equal(t, uint64(256), begins(sim.Head().Time), "144 below the head")
	require.Equal(t, uint64(256), begins(sim.Head().Time.Add(24*time.Hour)), "a clock ahead of the chain's")
	require.Zero(t, begins(time.Time{}), "from the beginning when since is unknown")
}

func TestAStepHoldsOneBlockAtTheTipAndManyBehind(t *testing.T) {
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	src, tr := sim.Source("a"), &trail{}
	tr.follow(t, src)
	sim.Mine(1)
	require.Equal(t, 1, tr.follow(t, src))
	sim.Mine(160)
	require.Equal(t, 10, tr.follow(t, src), "runs of sixteen")
	require.Equal(t, sim.Head(), tr.tip())
}

func TestAReorganisationWalksBackToTheCommonAncestor(t *testing.T) {
	for _, depth := range []int{1, 2, 15, 16, 17, 63, 64, 65, 200} {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
		sim.Mine(300)
		src, tr := sim.Source("a"), &trail{}
		tr.follow(t, src)
		old := tr.tip()
		sim.Reorg(depth, chainsim.Branch{})
		step, ok, err := chain.Next(t.Context(), src, tr.read, time.Time{})
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, old.Height-uint64(depth), step.Move.Keep, "depth %d", depth)
		require.Equal(t, old, step.Move.From)
		require.GreaterOrEqual(t, step.Tip().Height, old.Height, "the trail never gets shorter")
		tr.commit(step)
		tr.follow(t, src)
		require.Equal(t, sim.Head(), tr.tip())
	}
}

func TestAShorterBranchIsNotTakenUntilItIsAsHigh(t *testing.T) {
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	sim.Mine(20)
	src, tr := sim.Source("a"), &trail{}
	tr.follow(t, src)
	old := tr.tip()
	sim.Reorg(5, chainsim.Branch{Blocks: 3})
	require.Zero(t, tr.follow(t, src))
	require.Equal(t, old, tr.tip())
	sim.Mine(2)
	tr.follow(t, src)
	require.Equal(t, sim.Head(), tr.tip())
}

func TestBelowTheKeptTrailIsTheOperatorsMatter(t *testing.T) {
	sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
	other := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Start: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)})
	sim.Mine(30)
	other.Mine(40)
	tr := &trail{}
	tr.follow(t, sim.Source("a"))
	_, _, err := chain.Next(t.Context(), other.Source("b"), tr.read, time.Time{})
	require.ErrorIs(t, err, chain.ErrDeepReorg)
}

func TestRangeStepsStayBelowTheFinalHeight(t *testing.T) {
	n := chain.Ethereum
	n.Test = true
	sim := chainsim.NewEVM(n, chainsim.Options{FinalLag: 64})
	src, tr := sim.Source("a"), &trail{}
	tr.follow(t, src)
	sim.Mine(2_000)
	final := sim.Head().Height - 64
	ranges := 0
	for {
		s, ok, err := chain.Next(t.Context(), src, tr.read, time.Time{})
		require.NoError(t, err)
		if !ok {
			break
		}
		if len(s.Move.Attach) == 1 && s.Tip().Height-s.Move.From.Height > 1 {
			ranges++
			require.LessOrEqual(t, s.Tip().Height, final)
		}
		tr.commit(s)
	}
	require.Equal(t, 4, ranges, "2,000 blocks, 500 at a time, the last below final")
	require.Equal(t, sim.Head(), tr.tip())
}

// TestTheTrailIsAlwaysAChainAndEndsAtTheHead follows random branches through a
// node that lags at random.
func TestTheTrailIsAlwaysAChainAndEndsAtTheHead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{})
		src, tr := sim.Source("a"), &trail{}
		for range rapid.IntRange(1, 25).Draw(rt, "acts") {
			switch rapid.IntRange(0, 3).Draw(rt, "act") {
			case 0, 1:
				sim.Mine(rapid.IntRange(1, 40).Draw(rt, "blocks"))
			case 2:
				if h := int(sim.Head().Height); h > 1 {
					sim.Reorg(rapid.IntRange(1, h-1).Draw(rt, "depth"), chainsim.Branch{})
				}
			case 3:
				src.ServeBehind(rapid.IntRange(0, 5).Draw(rt, "behind"))
			}
			tr.follow(rt, src)
			for i := 1; i < len(tr.anchors); i++ {
				require.Equal(rt, tr.anchors[i-1].Hash, tr.anchors[i].Parent)
			}
		}
		src.ServeBehind(0)
		sim.Mine(1)
		tr.follow(rt, src)
		require.Equal(rt, sim.Head(), tr.tip())
	})
}
