package cointill_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/bitpay/bitauth"
	"github.com/cointill/cointill/bitpay/bitpaysim"
	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// invoiced puts an invoice on record and returns it with its address.
func (s *stack) invoiced(number string, cents int64) (payments.InvoiceRecord, payments.DepositAddress) {
	s.Helper()
	v := invoice.Invoice{Number: number, Profile: "acme", IssuedAt: s.now, DueAt: s.now.AddDate(0, 0, 14),
		Lines: []invoice.Line{{Description: "Server", Amount: money.USD.Cents(cents + 100)},
			{Description: "Discount", Amount: money.USD.Cents(-100)}}, Total: money.USD.Cents(cents)}
	var record payments.InvoiceRecord
	require.NoError(s, s.cfg.Store.Update(s.Context(), func(tx payments.Tx) (err error) {
		record, err = s.p.In(tx).CreateInvoice(s.Context(), v)
		return err
	}))
	to, err := s.p.InvoiceAddress(s.Context(), number, s.cfg.Rails[0].Network)
	require.NoError(s, err)
	return record, to
}

func (s *stack) standing(number string) (payments.InvoiceView, invoice.Standing) {
	s.Helper()
	v, err := s.p.Invoice(s.Context(), number)
	require.NoError(s, err)
	rows, err := s.p.Invoices(s.Context(), "acme", "", 10)
	require.NoError(s, err)
	require.Len(s, rows, 1)
	require.Equal(s, v.Standing, rows[0].Standing, "what is stored is what its payments make of it")
	return v, rows[0].Standing
}

func TestAnInvoiceIsUnpaidThenProcessingThenPaid(t *testing.T) {
	onRails(t, func(s *stack) {
		var told []payments.EventKind
		s.cfg.InTx = func(_ context.Context, _ payments.Tx, events []payments.Event) error {
			for _, e := range events {
				told = append(told, e.Kind)
			}
			return nil
		}
		s.restart()
		record, to := s.invoiced("2026-0117", 2500_00)
		s.blocks(1)
		_, standing := s.standing("2026-0117")
		require.Equal(s, invoice.Unpaid, standing.Status)
		s.pay(to.Address, s.coins("1.5"))
		s.blocks(1)
		s.restart()
		s.pay(to.Address, s.coins("1"))
		s.blocks(5)
		_, standing = s.standing("2026-0117")
		require.Equal(s, invoice.Processing, standing.Status)
		require.Equal(s, "1500.00 USD", standing.Paid.String())
		require.Equal(s, "1000.00 USD", standing.Pending.String())
		s.blocks(1)
		view, standing := s.standing("2026-0117")
		require.Equal(s, invoice.Paid, standing.Status)
		require.Empty(s, standing.Exceptions)
		require.Len(s, view.Ledger, 2)
		require.Len(s, view.Lines, 2)
		require.Equal(s, "2500.00 USD", s.balance(record.Account()))
		require.Equal(s, []payments.EventKind{payments.EventInvoiceProcessing, payments.EventDepositCredited,
			payments.EventDepositCredited, payments.EventInvoicePaid}, told)
	})
}

func TestAnInvoicePaidBothWaysIsOverpaidInEveryStore(t *testing.T) {
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			onRail(t, rails()[0], open, func(s *stack) {
				shop := s.hosted()
				record, to := s.invoiced("7", 100_00)
				s.blocks(1)
				h, err := s.p.Checkout(s.Context(), payments.CheckoutRequest{Invoice: "7"})
				require.NoError(s, err)
				require.NoError(s, shop.PayExact(h.RemoteID, "BTC"))
				s.pay(to.Address, s.coins("0.1"))
				s.blocks(8)
				require.NoError(s, shop.Complete(h.RemoteID))
				s.now = s.now.Add(5 * time.Minute)
				s.blocks(1)
				view, standing := s.standing("7")
				require.Equal(s, []invoice.Exception{invoice.Overpaid}, standing.Exceptions)
				require.Equal(s, "100.00 USD", standing.Surplus.String())
				require.Equal(s, payments.HostedComplete, view.Hosted[0].State)
				require.Equal(s, "200.00 USD", s.balance(record.Account()))
			})
		})
	}
}

// hosted adds BitPay, simulated, to the stack.
func (s *stack) hosted() *bitpaysim.Server {
	s.Helper()
	web := httptest.NewUnstartedServer(nil)
	base := "http://" + web.Listener.Addr().String()
	shop := bitpaysim.New(bitpaysim.Options{Now: s.clock, BaseURL: base, Seed: s.Name()})
	web.Config.Handler = shop
	web.Start()
	s.Cleanup(web.Close)
	key, err := bitauth.NewKey()
	require.NoError(s, err)
	token, err := shop.Grant(bitpaysim.Merchant, key.Identity())
	require.NoError(s, err)
	client, err := bitpay.New(bitpay.Config{Environment: bitpay.Simulator(base), Token: bitpay.NewSecret(token), Signer: key})
	require.NoError(s, err)
	s.cfg.BitPay = &payments.BitPay{Client: client, Amounts: []money.Amount{money.USD.Cents(50_00)}}
	s.restart()
	return shop
}
