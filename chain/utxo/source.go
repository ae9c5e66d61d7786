package utxo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"github.com/cointill/cointill/chain"
)

// Source follows one network through one node. It is safe for concurrent use
// and holds no goroutine.
type Source struct {
	network chain.Network
	form    form
	genesis chain.Hash // zero: not checked
	name    string
	node    *node

	mu     sync.Mutex
	learnt *learnt // nil before the first call and after a failed one
}

var (
	_ chain.Source    = (*Source)(nil)
	_ chain.Mempooler = (*Source)(nil)
)

// learnt is what a node's answers have shown since its genesis was checked. It
// changes how questions are put, never what the answer is.
type learnt struct {
	boolVerbosity atomic.Bool // getblock wants false instead of 0
	noInfo        atomic.Bool // there is no getblockchaininfo
}

// NewSource returns a source for a UTXO network. It does no I/O. A network of
// another kind, a genesis that is no hash, or an endpoint that cannot work is a
// [*ConfigError].
func NewSource(n chain.Network, rpc RPC) (*Source, error) {
	f, ok := formOf(n)
	if !ok {
		return nil, &ConfigError{"Network", fmt.Sprintf("%q is not a UTXO network of a known family", n.ID)}
	}
	if n.Native.Coin == "" || n.Native.Fiat() {
		return nil, &ConfigError{"Network", fmt.Sprintf("%q has no native asset", n.ID)}
	}
	var genesis chain.Hash
	if n.Genesis != "" {
		var err error
		if genesis, err = chain.ParseHash(n.Genesis); err != nil {
			return nil, &ConfigError{"Network", fmt.Sprintf("%q has a genesis that is not a hash", n.ID)}
		}
	}
	conn, u, err := newNode(rpc)
	if err != nil {
		return nil, err
	}
	return &Source{network: n, form: f, genesis: genesis, name: u.Host, node: conn}, nil
}

// Network returns the network the source was made for.
func (s *Source) Network() chain.Network { return s.network }

// Name returns the node's host and port.
func (s *Source) Name() string { return s.name }

// ask runs one question. It checks the node's genesis first if nothing is known
// of the node, and forgets what is known if the question fails for another
// reason than that the node does not have what was asked for.
func (s *Source) ask(ctx context.Context, what string, question func(*learnt) error) error {
	l, err := s.greet(ctx)
	if err == nil {
		err = question(l)
	}
	if err == nil {
		return nil
	}
	if !errors.Is(err, chain.ErrNotFound) {
		s.mu.Lock()
		if s.learnt == l {
			s.learnt = nil
		}
		s.mu.Unlock()
	}
	return fmt.Errorf("utxo: %s %s: %s: %w", s.network.ID, s.name, what, err)
}

// greet returns what is known of the node, having checked its genesis.
func (s *Source) greet(ctx context.Context) (*learnt, error) {
	s.mu.Lock()
	l := s.learnt
	s.mu.Unlock()
	if l != nil {
		return l, nil
	}
	if !s.genesis.IsZero() {
		r, err := s.node.call(ctx, getBlockHash, 0)
		if errors.Is(err, chain.ErrNotFound) {
			return nil, fmt.Errorf("%w: the node has no block 0", chain.ErrUnavailable)
		}
		if err != nil {
			return nil, err
		}
		got, err := r.hash()
		if err != nil {
			return nil, err
		}
		if got != s.genesis {
			return nil, fmt.Errorf("%w: its genesis is %s: point the source at a %s node",
				chain.ErrWrongNetwork, got, s.network.Name)
		}
	}
	l = new(learnt)
	s.mu.Lock()
	s.learnt = l
	s.mu.Unlock()
	return l, nil
}

// heightKnown refuses heights no node can have; btcd would cut them to 32 bits
// and answer for another block.
func heightKnown(height uint64) error {
	if height > math.MaxInt32 {
		return fmt.Errorf("%w: no chain has a height of %d", chain.ErrNotFound, height)
	}
	return nil
}
