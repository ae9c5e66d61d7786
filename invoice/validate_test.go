package invoice_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/invoice"
	"github.com/cointill/cointill/payments/money"
)

func TestAnInvoiceIsRefusedByTheFieldThatIsWrong(t *testing.T) {
	require.NoError(t, invoice.Validate(hundred()))
	line := func(cents int64) invoice.Line {
		return invoice.Line{Description: "x", Amount: money.USD.Cents(cents)}
	}
	huge := money.NewAmount(money.USD.Asset(), money.Units(money.USD.Asset(), 10).Units().Exp(
		money.Units(money.USD.Asset(), 10).Units(), money.Units(money.USD.Asset(), 30).Units(), nil))
	for _, c := range []struct {
		name, field string
		change      func(*invoice.Invoice)
	}{
		{"no number", "Number", func(v *invoice.Invoice) { v.Number = "" }},
		{"65 bytes of number", "Number", func(v *invoice.Invoice) { v.Number = strings.Repeat("1", 65) }},
		{"a slash in the number", "Number", func(v *invoice.Invoice) { v.Number = "2026/7" }},
		{"a letter beyond ASCII in the number", "Number", func(v *invoice.Invoice) { v.Number = "INV-ä" }},
		{"no profile", "Profile", func(v *invoice.Invoice) { v.Profile = "" }},
		{"a line break in the profile", "Profile", func(v *invoice.Invoice) { v.Profile = "a\nb" }},
		{"no date", "IssuedAt", func(v *invoice.Invoice) { v.IssuedAt = time.Time{} }},
		{"a date that JSON cannot write", "IssuedAt", func(v *invoice.Invoice) { v.IssuedAt = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"due before it is issued", "DueAt", func(v *invoice.Invoice) { v.DueAt = v.IssuedAt.Add(-time.Second) }},
		{"due in the year 10000", "DueAt", func(v *invoice.Invoice) { v.DueAt = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"nothing to pay", "Total", func(v *invoice.Invoice) { v.Total, v.Lines = money.USD.Cents(0), []invoice.Line{line(0)} }},
		{"less than nothing to pay", "Total", func(v *invoice.Invoice) { v.Total, v.Lines = money.USD.Cents(-1), []invoice.Line{line(-1)} }},
		{"no total", "Total", func(v *invoice.Invoice) { v.Total = money.Amount{} }},
		{"a total in coins", "Total", func(v *invoice.Invoice) {
			v.Total = money.Units(money.Asset{Coin: "BTC", Network: "bitcoin", Decimals: 8}, 1)
		}},
		{"a total in another currency", "Total", func(v *invoice.Invoice) { v.Total = money.Units(money.Asset{Coin: "GBP", Decimals: 2}, 1) }},
		{"a total of 31 digits", "Total", func(v *invoice.Invoice) { v.Total = huge }},
		{"no lines", "Lines", func(v *invoice.Invoice) { v.Lines = nil }},
		{"1,001 lines", "Lines", func(v *invoice.Invoice) { v.Lines = make([]invoice.Line, 1_001) }},
		{"lines a cent short", "Lines", func(v *invoice.Invoice) { v.Lines = []invoice.Line{line(99_99)} }},
		{"a line without words", "Lines[1].Description", func(v *invoice.Invoice) { v.Lines[1].Description = "" }},
		{"a line in euro", "Lines[1].Amount", func(v *invoice.Invoice) { v.Lines[1].Amount = money.EUR.Cents(-20_00) }},
		{"a line of 31 digits", "Lines[0].Amount", func(v *invoice.Invoice) { v.Lines[0].Amount = huge }},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := hundred()
			c.change(&v)
			err := invoice.Validate(v)
			var wrong *invoice.FieldError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, c.field, wrong.Field)
			require.NotEmpty(t, wrong.Reason)
			require.Less(t, len(err.Error()), 300)
		})
	}
}

func TestAnInvoiceWithoutADueDateIsValid(t *testing.T) {
	v := hundred()
	v.DueAt = time.Time{}
	require.NoError(t, invoice.Validate(v))
	v.DueAt = v.IssuedAt
	require.NoError(t, invoice.Validate(v))
}
