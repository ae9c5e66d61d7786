package address

import (
	"strconv"
	"strings"

	"github.com/cointill/cointill/chain"
)

// Error says why a text is not an address of a network, or why an address has
// no text there. It can be shown to the person who gave the text.
type Error struct {
	// Code is the reason.
	Code Code
	// Network is the id of the network asked for.
	Network string
	// Text is what was given, shortened to its ends; empty when it may hold a
	// secret or is not plain text.
	Text string
	// Other names the chain the text belongs to ("Litecoin"), when known.
	Other string
}

// Error returns the reason and what to do next.
func (e *Error) Error() string {
	s := "address: "
	if e.Text != "" {
		s += strconv.Quote(e.Text) + ": "
	}
	s += advice[e.Code] + " " + e.Network
	if e.Other != "" {
		s += " (this one is of " + e.Other + ")"
	}
	return s
}

// Reason returns the code as text, for callers that do not link this package.
func (e *Error) Reason() string { return string(e.Code) }

func refuse(n chain.Network, code Code, text, other string) *Error {
	e := &Error{Code: code, Network: n.ID, Text: clip(text), Other: other}
	if code == CodePrivateKey {
		e.Text = ""
	}
	return e
}

// The ends of a text that clip shows: enough to recognise an address by, too
// little of a key to matter.
const (
	clipHead = 6
	clipTail = 4
)

// clip shortens a text to its ends. Text with spaces, control characters or
// bytes beyond ASCII may be a recovery phrase or an attack on a terminal; 64 hex
// digits may be a raw private key. Of those it shows nothing.
func clip(text string) string {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return ""
		}
	}
	if digits := strings.TrimPrefix(text, "0x"); len(digits) == 64 && isHex(digits) {
		return ""
	}
	if len(text) <= clipHead+clipTail {
		return text
	}
	return text[:clipHead] + "…" + text[len(text)-clipTail:]
}

func isHex(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}
