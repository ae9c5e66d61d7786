package invoice_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments/money"
)

var issued = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// hundred is an invoice of 100.00 USD, due two weeks after it was issued.
func hundred() invoice.Invoice {
	return invoice.Invoice{
		Number: "INV-100", Profile: "acme", IssuedAt: issued, DueAt: issued.AddDate(0, 0, 14),
		Lines: []invoice.Line{{Description: "Server, November", Amount: money.USD.Cents(120_00)},
			{Description: "Discount", Amount: money.USD.Cents(-20_00)}},
		Total: money.USD.Cents(100_00),
	}
}

func pay(key string, way invoice.Way, state invoice.PaymentState, day int, cents int64) invoice.Payment {
	return invoice.Payment{Key: key, Way: way, State: state, At: issued.AddDate(0, 0, day), Value: money.USD.Cents(cents)}
}

func coins(key string, state invoice.PaymentState, cents int64) invoice.Payment {
	return pay(key, invoice.Direct, state, 3, cents)
}

// told is a standing in one line.
func told(s invoice.Standing) string {
	return fmt.Sprintf("%s %v paid %s pending %s missing %s surplus %s by %v",
		s.Status, s.Exceptions, s.Paid.Text(), s.Pending.Text(), s.Missing.Text(), s.Surplus.Text(), s.SeenBy)
}

func TestWhatPaymentsMakeOfAnInvoice(t *testing.T) {
	const pending, credited, reversed = invoice.Pending, invoice.Credited, invoice.Reversed
	unvalued := coins("a", pending, 0)
	unvalued.Value = money.Amount{}
	for _, c := range []struct {
		name     string
		payments []invoice.Payment
		want     string
	}{
		{"nothing came", nil, "unpaid [] paid 0.00 pending 0.00 missing 100.00 surplus 0.00 by []"},
		{"all is under way", []invoice.Payment{coins("a", pending, 100_00)},
			"processing [] paid 0.00 pending 100.00 missing 100.00 surplus 0.00 by [direct]"},
		{"something of unknown value is under way", []invoice.Payment{unvalued},
			"processing [] paid 0.00 pending 0.00 missing 100.00 surplus 0.00 by [direct]"},
		{"exactly the total was credited", []invoice.Payment{coins("a", credited, 100_00)},
			"paid [] paid 100.00 pending 0.00 missing 0.00 surplus 0.00 by [direct]"},
		{"a cent is missing", []invoice.Payment{coins("a", credited, 99_99)},
			"unpaid [underpaid] paid 99.99 pending 0.00 missing 0.01 surplus 0.00 by [direct]"},
		{"a part was credited and the rest is under way", []invoice.Payment{coins("a", credited, 40_00), coins("b", pending, 60_00)},
			"processing [] paid 40.00 pending 60.00 missing 60.00 surplus 0.00 by [direct]"},
		{"two coins add up", []invoice.Payment{coins("a", credited, 40_00), coins("b", credited, 60_00)},
			"paid [] paid 100.00 pending 0.00 missing 0.00 surplus 0.00 by [direct]"},
		{"a cent too much", []invoice.Payment{coins("a", credited, 100_01)},
			"paid [overpaid] paid 100.01 pending 0.00 missing 0.00 surplus 0.01 by [direct]"},
		{"a pending surplus takes paid not away", []invoice.Payment{coins("a", credited, 100_00), coins("b", pending, 5_00)},
			"paid [] paid 100.00 pending 5.00 missing 0.00 surplus 0.00 by [direct]"},
		{"both ways arrived", []invoice.Payment{coins("a", credited, 100_00), pay("b", invoice.BitPay, credited, 3, 100_00)},
			"paid [overpaid] paid 200.00 pending 0.00 missing 0.00 surplus 100.00 by [direct bitpay]"},
		{"both ways are seen", []invoice.Payment{pay("b", invoice.BitPay, pending, 3, 100_00), coins("a", pending, 100_00)},
			"processing [] paid 0.00 pending 200.00 missing 100.00 surplus 0.00 by [direct bitpay]"},
		{"completed after it was due", []invoice.Payment{coins("a", credited, 40_00), pay("b", invoice.Direct, credited, 15, 60_00)},
			"paid [late] paid 100.00 pending 0.00 missing 0.00 surplus 0.00 by [direct]"},
		{"received on the instant it was due", []invoice.Payment{pay("b", invoice.Direct, credited, 14, 100_00)},
			"paid [] paid 100.00 pending 0.00 missing 0.00 surplus 0.00 by [direct]"},
		{"a part came late and the rest not at all", []invoice.Payment{pay("b", invoice.BitPay, credited, 15, 60_00)},
			"unpaid [underpaid late] paid 60.00 pending 0.00 missing 40.00 surplus 0.00 by [bitpay]"},
		{"paid in time, and once more late", []invoice.Payment{coins("a", credited, 100_00), pay("b", invoice.Direct, credited, 15, 1_00)},
			"paid [overpaid] paid 101.00 pending 0.00 missing 0.00 surplus 1.00 by [direct]"},
		{"what is late and pending is not late yet", []invoice.Payment{pay("b", invoice.Direct, pending, 15, 100_00)},
			"processing [] paid 0.00 pending 100.00 missing 100.00 surplus 0.00 by [direct]"},
		{"the payment was taken back", []invoice.Payment{coins("a", reversed, 0)},
			"unpaid [reversed] paid 0.00 pending 0.00 missing 100.00 surplus 0.00 by []"},
		{"one of two was taken back", []invoice.Payment{coins("a", reversed, 60_00), coins("b", credited, 40_00)},
			"unpaid [underpaid reversed] paid 40.00 pending 0.00 missing 60.00 surplus 0.00 by [direct]"},
		{"taken back, and another one is under way", []invoice.Payment{coins("a", reversed, 60_00), pay("b", invoice.BitPay, pending, 3, 100_00)},
			"processing [reversed] paid 0.00 pending 100.00 missing 100.00 surplus 0.00 by [bitpay]"},
		{"taken back, and another one took its place", []invoice.Payment{coins("a", reversed, 60_00), coins("b", credited, 100_00)},
			"paid [] paid 100.00 pending 0.00 missing 0.00 surplus 0.00 by [direct]"},
		{"credited with nothing", []invoice.Payment{coins("a", credited, 0)},
			"unpaid [] paid 0.00 pending 0.00 missing 100.00 surplus 0.00 by [direct]"},
		{"overpaid and late", []invoice.Payment{pay("a", invoice.Direct, credited, 20, 150_00)},
			"paid [overpaid late] paid 150.00 pending 0.00 missing 0.00 surplus 50.00 by [direct]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := invoice.Apply(hundred(), c.payments)
			require.NoError(t, err)
			require.Equal(t, c.want, told(s))
		})
	}
}

