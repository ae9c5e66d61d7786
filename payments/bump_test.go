package payments_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

// priced makes the price of each minute since the start the given one, the last
// one for ever.
func (b *bundle) priced(rates ...int) {
	start := b.clock.Now().Truncate(time.Minute)
	b.rates.at = func(t time.Time) string {
		i := min(max(int(t.Sub(start)/time.Minute), 0), len(rates)-1)
		return fmt.Sprint(rates[i])
	}
}

func TestAFeeBumpKeepsReceivedAtAndTheWorseRate(t *testing.T) {
	for name, rates := range map[string][]int{"price rises": {1000, 1100}, "price falls": {1000, 900}} {
		t.Run(name, func(t *testing.T) {
			b, sim := utxoBundle(t)
			to := b.address(voice)
			b.advance()
			b.priced(rates...)
			id := b.pay(to, 100)
			b.advance()
			seen := b.clock.Now()
			b.clock.Advance(time.Minute)
			b.advance()
			sim.FeeBump(id)
			b.advance()
			b.mine(6)
			all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
			require.NoError(t, err)
			require.Len(t, all, 2)
			for _, d := range all {
				if d.TxID == id {
					require.Equal(t, payments.StateReplaced, d.State)
					continue
				}
				require.Equal(t, payments.StateCredited, d.State)
				require.Equal(t, seen, d.ReceivedAt)
				require.Equal(t, fmt.Sprint(min(rates[0], rates[1])), d.Rate.String())
			}
			b.checkBooks()
		})
	}
}

func TestAMalleatedIDKeepsReceivedAtAndTheWorseRate(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	b.priced(1000, 900, 1200)
	id := b.pay(to, 100)
	b.advance()
	seen := b.clock.Now()
	b.clock.Advance(time.Minute)
	b.advance()
	sim.MineTx(sim.FeeBump(id)) // mined under an id that no mempool ever showed
	b.advance()
	b.mine(5)
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, "900.00 USD", b.balance(voice))
	for _, d := range all {
		if d.TxID != id {
			require.Equal(t, seen, d.ReceivedAt)
		}
	}
}

// Whatever is replaced by whatever, for whomever, the one that is mined never gets
// a better rate than any it replaced would have had.
func TestAnyChainOfReplacementsGetsTheWorstOfItsRates(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b, sim := utxoBundle(t)
		to := []chain.Address{b.address(voice), b.address(sms)}
		b.advance()
		rates := rapid.SliceOfN(rapid.IntRange(500, 1500), 2, 12).Draw(rt, "rates")
		b.priced(rates...)
		id := b.pay(to[0], 100)
		b.advance()
		lowest := rates[0]
		for i := 1; i < len(rates); i++ {
			for range 6 {
				b.clock.Advance(10 * time.Second)
				b.advance()
			}
			if rapid.Bool().Draw(rt, "bump") {
				lowest = min(lowest, rates[i])
				id = sim.Replace(id, b.to(to[rapid.IntRange(0, 1).Draw(rt, "to")], rapid.Int64Range(50, 150).Draw(rt, "amount")))
				b.advance()
			}
		}
		b.mine(6)
		credited := 0
		for _, a := range []payments.Account{voice, sms} {
			all, err := b.p.Deposits(b.ctx, a, payments.DepositKey{}, 20)
			require.NoError(rt, err)
			for _, d := range all {
				if d.State == payments.StateCredited {
					credited++
					require.Equal(rt, id, d.TxID)
					require.Equal(rt, fmt.Sprint(lowest), d.Rate.String())
				}
			}
		}
		require.Equal(rt, 1, credited)
	})
}

func TestABumpAfterTheWindowIsPricedWhenMined(t *testing.T) {
	b, sim := utxoBundle(t)
	to := b.address(voice)
	b.advance()
	b.priced(1000, 700, 900)
	id := b.pay(to, 100)
	b.advance()
	b.clock.Advance(time.Minute)
	b.advance()
	id = sim.FeeBump(id)
	for range 400 {
		b.clock.Advance(10 * time.Second)
		b.advance()
	}
	sim.MineTx(id)
	b.advance()
	b.mine(5)
	require.Equal(t, "900.00 USD", b.balance(voice))
}

