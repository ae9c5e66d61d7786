package evm

import (
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/cointill/cointill/chain"
)

// Source reads one Ethereum-family network from one node. It is safe for
// concurrent use.
type Source struct {
	network chain.Network
	name    string
	client  *client
	secrets []string
	tokens  map[[20]byte]chain.Token // all listed

	checked atomic.Bool                   // the node has proved its network since the last failure
	listing atomic.Pointer[listing]       // the tokens that are read
	leftOut atomic.Pointer[[]*TokenError] // and why the others are not

	// Learned from refusals.
	requests *window // calls of one request
	spans    *window // blocks of one query for logs
	logless  pause   // of queries for logs

	untraced bool          // RPC.NoTraces
	dialect  atomic.Uint32 // a dialect, found out since the last failure
	refusals atomic.Uint32 // of traces in a row, none of them understood
}

var (
	_ chain.Source    = (*Source)(nil)
	_ chain.Ranger    = (*Source)(nil)
	_ chain.Balancer  = (*Source)(nil)
	_ chain.Inspector = (*Source)(nil)
)

// systemContract logs native transfers since EIP-7708. It is no token.
var systemContract = [20]byte{
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
}

// NewSource returns a source for an EVM network. It does no I/O; the node is
// checked on first use. Errors are *[ConfigError].
func NewSource(n chain.Network, node RPC) (*Source, error) {
	if n.Family != chain.FamilyEVM {
		return nil, &ConfigError{Field: "Network", Reason: fmt.Sprintf("%q is not an EVM network", n.ID)}
	}
	if n.ChainID == 0 {
		return nil, &ConfigError{Field: "Network", Reason: fmt.Sprintf("%q has no chain id", n.ID)}
	}
	u, err := node.endpoint()
	if err != nil {
		return nil, err
	}
	s := &Source{
		network: n, name: u.Hostname(), secrets: node.secrets(u), untraced: node.NoTraces,
		tokens:   make(map[[20]byte]chain.Token),
		requests: newWindow(batchSize, batchSize), spans: newWindow(firstSpan, maxSpan),
	}
	for _, t := range n.Tokens {
		if err := s.addToken("Network.Tokens", t); err != nil {
			return nil, err
		}
	}
	for _, t := range n.Unaccepted {
		if err := s.addToken("Network.Unaccepted", t); err != nil {
			return nil, err
		}
	}
	s.listing.Store(list(n.Listed()))
	s.client = &client{http: node.client(), url: node.URL, header: http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"},
	}}
	for k, v := range node.Header {
		s.client.header[http.CanonicalHeaderKey(k)] = v
	}
	return s, nil
}

func (s *Source) addToken(field string, t chain.Token) error {
	var c [20]byte
	if t.Contract.Family != chain.FamilyEVM || len(t.Contract.Raw) != len(c) {
		return &ConfigError{Field: field, Reason: t.Asset.String() + " has no contract of 20 bytes"}
	}
	copy(c[:], t.Contract.Raw)
	if c == systemContract {
		return &ConfigError{Field: field, Reason: t.Asset.String() + " names the contract that logs native transfers (EIP-7708)"}
	}
	if other, ok := s.tokens[c]; ok {
		return &ConfigError{Field: field, Reason: fmt.Sprintf("%s and %s have one contract", other.Asset, t.Asset)}
	}
	s.tokens[c] = t
	return nil
}

// Network returns the network the source was made for.
func (s *Source) Network() chain.Network { return s.network }

// Name returns the node's host name.
func (s *Source) Name() string { return s.name }

// settle remembers whether the node has to prove its network, and show what it
// traces, again: after any failure, except that a block does not exist.
func (s *Source) settle(err error) {
	if err != nil && !notFound(err) {
		s.checked.Store(false)
		s.dialect.Store(uint32(dialectUnknown))
	}
}
