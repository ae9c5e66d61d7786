package payments_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
)

var operator = payments.Actor{ID: "ops", Reason: "the chain is restless"}

func tiersOf(b *bundle) []payments.Tier {
	b.Helper()
	got, err := b.p.Tiers(b.ctx, b.sim.Network())
	require.NoError(b, err)
	return got
}

func (b *bundle) setTiers(tiers ...payments.Tier) {
	b.Helper()
	require.NoError(b, b.p.SetTiers(b.ctx, b.sim.Network(), tiers, operator))
}

func TestARaisedTierHoldsInEveryProcessWithoutARestart(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		other := b.processor(b.cfg)
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.mine(5)
		require.NoError(t, other.Advance(b.ctx))
		b.setTiers(payments.Tier{Confirmations: 9})
		for range 3 { // the other process takes the steps that would credit
			b.clock.Advance(1)
			b.sim.Mine(1)
			require.NoError(t, other.Advance(b.ctx))
		}
		d, err := other.Deposit(b.ctx, b.only(voice).Key)
		require.NoError(t, err)
		require.Equal(t, payments.StateConfirming, d.State)
		require.Equal(t, uint64(8), d.Confirmations)
		require.Equal(t, uint64(9), d.Required)
		b.sim.Mine(1)
		require.NoError(t, other.Advance(b.ctx))
		requireCredited(t, b.only(voice))
	})
}

func TestALoweredTierCreditsWithoutWaitingForABlock(t *testing.T) {
	b := newBundle(t, railCases()[0], tiered(payments.Tier{Confirmations: 50}))
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(10)
	require.Equal(t, payments.StateConfirming, b.only(voice).State)
	b.setTiers() // none: six are enough again
	require.Empty(t, tiersOf(b))
	b.advance()
	requireCredited(t, b.only(voice))
}

func TestWhoWatchesANetworkIsToldOfNewTiers(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.advance()
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	told := b.p.Watch(ctx, b.sim.Network().ID)
	b.setTiers(payments.Tier{Confirmations: 9})
	select {
	case <-told:
	default:
		t.Fatal("nobody said that a panel shows the wrong number now")
	}
}

func TestARaisedTierTakesNoCreditBack(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(6)
	b.setTiers(payments.Tier{Confirmations: 100})
	b.mine(20)
	require.Equal(t, "1000.00 USD", b.balance(voice))
	require.Equal(t, payments.StateCredited, b.only(voice).State, "not final: such depths are doubted now")
}

func TestTheLastSetOfTiersStandsAlsoAfterARestart(t *testing.T) {
	b := newBundle(t, railCases()[2], tiered(payments.Tier{Confirmations: 7}))
	require.Equal(t, []payments.Tier{{Confirmations: 7}}, tiersOf(b))
	want := []payments.Tier{
		{Asset: b.asset, Above: decimal.RequireFromString("1234.56"), Confirmations: 30, Finalized: true, AtRisk: true},
		{Above: decimal.Zero, Agree: 1},
	}
	for i := range uint64(20) { // all in one instant of the clock
		b.setTiers(payments.Tier{Confirmations: 10 + i})
	}
	b.setTiers(want...)
	b.cfg.Rails[0].Tiers = []payments.Tier{{Confirmations: 99}} // no longer looked at
	b.restart()
	got := tiersOf(b)
	require.Len(t, got, 2)
	require.True(t, want[0].Above.Equal(got[0].Above))
	got[0].Above, got[1].Above = want[0].Above, want[1].Above
	require.Equal(t, want, got)

	require.NoError(t, b.store.View(b.ctx, func(tx payments.Tx) error {
		rows, err := tx.AuditOf(b.ctx, "policy/"+b.sim.Network().ID)
		require.NoError(t, err)
		require.Len(t, rows, 21)
		for _, row := range rows {
			require.Equal(t, operator, row.Actor)
			require.Equal(t, "set_tiers", row.Action)
			require.NotEmpty(t, row.Data)
		}
		return nil
	}))
}

func TestTwoOperatorsAtOnceAreOneAfterTheOther(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.advance()
	var wg sync.WaitGroup
	for i := range uint64(16) {
		p := b.processor(b.cfg)
		wg.Go(func() {
			require.NoError(t, p.SetTiers(b.ctx, b.sim.Network(), []payments.Tier{{Confirmations: 10 + i}}, operator))
		})
	}
	wg.Wait()
	require.Len(t, tiersOf(b), 1)
	require.NoError(t, b.store.View(b.ctx, func(tx payments.Tx) error {
		rows, err := tx.AuditOf(b.ctx, "policy/"+b.sim.Network().ID)
		require.Len(t, rows, 16)
		return err
	}))
}

func TestTiersSetInAHostsTransactionFallWithIt(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.advance()
	set := func(fail error) error {
		return b.store.Update(b.ctx, func(tx payments.Tx) error {
			err := b.p.In(tx).SetTiers(b.ctx, b.sim.Network(), []payments.Tier{{Confirmations: 30}}, operator)
			return errors.Join(err, fail)
		})
	}
	require.Error(t, set(errors.New("the host changed its mind")))
	require.Empty(t, tiersOf(b))
	require.NoError(t, set(nil))
	require.Equal(t, uint64(30), tiersOf(b)[0].Confirmations)
}

func TestSetTiersNeedsAnActorAndAKnownNetwork(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	var input *payments.InputError
	require.ErrorAs(t, b.p.SetTiers(b.ctx, b.sim.Network(), nil, payments.Actor{ID: "ops"}), &input)
	require.ErrorIs(t, b.p.SetTiers(b.ctx, chain.Dogecoin, nil, operator), payments.ErrUnknownNetwork)
	_, err := b.p.Tiers(b.ctx, chain.Dogecoin)
	require.ErrorIs(t, err, payments.ErrUnknownNetwork)
}

// TestTiersThatCannotBeReadStopTheCreditAndNotTheRecord: a demand that is not
// understood is never taken for none.
func TestTiersThatCannotBeReadStopTheCreditAndNotTheRecord(t *testing.T) {
	for says, data := range map[string]string{
		"quorum":           `{"number":1,"tiers":[{"above":"0","quorum":3}]}`, // of a later version
		"XMR":              `{"number":1,"tiers":[{"coin":"XMR","above":"0","confirmations":3}]}`,
		"1e999":            `{"number":1,"tiers":[{"above":"1e999","confirmations":3}]}`,
		"not found: set 1": `broken`,
	} {
		b := newBundle(t, railCases()[0], nil)
		to := b.address(voice)
		b.advance()
		b.pay(to, 100)
		b.mine(5)
		require.NoError(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
			_, err := tx.InsertAudit(b.ctx, []payments.AuditRow{{ID: "x", Subject: "policy/" + b.sim.Network().ID,
				Action: "set_tiers", Actor: operator, At: b.clock.Now(), Data: []byte(data)}})
			return err
		}))
		b.mine(3)
		_, err := b.p.Tiers(b.ctx, b.sim.Network())
		require.ErrorContains(t, err, "call SetTiers")
		d := b.only(voice)
		require.Equal(t, payments.StateConfirming, d.State)
		require.Equal(t, uint64(8), d.Confirmations)
		require.Contains(t, explained(b, d), "The tiers stored for bitcoin-regtest cannot be read")
		require.Contains(t, waits(b)[0], says)
		b.setTiers(payments.Tier{Confirmations: 8})
		b.advance()
		requireCredited(t, b.only(voice))
	}
}
