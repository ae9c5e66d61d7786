package payments_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

var ada = payments.Actor{ID: "ada", Reason: "ticket 7"}

// forgetful is a source that can leave transactions out of its blocks.
type forgetful interface {
	chain.Source
	Omit(ids ...chain.Hash)
	Freeze()
	Diverge(depth int)
	Rejoin()
	Intercept(func(string) error)
}

// forgot is a rail whose first source hid a payment, since credited or not.
func forgot(t *testing.T, c railCase) (b *bundle, node forgetful, id chain.Hash, minedAt time.Time) {
	b = newBundle(t, c, nil)
	node = b.source("a").(forgetful)
	b.cfg.Rails[0].Sources = []chain.Source{node}
	b.restart()
	to := b.address(voice)
	b.advance()
	id = chain.Hash{}
	b.mine(2)
	id = b.sim.Pay(chainsim.Payment{To: to, Amount: b.coins(100)})
	node.Omit(id)
	b.clock.Advance(20 * time.Second)
	b.sim.MineTx(id)
	minedAt = b.clock.Now()
	b.mine(8)
	all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
	require.NoError(t, err)
	require.Empty(t, all, "the node hid it")
	return b, node, id, minedAt
}

// withoutAudit leaves the rows out that say who asked.
func withoutAudit(dump string) string { return auditLine.ReplaceAllString(dump, "") }

var auditLine = regexp.MustCompile(`(?m)^audit.*\n`)

func (b *bundle) rescan(from, to uint64, dryRun bool) payments.RescanReport {
	b.Helper()
	report, err := b.p.Rescan(b.ctx, b.sim.Network(), from, to, dryRun, ada)
	require.NoError(b, err)
	require.Equal(b, to-from+1, report.Done)
	return report
}

func TestARescanRecordsWhatANodeHidAtTheRateOfItsBlock(t *testing.T) {
	for _, c := range railCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, node, id, minedAt := forgot(t, c)
			node.Omit()
			b.clock.Advance(time.Hour)
			b.advance() // a heartbeat, an hour later
			tip := b.sim.Head().Height

			before := b.dump()
			report := b.rescan(0, tip, true)
			require.Len(t, report.Missing, 1)
			require.Equal(t, id, report.Missing[0].TxID)
			require.Equal(t, before, b.dump(), "a dry run writes nothing")

			report = b.rescan(0, tip, false)
			require.Len(t, report.Missing, 1)
			require.Empty(t, report.NotShown)
			require.Empty(t, report.Differing)
			require.Equal(t, []string{"a"}, report.Sources)
			b.mine(1) // a fresh head: an hour-old one credits nothing
			d := b.only(voice)
			requireDone(t, d)
			require.Equal(t, payments.BasisBlockTime, d.Basis)
			require.Equal(t, minedAt, d.ReceivedAt, "not the heartbeat: that one missed it")
			require.Equal(t, rateAt(minedAt), d.Rate.String())

			before = b.dump()
			b.clock.Advance(time.Second)
			again := b.rescan(0, tip, false)
			require.Empty(t, again.Missing)
			require.Equal(t, withoutAudit(before), withoutAudit(b.dump()), "again: nothing changes")
			require.NotEqual(t, before, b.dump(), "who asked is on record, each time")
		})
	}
}

func TestARescanReportsWhatTheNodeDoesNotShowAndTakesNothingBack(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		node := b.source("a").(forgetful)
		b.cfg.Rails[0].Sources = []chain.Source{node}
		b.restart()
		to := b.address(voice)
		b.advance()
		id := b.pay(to, 100)
		b.mine(7)
		d := b.only(voice)
		require.Equal(t, payments.StateCredited, d.State)
		node.Omit(id)
		report := b.rescan(d.Block.Height, d.Block.Height, false)
		require.Len(t, report.NotShown, 1)
		require.Equal(t, d.Key, report.NotShown[0].Key)
		require.Equal(t, []string{"a"}, report.Sources, "it says who does not show it")
		require.Equal(t, payments.StateCredited, b.only(voice).State)
		require.Empty(t, b.rescan(d.Block.Height+1, b.sim.Head().Height, false).NotShown, "other blocks")
	})
}

