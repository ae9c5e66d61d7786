package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/payments"
)

func TestAHostedInvoiceLivesItsWholeLifeWithZeroNotifications(t *testing.T) {
	w := newHostedWorld(t, nil)
	require.Equal(t, usd(25, 50, 100), w.p.Offers("USD"))
	require.Empty(t, w.p.Offers("EUR"))
	h := w.checkout("order-1")
	require.Equal(t, payments.HostedNew, h.State)
	require.NotEmpty(t, h.RemoteID)
	require.Contains(t, h.URL, simBase)
	require.Len(t, h.ID, 32)

	require.NoError(t, w.bitpay.PayExact(h.RemoteID, "BTC"))
	w.after(2 * time.Minute)
	got := w.row(h.ID)
	require.Equal(t, payments.HostedPaid, got.State)
	require.Equal(t, "BTC", got.Coin)
	require.Equal(t, "0.00 USD", w.balance(voice), "nothing is certain yet")

	require.NoError(t, w.bitpay.Confirm(h.RemoteID, 6))
	w.after(5 * time.Minute)
	got = w.row(h.ID)
	require.Equal(t, payments.HostedComplete, got.State)
	require.Equal(t, "50.00 USD", got.Credited.String())
	require.True(t, got.PollAt.IsZero(), "nothing more is asked")
	require.Equal(t, "50.00 USD", w.balance(voice))
	require.Equal(t, "50.00 USD", w.receivable())
	require.Equal(t, []string{"hosted/" + h.ID + "/1"}, w.entries(voice))
	require.Equal(t, []payments.EventKind{payments.EventHostedOpened, payments.EventHostedPaid,
		payments.EventHostedComplete, payments.EventHostedCredited}, w.told(h.ID))
	require.Equal(t, w.told(h.ID), w.events.kinds("hosted/"+h.ID), "delivered in order")
	require.Len(t, w.bitpay.Invoices(), 1)
	w.after(24 * time.Hour)
	require.Equal(t, []string{"hosted/" + h.ID + "/1"}, w.entries(voice))
}
