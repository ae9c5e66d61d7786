package sqlitestore_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// fullHosted has every field set.
func fullHosted(t testing.TB) payments.HostedInvoice {
	t.Helper()
	huge, err := money.ParseUnits(money.USD.Asset(), "123456789012345678901234567890")
	require.NoError(t, err)
	return payments.HostedInvoice{
		ID: "0f", Account: voice, Environment: "https://test.bitpay.com", Price: huge, State: payments.HostedComplete,
		Exception: "paidOver", RemoteID: "K3f", URL: "https://test.bitpay.com/i/K3f", ReturnURL: "https://shop.example/?a=1&b=<2>",
		CreatedAt: noon, ExpiresAt: noon.Add(time.Minute), RemoteAt: noon.Add(time.Second), PaidAt: noon.Add(time.Hour),
		Coin: "BTC", CoinAmount: "0.00000001", Hold: payments.HoldHost, Incarnation: 1, Credited: huge, CreditedAt: noon,
		Fee: money.USD.Cents(3), Refunds: []payments.HostedRefund{
			{ID: "r1", Status: "success", Type: "full", Amount: huge, Fee: money.USD.Cents(1), RequestedAt: noon.Add(999_999),
				Reserved: true, Paid: true, Incarnation: 2}, {ID: "r2"}},
		Cancel: true, Problem: "it's <another>", PollAt: noon.Add(2 * time.Hour), Tries: 4, Changes: 5, Version: 1,
	}
}

// fullInvoice has every field set.
func fullInvoice(t testing.TB) payments.InvoiceRecord {
	t.Helper()
	huge, err := money.ParseUnits(money.EUR.Asset(), "123456789012345678901234567890")
	require.NoError(t, err)
	return payments.InvoiceRecord{
		Invoice: invoice.Invoice{Number: "2026-1", Profile: "acme", IssuedAt: noon, DueAt: noon.Add(time.Hour), Total: huge,
			Lines: []invoice.Line{{Description: "<a> & \u2028 b", Amount: huge}, {Description: "free", Amount: money.EUR.Cents(0)}, {}}},
		Standing: invoice.Standing{Status: invoice.Processing, Exceptions: []invoice.Exception{invoice.Late},
			Paid: huge, Pending: money.EUR.Cents(1), Missing: money.EUR.Cents(2), Surplus: money.EUR.Cents(3),
			SeenBy: []invoice.Way{invoice.BitPay}},
		CreatedAt: noon, Changes: 2, Version: 1,
	}
}

func put(ctx context.Context, t *testing.T) func(tx payments.Tx) error {
	return func(tx payments.Tx) error {
		_, err := tx.InsertHosted(ctx, []payments.HostedInvoice{fullHosted(t)})
		require.NoError(t, err)
		_, err = tx.InsertInvoices(ctx, []payments.InvoiceRecord{fullInvoice(t)})
		return err
	}
}

// What an invoice's row holds beside plain columns is text too: no tool that reads
// the file sees a number it could round.
func TestHostedInvoices_amountsInListsAreKeptAsDigitsInText(t *testing.T) {
	store, db := openFile(t)
	update(t, store, put(t.Context(), t))
	for query, want := range map[string]string{
		"SELECT json_extract(refunds, '$[0].amount.units') FROM cointill_hosted":       "123456789012345678901234567890",
		"SELECT json_type(refunds, '$[0].amount.units') FROM cointill_hosted":          "text",
		"SELECT json_extract(refunds, '$[0].amount.asset') FROM cointill_hosted":       "USD",
		"SELECT json_extract(refunds, '$[0].requested_at') FROM cointill_hosted":       "1795262400000",
		"SELECT json_extract(refunds, '$[1].amount.asset') FROM cointill_hosted":       "",
		"SELECT json_extract(lines, '$[0].amount.units') FROM cointill_invoices":       "123456789012345678901234567890",
		"SELECT json_type(lines, '$[1].amount.units') FROM cointill_invoices":          "text",
		"SELECT json_extract(lines, '$[1].amount.decimals') FROM cointill_invoices":    "2",
		"SELECT group_concat(e.value) FROM cointill_invoices, json_each(exceptions) e": "late",
		"SELECT group_concat(e.value) FROM cointill_invoices, json_each(seen_by) e":    "bitpay",
	} {
		var got string
		require.NoError(t, db.QueryRow(query).Scan(&got), query)
		require.Equal(t, want, got, query)
	}
}

