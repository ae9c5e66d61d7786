package bitauth

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// String returns the key's SIN, which is public.
func (k Key) String() string { return "bitauth.Key(" + k.SIN() + ")" }

// GoString returns what [Key.String] returns.
func (k Key) GoString() string { return k.String() }

// Format writes what [Key.String] returns for every verb and flag.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, k.String()) }

// LogValue returns what [Key.String] returns.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText returns what [Key.String] returns; such a text is not read back.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// MarshalJSON returns what [Key.String] returns, as a JSON string.
func (k Key) MarshalJSON() ([]byte, error) { return json.Marshal(k.String()) }
