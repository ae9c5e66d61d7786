package chaintest

import (
	"context"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
)

var bigTen = big.NewInt(10)

// trail is a watcher's memory: what [chain.Next] decides and what its runs hold.
type trail struct {
	source  chain.Source
	anchors []chain.Anchor // ascending
	found   []chain.Transfer
	spends  []chain.Spend
}

func (r *trail) below(_ context.Context, atOrBelow uint64, limit int) ([]chain.Anchor, error) {
	var out []chain.Anchor
	for _, a := range slices.Backward(r.anchors) {
		if a.Height <= atOrBelow && len(out) < limit {
			out = append(out, a)
		}
	}
	return out, nil
}

// follow takes steps until the source has nothing new.
func (r *trail) follow(t *testing.T, m chain.Matcher) {
	t.Helper()
	for {
		step, ok, err := chain.Next(t.Context(), r.source, r.below, time.Now())
		require.NoError(t, err)
		if !ok {
			return
		}
		r.anchors = slices.DeleteFunc(r.anchors, func(a chain.Anchor) bool { return a.Height > step.Move.Keep })
		r.found = slices.DeleteFunc(r.found, func(x chain.Transfer) bool { return x.Block.Height > step.Move.Keep })
		r.spends = slices.DeleteFunc(r.spends, func(x chain.Spend) bool { return x.Block.Height > step.Move.Keep })
		r.anchors = append(r.anchors, step.Move.Attach...)
		if step.Run == nil {
			continue
		}
		f, err := step.Run.Match(t.Context(), m)
		require.NoError(t, err)
		r.found = append(r.found, f.Transfers...)
		r.spends = append(r.spends, f.Spends...)
	}
}

func follower(t *testing.T, s *suite) {
	s.Mine(8)
	m := watch()
	r := &trail{source: s.Source}
	r.follow(t, m)
	start := r.anchors[len(r.anchors)-1].Height
	paid := func() {
		p, _ := s.pay()
		m.AddAddress(p.To)
	}
	for _, act := range []func(){
		func() { paid(); s.Mine(1) },
		func() { paid(); s.Mine(2) },
		func() { s.Reorg(1) },
		func() { s.Mine(1) },
		func() { paid(); s.Mine(1); paid(); s.Mine(1); s.Reorg(3) },
		func() { s.Mine(3) },
		func() { s.Reorg(2); s.Mine(1); s.Reorg(1) },
		func() { s.Mine(1) },
	} {
		act()
		r.follow(t, m)
		head := s.head(t)
		require.Equal(t, head.Anchor, r.anchors[len(r.anchors)-1])
		require.Equal(t, s.found(t, start+1, head.Height, m).Transfers, r.found, "what it gathered is what the chain holds")
	}
	require.Len(t, r.found, 4, "every payment is in some block")
}

func rangeEqualsLinked(t *testing.T, s *suite) {
	s.Mine(1)
	from := s.head(t).Height + 1
	m := watch()
	for i, asset := range s.Assets {
		p := Payment{To: s.address(), Amount: s.amount(asset)}
		s.Pay(p)
		m.AddAddress(p.To)
		if i == len(s.Assets)-1 {
			s.Mine(3) // blocks without anything, and a last one that matters
			p.To = s.address()
			m.AddAddress(p.To)
			s.Pay(p)
		}
		s.Mine(1)
	}
	to := s.head(t).Height
	if !s.Final(to) {
		t.Fatal("the world has Final and cannot make a block final")
	}
	require.GreaterOrEqual(t, s.head(t).Final, to)
	run, err := s.Source.(chain.Ranger).Range(t.Context(), from, to)
	require.NoError(t, err)
	got, err := run.Match(t.Context(), m)
	require.NoError(t, err)
	want := s.found(t, from, to, m)
	require.Len(t, want.Transfers, len(s.Assets)+1)
	require.Equal(t, want.Transfers, got.Transfers)
	anchors := run.Anchors()
	require.Equal(t, to, anchors[len(anchors)-1].Height)
}

func inspected(t *testing.T, s *suite) {
	in := s.Source.(chain.Inspector)
	p, id := s.pay()
	m := watch(p.To)
	got, err := in.Inspect(t.Context(), id, m)
	require.NoError(t, err)
	require.Equal(t, chain.TxUnmined, got.State)
	require.True(t, got.Block.IsZero())

	mined := only(t, s.mined(t, m), p.To)
	got, err = in.Inspect(t.Context(), id, m)
	if s.Unindexed {
		require.ErrorIs(t, err, chain.ErrNotFound)
		require.ErrorContains(t, err, "index", "it says what the node lacks")
		return
	}
	require.NoError(t, err)
	require.Equal(t, chain.TxMined, got.State)
	require.Equal(t, mined.Block, got.Block)
	require.Equal(t, []chain.Transfer{mined}, got.Found.Transfers)
	require.Contains(t, got.Recipients, p.To)

	got, err = in.Inspect(t.Context(), id, chain.NewWatched())
	require.NoError(t, err)
	require.Empty(t, got.Found.Transfers, "somebody else's")
	require.Contains(t, got.Recipients, p.To)

	_, err = in.Inspect(t.Context(), chain.Hash{0xfa, 3}, m)
	require.ErrorIs(t, err, chain.ErrNotFound)

	if s.PayFailed != nil {
		failed := Payment{To: s.address(), Amount: s.amount(s.network.Native)}
		id := s.PayFailed(failed)
		s.Mine(1)
		got, err := in.Inspect(t.Context(), id, watch(failed.To))
		require.NoError(t, err)
		require.Equal(t, chain.TxFailed, got.State)
		require.Empty(t, got.Found.Transfers)
	}
}
