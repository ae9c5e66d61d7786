package payments_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

// Another node is asked after the followed one failed, and shows another branch. It
// calls a height final, but not the block that is on record there.
func TestWhatOneNodeCallsFinalMakesNoBlockOfAnothersBranchFinal(t *testing.T) {
	var sim *chainsim.EVM
	var followed, other *chainsim.EVMSource
	b := newBundle(t, railCase{"ethereum", "ETH", func(c *clock) (simulation, func(string) chain.Source) {
		sim = chainsim.NewEVM(testEthereum(), chainsim.Options{Now: c.Now})
		return sim, func(name string) chain.Source { return sim.Source(name) }
	}}, func(cfg *payments.Config) {
		followed, other = sim.Source("followed"), sim.Source("other")
		cfg.Rails[0].Sources = []chain.Source{followed, other}
		cfg.Rails[0].Tiers = []payments.Tier{{Finalized: true}}
	})
	to := b.address(voice)
	b.advance()
	b.mine(5)
	followed.Diverge(1) // a branch of its own from here on
	b.pay(to, 100)
	b.mine(8)
	require.Equal(t, payments.StateConfirming, b.only(voice).State)
	followed.Freeze() // it knows of no final block
	sim.Finalize(sim.Head().Height)
	b.clock.Advance(20 * time.Second)
	sim.Mine(1)

	followed.Fail(10)
	other.Intercept(func(method string) error {
		if method == "Match" { // its branch is announced and cannot be read yet
			return errors.New("connection reset")
		}
		return nil
	})
	for range 3 {
		require.Error(t, b.p.Advance(b.ctx))
		require.NoError(t, b.p.SetTiers(b.ctx, sim.Network(), []payments.Tier{{Finalized: true}}, clerk)) // makes it look again
	}
	require.Equal(t, payments.StateConfirming, b.only(voice).State)
	require.Equal(t, "0.00 USD", b.balance(voice))
	other.Intercept(nil)
	for range 3 {
		_ = b.p.Advance(b.ctx)
	}
	require.Equal(t, "1002.00 USD", b.balance(voice), "final where it is now")
}