func TestARescanBelowTheBeginningFindsAPaymentMadeBeforeTheFirstStart(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		leaf := chainsim.Address(b.sim.Network(), 0) // of the wallet, not given out yet
		b.pay(leaf, 100)
		b.sim.Mine(1)
		paidAt := b.sim.Head()
		for range 400 {
			b.clock.Advance(time.Minute)
			b.sim.Mine(1)
		}
		require.Equal(t, leaf, b.address(voice))
		b.advance()
		require.Equal(t, "0.00 USD", b.balance(voice))
		report := b.rescan(0, b.sim.Head().Height, false)
		require.Len(t, report.Missing, 1)
		require.Empty(t, report.NotShown)
		b.mine(1)
		all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
		require.NoError(t, err)
		included := 0
		for _, d := range all {
			if !d.Included() { // what an audit of balances had opened, and the rescan closed
				require.Equal(t, payments.HoldUnexplained, d.Hold)
				continue
			}
			included++
			requireDone(t, d)
			require.Empty(t, d.Hold)
			require.Equal(t, paidAt.Time, d.ReceivedAt)
		}
		require.Equal(t, 1, included)
		require.Equal(t, rateAt(paidAt.Time)+".00 USD", b.balance(voice))
	})
}

func TestARescanRefusesBlocksNotCommittedYet(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	ask := func(n chain.Network, from, to uint64, who payments.Actor) error {
		_, err := b.p.Rescan(b.ctx, n, from, to, false, who)
		return err
	}
	var input *payments.InputError
	net := b.sim.Network()
	require.ErrorAs(t, ask(net, 0, 1, ada), &input, "no trail yet")
	b.address(voice)
	b.advance()
	before := b.dump()
	require.ErrorAs(t, ask(net, 0, b.sim.Head().Height+1, ada), &input)
	require.Equal(t, "to", input.Field)
	require.ErrorAs(t, ask(net, 2, 1, ada), &input)
	require.ErrorAs(t, ask(net, 0, 1, payments.Actor{}), &input)
	require.ErrorIs(t, ask(chain.Dogecoin, 0, 1, ada), payments.ErrUnknownNetwork)
	require.Equal(t, before, b.dump())
}

// racing lets something happen after a question for one block was answered.
type racing struct {
	chain.Source
	after func()
}

func (r *racing) AnchorAt(ctx context.Context, height uint64) (chain.Anchor, error) {
	a, err := r.Source.AnchorAt(ctx, height)
	if after := r.after; after != nil {
		after()
	}
	return a, err
}

// TestARescanRacedByAReorganisationRecordsNothingOfTheOldBranch lets the chain
// change, and the engine follow, between the fetch of a run and its commit.
func TestARescanRacedByAReorganisationRecordsNothingOfTheOldBranch(t *testing.T) {
	for _, c := range railCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, node, id, _ := forgot(t, c)
			node.Omit()
			src := &racing{Source: node}
			b.cfg.Rails[0].Sources = []chain.Source{src}
			b.restart()
			b.advance()
			raced := false
			src.after = func() { // the run was fetched, compared and found to stand
				raced, src.after = true, nil
				b.sim.Reorg(10, chainsim.Branch{Vanish: []chain.Hash{id}})
				b.sim.Mine(1)
				b.advance()
			}
			require.Empty(t, b.rescan(0, b.sim.Head().Height, false).Missing)
			require.True(t, raced)
			all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
			require.NoError(t, err)
			require.Empty(t, all)
			require.Equal(t, "0.00 USD", b.balance(voice))
		})
	}
}

func TestARescanDoesNotBelieveANodeOnAnotherBranch(t *testing.T) {
	b, node, _, _ := forgot(t, railCases()[0])
	other := b.source("other").(forgetful)
	b.cfg.Rails[0].Sources = []chain.Source{other, node}
	b.restart()
	node.Omit()
	other.Diverge(12)
	report := b.rescan(0, b.sim.Head().Height, false)
	require.Len(t, report.Missing, 1)
	require.Contains(t, report.Sources, "a")
	b.advance()
	require.True(t, b.only(voice).Included())
}

func TestARescanOfOneInstanceIsSafeWhileAnotherFollows(t *testing.T) {
	b, node, _, _ := forgot(t, railCases()[0])
	node.Omit()
	second := b.processor(b.cfg)
	src := &racing{Source: node}
	b.cfg.Rails[0].Sources = []chain.Source{src}
	b.restart()
	src.after = func() {
		src.after = nil
		b.sim.Mine(1)
		require.NoError(t, second.Advance(b.ctx))
	}
	report := b.rescan(0, b.sim.Head().Height, false)
	require.Len(t, report.Missing, 1)
	b.advance()
	requireDone(t, b.only(voice))
}

