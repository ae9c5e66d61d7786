package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// railCase is an asset on a real node, an amount of it, and what that is worth.
type railCase struct {
	name  string
	open  func(testing.TB) chainNode
	pays  string
	worth string // USD at the board's first rates
	// doubled is the quote at which everything is worth twice as much.
	doubled map[string]string
}

func railCases() []railCase {
	token := func(c money.Coin) func(testing.TB) chainNode {
		return func(t testing.TB) chainNode { return newEthereum(t, c) }
	}
	return []railCase{
		{"btcd BTC", func(t testing.TB) chainNode { return newBitcoin(t) },
			"0.01234567", "740.74", map[string]string{"BTC/USD": "120000"}},
		{"litecoind LTC", func(t testing.TB) chainNode { return newLitecoin(t) },
			"1.23456789", "98.76", map[string]string{"LTC/USD": "160"}},
		{"Dogecoin 1.14 by proxy DOGE", func(t testing.TB) chainNode { return newDogecoin(t) },
			"1.23456789", "123.45", map[string]string{"DOGE/USD": "200"}},
		{"geth ETH", token("ETH"),
			"0.250000000000000001", "750.00", map[string]string{"ETH/USD": "6000"}},
		{"geth USDT without return value", token("USDT"),
			"123.456789", "123.45", map[string]string{"USDT/USD": "2"}},
	}
}

// TestEveryRail holds what must be so wherever money arrives and whatever keeps
// the rows.
func TestEveryRail(t *testing.T) {
	for _, c := range railCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, promise := range []struct {
				name string
				test func(*testing.T, railCase, func(*payments.Config))
			}{
				{"VoiceAndSMSAddressesDiffer", voiceAndSMSAddressesDiffer},
				{"SixConfirmationsNotFive", sixConfirmationsNotFive},
				{"RateIsOfReceiptNotOfCredit", rateIsOfReceiptNotOfCredit},
				{"TermsNeverBlockAnArrivedDeposit", termsNeverBlockAnArrivedDeposit},
				{"ReorgIsReversedAndCreditedAgainAtTheSameRate", reorgIsReversedAndCreditedAgain},
				{"DowntimeAndRestartLoseNothing", downtimeAndRestartLoseNothing},
			} {
				t.Run(promise.name, func(t *testing.T) {
					t.Run("memory", func(t *testing.T) { promise.test(t, c, func(*payments.Config) {}) })
					t.Run("SQLite", func(t *testing.T) { promise.test(t, c, onSQLite(t)) })
				})
			}
		})
	}
}

func voiceAndSMSAddressesDiffer(t *testing.T, c railCase, store func(*payments.Config)) {
	h := newHost(t, c.open(t), store)
	toVoice, toSMS := h.address(voice), h.address(sms)
	require.NotEqual(t, toVoice, toSMS)
	require.Equal(t, toVoice, h.address(voice), "permanent")

	h.chain.pay(toSMS, amount(t, h.chain.asset(), c.pays))
	h.mine(6)
	require.Equal(t, c.worth, h.balance(sms))
	require.Equal(t, "0.00", h.balance(voice))
	require.Empty(t, h.deposits(voice))
}

func sixConfirmationsNotFive(t *testing.T, c railCase, store func(*payments.Config)) {
	h := newHost(t, c.open(t), store)
	paid := amount(t, h.chain.asset(), c.pays)
	id := h.chain.pay(h.address(voice), paid)
	for n := uint64(1); n <= 5; n++ {
		h.mine(1)
		d := h.only(voice)
		require.Equal(t, payments.StateConfirming, d.State)
		require.Equal(t, n, d.Confirmations)
		require.Equal(t, "0.00", h.balance(voice), "%d confirmations", n)
	}
	h.mine(1)
	d := h.only(voice)
	require.Equal(t, payments.StateCredited, d.State)
	require.Equal(t, uint64(6), d.Confirmations)
	require.Equal(t, id, d.TxID)
	require.True(t, paid.Equal(d.Amount), "exactly what was sent: %s, not %s", paid, d.Amount)
	require.Equal(t, c.worth, h.balance(voice))
	h.mine(3)
	require.Equal(t, c.worth, h.balance(voice), "credited once")
}

