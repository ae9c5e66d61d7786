package storetest

import (
	"fmt"
	"math/big"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// hosted returns the n-th simple hosted invoice; its id ascends with n.
func hosted(n int) payments.HostedInvoice {
	return payments.HostedInvoice{
		ID: fmt.Sprintf("%032d", n), Account: voice, Environment: "https://test.bitpay.com",
		Price: money.USD.Cents(int64(n) + 1), State: payments.HostedNew, RemoteID: fmt.Sprint("remote ", n),
		CreatedAt: after(n), PollAt: after(n),
	}
}

// fullHosted returns a hosted invoice with every field set, those of its refunds
// too, amounts at their widest.
func fullHosted() payments.HostedInvoice {
	widest := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	usd := money.NewAmount(money.USD.Asset(), widest)
	eur := money.NewAmount(money.EUR.Asset(), widest)
	return payments.HostedInvoice{
		ID: odd, Account: payments.Account{Profile: odd, Name: odd + "name"}, Environment: odd + "environment",
		Price: usd, State: payments.HostedConfirmed, Exception: odd + "exception", RemoteID: odd + "remote", URL: odd + "url",
		ReturnURL: odd + "return", CreatedAt: after(1), ExpiresAt: after(2), RemoteAt: after(-3), PaidAt: after(4),
		Coin: odd + "coin", CoinAmount: "0.000000000000000001", Hold: payments.HoldHost, Incarnation: 3, Credited: eur,
		CreditedAt: after(5), Fee: usd.Neg(),
		Refunds: []payments.HostedRefund{
			{ID: odd, Status: odd + "status", Type: odd + "type", Amount: usd, Fee: eur, RequestedAt: after(6),
				Reserved: true, Paid: true, Incarnation: 4, Problem: odd + "refund problem"},
			{ID: "none set"},
			{ID: "cents", Amount: money.USD.Cents(0), Fee: money.USD.Cents(-1), RequestedAt: after(-7), Paid: true},
		},
		Cancel: true, Problem: odd + "problem", PollAt: after(8), Tries: 9, Changes: 10, Version: 1,
	}
}

// invoiceRow returns the n-th simple invoice; its number ascends with n.
func invoiceRow(n int) payments.InvoiceRecord {
	total := money.USD.Cents(int64(n) + 1)
	return payments.InvoiceRecord{
		Invoice: invoice.Invoice{Number: fmt.Sprintf("%08d", n), Profile: voice.Profile, IssuedAt: after(n),
			Lines: []invoice.Line{{Description: "a month", Amount: total}}, Total: total},
		Standing:  invoice.Standing{Status: invoice.Unpaid, Paid: money.USD.Cents(0), Pending: money.USD.Cents(0), Missing: total},
		CreatedAt: after(n),
	}
}

// fullInvoice returns an invoice with every field set, amounts at their widest.
func fullInvoice() payments.InvoiceRecord {
	widest := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	usd := money.NewAmount(money.USD.Asset(), widest)
	return payments.InvoiceRecord{
		Invoice: invoice.Invoice{Number: odd, Profile: odd + "profile", IssuedAt: after(1), DueAt: after(-2),
			Lines: []invoice.Line{
				{Description: odd, Amount: usd}, {Description: "a discount", Amount: usd.Neg()},
				{Description: "free", Amount: money.USD.Cents(0)}, {},
			},
			Total: money.NewAmount(money.EUR.Asset(), widest)},
		Standing: invoice.Standing{Status: invoice.Processing, Exceptions: []invoice.Exception{invoice.Overpaid, invoice.Late},
			Paid: usd, Pending: money.USD.Cents(2), Missing: money.EUR.Cents(3), Surplus: money.NewAmount(dai, widest),
			SeenBy: []invoice.Way{invoice.BitPay, invoice.Direct}},
		CreatedAt: after(3), Changes: 4, Version: 1,
	}
}
