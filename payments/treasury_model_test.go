package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

// TestAnyHistoryOfATreasuryThatComesAndGoesKeepsTheBooks: the treasury is registered
// and not, blocks are rescanned in the midst, two engines run on one store, and some
// of what is paid goes to a leaf that nobody owns.
func TestAnyHistoryOfATreasuryThatComesAndGoesKeepsTheBooks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b, sim := utxoBundle(t)
		b.cfg.Rails[0].Breaker = 1_000
		hot := chainsim.Address(sim.Network(), 902)
		names := []payments.Treasury{{Name: "cold", Address: cold(sim.Network())}, {Name: "hot", Address: hot}}
		b.restart()
		leaves := []chain.Address{b.address(voice), b.address(sms), chainsim.Address(sim.Network(), 7)}
		b.advance()
		second := b.processor(b.cfg)
		type coin struct {
			at         chain.Outpoint
			hundredths int64
		}
		var coins []coin
		var made []chain.Hash
		there := func(id chain.Hash) bool {
			_, mined := blockOf(sim, id)
			return mined || isPending(sim, id)
		}
		check := func() {
			b.checkBooks()
			require.NoError(rt, b.store.View(b.ctx, func(tx payments.Tx) error {
				rows, err := tx.Deposits(b.ctx, payments.DepositQuery{})
				for _, d := range rows {
					require.False(rt, d.Owner.IsZero() && d.Included() && d.Hold == "" &&
						d.State != payments.StateInternal && d.State != payments.StateTreasury, "nobody's and not held: %+v", d)
					require.True(rt, d.Included() || d.Spent.IsZero() || d.State == payments.StateTreasury, "spent and in no block: %+v", d)
				}
				return err
			}))
		}
		rt.Repeat(map[string]func(*rapid.T){
			"pay": func(rt *rapid.T) {
				n := rapid.Int64Range(1, 300).Draw(rt, "hundredths")
				to := rapid.SampledFrom(append([]chain.Address{cold(sim.Network()), hot}, leaves...)).Draw(rt, "to")
				id := b.pay(to, n)
				coins, made = append(coins, coin{out(id, 0), n}), append(made, id)
			},
			"sweep": func(rt *rapid.T) {
				var from []chain.Outpoint
				var sum int64
				var rest []coin
				for _, c := range coins {
					if there(c.at.TxID) && len(from) < 4 && rapid.Bool().Draw(rt, "take") {
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
				change := rapid.Int64Range(1, sum-1).Draw(rt, "change")
				to := rapid.SampledFrom([]chain.Address{cold(sim.Network()), hot, leaves[0], leaves[2]}).Draw(rt, "to")
				back := rapid.SampledFrom(append([]chain.Address{hot}, leaves...)).Draw(rt, "back")
				id := sim.Sweep(from, b.to(to, sum-change), b.to(back, change))
				made = append(made, id)
				coins = append(coins, coin{out(id, 0), sum - change}, coin{out(id, 1), change})
			},
			"mine": func(rt *rapid.T) {
				b.clock.Advance(time.Duration(rapid.IntRange(1, 90).Draw(rt, "seconds")) * time.Second)
				sim.Mine(rapid.IntRange(1, 7).Draw(rt, "blocks"))
			},
			"reorganise": func(rt *rapid.T) {
				depth := rapid.IntRange(1, min(int(sim.Head().Height)-1, 12)).Draw(rt, "depth")
				branch := chainsim.Branch{Crowd: rapid.IntRange(0, 2).Draw(rt, "crowd")}
				if len(made) > 0 {
					id := rapid.SampledFrom(made).Draw(rt, "moved")
					at, mined := blockOf(sim, id)
					switch fate := rapid.IntRange(0, 2).Draw(rt, "fate"); {
					case !there(id):
					case fate == 0:
						branch.Later = []chain.Hash{id}
					case fate == 1 && (!mined || at.Height > sim.Head().Height-uint64(depth)):
						branch.Vanish = []chain.Hash{id}
					}
				}
				sim.Reorg(depth, branch)
			},
			"configure": func(rt *rapid.T) {
				b.cfg.Rails[0].Treasury = names[:rapid.IntRange(0, 2).Draw(rt, "registered")]
				b.restart()
				if rapid.Bool().Draw(rt, "both") {
					second = b.processor(b.cfg)
				}
			},
			"rescan": func(rt *rapid.T) {
				b.advance()
				from := rapid.Uint64Range(1, sim.Head().Height).Draw(rt, "from")
				b.rescan(from, rapid.Uint64Range(from, sim.Head().Height).Draw(rt, "to"), rapid.Bool().Draw(rt, "dry"))
				check()
			},
			"advance": func(*rapid.T) { b.advance(); check() },
			"second":  func(*rapid.T) { require.NoError(rt, second.Advance(b.ctx)); check() },
		})
		b.cfg.Rails[0].Treasury = names
		b.restart()
		b.clock.Advance(time.Minute)
		sim.Mine(7)
		b.advance()
		b.rescan(1, sim.Head().Height, false)
		b.advance()
		check()
		// Everything is known now: what our keys signed is nobody's payment.
		before := b.dump()
		again := b.rescan(1, sim.Head().Height, false)
		require.Empty(rt, again.Missing)
		require.Empty(rt, again.MissingSpends)
		require.Empty(rt, again.NotShown)
		require.Empty(rt, again.SpendsNotShown)
		require.Empty(rt, again.Differing)
		require.Equal(rt, withoutAudit(before), withoutAudit(b.dump()), "once more")
		signed := map[chain.Hash]bool{}
		for _, s := range b.spends() {
			signed[s.TxID] = signed[s.TxID] || s.Included()
		}
		require.NoError(rt, b.store.View(b.ctx, func(tx payments.Tx) error {
			rows, err := tx.Deposits(b.ctx, payments.DepositQuery{Network: sim.Network().ID, Included: true, MaxHeight: 1 << 40})
			for _, d := range rows {
				switch {
				case d.To == cold(sim.Network()) || d.To == hot:
					require.Equal(rt, payments.StateTreasury, d.State, "%s", d.Key)
				case signed[d.TxID]:
					require.Equal(rt, payments.StateInternal, d.State, "%s", d.Key)
				default:
					require.NotContains(rt, []payments.DepositState{payments.StateInternal, payments.StateTreasury}, d.State, "%s", d.Key)
				}
			}
			return err
		}))
	})
}
