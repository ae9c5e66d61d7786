package payments_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/chainsim"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
)

// billed returns an invoice's address.
func (b *bundle) billed(number string) chain.Address {
	b.Helper()
	got, err := b.p.InvoiceAddress(b.ctx, number, b.sim.Network())
	require.NoError(b, err)
	return got.Address
}

func TestAnInvoiceIsPaidInCoins(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		b.priced(1000)
		record, err := b.p.CreateInvoice(b.ctx, bill("2026-0117", 100_00))
		require.NoError(t, err)
		to := b.billed("2026-0117")
		b.advance()
		b.pay(to, 10)
		b.mine(1)
		require.Equal(t, invoice.Processing, b.standing("2026-0117").Status)
		require.Equal(t, []invoice.Way{invoice.Direct}, b.standing("2026-0117").SeenBy)
		b.mine(6)
		v := b.invoice("2026-0117")
		require.Equal(t, b.standing("2026-0117"), v.Standing)
		require.Equal(t, invoice.Paid, v.Standing.Status)
		require.Empty(t, v.Standing.Exceptions)
		require.Len(t, v.Payments, 1)
		require.Len(t, v.Ledger, 1)
		require.Equal(t, ledger.KindDeposit, v.Ledger[0].Kind)
		require.Equal(t, "100.00 USD", v.Ledger[0].Amount.String())
		require.Equal(t, "100.00 USD", b.balance(record.Account()))
		require.Equal(t, []payments.EventKind{payments.EventInvoiceProcessing, payments.EventInvoicePaid},
			b.events.kinds("invoice/2026-0117"))
		_, err = b.p.InvoiceAddress(b.ctx, "2026-0117", b.sim.Network())
		var closed *payments.InvoiceClosedError
		require.ErrorAs(t, err, &closed)
		require.Empty(t, closed.SeenBy)
		b.checkBooks()
	})
}

func TestWhatIsUnderWayIsShownWithItsValueOnceItIsKnown(t *testing.T) {
	b, _ := invoiceBundle(t, railCases()[0], 100_00)
	to := b.billed("2026-0117")
	b.advance()
	b.rates.setDown(true)
	b.pay(to, 10)
	b.sim.Mine(1)
	require.Error(t, b.p.Advance(b.ctx), "no price")
	require.Equal(t, invoice.Processing, b.standing("2026-0117").Status)
	require.Equal(t, "0.00 USD", b.standing("2026-0117").Pending.String())
	b.rates.setDown(false)
	b.clock.Advance(2 * time.Minute)
	b.advance()
	require.Equal(t, "100.00 USD", b.standing("2026-0117").Pending.String(), "although no event told it")
}

func TestAShortPaymentIsAskedForTheRestAndASurplusStays(t *testing.T) {
	b, record := invoiceBundle(t, railCases()[0], 100_00)
	to := b.billed("2026-0117")
	b.advance()
	b.pay(to, 4)
	b.mine(6)
	s := b.standing("2026-0117")
	require.Equal(t, invoice.Unpaid, s.Status)
	require.Equal(t, []invoice.Exception{invoice.Underpaid}, s.Exceptions)
	require.Equal(t, "60.00 USD", s.Missing.String())
	require.Equal(t, to, b.billed("2026-0117"), "the rest goes to the same address")
	b.pay(to, 7)
	b.mine(6)
	s = b.standing("2026-0117")
	require.Equal(t, invoice.Paid, s.Status)
	require.Equal(t, []invoice.Exception{invoice.Overpaid}, s.Exceptions)
	require.Equal(t, "10.00 USD", s.Surplus.String())
	require.Equal(t, "110.00 USD", b.balance(record.Account()))
	require.Equal(t, []payments.EventKind{
		payments.EventInvoiceProcessing, payments.EventInvoiceUnpaid, payments.EventInvoiceUnderpaid,
		payments.EventInvoiceProcessing, payments.EventInvoicePaid, payments.EventInvoiceOverpaid,
	}, b.events.kinds("invoice/2026-0117"))
}

func TestAPaymentOfAnInvoiceBelowTheMinimumIsCredited(t *testing.T) {
	b, record := invoiceBundle(t, railCases()[0], 10_00)
	b.least("25")
	to := b.billed("2026-0117")
	b.advance()
	b.pay(to, 1)
	b.mine(6)
	require.Equal(t, invoice.Paid, b.standing("2026-0117").Status)
	require.Equal(t, "10.00 USD", b.balance(record.Account()))
	require.Empty(t, b.dust(record.Account()))
	list, err := b.p.Gathering(b.ctx, record.Account())
	require.NoError(t, err)
	require.Empty(t, list)
	b.checkBooks()
}

func TestWhatArrivesAfterTheDueDateIsLate(t *testing.T) {
	b, _ := invoiceBundle(t, railCases()[0], 100_00)
	to := b.billed("2026-0117")
	b.clock.Advance(25 * time.Hour)
	b.advance()
	b.pay(to, 10)
	b.mine(6)
	require.Equal(t, invoice.Paid, b.standing("2026-0117").Status)
	require.Equal(t, []invoice.Exception{invoice.Late}, b.standing("2026-0117").Exceptions)
	require.Contains(t, b.events.kinds("invoice/2026-0117"), payments.EventInvoiceLate)
}

