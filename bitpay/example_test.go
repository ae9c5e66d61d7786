package bitpay_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/cointill/cointill/bitpay"
	"github.com/cointill/cointill/payments/money"
)

// A stand-in for BitPay: it has one invoice, which is paid by the time it is read.
func exampleBitPay() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		status := "complete"
		if r.Method == http.MethodPost {
			status = "new"
		}
		fmt.Fprintf(w, `{"facade":"pos/invoice","data":{"id":"AbCdEfGh23456789jkmnpq","url":"https://test.bitpay.com/invoice?id=AbCdEfGh23456789jkmnpq",
			"status":%q,"exceptionStatus":false,"price":25,"currency":"USD","orderId":"topup-1","amountPaid":50000,"transactionCurrency":"BTC"}}`, status)
	}))
}

func Example() {
	server := exampleBitPay()
	defer server.Close()
	ctx := context.Background()

	client, err := bitpay.New(bitpay.Config{
		Environment: bitpay.Simulator(server.URL), // bitpay.Test, bitpay.Production
		Token:       bitpay.NewSecret("a POS token of the dashboard"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	price := money.Units(money.USD.Asset(), 25_00)
	invoice, err := client.CreateInvoice(ctx, bitpay.NewInvoice{
		Price: bitpay.NumberOf(price), Currency: "USD",
		GUID:    "6f1c2f9e-5f0e-4a53-9d07-3a5a1c2b7e11", // committed before the call
		OrderID: "topup-1", ExtendedNotifications: true,
	})
	var other *bitpay.MismatchError
	switch {
	case errors.As(err, &other): // the GUID was used for something else: tell an operator
		fmt.Println(other.Field)
		return
	case err != nil: // temporary: InvoiceByGUID says whether it exists
		fmt.Println(err)
		return
	}
	fmt.Println("send the buyer to", invoice.URL)

	// The host mounts this at its notification URL, and polls open invoices as well.
	handler, err := bitpay.NewNotifications(bitpay.Notifications{
		Fetch: func(ctx context.Context, id string) error {
			if id != invoice.ID { // not ours: anybody can send a notification
				return nil
			}
			now, err := client.Invoice(ctx, id)
			if err != nil {
				return err
			}
			fmt.Println(now.Status, now.Price, now.Currency, now.Status.Final())
			return nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	hint := httptest.NewRequest(http.MethodPost, "/bitpay", strings.NewReader(`{"id":"AbCdEfGh23456789jkmnpq","status":"paid","price":9999}`))
	hint.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, hint)
	fmt.Println(answer.Code)
	// Output:
	// send the buyer to https://test.bitpay.com/invoice?id=AbCdEfGh23456789jkmnpq
	// complete 25 USD true
	// 200
}
