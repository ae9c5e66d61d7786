package chaintest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

func headGrows(t *testing.T, s *suite) {
	before := s.head(t)
	require.False(t, before.Syncing)
	s.Mine(2)
	after := s.head(t)
	require.False(t, after.Syncing)
	require.Equal(t, before.Height+2, after.Height)
	require.NotEqual(t, before.Hash, after.Hash)
	require.LessOrEqual(t, after.Final, after.Height)
	at, err := s.Source.AnchorAt(t.Context(), after.Height)
	require.NoError(t, err)
	require.Equal(t, after.Anchor, at)
	below, err := s.Source.AnchorAt(t.Context(), after.Height-1)
	require.NoError(t, err)
	require.Equal(t, below.Hash, at.Parent)
	require.False(t, at.Time.IsZero())
	require.Equal(t, at.Time.Unix()*1000, at.Time.UnixMilli(), "whole seconds")
	require.NotEmpty(t, s.Source.Name())
}

func noBlockAboveHead(t *testing.T, s *suite) {
	_, err := s.Source.AnchorAt(t.Context(), s.head(t).Height+1)
	require.ErrorIs(t, err, chain.ErrNotFound)
	s.head(t) // and the source goes on
}

func runIsWhole(t *testing.T, s *suite) {
	s.Mine(5)
	to := s.head(t).Height
	run, err := s.Source.Linked(t.Context(), to-4, to)
	require.NoError(t, err)
	anchors := run.Anchors()
	require.Len(t, anchors, 5)
	for i, a := range anchors {
		require.Equal(t, to-4+uint64(i), a.Height)
		at, err := s.Source.AnchorAt(t.Context(), a.Height)
		require.NoError(t, err)
		require.Equal(t, at, a)
		if i > 0 {
			require.Equal(t, anchors[i-1].Hash, a.Parent)
		}
	}
}

func runBeyondHead(t *testing.T, s *suite) {
	to := s.head(t).Height
	_, err := s.Source.Linked(t.Context(), to, to+1)
	require.Error(t, err)
	require.True(t, sourceError(err), "%v", err)
}

// sourceError reports whether an error is one that sources may answer.
func sourceError(err error) bool {
	for _, known := range []error{chain.ErrUnavailable, chain.ErrNotFound, chain.ErrWrongNetwork, chain.ErrMalformed} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

func staleBlock(t *testing.T, s *suite) {
	s.Mine(3)
	old := s.head(t)
	s.Reorg(2)
	now := s.head(t)
	require.Equal(t, old.Height+1, now.Height)
	at, err := s.Source.AnchorAt(t.Context(), old.Height)
	require.NoError(t, err)
	require.NotEqual(t, old.Hash, at.Hash)
	base, err := s.Source.AnchorAt(t.Context(), old.Height-2)
	require.NoError(t, err)
	run, err := s.Source.Linked(t.Context(), old.Height-1, now.Height)
	require.NoError(t, err)
	require.Equal(t, base.Hash, run.Anchors()[0].Parent, "the branch builds on what stands")
}

// otherNetwork asks the node for a network it does not serve.
func otherNetwork(t *testing.T, s *suite) {
	n := s.network
	if n.UTXO() {
		n.Genesis = "00" + n.Genesis[:62]
	} else {
		n.ChainID += 1_000_000
	}
	_, err := s.Other(n).Head(t.Context())
	require.ErrorIs(t, err, chain.ErrWrongNetwork)
	_, err = s.Other(n).AnchorAt(t.Context(), 0)
	require.Error(t, err, "nothing is answered before the network is proved")
}

func cancelled(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Source.Head(ctx)
	require.Error(t, err)
	_, err = s.Source.Linked(ctx, 0, 1)
	require.Error(t, err)
	s.head(t) // and the source goes on
}

func manyCallers(t *testing.T, s *suite) {
	p, _ := s.pay()
	s.Mine(1)
	head := s.head(t)
	want := only(t, s.found(t, head.Height, head.Height, watch(p.To)), p.To)
	var wg sync.WaitGroup
	got := make([]chain.Found, 8)
	errs := make([]error, len(got))
	for i := range got {
		wg.Go(func() {
			run, err := s.Source.Linked(t.Context(), head.Height-min(head.Height, uint64(i)), head.Height)
			if err == nil {
				got[i], err = run.Match(t.Context(), watch(p.To))
			}
			errs[i] = err
		})
	}
	wg.Wait()
	for i := range got {
		require.NoError(t, errs[i])
		require.Equal(t, want, only(t, got[i], p.To))
	}
}