func TestAReorganisationMakesAPaidInvoiceUnpaidUntilItIsPaidAgain(t *testing.T) {
	onEveryRail(t, func(t *testing.T, b *bundle) {
		b.cfg.Rails[0].Breaker = 10_000
		b.restart()
		b.priced(1000)
		record, err := b.p.CreateInvoice(b.ctx, bill("7", 100_00))
		require.NoError(t, err)
		to := b.billed("7")
		b.advance()
		id := b.pay(to, 10)
		b.mine(6)
		require.Equal(t, invoice.Paid, b.standing("7").Status)
		b.sim.Reorg(6, chainsim.Branch{Later: []chain.Hash{id}})
		b.advance()
		require.NotEqual(t, invoice.Paid, b.standing("7").Status)
		require.Contains(t, b.standing("7").Exceptions, invoice.ReversedPayment)
		require.Equal(t, "100.00 USD", b.standing("7").Missing.String())
		require.Equal(t, "0.00 USD", b.balance(record.Account()))
		require.Contains(t, b.events.kinds("invoice/7"), payments.EventInvoiceReversed)
		b.checkBooks()
		b.mine(8)
		require.Equal(t, invoice.Paid, b.standing("7").Status)
		require.Empty(t, b.standing("7").Exceptions)
		require.Equal(t, "100.00 USD", b.balance(record.Account()))
		require.Len(t, b.invoice("7").Ledger, 3, "credit, reversal, credit")
		b.checkBooks()
	})
}

func TestAReplacedPaymentOpensTheInvoiceAgain(t *testing.T) {
	b, _ := invoiceBundle(t, railCases()[0], 100_00)
	to, other := b.billed("2026-0117"), b.address(voice)
	b.advance()
	id := b.pay(to, 10)
	b.advance()
	require.Equal(t, invoice.Processing, b.standing("2026-0117").Status)
	b.sim.Replace(id, chainsim.Payment{To: other, Amount: b.coins(10)})
	b.mine(1)
	s := b.standing("2026-0117")
	require.Equal(t, invoice.Unpaid, s.Status)
	require.Empty(t, s.SeenBy)
	require.Empty(t, s.Exceptions)
}

func TestTheHostSeesAnInvoicePaidInTheCommitThatCreditsIt(t *testing.T) {
	b, _ := invoiceBundle(t, railCases()[0], 100_00)
	var commits [][]payments.EventKind
	b.cfg.InTx = func(ctx context.Context, tx payments.Tx, events []payments.Event) error {
		var kinds []payments.EventKind
		for _, e := range events {
			kinds = append(kinds, e.Kind)
		}
		if kinds[len(kinds)-1] == payments.EventInvoicePaid {
			v, err := b.p.In(tx).Invoice(ctx, "2026-0117")
			require.NoError(t, err)
			require.Equal(t, invoice.Paid, v.Standing.Status, "its rows are in this transaction")
		}
		commits = append(commits, kinds)
		return nil
	}
	b.restart()
	to := b.billed("2026-0117")
	b.advance()
	id := b.pay(to, 10)
	b.mine(6)
	b.sim.Reorg(6, chainsim.Branch{Vanish: []chain.Hash{id}})
	b.advance()
	require.Equal(t, [][]payments.EventKind{
		{payments.EventInvoiceProcessing},
		{payments.EventDepositCredited, payments.EventInvoicePaid},
		{payments.EventDepositReversed, payments.EventInvoiceUnpaid, payments.EventInvoiceReversed},
	}, commits)
}

func TestAHostThatRefusesEveryStatusLosesNothingAndHoldsTheCredit(t *testing.T) {
	b, record := invoiceBundle(t, railCases()[0], 100_00)
	refuse := true
	b.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
		for _, e := range events {
			if refuse && e.Subject == "invoice/2026-0117" {
				return errors.New("host: no invoices here")
			}
		}
		return nil
	}
	b.restart()
	to := b.billed("2026-0117")
	b.advance()
	b.pay(to, 10)
	b.mine(6)
	require.Equal(t, invoice.Processing, b.standing("2026-0117").Status, "what was seen is recorded whatever the host says")
	d := b.only(record.Account())
	require.Equal(t, payments.HoldHost, d.Hold)
	require.Equal(t, "0.00 USD", b.balance(record.Account()))
	refuse = false
	require.NoError(t, b.p.Release(b.ctx, d.Key, payments.Actor{ID: "op", Reason: "host repaired"}))
	b.advance()
	require.Equal(t, invoice.Paid, b.standing("2026-0117").Status)

	refuse = true // a reversal is a fact
	b.sim.Reorg(7, chainsim.Branch{Vanish: []chain.Hash{d.TxID}})
	b.advance()
	require.Equal(t, invoice.Unpaid, b.standing("2026-0117").Status)
	require.Equal(t, "0.00 USD", b.balance(record.Account()))
	require.Contains(t, b.events.kinds("invoice/2026-0117"), payments.EventInvoiceReversed)
	b.checkBooks()
}
