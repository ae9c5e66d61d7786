package cointill_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/chain/utxo"
	"github.com/cointill/cointill/payments"
)

func fakeReorgedOut(t *testing.T) {
	onTills(t, everywhere(), func(x *till) {
		v, m := x.address(voice), x.address(sms)
		x.blocks(1)
		id := x.pay(v.Address, x.coins("5"))
		x.pay(m.Address, x.coins("1"))
		x.blocks(6)
		require.Equal(x, "5000.00 USD", x.balance(voice))
		x.requireHonest()
		x.requireBooks("6", "0")
		x.chain().Reorg(6, chainsim.Branch{Vanish: []chain.Hash{id}, Crowd: 2})
		x.blocks(1)
		require.Equal(x, []payments.DepositState{payments.StateReversed}, x.states(voice))
		require.Equal(x, "0.00 USD", x.balance(voice))
		x.blocks(6)
		require.Equal(x, "0.00 USD", x.balance(voice))
		require.Equal(x, "1000.00 USD", x.balance(sms))
		require.Len(x, x.deposits(sms), 1)
		x.requireBooks("1", "0")
	})
}

func fakeTwice(t *testing.T) {
	onTills(t, everywhere(), func(x *till) {
		var second *chainsim.Face
		if x.evm != nil {
			second = x.evm.Anvil().Face
		} else {
			second = map[chain.Family]func(*chainsim.UTXO) *chainsim.Face{
				chain.FamilyBitcoin: (*chainsim.UTXO).Btcd, chain.FamilyLitecoin: (*chainsim.UTXO).Core,
				chain.FamilyDogecoin: (*chainsim.UTXO).Dogecoin121}[x.network.Family](x.utxo)
		}
		x.cfg.Rails[0].Sources = append(x.cfg.Rails[0].Sources, x.rail(x.network, x.serve(second)).Sources...)
		x.restart()
		v, m := x.address(voice), x.address(sms)
		x.blocks(1)
		id := x.pay(v.Address, x.coins("5"))
		x.pay(m.Address, x.coins("1"))
		follow := func(blocks int) {
			for i := range blocks {
				x.now = x.now.Add(20 * time.Second)
				x.mine()
				if i%3 == 1 {
					x.node.Fail(1) // the other provider tells the rest
				}
				if i%2 == 0 {
					x.restart()
				}
				for range 3 {
					if err := x.p.Advance(x.Context()); err != nil {
						require.ErrorIs(x, err, chain.ErrUnavailable)
					}
				}
			}
		}
		once := func() {
			x.Helper()
			require.Len(x, x.deposits(voice), 1)
			require.Equal(x, id, x.deposits(voice)[0].TxID)
			require.Equal(x, "5000.00 USD", x.balance(voice))
			require.Equal(x, "1000.00 USD", x.balance(sms))
			x.requireBooks("6", "0")
		}
		follow(8)
		once()
		x.chain().Reorg(8, chainsim.Branch{Later: []chain.Hash{id}, Crowd: 3, Reverse: true})
		follow(8)
		once()
		x.rescan()
		follow(2)
		once()
	})
}

