package evm_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/evm"
	"github.com/cointill/cointill/payments/money"
)

// books is a trail, and what the blocks on it brought.
type books struct {
	anchors []chain.Anchor
	live    map[string]chain.Transfer
}

func (b *books) read(_ context.Context, atOrBelow uint64, limit int) ([]chain.Anchor, error) {
	var out []chain.Anchor
	for _, a := range slices.Backward(b.anchors) {
		if a.Height <= atOrBelow && len(out) < limit {
			out = append(out, a)
		}
	}
	return out, nil
}

// step takes one step if there is one. A source may be unavailable; it may not
// tell a transfer twice.
func (b *books) step(t require.TestingT, src chain.Source, m chain.Matcher) bool {
	next, ok, err := chain.Next(context.Background(), src, b.read, time.Time{})
	if err != nil {
		// A node may not have the block that another named: both are tried again.
		require.True(t, errors.Is(err, chain.ErrUnavailable) || errors.Is(err, chain.ErrNotFound), "%v", err)
		return true
	}
	if !ok {
		return false
	}
	var found chain.Found
	if next.Run != nil {
		if found, err = next.Run.Match(context.Background(), m); err != nil {
			require.ErrorIs(t, err, chain.ErrUnavailable)
			return true
		}
	}
	b.anchors = slices.DeleteFunc(b.anchors, func(a chain.Anchor) bool { return a.Height > next.Move.Keep })
	for id, x := range b.live {
		if x.Block.Height > next.Move.Keep {
			delete(b.live, id)
		}
	}
	b.anchors = append(b.anchors, next.Move.Attach...)
	for _, x := range found.Transfers {
		require.NotContains(t, b.live, x.ID, "told twice")
		b.live[x.ID] = x
	}
	return true
}

// P26: one URL, behind it nodes that see different heights in turn.
func TestAlternatingNodesAtDifferentHeightsNeverLoseOrDouble(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sim := chainsim.NewEVM(chain.Ethereum, chainsim.Options{})
		nodes := []*chainsim.EVMFace{sim.Geth(), sim.Geth(), sim.Geth()}
		var turn atomic.Uint64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			nodes[turn.Add(1)%uint64(len(nodes))].ServeHTTP(w, r)
		}))
		defer server.Close()
		src, err := evm.NewSource(chain.Ethereum, evm.RPC{URL: server.URL})
		require.NoError(rt, err)
		watched := chain.NewWatched()
		to := chainsim.Address(chain.Ethereum, 0)
		watched.AddAddress(to)
		assets := []money.Asset{chain.Ethereum.Native, chain.Ethereum.Tokens[0].Asset, chain.Ethereum.Tokens[1].Asset}
		b := &books{live: map[string]chain.Transfer{}}
		sim.Mine(8)
		for range rapid.IntRange(5, 40).Draw(rt, "actions") {
			switch rapid.IntRange(0, 5).Draw(rt, "action") {
			case 0:
				for i := range rapid.IntRange(1, 3).Draw(rt, "payments") {
					sim.Pay(chainsim.Payment{To: to, Amount: money.Units(assets[i], int64(i+1))})
				}
				sim.Mine(1)
			case 1:
				sim.Reorg(rapid.IntRange(1, 3).Draw(rt, "depth"), chainsim.Branch{})
			case 2:
				nodes[rapid.IntRange(0, 2).Draw(rt, "node")].ServeBehind(rapid.IntRange(0, 5).Draw(rt, "behind"))
			default:
				b.step(rt, src, watched)
			}
		}
		for _, n := range nodes {
			n.ServeBehind(0)
		}
		sim.Mine(1) // higher than any branch before it
		for i := 0; b.step(rt, src, watched); i++ {
			require.Less(rt, i, 100, "never arrives")
		}
		truth, err := sim.Source("truth").Linked(context.Background(), 0, sim.Head().Height)
		require.NoError(rt, err)
		want, err := truth.Match(context.Background(), watched)
		require.NoError(rt, err)
		require.Equal(rt, said(want.Transfers), said(b.transfers()))
	})
}

func (b *books) transfers() []chain.Transfer {
	out := []chain.Transfer{}
	for _, x := range b.live {
		out = append(out, x)
	}
	return out
}

func said(transfers []chain.Transfer) []string {
	out := []string{}
	for _, x := range transfers {
		out = append(out, fmt.Sprint(x.ID, x.Amount, x.Block))
	}
	slices.Sort(out)
	return out
}
