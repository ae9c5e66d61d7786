package utxo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/cointill/cointill/chain"
)

// learnt is what a node's answers have shown since its genesis was checked. It
// changes how questions are put, never what the answer is. It is forgotten when
// a call fails: behind the address may stand another node by then, or the same
// one upgraded.
type learnt struct {
	boolVerbosity atomic.Bool // getblock wants false instead of 0
	noInfo        atomic.Bool // there is no getblockchaininfo
	noPoolInfo    atomic.Bool // there is no getmempoolinfo
}

// ask runs one question. It checks the node first if nothing is known of it, and
// forgets what is known if the question fails for another reason than that the
// node does not have what was asked for.
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
			s.node.longest.Store(0)
		}
		s.mu.Unlock()
	}
	return fmt.Errorf("utxo: %s %s: %s: %w", s.network.ID, s.name, what, err)
}

// greet returns what is known of the node, having checked its genesis and, on
// Litecoin's main network, its release.
func (s *Source) greet(ctx context.Context) (*learnt, error) {
	s.mu.Lock()
	l := s.learnt
	s.mu.Unlock()
	if l != nil {
		return l, nil
	}
	if !s.genesis.IsZero() {
		if _, err := s.here(ctx); err != nil {
			return nil, err
		}
	}
	if s.network.Genesis == chain.Litecoin.Genesis {
		if err := s.checkRelease(ctx); err != nil {
			return nil, err
		}
	}
	l = new(learnt)
	s.mu.Lock()
	s.learnt = l
	s.mu.Unlock()
	return l, nil
}

// here makes calls in one request with a question for the genesis, and returns
// their replies only if it is the network's: what answers behind one URL can
// change between two calls without any failure.
func (s *Source) here(ctx context.Context, reqs ...request) ([]reply, error) {
	if s.genesis.IsZero() {
		return s.node.batch(ctx, reqs)
	}
	replies, err := s.node.batch(ctx, append(slices.Clip(reqs), request{getBlockHash, []any{0}}))
	if err != nil {
		return nil, err
	}
	if err := s.checkGenesis(replies[len(reqs)]); err != nil {
		return nil, err
	}
	return replies[:len(reqs)], nil
}

// one is here for a single call.
func (s *Source) one(ctx context.Context, method string, params ...any) (reply, error) {
	replies, err := s.here(ctx, request{method, params})
	if err != nil {
		return reply{}, err
	}
	return replies[0], replies[0].err
}

// checkGenesis reads the answer to the question for block 0.
func (s *Source) checkGenesis(r reply) error {
	if errors.Is(r.err, chain.ErrNotFound) {
		return fmt.Errorf("%w: the node has no block 0", chain.ErrUnavailable)
	}
	if r.err != nil {
		return r.err
	}
	got, err := r.hash()
	if err != nil {
		return err
	}
	if got != s.genesis {
		return fmt.Errorf("%w: its genesis is %s: point the source at a %s node",
			chain.ErrWrongNetwork, got, s.network.Name)
	}
	return nil
}

// litecoinNeeds is the oldest release of Litecoin Core that enforces the rules
// of the main network since April 2026.
var litecoinNeeds = [4]uint64{0, 21, 5, 4}

// checkRelease refuses a Litecoin Core that may follow an invalid chain. A node
// of another make, or one that does not say what it is, is taken as it is.
func (s *Source) checkRelease(ctx context.Context) error {
	r, err := s.node.call(ctx, "getnetworkinfo")
	if errors.Is(err, errUnsupported) {
		return nil
	}
	if err != nil {
		return err
	}
	var info struct {
		Subversion string `json:"subversion"`
	}
	if json.Unmarshal(r.result, &info) != nil {
		return fmt.Errorf("%w: network info without a subversion", chain.ErrMalformed)
	}
	text, parts, ok := litecoinRelease(info.Subversion)
	if !ok || !older(parts, litecoinNeeds) {
		return nil
	}
	return &OutdatedError{Source: s.name, Version: text, Need: "0.21.5.4"}
}
