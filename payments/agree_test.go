package payments_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/memstore"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

// faulty is what a simulated source can be told to do.
type faulty interface {
	Freeze()
	Thaw()
	Fail(calls uint)
	ServeBehind(blocks int)
	Intercept(func(method string) error)
}

// agreeing adds sources named "b", "c", … to a bundle's rail and demands that
// so many agree.
func (b *bundle) agreeing(sources, agree int) []faulty {
	b.Helper()
	var out []faulty
	for i := 1; i < sources; i++ {
		src := b.source(string(rune('a' + i)))
		b.cfg.Rails[0].Sources = append(b.cfg.Rails[0].Sources, src)
		out = append(out, src.(faulty))
	}
	b.cfg.Rails[0].Tiers = []payments.Tier{{Agree: agree}}
	b.restart()
	return out
}

// editor is a source that shows other transfers than there are.
type editor struct {
	chain.Source
	edit func([]chain.Transfer) []chain.Transfer
}

func (e editor) Linked(ctx context.Context, from, to uint64) (chain.Run, error) {
	run, err := e.Source.Linked(ctx, from, to)
	return editedRun{run, e.edit}, err
}

type editedRun struct {
	chain.Run
	edit func([]chain.Transfer) []chain.Transfer
}

func (r editedRun) Match(ctx context.Context, m chain.Matcher) (chain.Found, error) {
	found, err := r.Run.Match(ctx, m)
	found.Transfers = r.edit(found.Transfers)
	return found, err
}

func TestTwoSourcesThatAgreeLetADepositThrough(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		b.agreeing(2, 2)
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.mine(5)
		require.Contains(t, explained(b, b.only(voice)), "2 sources must see it in the same block.")
		require.Zero(t, b.only(voice).Agreed, "asked when it is deep enough, not before")
		b.mine(1)
		d := b.only(voice)
		require.Equal(t, payments.StateCredited, d.State)
		require.Equal(t, d.Block.Hash, d.Agreed)
		require.Empty(t, waits(b))
	})
}

func TestASourceThatDisagreesStopsTheCreditAndNeverTheRecord(t *testing.T) {
	says := map[string]struct {
		begin, end func(b *bundle, f faulty)
		doubt      string
	}{
		"it is down": {
			func(_ *bundle, f faulty) { f.Fail(1_000) }, func(_ *bundle, f faulty) { f.Fail(0) }, "told to fail"},
		"it hangs behind": {
			func(_ *bundle, f faulty) { f.ServeBehind(7) }, func(_ *bundle, f faulty) { f.ServeBehind(0) }, "it has no block"},
		"it follows another branch": {
			func(b *bundle, f faulty) {
				b.sim.Mine(30) // which nobody else gets to see
				f.Freeze()
				b.sim.Reorg(30, chainsim.Branch{Blocks: 2})
			}, func(_ *bundle, f faulty) { f.Thaw() }, "its block "},
	}
	for name, c := range says {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEveryRail(t, func(t *testing.T, b *bundle) {
				other := b.agreeing(2, 2)[0]
				to := b.address(voice)
				b.advance()
				c.begin(b, other)
				b.pay(to, 100)
				b.mine(7)
				d := b.only(voice)
				require.Equal(t, payments.StateConfirming, d.State)
				require.Equal(t, uint64(7), d.Confirmations, "the watcher follows on")
				require.Len(t, waits(b), 1)
				require.Contains(t, waits(b)[0], "Source b does not agree: ")
				require.Contains(t, waits(b)[0], c.doubt)
				require.Contains(t, explained(b, d), waits(b)[0])
				c.end(b, other)
				b.advance() // no other wake-up is needed
				requireCredited(t, b.only(voice))
				require.Empty(t, waits(b))
			})
		})
	}
}

