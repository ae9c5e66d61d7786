package cointill_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

// tries follows so many blocks on nodes that may refuse; what they refuse is asked
// again.
func (x *till) tries(blocks int) {
	x.Helper()
	for range blocks {
		x.now = x.now.Add(20 * time.Second)
		x.mine()
		for range 6 {
			if err := x.p.Advance(x.Context()); !errors.Is(err, chain.ErrNotFound) && !errors.Is(err, chain.ErrUnavailable) {
				require.NoError(x, err)
			}
		}
	}
}

// fakeBalancer: each request may be answered by another node.
func fakeBalancer(t *testing.T) {
	var cases []tillCase
	for _, c := range everywhere() {
		build := c.build
		c.build = func(x *till) http.Handler {
			nodes := []http.Handler{build(x)}
			for i := range 2 {
				late := x.another()
				nodeOf(late).ServeBehind(2*i + 1)
				nodes = append(nodes, late)
			}
			turn := rand.New(rand.NewPCG(1, 2))
			var mu sync.Mutex
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				n := turn.IntN(len(nodes))
				mu.Unlock()
				nodes[n].ServeHTTP(w, r)
			})
		}
		cases = append(cases, c)
	}
	onTills(t, cases, func(x *till) {
		v, m := x.address(voice), x.address(sms)
		x.tries(8)
		id := x.pay(v.Address, x.coins("5"))
		x.pay(m.Address, x.coins("1"))
		x.tries(4)
		x.chain().Reorg(3, chainsim.Branch{Later: []chain.Hash{id}, Crowd: 1})
		x.tries(14)
		require.Len(x, x.deposits(voice), 1)
		require.Equal(x, 1, x.deposits(voice)[0].Incarnation)
		require.Equal(x, "5000.00 USD", x.balance(voice))
		x.requireHonest()
		x.requireBooks("6", "0")
	})
}

// another is one more node of the chain.
func (x *till) another() http.Handler {
	if x.evm == nil {
		return x.evmOrCore()
	}
	return x.evm.Erigon()
}

func nodeOf(h http.Handler) *chainsim.Node {
	switch n := h.(type) {
	case *chainsim.EVMFace:
		return n.Node
	case *chainsim.Face:
		return n.Node
	}
	return nil
}

// fakeLogIndex: eth_getLogs answers nothing, the blocks' filters say otherwise.
func fakeLogIndex(t *testing.T) {
	onTills(t, evms("USDT"), func(x *till) {
		v, m := x.address(voice), x.address(sms)
		x.blocks(2)
		x.face.HideLogs(true)
		x.pay(v.Address, x.coins("5"))
		x.evm.PayFailed(x.to(v.Address, "7"))
		x.pay(m.Address, x.coins("1"))
		x.tries(3)
		x.face.HideLogs(false)
		x.tries(5)
		require.Len(x, x.deposits(voice), 1)
		require.Equal(x, "5000.00 USD", x.balance(voice))
		x.requireHonest()
		x.requireBooks("6", "0")
	})
}

// fakeOmission: nothing in an EVM block that a library can check betrays what one
// node leaves out. Another node does, when an operator asks it.
func fakeOmission(t *testing.T) {
	onTills(t, append(ethereums("ETH")[:2], ethereums("USDT")[:2]...), func(x *till) {
		v, m := x.address(voice), x.address(sms)
		x.blocks(2)
		x.node.Omit(x.pay(v.Address, x.coins("5")))
		x.pay(m.Address, x.coins("1"))
		x.tries(7)
		x.node.Omit()
		x.tries(2)
		h, err := x.p.Health(x.Context())
		require.NoError(x, err)
		for want := 1; want >= 0; want-- { // the second time nothing is missing
			report, err := x.p.Rescan(x.Context(), x.network, 1, h.Networks[0].Tip, false, payments.Actor{ID: "op", Reason: "a customer asks"})
			require.NoError(x, err)
			require.Len(x, report.Missing, want)
			require.NoError(x, x.p.Advance(x.Context()))
		}
		x.tries(1)
		require.Equal(x, "5000.00 USD", x.balance(voice))
		x.requireHonest()
		x.requireBooks("6", "0")
	})
}

// fakeForcedUntraced: the balance grew and no transaction that the node shows says
// why. Nobody is credited until an operator says whose it is; nothing that only
// looks like a payment makes the balance grow.
func fakeForcedUntraced(t *testing.T) {
	onTills(t, ethereums("ETH")[:1], func(x *till) {
		x.node.Trace(false)
		v, m := x.address(voice), x.address(sms)
		x.blocks(2)
		x.evm.PayByDestruction(x.to(v.Address, "2"))
		x.evm.PayReverted(x.to(v.Address, "5"))
		x.evm.PayDelegated(x.to(v.Address, "5"))
		x.evm.PayFailed(x.to(v.Address, "5"))
		x.pay(m.Address, x.coins("1"))
		x.blocks(7)
		x.requireHonest()
		x.requireNothing()
		anHour := func() {
			x.now = x.now.Add(time.Hour)
			x.evm.Mine(400)
			x.blocks(3)
		}
		anHour()
		require.Len(x, x.deposits(voice), 1)
		item := x.deposits(voice)[0]
		require.Equal(x, payments.HoldUnexplained, item.Hold)
		require.Equal(x, x.coins("2").String(), item.Amount.String())
		require.Equal(x, "0.00 USD", x.balance(voice))
		x.requireBooks("3", "2")
		require.NoError(x, x.p.Assign(x.Context(), item.Key, voice, payments.Actor{ID: "op", Reason: "a contract paid"}))
		for range 2 {
			anHour()
			require.Len(x, x.deposits(voice), 1)
			require.Equal(x, "2000.00 USD", x.balance(voice))
			x.requireBooks("3", "0")
		}
	})
}
