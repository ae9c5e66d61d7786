package bitpay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
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

// maxPlaces bounds a number on both sides of its decimal point. A billion coins of 18
// decimals take 28 digits, all the SHIB there is takes 33, and 10^60 is within the 256
// bits of an EVM's counter; 60 decimals hold the 17 digits of any rate above 10^-43.
// Written out, a number takes at most maxText characters with its sign, so that no
// answer costs much more memory than its length.
const (
	maxPlaces = 60
	maxText   = 2*maxPlaces + 2
)

var numeralForm = regexp.MustCompile(`^(-?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,3}))?$`)

// ParseNumber reads a number in plain digits, or with an exponent as JavaScript
// writes those of 10^21 and more ("1.5e+21"). It may have 60 digits before its decimal
// point and 60 after it, whichever way it is written, and 122 characters. Everything
// else is [money.ErrBadNumber].
func ParseNumber(s string) (Number, error) {
	if len(s) > maxText {
		return Number{}, badNumber(s)
	}
	part := numeralForm.FindStringSubmatch(s)
	if part == nil || part[2]+part[3] == "" {
		return Number{}, badNumber(s)
	}
	units, ok := new(big.Int).SetString(part[1]+part[2]+part[3], 10)
	if !ok {
		return Number{}, badNumber(s)
	}
	if units.Sign() == 0 {
		return Number{}, nil
	}
	exponent := 0
	if part[4] != "" {
		var err error
		if exponent, err = strconv.Atoi(part[4]); err != nil {
			return Number{}, badNumber(s)
		}
	}
	// Nothing was expanded yet: digits are counted as they are written.
	d := decimal.NewFromBigInt(units, int32(exponent-len(part[3])))
	if places := int(-d.Exponent()); places > maxPlaces || d.NumDigits()-places > maxPlaces {
		return Number{}, badNumber(s)
	}
	return Number{d: d}, nil
}

func badNumber(s string) error {
	return fmt.Errorf("bitpay: read number: %w: %.50q", money.ErrBadNumber, s)
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
	units := n.d.Shift(int32(a.Decimals))
	if !units.IsInteger() {
		return money.Amount{}, &money.PrecisionError{Asset: a, Text: n.String()}
	}
	return money.NewAmount(a, units.BigInt()), nil
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
