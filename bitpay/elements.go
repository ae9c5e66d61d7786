package bitpay

import (
	"fmt"
	"strings"
)

// ElementsError says that some elements of a list could not be read. It comes beside
// the list of all the others, in BitPay's order: whoever takes it with errors.As may use
// them and report these; whoever does not, has an error and uses nothing. It wraps the
// first element's [*Error], which is not temporary: the same answer comes again.
type ElementsError struct {
	Op string // what was tried
	// Total counts the elements of the answer, the unreadable ones too: the next page
	// begins that much further, and a page of fewer than its limit is the last.
	Total      int
	Unreadable []Element // at least one, in BitPay's order
}

// Element is one that could not be read.
type Element struct {
	Index int    // in BitPay's answer, from 0
	ID    string // BitPay's id of it, "" if it has none that is plain
	Err   *Error // which member, and why
}

// maxNamed bounds how many elements an error's text names.
const maxNamed = 3

// Error returns how many elements are missing, and the first few.
func (e *ElementsError) Error() string {
	var said []string
	for _, x := range e.Unreadable[:min(len(e.Unreadable), maxNamed)] {
		said = append(said, fmt.Sprintf("id %q: %s", x.ID, x.Err.Message))
	}
	if more := len(e.Unreadable) - maxNamed; more > 0 {
		said = append(said, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("bitpay: %s: %d of %d elements cannot be read, look them up at BitPay: %s", e.Op, len(e.Unreadable), e.Total, strings.Join(said, "; "))
}

// Unwrap returns the first element's error.
func (e *ElementsError) Unwrap() error {
	if len(e.Unreadable) == 0 {
		return nil
	}
	return e.Unreadable[0].Err
}
