package chainlink

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cointill/cointill/rates"
)

// ErrBadFeed refuses a [Network] that cannot be asked: no name or chain id, no
// feed, an address that is not one, a market twice, a heartbeat that is not
// positive.
var ErrBadFeed = errors.New("chainlink: network and feeds")

// Feed is one price on a chain.
type Feed struct {
	// Market is what it prices: BTC/USD, or EUR/USD.
	Market rates.Market
	// Proxy is the contract to ask, "0x" and 40 hexadecimal digits. It must be the
	// proxy, which outlives its aggregators, and not one of the "SVR" proxies,
	// which hold updates back. It is believed only while its description() is the
	// market's name ("BTC / USD") and its decimals() are 8.
	Proxy string
	// Heartbeat is the longest time the feed lets pass without an update, however
	// little the price moves. A round older than this and five minutes is stale.
	Heartbeat time.Duration
	// Forex marks a feed that rests from Friday 17:00 to Sunday 18:00 in New York.
	Forex bool
}

// grace is how late an update may be: it waits for a block, and for gas to be
// worth its price.
const grace = 5 * time.Minute

// decimals is what every feed in a currency has.
const decimals = 8

// name is what the feed calls itself.
func (f Feed) name() string { return string(f.Market.Coin) + " / " + f.Market.Quote }

// limit is how old a round may be.
func (f Feed) limit() time.Duration { return f.Heartbeat + grace }

// Network is a chain and the feeds to be read there.
type Network struct {
	// Name goes into the source's name: "ethereum".
	Name string
	// ChainID is what the chain calls itself (EIP-155); an endpoint of any other
	// chain is refused.
	ChainID uint64
	Feeds   []Feed
}

// validate joins everything that is wrong with the network.
func (n Network) validate() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrBadFeed}, args...)...))
	}
	if n.Name == "" || n.ChainID == 0 {
		bad("give the network a name and a chain id")
	}
	if len(n.Feeds) == 0 {
		bad("give the network a feed")
	}
	seen := make(map[rates.Market]bool, len(n.Feeds))
	for _, f := range n.Feeds {
		if f.Market.Coin == "" || f.Market.Quote == "" {
			bad("a feed names no market")
		}
		if seen[f.Market] {
			bad("%s has two feeds", f.Market)
		}
		seen[f.Market] = true
		if _, err := parseAddress(f.Proxy); err != nil {
			bad("%s: %w", f.Market, err)
		}
		if f.Heartbeat <= 0 {
			bad("%s: the heartbeat is not positive", f.Market)
		}
	}
	return errors.Join(errs...)
}

// address is a contract's.
type address [20]byte

var errAddress = errors.New("write the proxy's address as 0x and 40 hexadecimal digits")

func parseAddress(s string) (address, error) {
	var a address
	digits, ok := strings.CutPrefix(s, "0x")
	if !ok || len(digits) != 2*len(a) {
		return a, errAddress
	}
	if _, err := hex.Decode(a[:], []byte(digits)); err != nil {
		return a, errAddress
	}
	if a == (address{}) {
		return a, errAddress
	}
	return a, nil
}
