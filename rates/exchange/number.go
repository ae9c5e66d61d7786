package exchange

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// readDecimal reads a positive number of a venue's answer, quoted or not, from
// its raw text: no floating point number is ever made. What is absent, null,
// empty, zero or an exponent bomb is [money.ErrBadNumber].
func readDecimal(raw json.RawMessage) (decimal.Decimal, error) {
	text := string(raw)
	if n := len(text); n >= 2 && text[0] == '"' && text[n-1] == '"' {
		text = text[1 : n-1]
	}
	return money.ParseDecimal(text)
}

func readRate(raw json.RawMessage) (money.Rate, error) {
	d, err := readDecimal(raw)
	if err != nil {
		return money.Rate{}, err
	}
	return money.NewRate(d)
}
