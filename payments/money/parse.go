package money

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"
)

// ErrBadNumber is returned for text that is not a plain, bounded number.
var ErrBadNumber = errors.New("money: not a number in the accepted form")

// PrecisionError says that a number has more decimals than its asset can
// count.
type PrecisionError struct {
	Asset Asset
	Text  string
}

func (e *PrecisionError) Error() string {
	return fmt.Sprintf("money: %q has more than the %d decimals of %s; round it first",
		e.Text, e.Asset.Decimals, e.Asset)
}

// maxDigits bounds the length of any amount taken from outside.
const maxDigits = 100

// maxNumeral bounds the length of a rate and of any number of a venue; maxWord
// is the bits such a number can have (10^48 < 2^160).
const (
	maxNumeral = 48
	maxWord    = 160
)

// ParseAmount parses whole coins in plain digits ("0.001234"). It takes no
// sign, no exponent, no grouping and no white space, and refuses more decimals
// than the asset has with a [*PrecisionError]; anything else that is not such a
// number is [ErrBadNumber]. Trailing zeros do not count as decimals.
func ParseAmount(a Asset, s string) (Amount, error) {
	whole, frac, dotted := strings.Cut(s, ".")
	if len(s) > maxDigits || !digits(whole) || dotted && !digits(frac) {
		return Amount{}, fmt.Errorf("%w: amount %q of %s: write plain digits such as 0.5", ErrBadNumber, clip(s), a)
	}
	frac = strings.TrimRight(frac, "0")
	if len(frac) > int(a.Decimals) {
		return Amount{}, &PrecisionError{Asset: a, Text: s}
	}
	return ParseUnits(a, whole+frac+strings.Repeat("0", int(a.Decimals)-len(frac)))
}

// ParseUnits parses atomic units as stores keep them: digits with an optional
// leading minus.
func ParseUnits(a Asset, s string) (Amount, error) {
	if len(s) > maxDigits || !digits(strings.TrimPrefix(s, "-")) {
		return Amount{}, fmt.Errorf("%w: %q units of %s", ErrBadNumber, clip(s), a)
	}
	n, ok := new(big.Int).SetString(s, 10)
	if !ok || n.BitLen() > maxBits {
		return Amount{}, fmt.Errorf("%w: %q units of %s", ErrBadNumber, clip(s), a)
	}
	return NewAmount(a, n), nil
}

// ParseDecimal parses an untrusted positive number, such as a venue's price or
// a number in a JSON answer. It accepts up to 48 characters with an exponent of
// up to three, and never expands an exponent it has not bounded: what it
// returns has an exponent in [-36, 18] and at most 48 digits. Zero, negative
// numbers, NaN and everything else are [ErrBadNumber].
func ParseDecimal(s string) (decimal.Decimal, error) {
	if !numeral(s) {
		return decimal.Decimal{}, fmt.Errorf("%w: %q", ErrBadNumber, clip(s))
	}
	d, err := decimal.NewFromString(s)
	if err != nil || !bounded(d) || d.Sign() <= 0 {
		return decimal.Decimal{}, fmt.Errorf("%w: %q", ErrBadNumber, clip(s))
	}
	return d, nil
}

// numeral reports whether s has the shape of a decimal number whose exponent,
// if it has one, takes at most three characters.
func numeral(s string) bool {
	if len(s) == 0 || len(s) > maxNumeral {
		return false
	}
	exp := -1
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == '.':
		case (c == '+' || c == '-') && exp >= 0 && i == exp+1:
		case (c == 'e' || c == 'E') && exp < 0 && i > 0:
			exp = i
		default:
			return false
		}
	}
	return exp < 0 || len(s)-exp <= 4
}

// bounded reports whether arithmetic on d is cheap. Only operations that never
// expand the exponent are used to find out; bits are counted before digits,
// because counting the digits of a huge coefficient raises ten to their number.
func bounded(d decimal.Decimal) bool {
	return d.Exponent() <= 18 && d.Exponent() >= -36 &&
		d.Coefficient().BitLen() <= maxWord && d.NumDigits() <= maxNumeral
}

func digits(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// clip keeps a hostile string from filling an error message.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
