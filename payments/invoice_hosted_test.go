package payments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// put commits a hosted invoice of the given invoice, as the engine does once BitPay
// has answered.
func (b *bundle) put(r payments.InvoiceRecord, id string, state payments.HostedState, change func(*payments.HostedInvoice)) {
	b.Helper()
	kind := payments.EventKind("hosted." + state)
	require.NoError(b, b.p.PutHosted(b.ctx, kind, func(h *payments.HostedInvoice) {
		h.Account, h.Price, h.State = r.Account(), r.Total, state
		if change != nil {
			change(h)
		}
	}, id))
}

// creditedBy is a credit of BitPay's, taken back with cents zero.
func (b *bundle) creditedBy(cents int64) func(*payments.HostedInvoice) {
	return func(h *payments.HostedInvoice) {
		h.Credited, h.PaidAt = money.USD.Cents(cents), b.clock.Now()
		if cents > 0 {
			h.Incarnation++
		}
	}
}

func polled(at time.Time) func(*payments.HostedInvoice) {
	return func(h *payments.HostedInvoice) { h.PollAt = at }
}

func TestCoinsSeenCloseWhatIsOpenAtBitPay(t *testing.T) {
	b, r := invoiceBundle(t, railCases()[0], 100_00)
	later := b.clock.Now().Add(time.Hour)
	b.put(r, "opening", payments.HostedOpening, polled(later))
	b.put(r, "new", payments.HostedNew, polled(later))
	b.put(r, "expired", payments.HostedExpired, polled(later))
	for _, h := range b.invoice(r.Number).Hosted {
		require.False(t, h.Cancel)
	}
	to := b.billed(r.Number)
	b.advance()
	b.pay(to, 1) // a part is enough
	b.advance()
	for _, h := range b.invoice(r.Number).Hosted {
		require.Equal(t, h.ID != "expired", h.Cancel, h.ID)
		require.Equal(t, h.ID == "expired", h.PollAt.Equal(later), "%s is due at once", h.ID)
	}
	require.Equal(t, to, b.billed(r.Number), "coins are still taken")
}

func TestAPaymentAtBitPayClosesTheAddress(t *testing.T) {
	for _, state := range []payments.HostedState{payments.HostedPaid, payments.HostedConfirmed, payments.HostedComplete} {
		b, r := invoiceBundle(t, railCases()[0], 100_00)
		b.billed(r.Number)
		b.put(r, "a", payments.HostedNew, nil)
		b.billed(r.Number)
		b.put(r, "a", state, nil)
		require.Equal(t, invoice.Processing, b.standing(r.Number).Status)
		require.Equal(t, "100.00 USD", b.standing(r.Number).Pending.String())
		_, err := b.p.InvoiceAddress(b.ctx, r.Number, b.sim.Network())
		var closed *payments.InvoiceClosedError
		require.ErrorAs(t, err, &closed)
		require.Equal(t, invoice.Direct, closed.Way)
		require.Equal(t, []invoice.Way{invoice.BitPay}, closed.SeenBy)
	}
}

func TestAPaymentAtBitPayClosesASecondPageOfTheSameInvoice(t *testing.T) {
	b, r := invoiceBundle(t, railCases()[0], 100_00)
	b.put(r, "a", payments.HostedNew, nil)
	b.put(r, "b", payments.HostedNew, nil)
	b.put(r, "a", payments.HostedPaid, nil)
	hosted := b.invoice(r.Number).Hosted
	require.False(t, hosted[0].Cancel)
	require.True(t, hosted[1].Cancel)
}

func TestBothWaysArrivingIsOverpaid(t *testing.T) {
	b, r := invoiceBundle(t, railCases()[0], 100_00)
	to := b.billed(r.Number)
	b.advance()
	b.put(r, "a", payments.HostedPaid, nil)
	b.pay(to, 10) // the page was still open
	b.advance()
	require.Equal(t, []invoice.Way{invoice.Direct, invoice.BitPay}, b.standing(r.Number).SeenBy)
	b.put(r, "a", payments.HostedComplete, b.creditedBy(100_00))
	require.Equal(t, invoice.Paid, b.standing(r.Number).Status)
	require.Empty(t, b.standing(r.Number).Exceptions, "the coins are not credited yet")
	b.mine(6)
	s := b.standing(r.Number)
	require.Equal(t, invoice.Paid, s.Status)
	require.Equal(t, []invoice.Exception{invoice.Overpaid}, s.Exceptions)
	require.Equal(t, "100.00 USD", s.Surplus.String())
	require.Equal(t, []payments.EventKind{payments.EventInvoiceProcessing, payments.EventInvoicePaid, payments.EventInvoiceOverpaid},
		b.events.kinds("invoice/"+r.Number))
}

