package payments

import (
	"errors"

	"github.com/cointill/cointill/chain"
)

// addressText writes an address as its network does, or as package chain does
// without Config.FormatAddress and for scripts that have no text.
func (p *Processor) addressText(n chain.Network, a chain.Address) string {
	if p.cfg.FormatAddress != nil {
		if text, err := p.cfg.FormatAddress(n, a); err == nil {
			return text
		}
	}
	return a.String()
}

// reasonOf returns the stable code of why a text is no address, empty if the error
// has none.
func reasonOf(err error) string {
	var e interface{ Reason() string }
	if errors.As(err, &e) {
		return e.Reason()
	}
	return ""
}

// clearer returns the refusal that says more of a text: each network gives its
// own, and most know only that it is another's.
func clearer(a, b error) error {
	says := func(err error) int {
		switch reasonOf(err) {
		case "", "malformed":
			return 0
		case "wrong_chain":
			return 1
		}
		return 2
	}
	if a == nil || says(b) > says(a) {
		return b
	}
	return a
}
