package bitpay

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Errors that a caller decides by. The last three are matched by [*Error].
var (
	// ErrArgument says that a call or a setting is wrong; nothing was sent.
	ErrArgument = errors.New("bitpay: argument refused")
	// ErrMerchantOnly says that the call needs the merchant facade, with its
	// token and a Signer; nothing was sent.
	ErrMerchantOnly = errors.New("bitpay: the call needs the merchant facade")
	// ErrNotFound says that BitPay knows no such invoice, refund or resource, for
	// this token.
	ErrNotFound = errors.New("bitpay: not found")
	// ErrUnauthorized says that BitPay does not accept the token, the key or the
	// signature, or that the token was revoked: an operator must act.
	ErrUnauthorized = errors.New("bitpay: token or key not accepted")
	// ErrTooLong says that an answer is longer than 8 MiB, and is not read: ask for
	// fewer days or rows at a time.
	ErrTooLong = errors.New("bitpay: answer too long")
)

// Error is a call that BitPay refused, or that got no answer one can rely on.
//
// Sources: https://developer.bitpay.com/reference/error-codes and the texts seen
// in the issue trackers of BitPay's client libraries.
type Error struct {
	// Op is what was tried, such as "create invoice".
	Op string
	// Status is the HTTP status, 0 if there was no answer.
	Status int
	// Code is BitPay's error code of six digits (two of the method, four of the
	// error: "010207"), "" where BitPay gave none.
	Code string
	// Field names the first parameter that BitPay found wrong, "" if it named none.
	Field string
	// Message is BitPay's text or ours, with every token removed, at most 300
	// bytes.
	Message string
	// RetryAfter is how long BitPay asked to stay away, 0 if it did not.
	RetryAfter time.Duration

	temporary bool
	tooLong   bool
	cause     error
}

// Error returns what failed, why, and the code.
func (e *Error) Error() string {
	text := "bitpay: " + e.Op + ": " + e.Message
	if e.Field != "" {
		text += " (field " + e.Field + ")"
	}
	if e.Code != "" {
		text += " (code " + e.Code + ")"
	}
	if e.Status != 0 {
		text += fmt.Sprintf(" (http status %d)", e.Status)
	}
	return text
}

// Temporary reports whether the same call may succeed later: it is false only when
// BitPay's API itself judged the request, when its answer is not as documented, or
// when the caller cancelled. A proxy's page, a dropped connection, a timeout, a
// limit and a server error are temporary. What a temporary failure did at BitPay is
// unknown: look the invoice or refund up by its GUID before deciding.
func (e *Error) Temporary() bool { return e.temporary }

// Unwrap returns the network's error, if there was one and it shows no token.
func (e *Error) Unwrap() error { return e.cause }

// Is matches [ErrNotFound], [ErrUnauthorized] and [ErrTooLong].
func (e *Error) Is(target error) bool {
	switch target {
	case ErrNotFound:
		return e.notFound()
	case ErrUnauthorized:
		return e.unauthorized()
	case ErrTooLong:
		return e.tooLong
	}
	return false
}

func (e *Error) notFound() bool {
	if e.Code == "" {
		// A gateway's 404 must not be read as "no such refund": one would be made again.
		return e.Status == http.StatusNotFound && !e.temporary && mentions(e.Message, absences)
	}
	suffix := e.suffix()
	return suffix == "0001" || suffix == "0101" || suffix == "0201"
}

// absences are BitPay's own words for what does not exist, without a code.
var absences = []string{"object not found", "resource not found", "invoice not found", "refund not found"}

func (e *Error) suffix() string {
	if len(e.Code) != 6 {
		return ""
	}
	return e.Code[2:]
}

// refusals are the texts by which BitPay refuses a token or key; they come without
// a code, and "Invalid token" with status 500.
var refusals = []string{"invalid token", "invalid signature", "unauthorized", "does not support the `", "missing signature"}

func (e *Error) unauthorized() bool {
	denied := e.Code == "" && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
	return !e.temporary && (denied || mentions(e.Message, refusals))
}

// verdicts are further texts that mean the same on every retry.
var verdicts = []string{"limitexceeded", "account not setup"}

// judge decides whether an error that BitPay's API itself wrote is temporary.
func (e *Error) judge() {
	switch {
	case e.Status == http.StatusTooManyRequests || mentions(e.Message, []string{"rate limit"}):
		e.temporary = true
	case mentions(e.Message, refusals) || mentions(e.Message, verdicts):
	case e.suffix() == "0000":
		e.temporary = true
	case e.Code == "":
		e.temporary = e.Status >= http.StatusInternalServerError || e.Status == http.StatusRequestTimeout
	}
}

func mentions(text string, any []string) bool {
	text = strings.ToLower(text)
	for _, one := range any {
		if strings.Contains(text, one) {
			return true
		}
	}
	return false
}

// MismatchError says that BitPay answered with something else than what was asked:
// an invoice of another price (a GUID used twice answers with the first one's
// invoice), another invoice's id, a refund with another amount. Nothing of the
// answer may be booked; ID names what BitPay answered with, for an operator.
type MismatchError struct {
	Op    string // what was tried
	Field string // the member that differs, as BitPay spells it
	Asked string
	Got   string
	ID    string // the id in the answer
}

// Error returns what differs.
func (e *MismatchError) Error() string {
	return fmt.Sprintf("bitpay: %s: answer %.40q has %s %.80q, asked was %.80q: book nothing of it, look it up at BitPay",
		e.Op, e.ID, e.Field, e.Got, e.Asked)
}
