package bitpay

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// Environment is one of BitPay's two installations, by its base URL. Accounts,
// tokens and keys of the two are unrelated.
type Environment string

// The environments of https://developer.bitpay.com/docs/getting-started. No other
// host is ever spoken to, but for a [Simulator] on this machine.
const (
	// Production moves real money.
	Production Environment = "https://bitpay.com"
	// Test has the same API and test coins.
	Test Environment = "https://test.bitpay.com"
)

// Simulator returns the environment of a simulator on this machine: base is an
// http or https URL of a loopback address or of localhost, such as
// httptest.Server's. [New] refuses any other, so that no setting can send a token
// elsewhere.
func Simulator(base string) Environment { return Environment(strings.TrimSuffix(base, "/")) }

func (e Environment) check() error {
	if e == Production || e == Test {
		return nil
	}
	u, err := url.Parse(string(e))
	if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "http" && u.Scheme != "https" || !loopback(u.Hostname()) {
		// The text is not repeated: it may hold a password.
		return fmt.Errorf("%w: environment: use Production, Test, or a Simulator on a loopback address", ErrArgument)
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Facade is the part of BitPay's API that a token opens.
type Facade string

// The facades of BitPay's API guide that this package uses.
const (
	// POS creates invoices and reads its own. Its token alone suffices, unless
	// the dashboard says "Require Authentication" for it.
	POS Facade = "pos"
	// Merchant does everything; every request is signed.
	Merchant Facade = "merchant"
)
