package invoice

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cointill/cointill/payments/money"
)

// Bounds of an invoice. They keep what is refused small, and are far from what
// anybody is asked to pay.
const (
	maxNumber      = 64    // bytes
	maxProfile     = 128   // bytes
	maxDescription = 1_000 // bytes of a line's description
	maxLines       = 1_000
	maxDigits      = 30 // of an amount in minor units
)

// Validate reports the first thing wrong with an invoice as a *FieldError, or nil:
//
//   - Number: 1 to 64 of A-Z a-z 0-9 _ . -
//   - Profile: 1 to 128 bytes of UTF-8 without control characters
//   - IssuedAt: set, in the years 1970 to 9999; DueAt: zero, or the same and not
//     before IssuedAt
//   - Total: positive, in USD or EUR, at most 30 digits in minor units
//   - Lines: 1 to 1,000, in the total's currency, that add up to it exactly, each with
//     a description of 1 to 1,000 bytes of UTF-8 without control characters
func Validate(v Invoice) error {
	bad := func(field, reason string, args ...any) error {
		return &FieldError{Number: v.Number, Field: field, Reason: fmt.Sprintf(reason, args...)}
	}
	switch {
	case !ValidNumber(v.Number):
		return &FieldError{Number: clip(v.Number), Field: "Number", Reason: "must be 1 to 64 of A-Z a-z 0-9 _ . -"}
	case !printable(v.Profile, maxProfile):
		return bad("Profile", "must be 1 to %d bytes of UTF-8 without control characters", maxProfile)
	case !dated(v.IssuedAt):
		return bad("IssuedAt", "must be set, in the years 1970 to 9999")
	case !v.DueAt.IsZero() && !dated(v.DueAt):
		return bad("DueAt", "must be zero, or in the years 1970 to 9999")
	case !v.DueAt.IsZero() && v.DueAt.Before(v.IssuedAt):
		return bad("DueAt", "must not be before IssuedAt")
	}
	if err := v.checkTotal(); err != nil {
		return err
	}
	if len(v.Lines) == 0 || len(v.Lines) > maxLines {
		return bad("Lines", "must be 1 to %d", maxLines)
	}
	sum := money.Units(v.Total.Asset(), 0)
	for i, l := range v.Lines {
		field := fmt.Sprintf("Lines[%d]", i)
		if !printable(l.Description, maxDescription) {
			return bad(field+".Description", "must be 1 to %d bytes of UTF-8 without control characters", maxDescription)
		}
		if l.Amount.Asset() != v.Total.Asset() || tooLong(l.Amount) {
			return bad(field+".Amount", "must be in %s, as the total is, and of at most %d digits in minor units",
				v.Total.Asset(), maxDigits)
		}
		var err error
		if sum, err = sum.Add(l.Amount); err != nil {
			return bad(field+".Amount", "%v", err)
		}
	}
	if !sum.Equal(v.Total) {
		return bad("Lines", "add up to %s, the total is %s", sum, v.Total)
	}
	return nil
}

// ValidNumber reports whether a text has the form of an invoice's number: 1 to 64 of
// A-Z a-z 0-9 _ . -
func ValidNumber(number string) bool {
	if number == "" || len(number) > maxNumber {
		return false
	}
	for _, c := range []byte(number) {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_', c == '.', c == '-':
		default:
			return false
		}
	}
	return true
}

func (v Invoice) checkTotal() error {
	if c := v.Total.Asset().Currency(); !c.Valid() || v.Total.Asset() != c.Asset() {
		return &FieldError{Number: clip(v.Number), Field: "Total", Reason: "must be in USD or EUR"}
	}
	if v.Total.Sign() <= 0 || tooLong(v.Total) {
		return &FieldError{Number: clip(v.Number), Field: "Total",
			Reason: fmt.Sprintf("must be positive and of at most %d digits in minor units", maxDigits)}
	}
	return nil
}

// tooLong reports whether an amount has more digits than anybody is asked to pay; a
// sign counts as one.
func tooLong(x money.Amount) bool { return len(x.UnitsText()) > maxDigits }

func dated(t time.Time) bool {
	year := t.UTC().Year()
	return !t.IsZero() && year >= 1970 && year <= 9999
}

func printable(s string, most int) bool {
	if s == "" || len(s) > most || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// clip keeps a refused number of any length out of errors.
func clip(number string) string { return number[:min(len(number), maxNumber)] }
