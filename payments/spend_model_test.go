package payments_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

// TestAnyHistoryOfSweepsKeepsTheBooks drives a random history of payments to our
// leaves and to the treasury, of transactions that spend coins of both with outputs
// to leaves, to the treasury and to strangers, of blocks, reorganisations, restarts
// and a second engine. Whenever an engine has caught up, the books must say what the
// chain says our addresses hold, and what our keys signed must be nobody's payment.
func TestAnyHistoryOfSweepsKeepsTheBooks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b, sim := utxoBundle(t)
		b.cfg.Rails[0].Breaker = 1_000
		b.restart()
		leaves := []chain.Address{b.address(voice), b.address(sms), chainsim.Address(sim.Network(), 7)}
		b.advance()
		second := b.processor(b.cfg)
		type coin struct {
			at         chain.Outpoint
			hundredths int64
		}
		var coins []coin
		there := func(id chain.Hash) bool {
			_, mined := blockOf(sim, id)
			return mined || isPending(sim, id)
		}
		var made []chain.Hash
		signed := map[chain.Hash]bool{} // by us
		kept := map[chain.Outpoint]bool{}
		nobodyIsPaid := func() {
			var rows []payments.Deposit
			require.NoError(rt, b.store.View(b.ctx, func(tx payments.Tx) (err error) {
				rows, err = tx.Deposits(b.ctx, payments.DepositQuery{Network: sim.Network().ID, Included: true, MaxHeight: 1 << 40})
				return err
			}))
			for _, d := range rows {
				switch {
				case d.To == cold(sim.Network()):
					require.Equal(rt, payments.StateTreasury, d.State, "%s", d.Key)
				case signed[d.TxID]:
					require.Equal(rt, payments.StateInternal, d.State, "%s", d.Key)
				default:
					require.NotContains(rt, []payments.DepositState{payments.StateInternal, payments.StateTreasury}, d.State, "%s", d.Key)
				}
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"pay": func(rt *rapid.T) {
				n := rapid.Int64Range(1, 300).Draw(rt, "hundredths")
				id := b.pay(rapid.SampledFrom(leaves).Draw(rt, "leaf"), n)
				coins, made = append(coins, coin{out(id, 0), n}), append(made, id)
			},
			"fund": func(rt *rapid.T) {
				n := rapid.Int64Range(1, 300).Draw(rt, "hundredths")
				at := out(b.pay(cold(sim.Network()), n), 0)
				coins, made, kept[at] = append(coins, coin{at, n}), append(made, at.TxID), true
			},
			"sweep": func(rt *rapid.T) {
				var from []chain.Outpoint
				var sum int64
				var rest []coin
				for _, c := range coins {
					if there(c.at.TxID) && len(from) < 5 && rapid.Bool().Draw(rt, "take") {
						from, sum = append(from, c.at), sum+c.hundredths
					} else {
						rest = append(rest, c)
					}
				}
				if sum < 3 {
					rt.Skip()
				}
				coins = rest
				sum -= rapid.Int64Range(0, 1).Draw(rt, "fee")
				change := rapid.Int64Range(0, sum-1).Draw(rt, "change")
				to := rapid.SampledFrom([]chain.Address{cold(sim.Network()), stranger(sim.Network()), leaves[0]}).Draw(rt, "to")
				outs := []chainsim.Payment{b.to(to, sum-change)}
				if change > 0 {
					outs = append(outs, b.to(rapid.SampledFrom(leaves).Draw(rt, "leaf"), change))
				}
				id := sim.Sweep(from, outs...)
				if made, signed[id] = append(made, id), true; change > 0 {
					coins = append(coins, coin{out(id, 1), change})
				}
				if to != stranger(sim.Network()) {
					coins = append(coins, coin{out(id, 0), sum - change})
					kept[out(id, 0)] = to == cold(sim.Network())
				}
			},
			"mine": func(rt *rapid.T) {
				b.clock.Advance(time.Duration(rapid.IntRange(1, 90).Draw(rt, "seconds")) * time.Second)
				sim.Mine(rapid.IntRange(1, 7).Draw(rt, "blocks"))
			},
			"reorganise": func(rt *rapid.T) {
				depth := rapid.IntRange(1, min(int(sim.Head().Height)-1, 12)).Draw(rt, "depth")
				branch := chainsim.Branch{Crowd: rapid.IntRange(0, 2).Draw(rt, "crowd")}
				var stand []chain.Hash
				for _, id := range made {
					if there(id) {
						stand = append(stand, id)
					}
				}
				if len(stand) > 0 {
					id := rapid.SampledFrom(stand).Draw(rt, "moved")
					switch rapid.IntRange(0, 2).Draw(rt, "fate") {
					case 0:
						branch.Later = []chain.Hash{id}
					case 1:
						if at, mined := blockOf(sim, id); !mined || at.Height > sim.Head().Height-uint64(depth) {
							branch.Vanish = []chain.Hash{id}
						}
					}
				}
				sim.Reorg(depth, branch)
			},
			"restart": func(*rapid.T) { b.restart() },
			"advance": func(*rapid.T) { b.advance(); b.checkBooks(); nobodyIsPaid() },
			"second":  func(*rapid.T) { require.NoError(rt, second.Advance(b.ctx)); b.checkBooks(); nobodyIsPaid() },
		})
		b.clock.Advance(time.Minute)
		sim.Mine(7)
		b.advance()
		b.checkBooks()
		nobodyIsPaid()
		var rows []payments.Deposit
		require.NoError(rt, b.store.View(b.ctx, func(tx payments.Tx) (err error) {
			rows, err = tx.Deposits(b.ctx, payments.DepositQuery{Network: sim.Network().ID, Unspent: true, Included: true, MaxHeight: 1 << 40})
			return err
		}))
		_, held := b.truth(sim.Head().Height)
		sum := b.coins(0)
		for _, d := range rows {
			if d.State == payments.StateTreasury {
				var vout uint32
				_, err := fmt.Sscanf(d.Key.ID[len(d.TxID.String()):], ":%d", &vout)
				require.NoError(rt, err)
				require.True(rt, kept[out(d.TxID, vout)], "%s", d.Key)
				delete(kept, out(d.TxID, vout))
				continue
			}
			var err error
			sum, err = sum.Add(d.Amount)
			require.NoError(rt, err)
		}
		for at, cold := range kept {
			_, mined := blockOf(sim, at.TxID)
			spent := !slices.ContainsFunc(coins, func(c coin) bool { return c.at == at && there(at.TxID) })
			require.False(rt, cold && mined && !spent, "a coin of the treasury that is unspent is on record: %s", at)
		}
		if want := held[b.asset]; want != nil {
			require.Equal(rt, want.String(), sum.UnitsText(), "what is marked as unspent is unspent")
		}
	})
}
