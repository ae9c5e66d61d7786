package payments_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

func peerSettledIsTerminal(t *testing.T) {
	for _, final := range []uint64{0, 6} { // only credited, and called final already
		onFlatRails(t, func(t *testing.T, b *bundle) {
			unbroken(&b.cfg)
			b.cfg.Rails[0].Final = final
			b.restart()
			v, s := b.address(voice), b.address(sms)
			b.advance()
			b.pay(s, 300)
			b.mine(1) // stays: the fork is above it
			id := b.pay(v, 100)
			b.mine(7)
			want := payments.StateCredited
			if final == 6 {
				want = payments.StateFinal
			}
			require.Equal(t, want, b.only(voice).State)
			require.Equal(t, "1000.00 USD", b.balance(voice))
			b.sim.Reorg(7, chainsim.Branch{Vanish: []chain.Hash{id}})
			b.advance()
			d := b.only(voice)
			require.Equal(t, payments.StateReversed, d.State)
			require.Contains(t, b.events.kinds(d.Key.String()), payments.EventDepositReversed)
			lines, _, err := b.p.Statement(b.ctx, voice, ledger.Cursor{}, 10)
			require.NoError(t, err)
			require.Len(t, lines, 2)
			require.Equal(t, ledger.KindReversal, lines[0].Kind)
			require.Equal(t, "-1000.00 USD", lines[0].Amount.String())
			b.requireCredit(voice, "0.00 USD")
			b.requireCredit(sms, "3000.00 USD")
			b.mine(20)
			b.requireCredit(voice, "0.00 USD")
		})
	}
}

func peerRevertsSilently(t *testing.T) {
	for depth, kind := range map[int]payments.EventKind{3: payments.EventDepositOrphaned, 7: payments.EventDepositReversed} {
		onFlatRails(t, func(t *testing.T, b *bundle) {
			v, s := b.address(voice), b.address(sms)
			b.advance()
			id := b.pay(v, 100)
			other := b.pay(s, 300) // mined again in the other branch
			b.mine(depth)
			b.sim.Reorg(depth, chainsim.Branch{Vanish: []chain.Hash{id}, Crowd: 2})
			b.advance()
			b.mine(10)
			d := b.only(voice)
			told := b.events.kinds(d.Key.String())
			require.Equal(t, 1, count(told, kind), "%v", told)
			require.Equal(t, kind, told[len(told)-1])
			x, err := b.p.Explain(b.ctx, d.Key)
			require.NoError(t, err)
			last := x.Events[len(x.Events)-1]
			require.Equal(t, kind, last.Kind)
			require.Equal(t, voice.Profile, last.Profile)
			require.True(t, json.Valid(last.Data))
			require.Equal(t, other, b.only(sms).TxID)
			b.requireCredit(voice, "0.00 USD")
			b.requireCredit(sms, "3000.00 USD")
		})
	}
}

func peerReplayReEmits(t *testing.T) {
	for _, depth := range []int{2, 6} {
		onFlatRails(t, func(t *testing.T, b *bundle) {
			v, s := b.address(voice), b.address(sms)
			b.advance()
			gone, moved := b.pay(v, 100), b.pay(s, 100)
			b.mine(depth)
			first := b.only(sms)
			b.sim.Reorg(depth, chainsim.Branch{Vanish: []chain.Hash{gone}, Later: []chain.Hash{moved}, Crowd: 3})
			b.restart() // a new process replays what it finds
			b.advance()
			b.mine(7)
			again := b.only(sms)
			require.Equal(t, first.Key, again.Key)
			require.NotEqual(t, first.Block.Hash, again.Block.Hash)
			requireCredited(t, again)
			require.Equal(t, uint64(7), again.Confirmations)
			b.requireCredit(voice, "0.00 USD")
			b.requireCredit(sms, "1000.00 USD")
			require.True(t, b.only(voice).Credited.IsZero())
		})
	}
}

func peerCreationHeight(t *testing.T) {
	for below := range 4 { // how far below the height of creation the payment is mined
		onFlatRails(t, func(t *testing.T, b *bundle) {
			s := b.address(sms)
			b.mine(10)
			v := b.address(voice) // created at this height
			created := b.sim.Head().Height
			honest := b.pay(s, 300)
			b.mine(1)
			depth := below + 2 // that block, the block of creation, and so many below it
			b.sim.Reorg(depth, chainsim.Branch{Blocks: 1, Later: []chain.Hash{honest}})
			rewound := b.sim.Head().Height
			require.Less(t, rewound, created+1)
			b.sim.(interface{ Rewind(int) }).Rewind(1)
			id := b.pay(v, 100)
			b.sim.MineTx(id)
			at, mined := blockOf(b.sim, id)
			require.True(t, mined)
			require.Equal(t, created-uint64(below), at.Height)
			b.mine(below + 8)
			require.Equal(t, at, b.only(voice).Block)
			b.requireCredit(voice, "1000.00 USD")
			b.requireCredit(sms, "3000.00 USD")
		})
	}
	t.Run("on a network never followed before", func(t *testing.T) {
		onFlatRails(t, func(t *testing.T, b *bundle) {
			b.clock.Advance(time.Minute)
			b.sim.Mine(1)
			v := b.address(voice)
			b.pay(v, 100)
			b.sim.Mine(1) // no pass was made yet
			b.mine(6)
			requireCredited(t, b.only(voice))
			b.requireCredit(voice, "1000.00 USD")
		})
	})
}

func peerDepthOne(t *testing.T) {
	onFlatRails(t, func(t *testing.T, b *bundle) { // no policy is configured
		v := b.address(voice)
		b.advance()
		b.pay(v, 100)
		for n := range uint64(6) {
			b.requireCredit(voice, "0.00 USD")
			for _, d := range b.all(voice) {
				require.Equal(t, n, d.Confirmations)
				require.Equal(t, uint64(6), d.Required)
			}
			b.mine(1)
		}
		b.requireCredit(voice, "1000.00 USD")
	})
	t.Run("BNB Smart Chain by finality", func(t *testing.T) {
		n := chain.BSC
		n.Test = true
		var sim *chainsim.EVM
		b := newBundle(t, railCase{"bsc", "USDT", func(c *clock) (simulation, func(string) chain.Source) {
			sim = chainsim.NewEVM(n, chainsim.Options{Now: c.Now}) // final only when told
			return sim, func(name string) chain.Source { return sim.Source(name) }
		}}, tiered(payments.Tier{Finalized: true}))
		b.flat()
		v, s := b.address(voice), b.address(sms)
		b.advance()
		b.pay(v, 100)
		b.mine(1)
		b.pay(s, 200)
		b.mine(20) // nine seconds there: many blocks are no assurance
		b.requireCredit(voice, "0.00 USD")
		sim.Finalize(b.only(voice).Block.Height)
		b.advance()
		b.requireCredit(voice, "1000.00 USD")
		b.requireCredit(sms, "0.00 USD")
		sim.Finalize(b.only(sms).Block.Height)
		b.advance()
		b.requireCredit(sms, "2000.00 USD")
	})
	t.Run("a deeper one is asked where it is configured", func(t *testing.T) {
		onFlatRails(t, func(t *testing.T, b *bundle) {
			b.cfg.Rails[0].Confirmations = 9
			b.restart()
			v := b.address(voice)
			b.advance()
			b.pay(v, 100)
			b.mine(8)
			b.requireCredit(voice, "0.00 USD")
			b.mine(1)
			b.requireCredit(voice, "1000.00 USD")
		})
	})
}