func fakeProvider(t *testing.T) {
	t.Run("a node that leaves transactions out", func(t *testing.T) {
		onTills(t, utxos(), func(x *till) {
			v, m := x.address(voice), x.address(sms)
			x.blocks(1)
			id := x.pay(v.Address, x.coins("5"))
			x.pay(m.Address, x.coins("1"))
			x.now = x.now.Add(20 * time.Second)
			x.mine()
			x.node.Omit(id)
			for range 3 {
				require.Error(x, x.p.Advance(x.Context()))
			}
			require.NotContains(x, x.states(sms), payments.StateConfirming, "no block is believed in part")
			x.node.Omit()
			x.blocks(6)
			require.Equal(x, "5000.00 USD", x.balance(voice))
			x.requireHonest()
			x.requireBooks("6", "0")
		})
	})
	t.Run("an eclipsed node, where two must agree", func(t *testing.T) {
		onTills(t, everywhere(), func(x *till) {
			other := x.evmOrCore()
			x.cfg.Rails[0].Sources = append(x.cfg.Rails[0].Sources, x.rail(x.network, x.serve(other)).Sources...)
			x.cfg.Rails[0].Tiers = []payments.Tier{{Agree: 2}}
			x.restart()
			v, m := x.address(voice), x.address(sms)
			x.blocks(3)
			x.pay(m.Address, x.coins("1"))
			x.blocks(6)
			x.requireHonest()
			x.node.Diverge(1) // all that it shows from here on stands nowhere else
			x.pay(v.Address, x.coins("5"))
			x.blocks(8)
			require.Equal(x, []payments.DepositState{payments.StateConfirming}, x.states(voice))
			require.NotEmpty(x, x.deposits(voice)[0].Waits)
			x.requireBooks("1", "0")
			x.node.Rejoin()
			x.blocks(1)
			require.Equal(x, "5000.00 USD", x.balance(voice))
			x.requireHonest()
			x.requireBooks("6", "0")
		})
	})
	t.Run("a node that lags, is syncing, or hangs", func(t *testing.T) {
		onTills(t, everywhere(), func(x *till) {
			v, m := x.address(voice), x.address(sms)
			x.blocks(3)
			x.pay(v.Address, x.coins("5"))
			x.node.ServeBehind(4)
			x.pay(m.Address, x.coins("1"))
			x.blocks(8) // it shows four of them
			require.Equal(x, "0.00 USD", x.balance(voice))
			x.node.ServeBehind(0)
			x.node.ReportSyncing(true)
			require.NoError(x, x.p.Advance(x.Context()))
			require.Equal(x, "0.00 USD", x.balance(voice), "not on the word of a node that is catching up")
			x.node.ReportSyncing(false)
			x.now = x.now.Add(24 * time.Hour) // no block for a day: it hangs
			require.NoError(x, x.p.Advance(x.Context()))
			require.Equal(x, "0.00 USD", x.balance(voice))
			x.requireBooks("0", "0")
			x.blocks(1)
			require.Equal(x, "5000.00 USD", x.balance(voice))
			x.requireBooks("6", "0")
		})
	})
	t.Run("nodes of several heights behind one address", fakeBalancer)
	t.Run("a log index that lags behind its blocks", fakeLogIndex)
	t.Run("an EVM node that leaves transactions out", fakeOmission)
	t.Run("a node of another chain", func(t *testing.T) {
		onTills(t, everywhere(), func(x *till) {
			good := x.cfg.Rails[0].Sources
			x.cfg.Rails[0].Sources = x.rail(x.network, x.serve(x.elsewhere())).Sources
			x.restart()
			v, m := x.address(voice), x.address(sms)
			require.ErrorIs(x, x.p.Advance(x.Context()), chain.ErrWrongNetwork)
			x.cfg.Rails[0].Sources = good
			x.restart()
			x.blocks(1)
			x.pay(m.Address, x.coins("1"))
			x.blocks(7)
			x.requireHonest()
			x.requireNothing()
			require.NotEqual(x, v.Text, m.Text)
		})
	})
	t.Run("another chain behind the same address, without any failure", func(t *testing.T) {
		onTills(t, everywhere(), func(x *till) {
			v, m := x.address(voice), x.address(sms)
			nodes := []http.Handler{x.evmOrCore(), x.elsewhere(x.to(v.Address, "5"))}
			var turn atomic.Int32
			x.cfg.Rails[0].Sources = x.rail(x.network, x.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				nodes[turn.Load()].ServeHTTP(w, r)
			}))).Sources
			x.restart()
			x.blocks(1)
			x.pay(m.Address, x.coins("1"))
			x.blocks(1)
			turn.Store(1)
			for range 3 {
				require.ErrorIs(x, x.p.Advance(x.Context()), chain.ErrWrongNetwork)
				require.Empty(x, x.deposits(voice))
			}
			turn.Store(0)
			x.blocks(6)
			x.requireHonest()
			x.requireNothing()
		})
	})
}

// elsewhere is a node of another chain of the same kind, 50 blocks long, on which
// somebody made payments.
func (x *till) elsewhere(payments ...chainsim.Payment) http.Handler {
	n := x.network
	if x.evm != nil {
		n.ChainID = 4242
		sim := chainsim.NewEVM(n, chainsim.Options{Now: x.clock})
		for _, p := range payments {
			sim.Pay(p)
		}
		sim.Mine(50)
		return sim.Geth()
	}
	sim := chainsim.NewUTXO(n, chainsim.Options{Start: x.now.AddDate(-1, 0, 0)})
	for _, p := range payments {
		sim.Pay(p)
	}
	sim.Mine(50)
	return nodeOfUTXO(sim)
}

func (x *till) evmOrCore() http.Handler {
	if x.evm != nil {
		return x.evm.Geth()
	}
	return nodeOfUTXO(x.utxo)
}

// nodeOfUTXO is a node of the software that the chain's operators run.
func nodeOfUTXO(sim *chainsim.UTXO) http.Handler {
	switch sim.Network().Family {
	case chain.FamilyLitecoin:
		return sim.Litecoin()
	case chain.FamilyDogecoin:
		return sim.Dogecoin114()
	}
	return sim.Core()
}

// fakeOldLitecoin: a release that took the blocks of April 2026 for valid.
func fakeOldLitecoin(t *testing.T) {
	old := litecoins()
	build := old[0].build
	old[0].build = func(x *till) http.Handler {
		h := build(x)
		x.forged = "/LitecoinCore:0.21.2.2/"
		for x.now = x.now.Add(-200 * time.Minute); x.utxo.Head().Height < 200; x.utxo.Mine(1) {
			x.now = x.now.Add(time.Minute) // the trail begins above block 0, whose hash is another
		}
		x.network.Genesis = chain.Litecoin.Genesis
		return meddle(h, func(method, params, result string) string {
			switch {
			case method == "getblockhash" && strings.ReplaceAll(params, " ", "") == "[0]":
				return `"` + chain.Litecoin.Genesis + `"`
			case method == "getnetworkinfo":
				return `{"version":210202,"subversion":"` + x.forged + `"}`
			}
			return result
		})
	}
	onTills(t, old, func(x *till) {
		v, m := x.address(voice), x.address(sms)
		x.pay(v.Address, x.coins("5"))
		x.now = x.now.Add(20 * time.Second)
		x.mine()
		for range 3 {
			err := x.p.Advance(x.Context())
			var outdated *utxo.OutdatedError
			require.ErrorAs(x, err, &outdated)
			require.Equal(x, "0.21.5.4", outdated.Need)
		}
		require.Empty(x, x.deposits(voice))
		x.forged = "/LitecoinCore:0.21.5.4/" // upgraded
		x.pay(m.Address, x.coins("1"))
		x.blocks(7)
		x.requireHonest()
		require.Equal(x, "5000.00 USD", x.balance(voice))
		x.requireBooks("6", "0")
	})
}
