package payments_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// TestAnyHistoryLeavesTheInvoiceAsItsPaymentsSay drives payments, blocks,
// reorganisations, replacements, price outages, restarts and BitPay's answers. After
// each commit what is stored equals the fold of what is on record, and what it calls
// paid is on the account.
func TestAnyHistoryLeavesTheInvoiceAsItsPaymentsSay(t *testing.T) {
	for _, c := range railCases()[:2] {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { invoiceHistory(t, rt, c) })
		})
	}
}

func invoiceHistory(t *testing.T, rt *rapid.T, c railCase) {
	b, r := invoiceBundle(t, c, 100_00)
	to, other := b.billed(r.Number), b.address(voice)
	b.advance()
	var sent []chain.Hash
	pay := func(a chain.Address) chainsim.Payment {
		return chainsim.Payment{To: a, Amount: b.coins(rapid.Int64Range(1, 12).Draw(rt, "hundredths"))}
	}
	// What BitPay says next, by what it said last.
	next := map[payments.HostedState][]payments.HostedState{
		"":                       {payments.HostedOpening},
		payments.HostedOpening:   {payments.HostedNew, payments.HostedFailed},
		payments.HostedNew:       {payments.HostedPaid, payments.HostedExpired},
		payments.HostedPaid:      {payments.HostedConfirmed, payments.HostedInvalid, payments.HostedDeclined},
		payments.HostedConfirmed: {payments.HostedComplete, payments.HostedInvalid, payments.HostedDeclined},
		payments.HostedInvalid:   {payments.HostedComplete},
	}
	said := map[string]payments.HostedState{}
	rt.Repeat(map[string]func(*rapid.T){
		"pay": func(*rapid.T) { sent = append(sent, b.sim.Pay(pay(to))) },
		"replace": func(rt *rapid.T) {
			if len(sent) == 0 {
				rt.Skip()
			}
			if old := rapid.SampledFrom(sent).Draw(rt, "replaced"); isPending(b.sim, old) {
				sent = append(sent, b.sim.Replace(old, pay(rapid.SampledFrom([]chain.Address{to, other}).Draw(rt, "to"))))
			}
		},
		"mine": func(rt *rapid.T) {
			b.clock.Advance(time.Duration(rapid.IntRange(1, 90).Draw(rt, "seconds")) * time.Second)
			b.sim.Mine(rapid.IntRange(1, 4).Draw(rt, "blocks"))
		},
		"reorganise": func(rt *rapid.T) {
			depth := rapid.IntRange(1, min(int(b.sim.Head().Height)-1, 12)).Draw(rt, "depth")
			b.sim.Reorg(depth, chainsim.Branch{Reverse: rapid.Bool().Draw(rt, "reverse")})
		},
		"advance": func(*rapid.T) {
			for range 3 { // prices may be down
				if b.p.Advance(b.ctx) == nil {
					return
				}
			}
		},
		"restart": func(*rapid.T) { b.restart() },
		"prices":  func(rt *rapid.T) { b.rates.setDown(rapid.Bool().Draw(rt, "down")) },
		"due":     func(rt *rapid.T) { b.clock.Advance(time.Duration(rapid.IntRange(0, 10).Draw(rt, "hours")) * time.Hour) },
		"BitPay": func(rt *rapid.T) {
			id := fmt.Sprint("h", rapid.IntRange(0, 2).Draw(rt, "hosted"))
			to := next[said[id]]
			if len(to) == 0 {
				rt.Skip()
			}
			said[id] = rapid.SampledFrom(to).Draw(rt, "state")
			medium := rapid.Bool().Draw(rt, "credited at confirmed")
			b.put(r, id, said[id], func(h *payments.HostedInvoice) {
				h.PollAt = b.clock.Now().Add(time.Minute)
				if h.PaidAt.IsZero() {
					h.PaidAt = b.clock.Now()
				}
				switch earned := said[id] == payments.HostedComplete || medium && said[id] == payments.HostedConfirmed; {
				case earned && h.Credited.Sign() == 0:
					h.Credited, h.Incarnation = h.Price, h.Incarnation+1
				case said[id] == payments.HostedInvalid || said[id] == payments.HostedDeclined:
					h.Credited = money.USD.Cents(0)
				}
			})
		},
		"": func(*rapid.T) { invoiceHolds(rt, b, r) },
	})
}

func invoiceHolds(rt *rapid.T, b *bundle, r payments.InvoiceRecord) {
	v, err := b.p.Invoice(b.ctx, r.Number)
	require.NoError(rt, err)
	stored := b.standing(r.Number)
	require.Equal(rt, fmt.Sprint(v.Standing), fmt.Sprint(stored))
	again, err := invoice.Apply(v.Invoice, v.Payments)
	require.NoError(rt, err)
	require.Equal(rt, fmt.Sprint(again), fmt.Sprint(stored))
	paid := money.USD.Cents(0)
	balance, err := b.p.Balance(b.ctx, r.Account())
	require.NoError(rt, err)
	paid, err = paid.Add(balance)
	require.NoError(rt, err)
	for _, h := range v.Hosted {
		if h.Credited.Sign() > 0 { // booked by the hosted part, which this test leaves out
			paid, err = paid.Add(h.Credited)
			require.NoError(rt, err)
		}
		open := h.State == payments.HostedOpening || h.State == payments.HostedNew
		require.False(rt, open && !h.Cancel && slices.Contains(stored.SeenBy, invoice.Direct), "%s is open although coins were seen", h.ID)
	}
	require.Equal(rt, paid.String(), stored.Paid.String(), "what counts as paid is on the account")
	var last string
	kinds := storedKinds(b, "invoice/"+r.Number)
	for _, k := range kinds {
		switch k {
		case payments.EventInvoiceUnpaid, payments.EventInvoiceProcessing, payments.EventInvoicePaid:
			require.NotEqual(rt, last, string(k), "a status is told when it changes")
			last = string(k)
		}
	}
	if last != "" {
		require.Equal(rt, "invoice."+string(stored.Status), last)
	}
}

// storedKinds are a subject's events in the store, delivered or not.
func storedKinds(b *bundle, subject string) (out []payments.EventKind) {
	b.Helper()
	require.NoError(b, b.store.View(b.ctx, func(tx payments.Tx) error {
		events, err := tx.EventsOf(b.ctx, subject)
		out = nil
		for _, e := range events {
			out = append(out, e.Kind)
		}
		return err
	}))
	return out
}
