package payments_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

// TestNoTrickMovesTheBooksFromWhatTheChainHolds mixes every trick that the simulator
// knows with honest payments, withdrawals, sweeps, reorganisations, restarts,
// rescans and assignments, on nodes that trace and nodes that do not.
func TestNoTrickMovesTheBooksFromWhatTheChainHolds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		traces := rapid.Bool().Draw(rt, "traces")
		b, sim := evmBundle(t, traces)
		unbroken(&b.cfg)
		b.flat()
		accounts := []payments.Account{voice, sms}
		ours := []chain.Address{b.address(voice), b.address(sms)}
		n := sim.Network()
		b.mine(1)
		for _, a := range ours { // whoever sends must have: the simulator would give it
			b.sim.Pay(b.to(a, 1_000_000), chainsim.Payment{To: a, Amount: b.token("USDT", 1_000_000)})
		}
		b.mine(2)
		low := sim.Head().Height
		hundredths := rapid.Int64Range(2, 300)
		whom := rapid.SampledFrom(append(ours, ours[0], stranger(n), cold(n)))
		eth := func() chainsim.Payment { return b.to(whom.Draw(rt, "to"), hundredths.Draw(rt, "ETH")) }
		usdt := func() chainsim.Payment {
			return chainsim.Payment{To: whom.Draw(rt, "to"), Amount: b.token("USDT", hundredths.Draw(rt, "USDT"))}
		}
		from := func() chain.Address { return rapid.SampledFrom(append(ours, cold(n))).Draw(rt, "from") }
		var sent []chain.Hash
		send := func(id chain.Hash) { sent = append(sent, id) }
		acts := map[string]func(){
			"pay":         func() { send(sim.Pay(eth())) },
			"pay many":    func() { send(sim.Pay(eth(), usdt(), eth())) },
			"internal":    func() { send(sim.PayInternal(eth(), eth())) },
			"destruction": func() { send(sim.PayByDestruction(eth())) },
			"taxed":       func() { send(sim.PayTaxed(usdt(), b.token("USDT", 1))) },
			"delegated":   func() { sim.PayDelegated(eth()) },
			"reverted":    func() { sim.PayReverted(eth()) },
			"failed":      func() { sim.PayFailed(eth()); sim.PayFailed(usdt()) },
			"refused":     func() { sim.PayRefused(usdt()) },
			"foreign":     func() { sim.PayForeign(usdt()) },
			"nft":         func() { sim.PayNFT(usdt()) },
			"withdrawal":  func() { sim.Withdraw(eth()) },
			"sweep":       func() { sim.Send(from(), eth(), usdt()) },
			"gas lost":    func() { sim.SendFailed(from(), eth()) },
			"restart":     func() { b.restart() },
			"mine":        func() { b.mine(rapid.IntRange(1, 7).Draw(rt, "blocks")) },
			"propose": func() {
				b.clock.Advance(20 * time.Second)
				sim.MineTo(ours[0])
				b.advance()
			},
			"reorg": func() {
				depth := min(int(sim.Head().Height-low), rapid.IntRange(1, 9).Draw(rt, "depth"))
				if depth <= 0 {
					return
				}
				branch := chainsim.Branch{Crowd: rapid.IntRange(0, 2).Draw(rt, "crowd"), Reverse: rapid.Bool().Draw(rt, "reverse")}
				for _, id := range sent {
					if _, mined := sim.BlockOf(id); mined && rapid.IntRange(0, 4).Draw(rt, "fate") == 0 {
						branch.Vanish = append(branch.Vanish, id)
					}
				}
				sim.Reorg(depth, branch)
			},
			"rescan": func() {
				b.advance()
				_, err := b.p.Rescan(b.ctx, n, 1, sim.Head().Height, false, clerk)
				require.NoError(rt, err)
			},
			"assign": func() {
				for _, a := range accounts {
					for _, d := range b.all(a) {
						if (d.Hold == payments.HoldOrigin || d.Hold == payments.HoldUnexplained) && d.Included() {
							require.NoError(rt, b.p.Assign(b.ctx, d.Key, a, clerk))
						}
					}
				}
			},
		}
		names := rapid.SampledFrom(slices.Sorted(maps.Keys(acts)))
		for range rapid.IntRange(5, 30).Draw(rt, "acts") {
			acts[names.Draw(rt, "act")]()
		}
		b.mine(8)
		b.anHour()
		b.anHour()
		b.checkBooks()
	})
}
