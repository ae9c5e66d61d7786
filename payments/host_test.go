package payments_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/payments"
)

func TestInTxFailingForOneOfAThousandHoldsThatOneOnly(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		refuse := true
		told := map[string]int{}
		b.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
			for _, e := range events {
				if refuse && e.Profile == "customer500" {
					return errors.New("host: unknown customer")
				}
			}
			for _, e := range events {
				told[e.Profile]++
			}
			return nil
		}
		b.restart()
		account := func(i int) payments.Account {
			return payments.Account{Profile: fmt.Sprintf("customer%d", i), Name: "voice"}
		}
		var to []chain.Address
		for i := range 1_000 {
			to = append(to, b.address(account(i)))
		}
		b.advance()
		for _, a := range to {
			b.pay(a, 100)
		}
		b.mine(6)
		for i := range 1_000 {
			want := "1000.00 USD"
			if i == 500 {
				want = "0.00 USD"
			}
			require.Equal(t, want, b.balance(account(i)), "customer %d", i)
		}
		d := b.only(account(500))
		require.Equal(t, payments.HoldHost, d.Hold)
		h, err := b.p.Health(b.ctx)
		require.NoError(t, err)
		require.Len(t, h.Held, 1)

		b.mine(3) // the chain goes on
		require.Equal(t, uint64(9), b.only(account(500)).Confirmations)
		refuse = false
		require.NoError(t, b.p.Release(b.ctx, d.Key, payments.Actor{ID: "op", Reason: "customer created"}))
		b.advance()
		require.Equal(t, "1000.00 USD", b.balance(account(500)))
		require.Positive(t, told["customer500"])
	})
}

func TestReversalIsBookedAlthoughInTxRefusesIt(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		if events[0].Kind == payments.EventDepositReversed {
			return errors.New("host: no reversals here")
		}
		return nil
	}
	b.restart()
	to := b.address(voice)
	b.advance()
	id := b.pay(to, 100)
	b.mine(6)
	require.Equal(t, "1000.00 USD", b.balance(voice))
	b.sim.Reorg(6, chainsim.Branch{Vanish: []chain.Hash{id}})
	b.advance()
	require.Equal(t, "0.00 USD", b.balance(voice))
	require.Contains(t, b.events.kinds(b.only(voice).Key.String()), payments.EventDepositReversed)
}

func TestCallingTheProcessorInsideInTxIsRefused(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	var nested, joined error
	b.cfg.InTx = func(ctx context.Context, tx payments.Tx, _ []payments.Event) error {
		_, nested = b.p.Balance(ctx, voice)
		_, joined = b.p.In(tx).Balance(ctx, voice)
		return nil
	}
	b.restart()
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.mine(6)
	require.ErrorIs(t, nested, payments.ErrNested)
	require.NoError(t, joined)
}

func TestJoinedRowsStandOrFallWithTheHostsTransaction(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	rollback := errors.New("host: changed its mind")
	var shown payments.DepositAddress
	err := b.store.Update(b.ctx, func(tx payments.Tx) error {
		p := b.p.In(tx)
		if err := p.OpenAccount(b.ctx, voice, "EUR"); err != nil {
			return err
		}
		var err error
		if shown, err = p.DepositAddress(b.ctx, voice, b.sim.Network()); err != nil {
			return err
		}
		return rollback
	})
	require.ErrorIs(t, err, rollback)
	_, err = b.p.Balance(b.ctx, voice)
	require.ErrorIs(t, err, payments.ErrNotFound)

	require.NoError(t, b.store.Update(b.ctx, func(tx payments.Tx) error {
		if err := b.p.In(tx).OpenAccount(b.ctx, voice, "EUR"); err != nil {
			return err
		}
		_, err := b.p.In(tx).DepositAddress(b.ctx, voice, b.sim.Network())
		return err
	}))
	require.Equal(t, "0.00 EUR", b.balance(voice))
	require.ErrorIs(t, b.p.In(nil).Run(b.ctx), payments.ErrJoined)
	require.NotEmpty(t, shown.Text)
}