// TestLyingProviderOrEclipsedNodeAloneNeverCredits: it invents a payment, raises
// its amount, or follows a branch nobody else has.
func TestLyingProviderOrEclipsedNodeAloneNeverCredits(t *testing.T) {
	lies := map[string]func(b *bundle) func([]chain.Transfer) []chain.Transfer{
		"one left out": func(*bundle) func([]chain.Transfer) []chain.Transfer {
			return func([]chain.Transfer) []chain.Transfer { return nil }
		},
		"another amount": func(b *bundle) func([]chain.Transfer) []chain.Transfer {
			return func(ts []chain.Transfer) []chain.Transfer {
				for i := range ts {
					ts[i].Amount = b.coins(7_777)
				}
				return ts
			}
		},
		"another branch": func(*bundle) func([]chain.Transfer) []chain.Transfer {
			return func(ts []chain.Transfer) []chain.Transfer {
				for i := range ts {
					ts[i].Block.Hash[0] ^= 1
				}
				return ts
			}
		},
		"another recipient": func(b *bundle) func([]chain.Transfer) []chain.Transfer {
			return func(ts []chain.Transfer) []chain.Transfer {
				for i := range ts {
					ts[i].To = chainsim.Address(b.sim.Network(), 1_234)
				}
				return ts
			}
		},
	}
	for name, lie := range lies {
		for _, liar := range []int{0, 1} { // the followed source, and the one asked
			t.Run(name, func(t *testing.T) {
				b := newBundle(t, railCases()[0], nil)
				b.agreeing(2, 2)
				b.cfg.Rails[0].Sources[liar] = editor{b.cfg.Rails[0].Sources[liar], lie(b)}
				b.restart()
				to := b.address(voice)
				b.advance()
				b.pay(to, 100)
				b.mine(20)
				require.Equal(t, "0.00 USD", b.balance(voice))
			})
		}
	}
}

func TestTwoOfThreeSourcesAreEnoughWhenTwoAreAsked(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		others := b.agreeing(3, 2)
		to := b.address(voice)
		b.advance()
		others[0].Fail(1_000)
		b.pay(to, 100)
		b.mine(6)
		requireCredited(t, b.only(voice))
	})
}

func TestMinedInAnotherBlockTheSourcesAreAskedAgain(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		other := b.agreeing(2, 2)[0]
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.mine(6)
		first := b.only(voice)
		require.Equal(t, payments.StateCredited, first.State)
		other.Freeze() // on the branch that loses
		b.sim.Reorg(6, chainsim.Branch{})
		b.mine(2)
		d := b.only(voice)
		require.Equal(t, payments.StateConfirming, d.State, "deep enough, but in a block that the other source does not have")
		require.NotEqual(t, d.Agreed, d.Block.Hash)
		require.Equal(t, "0.00 USD", b.balance(voice))
		other.Thaw()
		b.advance()
		requireCredited(t, b.only(voice))
		require.NotEqual(t, first.Agreed, b.only(voice).Agreed)
	})
}

func TestRaisedAgreementAsksAgainAboutWhatIsNotCredited(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	others := b.agreeing(3, 2)
	refuse := true
	b.cfg.InTx = func(context.Context, payments.Tx, []payments.Event) error {
		if refuse {
			return errors.New("the host's table is locked")
		}
		return nil
	}
	b.restart()
	to := b.address(voice)
	b.advance()
	others[1].Fail(1_000)
	b.pay(to, 100)
	b.mine(6)
	d := b.only(voice)
	require.Equal(t, payments.HoldHost, d.Hold)
	require.Equal(t, d.Block.Hash, d.Agreed, "two saw it")
	b.setTiers(payments.Tier{Agree: 3})
	refuse = false
	require.NoError(t, b.p.Release(b.ctx, d.Key, operator))
	b.advance()
	require.Equal(t, payments.StateConfirming, b.only(voice).State, "now three must")
	require.Contains(t, explained(b, b.only(voice)), "Source c does not agree")
	others[1].Fail(0)
	b.advance()
	requireCredited(t, b.only(voice))
}

func TestTiersRaisedWhileSourcesAnswerAreNotMetByTheOldNumber(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	others := b.agreeing(3, 2)
	to := b.address(voice)
	b.advance()
	others[1].Fail(1_000)
	raised := false
	others[0].Intercept(func(method string) error {
		if method == "Linked" && !raised {
			raised = true
			b.setTiers(payments.Tier{Agree: 3})
		}
		return nil
	})
	b.pay(to, 100)
	b.mine(7)
	require.True(t, raised)
	require.Zero(t, b.only(voice).Agreed)
	require.Equal(t, "0.00 USD", b.balance(voice))
}