func TestWhatBitPaySaysOfAPaymentIsWhatItIsToTheInvoice(t *testing.T) {
	soon := newClock().Now().Add(time.Hour)
	for _, c := range []struct {
		name   string
		state  payments.HostedState
		change func(*bundle) func(*payments.HostedInvoice)
		want   invoice.Status
		odd    []invoice.Exception
		seen   bool
	}{
		{name: "being opened", state: payments.HostedOpening, want: invoice.Unpaid},
		{name: "payable", state: payments.HostedNew, want: invoice.Unpaid},
		{name: "partly paid: BitPay returns it", state: payments.HostedNew, want: invoice.Unpaid,
			change: func(*bundle) func(*payments.HostedInvoice) {
				return func(h *payments.HostedInvoice) { h.Exception = "paidPartial" }
			}},
		{name: "paid", state: payments.HostedPaid, want: invoice.Processing, seen: true},
		{name: "complete, and the host refused the credit", state: payments.HostedComplete, want: invoice.Processing, seen: true},
		{name: "invalid, and still asked for", state: payments.HostedInvalid, want: invoice.Processing, seen: true,
			change: func(*bundle) func(*payments.HostedInvoice) { return polled(soon) }},
		{name: "invalid, and no more asked for", state: payments.HostedInvalid, want: invoice.Unpaid},
		{name: "declined", state: payments.HostedDeclined, want: invoice.Unpaid},
		{name: "expired", state: payments.HostedExpired, want: invoice.Unpaid},
		{name: "failed", state: payments.HostedFailed, want: invoice.Unpaid},
		{name: "credited", state: payments.HostedComplete, want: invoice.Paid, seen: true,
			change: func(b *bundle) func(*payments.HostedInvoice) { return b.creditedBy(100_00) }},
		{name: "declined after the credit", state: payments.HostedDeclined, want: invoice.Unpaid, odd: []invoice.Exception{invoice.ReversedPayment},
			change: func(*bundle) func(*payments.HostedInvoice) {
				return func(h *payments.HostedInvoice) { h.Incarnation, h.Credited = 1, money.USD.Cents(0) }
			}},
		{name: "invalid after the credit, and still asked for", state: payments.HostedInvalid, want: invoice.Unpaid, odd: []invoice.Exception{invoice.ReversedPayment},
			change: func(*bundle) func(*payments.HostedInvoice) {
				return func(h *payments.HostedInvoice) { h.Incarnation, h.Credited, h.PollAt = 1, money.USD.Cents(0), soon }
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, r := invoiceBundle(t, railCases()[0], 100_00)
			var change func(*payments.HostedInvoice)
			if c.change != nil {
				change = c.change(b)
			}
			b.put(r, "a", c.state, change)
			s := b.standing(r.Number)
			require.Equal(t, c.want, s.Status)
			require.Equal(t, c.odd, s.Exceptions)
			require.Equal(t, c.seen, len(s.SeenBy) > 0)
			require.Equal(t, s, b.invoice(r.Number).Standing)
		})
	}
}

func TestAWrongCoinDoesNotCloseTheInvoice(t *testing.T) {
	var usdt money.Asset
	b := newBundle(t, railCases()[1], func(cfg *payments.Config) { // ETH alone is accepted
		usdt, _ = cfg.Rails[0].Network.Asset("USDT")
		cfg.Rails[0].Assets = []money.Asset{cfg.Rails[0].Network.Native}
	})
	b.priced(1000)
	r, err := b.p.CreateInvoice(b.ctx, bill("7", 100_00))
	require.NoError(t, err)
	b.put(r, "a", payments.HostedNew, nil)
	to := b.billed("7")
	b.advance()
	right := b.asset
	b.asset = usdt
	b.pay(to, 10)
	b.asset = right
	b.mine(7)
	require.Equal(t, payments.HoldAsset, b.only(r.Account()).Hold)
	require.Equal(t, invoice.Unpaid, b.standing("7").Status)
	require.Empty(t, b.standing("7").SeenBy)
	require.False(t, b.invoice("7").Hosted[0].Cancel)
	b.checkBooks()
}