func TestHostedInvoices_aRowEditedByHandIsAnErrorAndNoNumber(t *testing.T) {
	refund := func(amount string) string {
		return `'[{"id":"r","status":"","type":"","amount":` + amount + `,"fee":{"asset":"","decimals":0,"units":"0"},` +
			`"requested_at":"","reserved":false,"paid":false,"incarnation":0}]'`
	}
	line := func(amount string) string { return `'[{"description":"d","amount":` + amount + `}]'` }
	for name, edit := range map[string]string{
		"a price as a float":                 "cointill_hosted SET price = '1e20'",
		"a fee with a point":                 "cointill_hosted SET fee = '1.5'",
		"no JSON":                            "cointill_hosted SET refunds = 'x'",
		"a second value":                     "cointill_hosted SET refunds = refunds || '[]'",
		"no list":                            "cointill_hosted SET refunds = '{}'",
		"a refund without an amount":         `cointill_hosted SET refunds = '[{"id":"r"}]'`,
		"a field nobody knows":               `cointill_hosted SET refunds = replace(refunds, '"status"', '"state"')`,
		"a refund of a number":               "cointill_hosted SET refunds = " + refund(`{"asset":"USD","decimals":2,"units":100}`),
		"a refund as a float":                "cointill_hosted SET refunds = " + refund(`{"asset":"USD","decimals":2,"units":"1e2"}`),
		"a refund with decimals of a float":  "cointill_hosted SET refunds = " + refund(`{"asset":"USD","decimals":2.5,"units":"100"}`),
		"a refund of too many decimals":      "cointill_hosted SET refunds = " + refund(`{"asset":"USD","decimals":999,"units":"100"}`),
		"a refund at no instant":             `cointill_hosted SET refunds = replace(refunds, '1795262400000', 'noon')`,
		"a line of a number":                 "cointill_invoices SET lines = " + line(`{"asset":"USD","decimals":2,"units":100}`),
		"a line as a float":                  "cointill_invoices SET lines = " + line(`{"asset":"USD","decimals":2,"units":"1.00"}`),
		"exceptions that are no words":       "cointill_invoices SET exceptions = '[1]'",
		"ways that are no list":              "cointill_invoices SET seen_by = 'direct'",
		"what is missing, with a sign twice": "cointill_invoices SET missing = '--1'",
	} {
		t.Run(name, func(t *testing.T) {
			store, db := openFile(t)
			ctx := context.Background()
			update(t, store, put(ctx, t))
			read := func() error {
				return store.View(ctx, func(tx payments.Tx) error {
					if _, err := tx.Hosted(ctx, payments.HostedQuery{}); err != nil {
						return err
					}
					_, err := tx.Invoices(ctx, payments.InvoiceQuery{})
					return err
				})
			}
			require.NoError(t, read())
			_, err := db.Exec("UPDATE " + edit)
			require.NoError(t, err)
			require.Error(t, read())
		})
	}
}

func TestHostedInvoices_whatCouldNotBeReadBackIsRefusedBeforeItIsStored(t *testing.T) {
	huge := money.NewAmount(money.USD.Asset(), money.USD.Cents(1).Units().Lsh(money.USD.Cents(1).Units(), 320))
	for name, change := range map[string]func(h *payments.HostedInvoice, v *payments.InvoiceRecord){
		"a price above 320 bits":         func(h *payments.HostedInvoice, _ *payments.InvoiceRecord) { h.Price = huge },
		"a refund above 320 bits":        func(h *payments.HostedInvoice, _ *payments.InvoiceRecord) { h.Refunds[0].Amount = huge },
		"a refund's fee above 320 bits":  func(h *payments.HostedInvoice, _ *payments.InvoiceRecord) { h.Refunds[1].Fee = huge },
		"a line above 320 bits":          func(_ *payments.HostedInvoice, v *payments.InvoiceRecord) { v.Lines[0].Amount = huge },
		"a line that is no UTF-8":        func(_ *payments.HostedInvoice, v *payments.InvoiceRecord) { v.Lines[0].Description = "a\xff" },
		"a refund's id that is no UTF-8": func(h *payments.HostedInvoice, _ *payments.InvoiceRecord) { h.Refunds[0].ID = "\xc3" },
	} {
		t.Run(name, func(t *testing.T) {
			store, _ := openFile(t)
			ctx := context.Background()
			h, v := fullHosted(t), fullInvoice(t)
			change(&h, &v)
			require.Error(t, store.Update(ctx, func(tx payments.Tx) error {
				if _, err := tx.InsertHosted(ctx, []payments.HostedInvoice{h}); err != nil {
					return err
				}
				_, err := tx.InsertInvoices(ctx, []payments.InvoiceRecord{v})
				return err
			}))
			require.NoError(t, store.View(ctx, func(tx payments.Tx) error {
				rows, err := tx.Hosted(ctx, payments.HostedQuery{})
				require.Empty(t, rows)
				return err
			}))
		})
	}
}