func rateIsOfReceiptNotOfCredit(t *testing.T, c railCase, store func(*payments.Config)) {
	h := newHost(t, c.open(t), store)
	h.chain.pay(h.address(voice), amount(t, h.chain.asset(), c.pays))
	h.mine(1)
	received := h.only(voice)
	require.True(t, received.Valued())

	h.clock.Advance(5 * time.Minute)
	h.board.write(c.doubled)
	h.mine(5)
	d := h.only(voice)
	require.Equal(t, payments.StateCredited, d.State)
	require.Equal(t, received.Rate, d.Rate)
	require.Equal(t, received.ReceivedAt, d.ReceivedAt)
	require.True(t, d.CreditedAt.Sub(d.ReceivedAt) >= 5*time.Minute)
	require.Equal(t, c.worth, h.balance(voice))

	x, err := h.p.Explain(h.ctx, d.Key)
	require.NoError(t, err)
	require.Equal(t, d.Snapshot, x.Price.ID)
	require.True(t, x.Price.Rate.Equal(d.Rate), "the evidence names the rate")
}

func termsNeverBlockAnArrivedDeposit(t *testing.T, c railCase, store func(*payments.Config)) {
	h := newHost(t, c.open(t), func(cfg *payments.Config) {
		store(cfg)
		cfg.Terms = "2026-01"
	})
	_, err := h.p.DepositAddress(h.ctx, voice, h.chain.network())
	require.ErrorIs(t, err, payments.ErrTermsNotAccepted)
	require.NoError(t, h.p.AcceptTerms(h.ctx, voice.Profile, "2026-01"))
	to := h.address(voice)

	h.cfg.Terms = "2026-11" // new terms, which the customer never accepts
	h.restart()
	_, err = h.p.DepositAddress(h.ctx, voice, h.chain.network())
	require.ErrorIs(t, err, payments.ErrTermsNotAccepted)
	h.chain.pay(to, amount(t, h.chain.asset(), c.pays))
	h.mine(6)
	require.Equal(t, payments.StateCredited, h.only(voice).State)
	require.Equal(t, c.worth, h.balance(voice))
}

func reorgIsReversedAndCreditedAgain(t *testing.T, c railCase, store func(*payments.Config)) {
	h := newHost(t, c.open(t), store)
	h.chain.pay(h.address(voice), amount(t, h.chain.asset(), c.pays))
	h.mine(6)
	first := h.only(voice)
	require.Equal(t, payments.StateCredited, first.State)

	h.board.write(c.doubled)
	h.clock.Advance(5 * time.Minute)
	h.chain.Undo(8) // deeper than the deposit
	h.advance()
	require.Equal(t, payments.StateCredited, h.only(voice).State, "a lower branch is not taken")
	h.mineEmpty(8)
	d := h.only(voice)
	require.Equal(t, payments.StateReversed, d.State)
	require.Equal(t, chain.Anchor{}, d.Block)
	require.Equal(t, "0.00", h.balance(voice))

	h.mine(5)
	require.Equal(t, "0.00", h.balance(voice), "five confirmations again")
	h.mine(1)
	d = h.only(voice)
	require.Equal(t, payments.StateCredited, d.State)
	require.Equal(t, first.Key, d.Key)
	require.Equal(t, first.Rate, d.Rate)
	require.Equal(t, first.ReceivedAt, d.ReceivedAt)
	require.Equal(t, 2, d.Incarnation)
	require.NotEqual(t, first.Block.Hash, d.Block.Hash)
	require.Equal(t, c.worth, h.balance(voice))
	told := h.told(d.Key)
	require.Equal(t, []payments.EventKind{payments.EventDepositCredited, payments.EventDepositReversed,
		payments.EventDepositConfirming, payments.EventDepositCredited}, told[max(0, len(told)-4):])
}

// downtimeAndRestartLoseNothing pays while no process runs, and once more after.
func downtimeAndRestartLoseNothing(t *testing.T, c railCase, store func(*payments.Config)) {
	h := newHost(t, c.open(t), store)
	to := h.address(voice)
	h.mine(1)
	h.chain.pay(to, amount(t, h.chain.asset(), c.pays))
	h.chain.Mine(6) // nobody looks
	h.clock.Advance(10 * time.Minute)
	h.restart()
	h.advance()
	d := h.only(voice)
	require.Equal(t, payments.StateCredited, d.State)
	require.Equal(t, payments.BasisBlockTime, d.Basis)
	require.Equal(t, c.worth, h.balance(voice))

	h.restart()
	require.Equal(t, to, h.address(voice), "the same address in a new process")
	h.mine(2)
	require.Equal(t, c.worth, h.balance(voice), "credited once")
}
