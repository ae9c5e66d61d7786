package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

func TestVoiceAndSMSAddressesDiffer(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		v, s := b.address(voice), b.address(sms)
		require.NotEqual(t, v, s)
		require.Equal(t, v, b.address(voice), "an address is permanent")
		b.restart()
		require.Equal(t, v, b.address(voice), "also after a restart")
		require.Equal(t, s, b.address(sms))
		require.NotEqual(t, v, b.address(payments.Account{Profile: "other", Name: "voice"}))

		b.advance()
		b.pay(v, 200)
		b.pay(s, 300)
		b.mine(6)
		require.Equal(t, "2000.00 USD", b.balance(voice))
		require.Equal(t, "3000.00 USD", b.balance(sms))
	})
}

func TestSixConfirmationsNotFive(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		b.pay(to, 150)
		for n := uint64(1); n <= 5; n++ {
			b.mine(1)
			d := b.only(voice)
			require.Equal(t, n, d.Confirmations)
			require.Equal(t, payments.StateConfirming, d.State)
			require.Equal(t, "0.00 USD", b.balance(voice), "%d confirmations", n)
		}
		b.mine(1)
		d := b.only(voice)
		require.Equal(t, uint64(6), d.Confirmations)
		require.Equal(t, payments.StateCredited, d.State)
		require.Equal(t, "1500.00 USD", b.balance(voice))
		b.mine(3)
		require.Equal(t, "1500.00 USD", b.balance(voice), "credited once")
	})
}

func TestRateIsOfReceiptNotOfCredit(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		b.clock.Advance(7 * time.Minute)
		b.sim.Mine(1)
		b.advance()
		b.pay(to, 100)
		b.clock.Advance(time.Second)
		b.sim.Mine(1)
		b.advance()
		received := b.clock.Now()
		require.Equal(t, rateAt(received), b.only(voice).Rate.String())
		for range 5 {
			b.clock.Advance(30 * time.Minute)
			b.sim.Mine(1)
			b.advance()
		}
		require.NotEqual(t, rateAt(received), rateAt(b.clock.Now()), "the price moved meanwhile")
		require.Equal(t, rateAt(received)+".00 USD", b.balance(voice))
	})
}

func TestTermsNeverBlockAnArrivedDeposit(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		b.cfg.Terms = "2026-11"
		b.restart()
		_, err := b.p.DepositAddress(b.ctx, voice, b.sim.Network())
		require.ErrorIs(t, err, payments.ErrTermsNotAccepted)
		require.NoError(t, b.p.AcceptTerms(b.ctx, "acme", "2026-11"))
		to := b.address(voice)
		b.advance()

		b.cfg.Terms = "2027-01" // new terms come into force, not accepted
		b.restart()
		_, err = b.p.DepositAddress(b.ctx, voice, b.sim.Network())
		require.ErrorIs(t, err, payments.ErrTermsNotAccepted)
		b.pay(to, 100)
		b.mine(6)
		require.Equal(t, payments.StateCredited, b.only(voice).State)
	})
}

func TestALifeIsToldInOrderAndOnce(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		to := b.address(voice)
		b.advance()
		id := b.pay(to, 100)
		b.advance()
		b.mine(120) // as many as any network here needs to be final
		d := b.only(voice)
		require.Equal(t, id, d.TxID)
		require.Equal(t, payments.StateFinal, d.State)
		want := []payments.EventKind{payments.EventDepositConfirming, payments.EventDepositCredited, payments.EventDepositFinal}
		if b.sim.Network().UTXO() {
			want = append([]payments.EventKind{payments.EventDepositSeen}, want...)
		}
		require.Equal(t, want, b.events.kinds(d.Key.String()))

		lines, _, err := b.p.Statement(b.ctx, voice, ledger.Cursor{}, 10)
		require.NoError(t, err)
		require.Len(t, lines, 1)
		require.Equal(t, id.String(), lines[0].Reference)
		require.Equal(t, b.coins(100).String(), lines[0].Coin.String())
		require.Equal(t, lines[0].Amount, lines[0].Balance)
	})
}

func TestOneTransactionPaysThreeAccountsAndOneTwice(t *testing.T) {
	// On EVM networks a native coin moves once in a transaction, unless a contract
	// pays it out; tokens and outputs move as often as one likes.
	many := func(c railCase) bool { return c.coin != "ETH" }
	onRails(t, many, func(t *testing.T, b *bundle) {
		third := payments.Account{Profile: "globex", Name: "voice"}
		v, s, g := b.address(voice), b.address(sms), b.address(third)
		b.advance()
		pay := func(to chain.Address, n int64) chainsim.Payment { return chainsim.Payment{To: to, Amount: b.coins(n)} }
		b.sim.Pay(pay(v, 100), pay(s, 200), pay(v, 50), pay(g, 400))
		b.mine(6)
		require.Equal(t, "1500.00 USD", b.balance(voice))
		require.Equal(t, "2000.00 USD", b.balance(sms))
		require.Equal(t, "4000.00 USD", b.balance(third))
		all, err := b.p.Deposits(b.ctx, voice, payments.DepositKey{}, 10)
		require.NoError(t, err)
		require.Len(t, all, 2)
	})
}

func TestPaymentInTheVeryBlockAfterIssue(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		// No trail yet: the address is issued, paid and mined before the engine ever
		// looked at the network.
		to := b.address(voice)
		b.pay(to, 100)
		b.sim.Mine(1)
		b.clock.Advance(3 * time.Hour)
		b.sim.Mine(4)
		b.advance()
		require.Equal(t, uint64(5), b.only(voice).Confirmations)
		b.mine(1)
		require.Equal(t, payments.StateCredited, b.only(voice).State)
	})
}

func TestUnissuedLeafIsRecordedForNobody(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		b.address(voice) // reserves a run of indexes
		b.advance()
		b.pay(chainsim.Address(b.sim.Network(), 3), 100)
		b.mine(6)
		h, err := b.p.Health(b.ctx)
		require.NoError(t, err)
		require.Len(t, h.Held, 1)
		require.Equal(t, payments.HoldUnassigned, h.Held[0].Hold)
		require.Equal(t, "0.00 USD", b.balance(voice))
	})
}

func TestUnacceptedAssetIsHeldNotCredited(t *testing.T) {
	c := railCases()[2]
	b := newBundle(t, c, func(cfg *payments.Config) {
		eth, _ := cfg.Rails[0].Network.Asset("ETH")
		cfg.Rails[0].Assets = append(cfg.Rails[0].Assets, eth)
	})
	to := b.address(voice)
	b.advance()
	b.pay(to, 100) // USDT, and only ETH is accepted
	b.mine(7)
	d := b.only(voice)
	require.Equal(t, payments.HoldAsset, d.Hold)
	require.Equal(t, "0.00 USD", b.balance(voice))
	err := b.p.Release(b.ctx, d.Key, payments.Actor{ID: "op", Reason: "try"})
	var input *payments.InputError
	require.ErrorAs(t, err, &input)
}
