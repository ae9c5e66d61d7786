package payments_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
)

// SaveInvoices makes folding an invoice a place to die at.
func (t mortalTx) SaveInvoices(ctx context.Context, rows []payments.InvoiceRecord) error {
	if len(rows) == 0 {
		return nil
	}
	return t.r.call("save invoices", func() error { return t.Tx.SaveInvoices(ctx, rows) })
}

// SaveHosted makes closing BitPay's way a place to die at.
func (t mortalTx) SaveHosted(ctx context.Context, rows []payments.HostedInvoice) error {
	if len(rows) == 0 {
		return nil
	}
	return t.r.call("save hosted", func() error { return t.Tx.SaveHosted(ctx, rows) })
}

// billedWorld is a crash world whose first address is an invoice's, with a page open
// at BitPay.
func billedWorld(t *testing.T, n int, after bool) *crashWorld {
	w := newCrashWorld(t, -1, false)
	r, err := w.p.CreateInvoice(t.Context(), bill("7", 1_000_00))
	require.NoError(t, err)
	got, err := w.p.InvoiceAddress(t.Context(), "7", w.sim.Network())
	require.NoError(t, err)
	require.NoError(t, w.p.PutHosted(t.Context(), payments.EventHostedOpened, func(h *payments.HostedInvoice) {
		h.Account, h.Price, h.State = r.Account(), r.Total, payments.HostedNew
	}, "a"))
	w.to[0] = got.Address
	w.reaper = &reaper{n: n, after: after}
	w.start()
	return w
}

func TestKilledAtAnyCallTheInvoiceEndsTheSame(t *testing.T) {
	t.Parallel()
	clean := billedWorld(t, -1, false)
	clean.scenario()
	want, calls := clean.result(), clean.reaper.calls
	require.Contains(t, clean.reaper.names, "save invoices")
	require.Contains(t, clean.reaper.names, "save hosted")
	require.Contains(t, want, `"Subject":"invoice/7"`)
	for _, after := range []bool{false, true} {
		for n := 1; n <= calls; n++ {
			w := billedWorld(t, n, after)
			w.scenario()
			require.Equal(t, 1, w.deaths, "call %d", n)
			requireSameDump(t, stable(want), stable(w.result()), "killed at call %d (%s), after=%v", n, clean.reaper.names[n-1], after)
			require.Equal(t, clean.events, w.events, "events told, by id: killed at call %d (%s), after=%v", n, clean.reaper.names[n-1], after)
		}
	}
}

func TestTwoEnginesOnOneStoreFoldAnInvoiceOnce(t *testing.T) {
	b, r := invoiceBundle(t, railCases()[0], 300_00)
	b.put(r, "a", payments.HostedNew, nil)
	to := b.billed(r.Number)
	second := b.processor(b.cfg)
	ctx, cancel := context.WithCancel(b.ctx)
	var wg sync.WaitGroup
	for _, p := range []*payments.Processor{b.p, second} {
		wg.Go(func() { require.NoError(t, p.Run(ctx)) })
	}
	for range 30 {
		b.pay(to, 1)
		b.sim.Mine(1)
	}
	b.sim.Mine(6)
	require.Eventually(t, func() bool {
		rows, err := b.p.Invoices(b.ctx, "acme", "", 1)
		return err == nil && rows[0].Standing.Status == invoice.Paid
	}, 30*time.Second, 5*time.Millisecond)
	cancel()
	wg.Wait()
	v := b.invoice(r.Number)
	require.Equal(t, v.Standing, b.standing(r.Number))
	require.Empty(t, v.Standing.Exceptions)
	require.True(t, v.Hosted[0].Cancel)
	require.Equal(t, "300.00 USD", b.balance(r.Account()))
	kinds := storedKinds(b, "invoice/"+r.Number)
	require.Equal(t, payments.EventInvoiceProcessing, kinds[0])
	require.Equal(t, payments.EventInvoicePaid, kinds[len(kinds)-1])
	require.Len(t, kinds, v.Changes, "each change is told once")
}

func TestARefusedReversalOfAnInvoicesCreditLeavesItsTruth(t *testing.T) {
	b, r := invoiceBundle(t, railCases()[0], 100_00)
	to := b.billed(r.Number)
	b.advance()
	id := b.pay(to, 10)
	b.mine(6)
	b.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		if events[0].Kind == payments.EventDepositReversed {
			panic("host: no reversals here")
		}
		return nil
	}
	b.restart()
	b.sim.Reorg(6, chainsim.Branch{Later: []chain.Hash{id}})
	b.advance()
	require.Equal(t, payments.HoldHost, b.only(r.Account()).Hold)
	require.Contains(t, b.standing(r.Number).Exceptions, invoice.ReversedPayment)
	b.mine(7)
	require.Equal(t, invoice.Processing, b.standing(r.Number).Status, "held, so pending")
	require.NoError(t, b.p.Release(b.ctx, b.only(r.Account()).Key, payments.Actor{ID: "op", Reason: "host repaired"}))
	b.advance()
	require.Equal(t, invoice.Paid, b.standing(r.Number).Status)
	require.Equal(t, "100.00 USD", b.balance(r.Account()))
	b.checkBooks()
}
