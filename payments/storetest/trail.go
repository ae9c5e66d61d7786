package storetest

import (
	"errors"
	"math"
	"sync/atomic"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

// anchors reads a network's trail.
func (s *suite) anchors(network string, atOrBelow uint64, limit int) (out []chain.Anchor) {
	s.Helper()
	s.read(func(tx payments.Tx) (err error) {
		out, err = tx.Anchors(s.Context(), network, atOrBelow, limit)
		return err
	})
	return out
}

// begin stores blocks from..to of branch 0 as the trail of bitcoin.
func (s *suite) begin(from, to int) {
	s.Helper()
	require.NoError(s, save(s, payments.Tx.SaveTrail, chain.TrailMove{Network: "bitcoin", Attach: blocks(0, from, to)}))
}

// refused requires ErrTrailMoved, at once, and that nothing changed.
func (s *suite) refused(move chain.TrailMove) {
	s.Helper()
	before := s.anchors(move.Network, math.MaxUint64, 1_000)
	runs := 0
	err := s.store.Update(s.Context(), func(tx payments.Tx) error {
		runs++
		return tx.SaveTrail(s.Context(), move)
	})
	require.ErrorIs(s, err, chain.ErrTrailMoved)
	require.Equal(s, 1, runs, "ErrTrailMoved is not retried")
	same(s, before, s.anchors(move.Network, math.MaxUint64, 1_000))
}

var trailCases = cases{
	{"the first move has no From", func(s *suite) {
		require.Empty(s, s.anchors("bitcoin", math.MaxUint64, 10))
		s.begin(5, 7)
		same(s, backwards(blocks(0, 5, 7)), s.anchors("bitcoin", math.MaxUint64, 10))
	}},
	{"a From without a trail is refused", func(s *suite) {
		s.refused(chain.TrailMove{Network: "bitcoin", From: block(0, 4), Keep: 4, Attach: blocks(0, 5, 7)})
	}},
	{"no From with a trail is refused", func(s *suite) {
		s.begin(5, 7)
		s.refused(chain.TrailMove{Network: "bitcoin", Keep: 7, Attach: blocks(0, 8, 9)})
	}},
	{"a From that is not the tip is refused", func(s *suite) {
		s.begin(5, 7)
		for _, from := range []chain.Anchor{block(0, 6), block(1, 7), block(0, 8)} {
			s.refused(chain.TrailMove{Network: "bitcoin", From: from, Keep: from.Height, Attach: blocks(0, int(from.Height)+1, 9)})
		}
	}},
	{"a move from the tip attaches", func(s *suite) {
		s.begin(5, 7)
		require.NoError(s, save(s, payments.Tx.SaveTrail, chain.TrailMove{
			Network: "bitcoin", From: block(0, 7), Keep: 7, Attach: blocks(0, 8, 9)}))
		same(s, backwards(blocks(0, 5, 9)), s.anchors("bitcoin", math.MaxUint64, 10))
	}},
	{"a move made twice is refused the second time", func(s *suite) {
		s.begin(5, 7)
		move := chain.TrailMove{Network: "bitcoin", From: block(0, 7), Keep: 7, Attach: blocks(0, 8, 9)}
		require.NoError(s, save(s, payments.Tx.SaveTrail, move))
		s.refused(move)
	}},
	{"anchors above Keep are replaced by the new branch", func(s *suite) {
		s.begin(5, 9)
		require.NoError(s, save(s, payments.Tx.SaveTrail, chain.TrailMove{
			Network: "bitcoin", From: block(0, 9), Keep: 6, Attach: blocks(1, 7, 10)}))
		want := append(blocks(0, 5, 6), blocks(1, 7, 10)...)
		same(s, backwards(want), s.anchors("bitcoin", math.MaxUint64, 10))
	}},
	{"a shorter branch leaves nothing of the longer one", func(s *suite) {
		s.begin(5, 9)
		require.NoError(s, save(s, payments.Tx.SaveTrail, chain.TrailMove{
			Network: "bitcoin", From: block(0, 9), Keep: 6, Attach: blocks(1, 7, 7)}))
		same(s, []chain.Anchor{block(1, 7), block(0, 6), block(0, 5)}, s.anchors("bitcoin", math.MaxUint64, 10))
		s.refused(chain.TrailMove{Network: "bitcoin", From: block(0, 9), Keep: 9, Attach: blocks(0, 10, 10)})
	}},
	{"a move that only detaches makes Keep the tip", func(s *suite) {
		s.begin(5, 9)
		require.NoError(s, save(s, payments.Tx.SaveTrail, chain.TrailMove{Network: "bitcoin", From: block(0, 9), Keep: 7}))
		same(s, backwards(blocks(0, 5, 7)), s.anchors("bitcoin", math.MaxUint64, 10))
		require.NoError(s, save(s, payments.Tx.SaveTrail, chain.TrailMove{
			Network: "bitcoin", From: block(0, 7), Keep: 7, Attach: blocks(1, 8, 8)}))
	}},
	{"anchors are read at or below a height, highest first, up to a limit", func(s *suite) {
		s.begin(5, 7)
		require.NoError(s, save(s, payments.Tx.SaveTrail, chain.TrailMove{ // a range step leaves a gap
			Network: "bitcoin", From: block(0, 7), Keep: 7, Attach: []chain.Anchor{block(0, 20)}}))
		same(s, []chain.Anchor{block(0, 20), block(0, 7)}, s.anchors("bitcoin", 20, 2))
		same(s, []chain.Anchor{block(0, 7), block(0, 6)}, s.anchors("bitcoin", 19, 2))
		same(s, []chain.Anchor{block(0, 6)}, s.anchors("bitcoin", 6, 1))
		same(s, []chain.Anchor{block(0, 5)}, s.anchors("bitcoin", 5, 9))
		require.Empty(s, s.anchors("bitcoin", 4, 9))
		same(s, []chain.Anchor{block(0, 20)}, s.anchors("bitcoin", math.MaxInt64, 1))
	}},
	{"below Dense only sparse anchors are kept", func(s *suite) {
		s.begin(990, 3_005)
		require.NoError(s, save(s, payments.Tx.SaveTrail, chain.TrailMove{
			Network: "bitcoin", From: block(0, 3_005), Keep: 3_005, Attach: blocks(0, 3_006, 3_006), Dense: 3_001}))
		want := append([]chain.Anchor{block(0, 1_000), block(0, 2_000), block(0, 3_000)}, blocks(0, 3_001, 3_006)...)
		same(s, backwards(want), s.anchors("bitcoin", math.MaxUint64, 5_000))
	}},
	{"thinning goes on with every move", func(s *suite) {
		s.begin(998, 998)
		for n := 999; n <= 1_010; n++ {
			require.NoError(s, save(s, payments.Tx.SaveTrail, chain.TrailMove{
				Network: "bitcoin", From: block(0, n-1), Keep: uint64(n - 1), Attach: blocks(0, n, n), Dense: uint64(n - 3)}))
		}
		want := append([]chain.Anchor{block(0, 1_000)}, blocks(0, 1_007, 1_010)...)
		same(s, backwards(want), s.anchors("bitcoin", math.MaxUint64, 5_000))
	}},
	{"networks have trails of their own", func(s *suite) {
		s.begin(5, 7)
		require.NoError(s, save(s, payments.Tx.SaveTrail, chain.TrailMove{Network: "litecoin", Attach: blocks(3, 100, 101)}))
		require.NoError(s, save(s, payments.Tx.SaveTrail, chain.TrailMove{Network: "bitcoin", From: block(0, 7), Keep: 5}))
		same(s, blocks(0, 5, 5), s.anchors("bitcoin", math.MaxUint64, 10))
		same(s, backwards(blocks(3, 100, 101)), s.anchors("litecoin", math.MaxUint64, 10))
	}},
	{"a move that is rolled back leaves the trail as it was", func(s *suite) {
		s.begin(998, 1_020)
		before := s.anchors("bitcoin", math.MaxUint64, 100)
		err := s.store.Update(s.Context(), func(tx payments.Tx) error {
			return errors.Join(tx.SaveTrail(s.Context(), chain.TrailMove{Network: "bitcoin", From: block(0, 1_020), Keep: 1_015,
				Attach: blocks(1, 1_016, 1_030), Dense: 1_010}), errHost)
		})
		require.ErrorIs(s, err, errHost)
		same(s, before, s.anchors("bitcoin", math.MaxUint64, 100))
	}},
	{"of movers from one tip at the same time one wins", func(s *suite) {
		s.begin(5, 7)
		var won, lost atomic.Int32
		s.together(8, func(i int) error {
			err := save(s, payments.Tx.SaveTrail, chain.TrailMove{
				Network: "bitcoin", From: block(0, 7), Keep: 7, Attach: blocks(i+1, 8, 8)})
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, chain.ErrTrailMoved):
				lost.Add(1)
			default:
				return err
			}
			return nil
		})
		require.EqualValues(s, 1, won.Load())
		require.EqualValues(s, 7, lost.Load())
	}},
}

var progressCases = cases{
	{"rows come back in the order asked, unknown ones left out", func(s *suite) {
		rows := []chain.Progress{{Network: "a", LiveAt: after(1)}, {Network: "b", Halted: odd, AuditedTo: 1 << 60, Backfills: 7}, {Network: "c"}}
		require.NoError(s, save(s, payments.Tx.SaveProgress, rows))
		same(s, []chain.Progress{rows[2], rows[0], rows[1]}, ask(s, payments.Tx.ProgressOf, []string{"c", "x", "a", "c", "b"}))
	}},
	{"the last write wins", func(s *suite) {
		require.NoError(s, save(s, payments.Tx.SaveProgress, []chain.Progress{{Network: "a", LiveAt: after(1), Halted: "why"}}))
		last := []chain.Progress{{Network: "a", LiveAt: after(0), AuditedTo: 3, Backfills: 1}}
		require.NoError(s, save(s, payments.Tx.SaveProgress, last))
		same(s, last, ask(s, payments.Tx.ProgressOf, []string{"a"}))
	}},
}
