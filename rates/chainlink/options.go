package chainlink

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/cointill/cointill/rates"
)

// Errors of [New], beside [ErrBadFeed]. None repeats the URL, which may hold a
// key.
var (
	// ErrBadURL refuses an endpoint that is not an http or https address.
	ErrBadURL = errors.New("chainlink: url: write the node's endpoint as https://host/path")
	// ErrBadRole refuses a role a [Source] cannot have.
	ErrBadRole = errors.New("chainlink: role")
)

// Options are the settings of a [Source]. URL and Network are required.
type Options struct {
	// URL is a node's HTTP or HTTPS JSON-RPC endpoint. It need keep no old state
	// and know no method but eth_call. A key in its user part, path or query
	// appears in no error and no log.
	URL string
	// Network is the chain behind it: [Ethereum], [BSC] or the host's own.
	Network Network
	// Role is [rates.RoleTripwire] if empty. [rates.RoleOracle] makes a source that
	// serves the network's feeds of USDC, USDT, DAI and EUR in USD only: those
	// follow their markets closely enough to count towards a median, the others
	// may lie half a percent off for an hour by design.
	Role rates.Role
	// Transport carries the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Now is the clock of business instants; nil means time.Now.
	Now func() time.Time
	// Log hears why the node is given a pause; nil is silent.
	Log *slog.Logger
}

// New returns a source that does no I/O until it is asked. It refuses a bad URL
// with [ErrBadURL], a network or feed that cannot be asked with [ErrBadFeed], and
// with [ErrBadRole] a role it cannot have, or that of a member without a feed
// that may count.
func New(o Options) (*Source, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, ErrBadURL
	}
	if err := o.Network.validate(); err != nil {
		return nil, err
	}
	s := &Source{name: "chainlink/" + o.Network.Name, role: o.Role, index: make(map[rates.Market]int), now: o.Now}
	switch o.Role {
	case "", rates.RoleTripwire:
		s.role = rates.RoleTripwire
	case rates.RoleOracle:
	default:
		return nil, fmt.Errorf("%w: %q is neither tripwire nor oracle", ErrBadRole, o.Role)
	}
	for _, f := range o.Network.Feeds {
		if s.role == rates.RoleOracle && !mayCount(f.Market) {
			continue
		}
		proxy, err := parseAddress(f.Proxy)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrBadFeed, f.Market, err)
		}
		s.index[f.Market] = len(s.feeds)
		s.feeds = append(s.feeds, feed{Feed: f, proxy: proxy})
	}
	if len(s.feeds) == 0 {
		return nil, fmt.Errorf("%w: no feed of the network may count as a member", ErrBadRole)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.node = newNode(s.name, u, o, s.now)
	return s, nil
}

// mayCount reports whether a feed follows its market as closely as a venue does.
func mayCount(m rates.Market) bool {
	if m.Quote != "USD" {
		return false
	}
	switch m.Coin {
	case "USDC", "USDT", "DAI", "EUR":
		return true
	}
	return false
}
