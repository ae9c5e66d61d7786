package bitpay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// Number is an exact number of BitPay's: a price, a rate, or a count of a coin's
// smallest units, which exceeds 64 bits (10 DAI are 10000000000000000000). On the
// wire it is a JSON number or, in notifications, sometimes a string. It may be
// negative: fees in a ledger are. The zero Number is zero. Numbers are immutable;
// compare them with [Number.Equal], not with ==.
type Number struct{ d decimal.Decimal }

// ParseNumber reads a number in plain digits or with an exponent of up to three
// characters, at most 48 characters without its sign. Everything else is
// [money.ErrBadNumber].
func ParseNumber(s string) (Number, error) {
	text, negative := strings.CutPrefix(s, "-")
	if zero(text) {
		return Number{}, nil
	}
	d, err := money.ParseDecimal(text)
	if err != nil {
		return Number{}, fmt.Errorf("bitpay: read number: %w", err)
	}
	if negative {
		d = d.Neg()
	}
	return Number{d: d}, nil
}

// zero reports whether s is a numeral of zero, which money.ParseDecimal refuses.
func zero(s string) bool {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	return len(s) <= 48 && strings.Contains(mantissa, "0") && strings.Trim(mantissa, "0.") == "" &&
		strings.Count(mantissa, ".") <= 1 && len(exponent) <= 4 && strings.Trim(exponent, "+-0123456789") == ""
}

// NumberOf returns an amount in whole coins or major units, exactly: 12.50 USD is
// 12.5.
func NumberOf(x money.Amount) Number { return Number{d: x.Decimal()} }

// Decimal returns the number.
func (n Number) Decimal() decimal.Decimal { return n.d }

// Sign returns -1, 0 or +1.
func (n Number) Sign() int { return n.d.Sign() }

// Equal reports whether n and m are the same number: 10 and 10.00 are.
func (n Number) Equal(m Number) bool { return n.d.Equal(m.d) }

// String returns the number in plain digits.
func (n Number) String() string { return n.d.String() }

// Amount reads n as whole coins or major units of a, as prices, refunds and
// ledgers are. A number with more decimals than a has is a
// [*money.PrecisionError]; nothing is rounded.
func (n Number) Amount(a money.Asset) (money.Amount, error) {
	x, err := money.ParseAmount(a, n.d.Abs().String())
	if n.d.Sign() < 0 {
		x = x.Neg()
	}
	return x, err
}

// Units reads n as a count of a's smallest units, as an invoice's AmountPaid and
// totals are. A number that is not whole is [money.ErrBadNumber].
func (n Number) Units(a money.Asset) (money.Amount, error) {
	u, err := n.units()
	if err != nil {
		return money.Amount{}, err
	}
	return money.NewAmount(a, u), nil
}

func (n Number) units() (*big.Int, error) {
	if !n.d.IsInteger() {
		return nil, fmt.Errorf("bitpay: read units: %w: %s is not whole", money.ErrBadNumber, n)
	}
	return n.d.BigInt(), nil
}

// MarshalJSON writes a JSON number in plain digits.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(n.d.String()), nil }

// UnmarshalJSON reads a JSON number, or a string that holds one, from its text. A
// null changes nothing.
func (n *Number) UnmarshalJSON(b []byte) error {
	text := string(bytes.TrimSpace(b))
	if text == "null" {
		return nil
	}
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(b, &text); err != nil {
			return fmt.Errorf("bitpay: read number: %w", err)
		}
	}
	m, err := ParseNumber(text)
	if err != nil {
		return err
	}
	*n = m
	return nil
}
