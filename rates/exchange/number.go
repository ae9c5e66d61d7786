package exchange

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/payments/money"
)

// number is a number of a venue's answer, quoted or not, as its raw text: no
// floating point number is ever made, and none is read before it is needed, so
// that a bad one spoils its own row only. Every number of a wire struct is one.
// What is absent, null, empty, zero, negative, not a number or an exponent bomb
// is [money.ErrBadNumber] when read.
type number string

// maxNumber is longer than any number the guarded parser accepts.
const maxNumber = 64

// UnmarshalJSON keeps the text of any value.
func (n *number) UnmarshalJSON(raw []byte) error {
	if len(raw) > maxNumber {
		raw = raw[:maxNumber] // still too long to be accepted
	}
	if k := len(raw); k >= 2 && raw[0] == '"' && raw[k-1] == '"' {
		raw = raw[1 : k-1]
	}
	*n = number(raw)
	return nil
}

func (n number) decimal() (decimal.Decimal, error) { return money.ParseDecimal(string(n)) }

func (n number) rate() (money.Rate, error) { return money.ParseRate(string(n)) }

// maxUnix is the end of year 9999, in seconds.
const maxUnix = 253402300799

// seconds reads a unix time in seconds, with or without a fraction, down to the
// millisecond: that never moves an instant to a later minute.
func (n number) seconds() (time.Time, error) { return n.instant(3) }

// millis reads a unix time in milliseconds.
func (n number) millis() (time.Time, error) { return n.instant(0) }

func (n number) instant(shift int32) (time.Time, error) {
	d, err := n.decimal()
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: time: %w", errShape, err)
	}
	if d.Shift(shift).GreaterThan(decimal.New(maxUnix, 3)) {
		return time.Time{}, fmt.Errorf("%w: time after the year 9999", errShape)
	}
	return time.UnixMilli(d.Shift(shift).IntPart()).UTC(), nil
}
