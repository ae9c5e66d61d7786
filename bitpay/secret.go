package bitpay

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a token. It never shows itself: printing, logging or encoding one
// gives "[redacted]", "" for the zero Secret; only [Secret.Reveal] returns it.
// Reading JSON keeps the text. Secrets are immutable.
type Secret struct {
	// text is behind a pointer so that printing a struct that holds a Secret in
	// an unexported field shows an address.
	text *string
}

// NewSecret keeps a token; of "" it makes the zero Secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the token itself, to be kept where secrets are kept.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no token.
func (s Secret) IsZero() bool { return s.text == nil }

// String returns "[redacted]", or "" for the zero Secret.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return redacted
}

// GoString returns what [Secret.String] returns.
func (s Secret) GoString() string { return s.String() }

// Format writes what [Secret.String] returns for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue returns what [Secret.String] returns.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON writes what [Secret.String] returns.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON keeps a JSON string.
func (s *Secret) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("bitpay: read token: not a string") // the cause may repeat it
	}
	*s = NewSecret(text)
	return nil
}
