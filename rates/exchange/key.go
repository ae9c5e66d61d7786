package exchange

import (
	"errors"
	"fmt"
	"strings"
)

// ErrBadKey refuses an [Options.DemoKey] that is not letters, digits, "-" and "_".
var ErrBadKey = errors.New("exchange: demo key: write it as the venue shows it, without spaces")

// Key is a venue's key. It is written out nowhere: every way of formatting or
// marshalling it says only whether there is one.
type Key string

// Format writes "(key)", or nothing for no key, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) {
	text, _ := k.MarshalText()
	_, _ = f.Write(text) // a fmt.State keeps what it is given
}

// MarshalText returns what Format writes. It never fails.
func (k Key) MarshalText() ([]byte, error) {
	if k == "" {
		return nil, nil
	}
	return []byte("(key)"), nil
}

func (k Key) valid() bool {
	return strings.IndexFunc(string(k), func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
}