func TestSinkDownForAnHourEveryEventArrivesOnceAndInOrder(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	down := true
	b.events.refuse = func(payments.Event) error {
		if down {
			return errors.New("mail server down")
		}
		return nil
	}
	to := b.address(voice)
	b.advance()
	b.pay(to, 100)
	b.advance()
	for range 60 {
		b.mine(1)
		b.clock.Advance(time.Minute)
	}
	require.Empty(t, b.events.events)
	down = false
	b.clock.Advance(15 * time.Minute)
	b.advance()
	require.Equal(t, []payments.EventKind{payments.EventDepositSeen, payments.EventDepositConfirming,
		payments.EventDepositCredited, payments.EventDepositFinal}, b.events.kinds(b.only(voice).Key.String()))
}

func TestPoisonEventIsParkedAndTheOthersFlow(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	b.events.refuse = func(e payments.Event) error {
		if e.Profile == "acme" && e.Kind == payments.EventDepositSeen {
			return errors.New("cannot render")
		}
		return nil
	}
	other := payments.Account{Profile: "globex", Name: "voice"}
	v, o := b.address(voice), b.address(other)
	b.advance()
	b.pay(v, 100)
	b.pay(o, 100)
	b.advance()
	b.mine(6)
	require.Len(t, b.events.kinds(b.only(other).Key.String()), 3, "another profile is not blocked")
	require.Empty(t, b.events.kinds(b.only(voice).Key.String()))
	for range 40 {
		b.clock.Advance(11 * time.Minute)
		b.advance()
	}
	parked, err := b.p.Parked(b.ctx)
	require.NoError(t, err)
	require.Len(t, parked, 1)
	require.Equal(t, 20, parked[0].Tries)
	require.Equal(t, []payments.EventKind{payments.EventDepositConfirming, payments.EventDepositCredited},
		b.events.kinds(b.only(voice).Key.String()), "the key goes on")

	b.events.refuse = nil
	require.NoError(t, b.p.Redeliver(b.ctx, parked[0].Event.ID, payments.Actor{ID: "op", Reason: "template fixed"}))
	b.advance()
	require.Contains(t, b.events.kinds(b.only(voice).Key.String()), payments.EventDepositSeen)
}

func TestScreening(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	verdicts := map[string]payments.Verdict{"good": payments.VerdictPass, "odd": payments.VerdictHold, "bad": payments.VerdictReject}
	unavailable := true
	b.cfg.Screen = func(_ context.Context, d payments.Deposit) (payments.Verdict, error) {
		if unavailable && d.Owner.Profile == "good" {
			return "", errors.New("screening service is down")
		}
		return verdicts[d.Owner.Profile], nil
	}
	b.restart()
	acct := func(p string) payments.Account { return payments.Account{Profile: p, Name: "voice"} }
	for profile := range verdicts {
		b.address(acct(profile))
	}
	b.advance()
	for profile := range verdicts {
		b.pay(b.address(acct(profile)), 100)
	}
	for range 7 {
		b.clock.Advance(20 * time.Second)
		b.sim.Mine(1)
		require.ErrorContains(t, b.p.Advance(b.ctx), "screening service is down")
	}
	for profile := range verdicts {
		require.Equal(t, "0.00 USD", b.balance(acct(profile)), profile)
	}
	unavailable = false
	b.advance()
	require.Equal(t, "1000.00 USD", b.balance(acct("good")))
	require.Equal(t, payments.HoldScreening, b.only(acct("odd")).Hold)
	require.Equal(t, payments.HoldRejected, b.only(acct("bad")).Hold)
	require.NoError(t, b.p.Release(b.ctx, b.only(acct("odd")).Key, payments.Actor{ID: "op", Reason: "known customer"}))
	b.advance()
	require.Equal(t, "1000.00 USD", b.balance(acct("odd")))
	x, err := b.p.Explain(b.ctx, b.only(acct("odd")).Key)
	require.NoError(t, err)
	require.Len(t, x.Audit, 1)
	require.Equal(t, "known customer", x.Audit[0].Actor.Reason)
}

func TestWatchYieldsThatSomethingChanged(t *testing.T) {
	b := newBundle(t, railCases()[0], nil)
	to := b.address(voice)
	b.advance()
	ctx, cancel := context.WithCancel(b.ctx)
	profile, network := b.p.Watch(ctx, "acme"), b.p.Watch(ctx, b.sim.Network().ID)
	b.pay(to, 100)
	b.advance()
	require.Len(t, profile, 1)
	require.Empty(t, network)
	b.mine(1)
	require.Len(t, network, 1)
	cancel()
	for range profile {
	}
	for range network {
	}
}