func TestADoubleSpendMinedAfterTheOtherWasCreditedTakesTheCreditBack(t *testing.T) {
	b, sim := utxoBundle(t)
	v, s := b.address(voice), b.address(sms)
	b.advance()
	b.priced(1000, 2000)
	id := b.pay(v, 100)
	b.advance()
	b.mine(6)
	require.Equal(t, "1000.00 USD", b.balance(voice))
	sim.Reorg(6, chainsim.Branch{Replace: map[chain.Hash][]chainsim.Payment{id: {b.to(s, 100)}}})
	b.advance()
	b.mine(6)
	b.checkBooks()
	require.Equal(t, payments.StateReplaced, b.only(voice).State)
	require.Equal(t, "0.00 USD", b.balance(voice))
	require.Equal(t, "1000.00 USD", b.balance(sms), "at the rate of what it replaced")
}

func TestAPaymentOutOfMWEBKeepsItsReceiptUnderAnotherID(t *testing.T) {
	for _, depth := range []int{2, 7} { // before and after the credit
		var sim *chainsim.UTXO
		b := newBundle(t, railCase{"litecoin", "LTC", func(c *clock) (simulation, func(string) chain.Source) {
			n := chain.Litecoin
			n.Test = true
			sim = chainsim.NewUTXO(n, chainsim.Options{Now: c.Now})
			return sim, func(name string) chain.Source { return sim.Source(name) }
		}}, nil)
		to := b.address(voice)
		b.advance()
		sim.PegOut(b.to(to, 100), b.to(to, 100), b.to(b.address(sms), 300))
		b.mine(1)
		first, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
		require.NoError(t, err)
		require.Len(t, first, 2)
		require.Equal(t, chain.OriginPegOut, first[0].Origin)
		hogEx := first[0].TxID
		b.mine(depth - 1)
		b.checkBooks()

		// In the branch the block of the payments has none: they come three later.
		sim.Reorg(depth, chainsim.Branch{Later: []chain.Hash{hogEx}})
		b.advance()
		b.checkBooks()
		require.Equal(t, "0.00 USD", b.balance(voice))
		b.clock.Advance(5 * time.Minute)
		b.mine(8)
		b.checkBooks()
		all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
		require.NoError(t, err)
		require.Len(t, all, 4)
		credited := 0
		for _, d := range all {
			if d.TxID == hogEx {
				require.Equal(t, payments.StateReplaced, d.State)
				continue
			}
			credited++
			requireCredited(t, d)
			require.Equal(t, first[0].ReceivedAt, d.ReceivedAt)
			require.Equal(t, first[0].Rate.String(), d.Rate.String())
		}
		require.Equal(t, 2, credited)
	}
}

func TestAReplacementOnLitecoinForAnotherCustomerInheritsToo(t *testing.T) {
	c := railCase{"litecoin", "LTC", testUTXO(chain.Litecoin)}
	b := newBundle(t, c, nil)
	v, s := b.address(voice), b.address(sms)
	b.advance()
	b.priced(1000, 1500)
	id := b.pay(v, 100)
	b.advance()
	b.clock.Advance(time.Minute)
	b.advance()
	b.sim.Replace(id, b.to(s, 100))
	b.mine(6)
	require.Equal(t, "1000.00 USD", b.balance(sms))
}

func TestNothingIsDroppedOnTheWordOfANodeThatLagsOrHangs(t *testing.T) {
	b, sim := utxoBundle(t)
	src := sim.Source("lagging")
	b.cfg.Rails[0].Sources, b.cfg.Rails[0].Stale = []chain.Source{src}, time.Hour
	b.restart()
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.advance()
	sim.Drop(id)
	state := func(after time.Duration, blocks int) payments.DepositState {
		b.clock.Advance(after)
		for range blocks {
			sim.MineTx()
		}
		b.advance()
		return b.only(voice).State
	}
	src.ReportSyncing(true)
	require.Equal(t, payments.StateSeen, state(time.Minute, 1))
	require.Equal(t, payments.StateSeen, state(5*time.Hour, 1), "a node that knows it is behind")
	src.ReportSyncing(false)
	require.Equal(t, payments.StateSeen, state(5*time.Hour, 0), "no block for hours: the node hangs")
	require.Equal(t, payments.StateSeen, state(time.Second, 1), "absence counts from the first look of a fresh node")
	require.Equal(t, payments.StateDropped, state(2*time.Hour, 1))
	sim.Resend(id)
	require.Equal(t, payments.StateSeen, state(time.Second, 0), "revived")
}
