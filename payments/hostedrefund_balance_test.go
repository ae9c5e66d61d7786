package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

func TestWhenTheBuyerPaysTheRefundFeeTheHostDoesNot(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	w.buyerPays = true
	v := w.refunded(h, 7_000)
	require.True(t, v.BuyerPaysRefundFee)
	w.paidOut(v)
	w.sync()
	require.Equal(t, [4]string{"30.00", "0.00", "-29.00", "-1.00"}, w.books(voice))
	require.True(t, w.row(h).Refunds[0].Fee.IsZero())
}

func TestABalanceThatWasSpentGoesBelowZeroByARefund(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	require.NoError(t, w.store.Update(w.ctx, func(tx payments.Tx) error {
		_, err := tx.InsertEntries(w.ctx, []ledger.Entry{{Key: "usage/1", Kind: "usage", At: w.clock.Now(),
			Postings: []ledger.Posting{{From: voice.Ledger(), To: "income", Amount: money.USD.Cents(8_000)}}}})
		return err
	}))
	v := w.refunded(h, 10_000)
	w.sync()
	require.Equal(t, "-80.00", w.books(voice)[0])
	balance, err := w.p.Balance(w.ctx, voice)
	require.NoError(t, err)
	require.Equal(t, "-80.00 USD", balance.String())
	w.paidOut(v)
	w.sync()
	require.Equal(t, "-80.00", w.books(voice)[0])
	w.entries()
}

func TestTheStatementShowsHostedCreditsAndRefunds(t *testing.T) {
	w := newRefundWorld(t)
	h := w.complete(voice, hundred)
	w.clock.Advance(time.Minute)
	v := w.refunded(h, 7_000)
	w.sync()
	w.clock.Advance(time.Minute)
	_, err := w.client.CancelRefund(w.ctx, v.ID)
	require.NoError(t, err)
	w.sync()
	lines, _, err := w.p.Statement(w.ctx, voice, ledger.Cursor{}, 10)
	require.NoError(t, err)
	want := []struct {
		kind            ledger.Kind
		amount, balance string
	}{{ledger.KindReversal, "70.00", "100.00"}, {ledger.KindRefund, "-70.00", "30.00"}, {ledger.KindHosted, "100.00", "100.00"}}
	require.Len(t, lines, len(want), "BitPay's fee is the host's, not the customer's")
	for i, l := range lines {
		require.Equal(t, want[i].kind, l.Kind)
		require.Equal(t, want[i].amount, l.Amount.Text())
		require.Equal(t, want[i].balance, l.Balance.Text())
		require.Equal(t, h.RemoteID, l.Reference)
		require.True(t, l.Coin.IsZero())
	}
}