func TestWithoutADueDateNothingIsLate(t *testing.T) {
	v := hundred()
	v.DueAt = time.Time{}
	s, err := invoice.Apply(v, []invoice.Payment{pay("a", invoice.Direct, invoice.Credited, 4_000, 100_00)})
	require.NoError(t, err)
	require.Equal(t, invoice.Paid, s.Status)
	require.Empty(t, s.Exceptions)
}

func TestWhatCannotBeCountedIsAnErrorAndNeverASum(t *testing.T) {
	good := coins("a", invoice.Credited, 1)
	change := func(with func(*invoice.Payment)) invoice.Payment {
		p := good
		with(&p)
		return p
	}
	for name, payments := range map[string][]invoice.Payment{
		"another currency":          {change(func(p *invoice.Payment) { p.Value = money.EUR.Cents(1) })},
		"another currency, pending": {change(func(p *invoice.Payment) { p.Value, p.State = money.EUR.Cents(1), invoice.Pending })},
		"a coin": {change(func(p *invoice.Payment) {
			p.Value = money.Units(money.Asset{Coin: "USD", Network: "bsc", Decimals: 2}, 1)
		})},
		"a currency spelled as ours": {change(func(p *invoice.Payment) { p.Value = money.Units(money.Asset{Coin: "USD", Decimals: 3}, 1) })},
		"credited without a value":   {change(func(p *invoice.Payment) { p.Value = money.Amount{} })},
		"negative":                   {change(func(p *invoice.Payment) { p.Value = money.USD.Cents(-1) })},
		"no key":                     {change(func(p *invoice.Payment) { p.Key = "" })},
		"unknown way":                {change(func(p *invoice.Payment) { p.Way = "cash" })},
		"unknown state":              {change(func(p *invoice.Payment) { p.State = "lost" })},
		"two values under one key":   {good, change(func(p *invoice.Payment) { p.Value = money.USD.Cents(2) })},
		"two states under one key":   {change(func(p *invoice.Payment) { p.State = invoice.Pending }), good},
		"two instants under one key": {good, change(func(p *invoice.Payment) { p.At = p.At.Add(time.Second) })},
		"two ways under one key":     {good, change(func(p *invoice.Payment) { p.Way = invoice.BitPay })},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := invoice.Apply(hundred(), payments)
			var wrong *invoice.PaymentError
			require.ErrorAs(t, err, &wrong)
			require.NotEmpty(t, wrong.Reason)
			require.Equal(t, payments[0].Key, wrong.Key)
			require.Zero(t, s)
		})
	}
}
