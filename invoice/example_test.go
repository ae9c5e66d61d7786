package invoice_test

import (
	"fmt"
	"time"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments/money"
)

// An invoice that was paid in coins and, on another page left open, at BitPay.
func Example() {
	due := time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)
	v := invoice.Invoice{
		Number: "2026-0117", Profile: "acme", IssuedAt: due.AddDate(0, 0, -14), DueAt: due,
		Lines: []invoice.Line{
			{Description: "Server, November", Amount: money.USD.Cents(5900)},
			{Description: "Discount", Amount: money.USD.Cents(-900)},
		},
		Total: money.USD.Cents(5000),
	}
	if err := invoice.Validate(v); err != nil {
		fmt.Println(err)
		return
	}
	at := due.AddDate(0, 0, -2)
	coins := invoice.Payment{Key: "bitcoin/4a5e1e4b:0", Way: invoice.Direct, State: invoice.Pending, At: at, Value: money.USD.Cents(5000)}
	hosted := invoice.Payment{Key: "hosted/9f2c", Way: invoice.BitPay, State: invoice.Credited, At: at, Value: money.USD.Cents(5000)}

	tell := func(payments ...invoice.Payment) {
		s, err := invoice.Apply(v, payments)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(s.Status, s.Exceptions, "missing", s.Missing, "surplus", s.Surplus, s.SeenBy)
	}
	tell()
	tell(coins)
	tell(coins, hosted)
	coins.State = invoice.Credited
	tell(coins, hosted)
	// Output:
	// unpaid [] missing 50.00 USD surplus 0.00 USD []
	// processing [] missing 50.00 USD surplus 0.00 USD [direct]
	// paid [] missing 0.00 USD surplus 0.00 USD [direct bitpay]
	// paid [overpaid] missing 0.00 USD surplus 50.00 USD [direct bitpay]
}
