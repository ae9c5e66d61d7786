package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments"
)

func medium(c *payments.Config) { c.BitPay.Speed = bitpay.Medium }

func TestACreditWaitsForCompleteUnlessTheHostSaysConfirmed(t *testing.T) {
	for name, change := range map[string]func(*payments.Config){"low": nil, "medium": medium} {
		t.Run(name, func(t *testing.T) {
			w := newHostedWorld(t, change)
			h := w.checkout("a")
			require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
			require.NoError(t, w.bitpay.Confirm(h.RemoteID, 1))
			w.after(2 * time.Minute)
			if name == "low" {
				require.Equal(t, "0.00 USD", w.balance(voice))
				require.Equal(t, payments.HostedPaid, w.row(h.ID).State)
			} else {
				require.Equal(t, "50.00 USD", w.balance(voice))
				require.Equal(t, payments.HostedConfirmed, w.row(h.ID).State)
			}
			require.NoError(t, w.bitpay.Confirm(h.RemoteID, 5))
			w.after(5 * time.Minute)
			require.Equal(t, "50.00 USD", w.balance(voice))
			require.Equal(t, payments.HostedComplete, w.row(h.ID).State)
			require.Len(t, w.entries(voice), 1)
		})
	}
}

func TestDeclinedAfterConfirmedTakesTheCreditBack(t *testing.T) {
	w := newHostedWorld(t, medium)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Confirm(h.RemoteID, 1))
	w.after(2 * time.Minute)
	require.Equal(t, "50.00 USD", w.balance(voice))
	require.NoError(t, w.bitpay.Decline(h.RemoteID))
	w.after(5 * time.Minute)
	require.Equal(t, "0.00 USD", w.balance(voice))
	require.Equal(t, "0.00 USD", w.receivable())
	got := w.row(h.ID)
	require.Equal(t, payments.HostedDeclined, got.State)
	require.True(t, got.Credited.IsZero())
	require.Equal(t, []string{"hosted/" + h.ID + "/1", "reversal/hosted/" + h.ID + "/1"}, w.entries(voice))
	require.Equal(t, []payments.EventKind{payments.EventHostedOpened, payments.EventHostedConfirmed,
		payments.EventHostedCredited, payments.EventHostedDeclined, payments.EventHostedReversed}, w.told(h.ID))
}

func TestCompleteAfterInvalidIsCredited(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	w.after(2 * time.Minute)
	w.after(61 * time.Minute)
	require.Equal(t, payments.HostedInvalid, w.row(h.ID).State)
	require.Equal(t, "0.00 USD", w.balance(voice))
	w.after(26 * time.Hour)
	require.False(t, w.row(h.ID).PollAt.IsZero(), "it may still complete")
	require.NoError(t, w.bitpay.Confirm(h.RemoteID, 6))
	w.after(time.Hour)
	require.Equal(t, payments.HostedComplete, w.row(h.ID).State)
	require.Equal(t, "50.00 USD", w.balance(voice))
	require.Len(t, w.entries(voice), 1)
}

func TestAnInvalidInvoiceIsGivenUpAfterAWeek(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	w.after(2 * time.Minute)
	for range 8 * 24 {
		w.after(time.Hour)
	}
	require.Equal(t, payments.HostedInvalid, w.row(h.ID).State)
	require.True(t, w.row(h.ID).PollAt.IsZero())
	require.Less(t, w.wire.count(), 8*24+10)
}

func TestAPartialPaymentExpiresAndCreditsNothing(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayPart(h.RemoteID, ""))
	w.after(2 * time.Minute)
	require.Equal(t, payments.HostedNew, w.row(h.ID).State)
	require.Equal(t, "paidPartial", w.row(h.ID).Exception)
	w.after(14 * time.Minute)
	require.Equal(t, payments.HostedExpired, w.row(h.ID).State)
	require.Empty(t, w.entries(voice))
	calls := w.wire.count()
	w.after(2 * time.Hour)
	w.after(24 * time.Hour)
	require.Equal(t, calls+2, w.wire.count(), "late payments are looked for twice")
	require.True(t, w.row(h.ID).PollAt.IsZero())
}

func TestAnOverpaymentCreditsThePriceAlone(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	require.NoError(t, w.bitpay.PayOver(h.RemoteID, ""))
	require.NoError(t, w.bitpay.Confirm(h.RemoteID, 6))
	w.after(2 * time.Minute)
	require.Equal(t, "paidOver", w.row(h.ID).Exception)
	require.Equal(t, "50.00 USD", w.balance(voice))
}

func TestALatePaymentChangesNothing(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	w.after(16 * time.Minute)
	require.Equal(t, payments.HostedExpired, w.row(h.ID).State)
	require.NoError(t, w.bitpay.PayExact(h.RemoteID, ""))
	w.after(2 * time.Hour)
	require.Equal(t, payments.HostedExpired, w.row(h.ID).State)
	require.Empty(t, w.entries(voice))
}

func TestTheExpiryOfANewInvoiceIsFoundAtOnce(t *testing.T) {
	w := newHostedWorld(t, nil)
	h := w.checkout("a")
	for range 15 * 60 / 5 {
		w.after(5 * time.Second)
	}
	w.after(time.Second)
	require.Equal(t, payments.HostedExpired, w.row(h.ID).State)
	require.Less(t, w.wire.count(), 25, "asked less and less often")
}

func TestAnInvoicePaidAnotherWayIsCancelledAtBitPay(t *testing.T) {
	for _, pos := range []bool{false, true} {
		w := newHostedWorld(t, nil)
		if pos {
			w.cfg.BitPay.Client = w.posClient()
			w.restart()
		}
		h := w.checkout("a")
		require.NoError(t, w.store.Update(w.ctx, func(tx payments.Tx) error {
			rows, err := tx.Hosted(w.ctx, payments.HostedQuery{IDs: []string{h.ID}})
			if err != nil {
				return err
			}
			rows[0].Cancel, rows[0].PollAt = true, w.clock.Now()
			return tx.SaveHosted(w.ctx, rows)
		}))
		w.after(0)
		if pos {
			require.Equal(t, payments.HostedNew, w.row(h.ID).State, "a POS token cannot cancel")
			continue
		}
		require.Equal(t, payments.HostedExpired, w.row(h.ID).State)
	}
}