// TestABlockReplacedWhileASourceAnswersIsNoEvidence: the hash was right, the
// transactions are another block's.
func TestABlockReplacedWhileASourceAnswersIsNoEvidence(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		other := b.agreeing(2, 2)[0]
		first := b.cfg.Rails[0].Sources[0].(faulty)
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.mine(5)
		other.Intercept(func(method string) error {
			if method == "Linked" {
				first.Freeze()
				b.sim.Reorg(6, chainsim.Branch{})
			}
			return nil
		})
		b.mine(1)
		require.Equal(t, payments.StateConfirming, b.only(voice).State)
		require.Zero(t, b.only(voice).Agreed)
		require.Contains(t, waits(b)[0], "as recorded")
	})
}

// busy is what a provider that limits says.
type busy struct{ error }

func (busy) RetryAfter() time.Duration { return time.Minute }

func TestASourceThatAsksToBeLeftAloneIsNotAskedToAgreeBefore(t *testing.T) {
	b := newBundle(t, railCases()[1], nil)
	other := b.agreeing(2, 2)[0]
	to := b.address(voice)
	b.advance()
	asked := 0
	other.Intercept(func(string) error {
		asked++
		return fmt.Errorf("%w: %w", chain.ErrUnavailable, busy{errors.New("429")})
	})
	b.pay(to, 100)
	b.mine(8) // 20 seconds each
	require.Equal(t, 1, asked)
	require.Contains(t, waits(b)[0], "it asked to be left alone until 2026-11-21T12:03:00Z")
	other.Intercept(nil)
	b.mine(1)
	requireCredited(t, b.only(voice))
}

func TestOnlyAboveTheLimitAreOtherSourcesAsked(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	other := b.agreeing(2, 2)[0]
	tier := above(5_000, 0)
	tier.Agree = 2
	b.cfg.Rails[0].Tiers = []payments.Tier{tier}
	b.restart()
	asked := 0
	other.Intercept(func(string) error { asked++; return nil })
	small, large := payments.Account{Profile: "small", Name: "a"}, payments.Account{Profile: "large", Name: "a"}
	s, l := b.address(small), b.address(large)
	b.advance()
	b.pay(s, 100)
	b.mine(10)
	requireCredited(t, b.only(small))
	require.Zero(t, asked)
	b.pay(l, 600)
	b.pay(l, 600)
	b.mine(6)
	require.Equal(t, "12036.00 USD", b.balance(large))
	require.Equal(t, 2, asked, "one block for both: its anchor and its transactions")
}

// TestASourceThatIsDownIsNotAskedInALoop lets an hour pass in virtual time.
func TestASourceThatIsDownIsNotAskedInALoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := chainsim.NewUTXO(chain.BitcoinRegtest, chainsim.Options{Now: time.Now})
		prices, err := rates.NewFixed(map[string]string{"BTC/USD": "64000"}, nil)
		require.NoError(t, err)
		down := sim.Source("b")
		var asked atomic.Int64
		down.Intercept(func(string) error { asked.Add(1); return errors.New("connection refused") })
		p, err := payments.New(payments.Config{Store: memstore.New(), Rates: prices,
			Rails: []payments.Rail{{Network: sim.Network(), Sources: []chain.Source{sim.Source("a"), down},
				Tiers: []payments.Tier{{Agree: 2}}, Wallet: testWallet{network: sim.Network()}, UnprovedKey: true}}})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		to, err := p.DepositAddress(ctx, voice, sim.Network())
		require.NoError(t, err)
		synctest.Wait()
		for range 10 { // ten deposits in ten blocks
			sim.Pay(chainsim.Payment{To: to.Address, Amount: money.Units(sim.Network().Native, 100_000_000)})
			sim.Mine(1)
		}
		sim.Mine(6)
		time.Sleep(10 * time.Minute) //nolint:forbidigo // virtual time
		balance, err := p.Balance(ctx, voice)
		require.NoError(t, err)
		require.Equal(t, "0.00 USD", balance.String())
		require.Greater(t, asked.Load(), int64(100))
		require.Less(t, asked.Load(), int64(700), "once a second for all that waits")
		down.Intercept(nil)
		time.Sleep(2 * time.Second) //nolint:forbidigo // virtual time
		balance, err = p.Balance(ctx, voice)
		require.NoError(t, err)
		require.Equal(t, "640000.00 USD", balance.String())
		cancel()
		require.NoError(t, <-done)
	})
}