// TestARescanOfThousandsOfThinlyKeptBlocks goes through blocks of which the trail
// keeps one in a thousand, and says in the log where it is.
func TestARescanOfThousandsOfThinlyKeptBlocks(t *testing.T) {
	for _, c := range railCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			b := newBundle(t, c, func(cfg *payments.Config) { cfg.Log = slog.New(slog.NewTextHandler(&log, nil)) })
			node := b.source("a").(forgetful)
			b.cfg.Rails[0].Sources = []chain.Source{node}
			b.restart()
			to := b.address(voice)
			b.advance()
			var hidden []chain.Hash
			for i := range 3_000 {
				if i%500 == 0 {
					hidden = append(hidden, b.pay(to, 100))
				}
				b.clock.Advance(time.Second)
				b.sim.Mine(1)
			}
			node.Omit(hidden...)
			b.advance()
			node.Omit()
			node.Intercept(func(method string) error {
				if method == "Linked" {
					b.clock.Advance(time.Second)
				}
				return nil
			})
			report := b.rescan(0, b.sim.Head().Height, false)
			require.Len(t, report.Missing, len(hidden))
			require.Contains(t, log.String(), "msg=rescanning network="+b.sim.Network().ID)
			node.Intercept(nil)
			b.advance()
			all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 100)
			require.NoError(t, err)
			require.Len(t, all, len(hidden))
			for _, d := range all {
				requireDone(t, d)
				require.Equal(t, d.Block.Time, d.ReceivedAt)
			}
		})
	}
}

// lying is a source whose transfers are worth another amount.
type lying struct{ chain.Source }

func (l lying) Linked(ctx context.Context, from, to uint64) (chain.Run, error) {
	run, err := l.Source.Linked(ctx, from, to)
	return lyingRun{run}, err
}

type lyingRun struct{ chain.Run }

func (l lyingRun) Match(ctx context.Context, m chain.Matcher) (chain.Found, error) {
	found, err := l.Run.Match(ctx, m)
	for i, t := range found.Transfers {
		found.Transfers[i].Amount = money.Units(t.Amount.Asset(), 1)
	}
	return found, err
}

func TestARescanReportsAnotherAmountAndChangesNothing(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.mine(7)
		b.cfg.Rails[0].Sources = []chain.Source{lying{b.source("liar")}}
		b.restart()
		before := b.dump()
		report := b.rescan(0, b.sim.Head().Height, false)
		require.Len(t, report.Differing, 1)
		require.Equal(t, b.coins(100), report.Differing[0].Deposit.Amount)
		require.Equal(t, int64(1), report.Differing[0].Shown.Amount.Units().Int64())
		require.Empty(t, report.Missing)
		require.Equal(t, withoutAudit(before), withoutAudit(b.dump()))
	})
}

func TestARescanThatNoSourceAnswersReportsHowFarItCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBundle(t, railCases()[0], nil)
		node := b.source("a").(forgetful)
		b.cfg.Rails[0].Sources = []chain.Source{node}
		b.restart()
		b.address(voice)
		b.sim.Mine(60)
		b.advance()
		runs := 0
		node.Intercept(func(method string) error {
			if method == "Linked" {
				runs++
			}
			if runs > 2 {
				return errors.New("connection refused")
			}
			return nil
		})
		report, err := b.p.Rescan(b.ctx, b.sim.Network(), 0, 63, false, ada)
		require.ErrorIs(t, err, chain.ErrUnavailable)
		require.Equal(t, uint64(32), report.Done)
		require.ErrorIs(t, b.health().Sources[0].Err, chain.ErrUnavailable)
		ctx, cancel := context.WithCancel(b.ctx)
		cancel()
		_, err = b.p.Rescan(ctx, b.sim.Network(), 0, 63, false, ada)
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestARescanIsNotForAJoinedProcessor(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.address(voice)
	b.advance()
	require.NoError(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
		_, err := b.p.In(tx).Rescan(b.ctx, b.sim.Network(), 0, 1, false, ada)
		require.ErrorIs(t, err, payments.ErrJoined)
		_, err = b.p.In(tx).ExplainTx(b.ctx, chain.Network{}, chain.Hash{1}.String())
		require.ErrorIs(t, err, payments.ErrJoined)
		return nil
	}))
}
