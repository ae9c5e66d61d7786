package utxo

import (
	"fmt"
	"math"
	"sync"

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
	_ chain.Inspector = (*Source)(nil)
)

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
	conn, err := newNode(rpc)
	if err != nil {
		return nil, err
	}
	return &Source{network: n, form: f, genesis: genesis, name: conn.name, node: conn}, nil
}

// Network returns the network the source was made for.
func (s *Source) Network() chain.Network { return s.network }

// Name returns the node's host and port.
func (s *Source) Name() string { return s.name }

// heightKnown refuses heights no node can have; btcd would cut them to 32 bits
// and answer for another block.
func heightKnown(height uint64) error {
	if height > math.MaxInt32 {
		return fmt.Errorf("%w: no chain has a height of %d", chain.ErrNotFound, height)
	}
	return nil
}
