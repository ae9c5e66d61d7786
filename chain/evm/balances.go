package evm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// blockByHash is the block parameter of EIP-1898. A node refuses a hash that it
// does not know, or that is not on its best chain.
type blockByHash struct {
	BlockHash        string `json:"blockHash"`
	RequireCanonical bool   `json:"requireCanonical"`
}

// noBlock is the hash of no block.
var noBlock = "0x" + strings.Repeat("ff", 32)

// Balances returns the native balances after a block, asked for by the block's
// hash (EIP-1898). A node that does not know such parameters, or ignores them and
// answers for its latest block, is asked by number, with the block's hash read
// before and after in the same request. A node that does not have the block, or
// no longer its state, gives an error that wraps chain.ErrUnavailable; an address
// that is none of an EVM network one that wraps chain.ErrNotFound.
func (s *Source) Balances(ctx context.Context, at chain.Anchor, addresses []chain.Address) (out []money.Amount, err error) {
	defer func() { s.settle(err) }()
	act := fmt.Sprintf("read %d balances at block %d", len(addresses), at.Height)
	for i, a := range addresses {
		if a.Family != chain.FamilyEVM || len(a.Raw) != 20 {
			return nil, fmt.Errorf("evm: %s on %s: address %d is not one of this family: %w", act, s.name, i, chain.ErrNotFound)
		}
	}
	if len(addresses) == 0 {
		return nil, nil
	}
	if err := s.check(ctx); err != nil {
		return nil, err
	}
	byHash, err := s.knowsHashes(ctx, act, addresses[0])
	if err != nil {
		return nil, err
	}
	if byHash {
		return s.balancesByHash(ctx, act, at, addresses)
	}
	return s.balancesByNumber(ctx, act, at, addresses)
}

func balanceCall(a chain.Address, block any) call {
	return call{method: "eth_getBalance", args: []any{hexBytes(a.Raw), block}}
}

// knowsHashes reports whether the node reads the parameter of EIP-1898: it must
// refuse a block that cannot exist, and not for the parameter's form.
func (s *Source) knowsHashes(ctx context.Context, act string, a chain.Address) (bool, error) {
	probe := []call{balanceCall(a, blockByHash{BlockHash: noBlock, RequireCanonical: true})}
	if err := s.few(ctx, act, probe); err != nil {
		return false, err
	}
	err := probe[0].err
	if err != nil && !refused(err) {
		return false, s.whole(act, err)
	}
	return err != nil && !badForm(err), nil
}

// badForm reports whether a node refused a parameter for its form.
func badForm(err error) bool {
	return unsupported(err) && !missing(err) ||
		refused(err) && containsAny(err.Error(), "unmarshal", "invalid argument", "invalid param", "hex string", "expected a string", "wrong type")
}

// missing reports whether a node said that it has no such block.
func missing(err error) bool {
	return absent(err) || refused(err) && containsAny(err.Error(), "hash not found", "not found", "canonical", "unknown block")
}

func (s *Source) balancesByHash(ctx context.Context, act string, at chain.Anchor, addresses []chain.Address) ([]money.Amount, error) {
	calls := make([]call, len(addresses))
	for i, a := range addresses {
		calls[i] = balanceCall(a, blockByHash{BlockHash: hexBytes(at.Hash[:]), RequireCanonical: true})
	}
	if err := s.few(ctx, act, calls); err != nil {
		return nil, err
	}
	return s.balances(act, calls, nil)
}

// balancesByNumber puts each part of the calls between two readings of the
// block, in one request: behind a load balancer the next may go elsewhere.
func (s *Source) balancesByNumber(ctx context.Context, act string, at chain.Anchor, addresses []chain.Address) ([]money.Amount, error) {
	anchor := call{method: "eth_getBlockByNumber", args: []any{hexNumber(at.Height), false}}
	out := make([]money.Amount, 0, len(addresses))
	for part := range slices.Chunk(addresses, int(max(s.requests.next(), 3)-2)) {
		calls := []call{anchor}
		for _, a := range part {
			calls = append(calls, balanceCall(a, hexNumber(at.Height)))
		}
		calls = append(calls, anchor)
		if err := s.few(ctx, act, calls); err != nil {
			return nil, err
		}
		for _, c := range []call{calls[0], calls[len(calls)-1]} {
			if err := s.standsAt(act, at, c); err != nil {
				return nil, err
			}
		}
		var err error
		if out, err = s.balances(act, calls[1:len(calls)-1], out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// standsAt checks an answer to a reading of the block.
func (s *Source) standsAt(act string, at chain.Anchor, c call) error {
	if c.err != nil {
		return s.whole(act, c.err)
	}
	if isNull(c.result) {
		return s.unavailable(act, "the node has no block %d", at.Height)
	}
	h, err := scanBlock(c.result, nil)
	if err != nil {
		return s.malformed(act, err)
	}
	if h.Height != at.Height || h.Hash != at.Hash {
		return s.unavailable(act, "the node has another block %d: %s", at.Height, h.Anchor)
	}
	return nil
}

// balances appends what the calls were answered.
func (s *Source) balances(act string, calls []call, out []money.Amount) ([]money.Amount, error) {
	for _, c := range calls {
		if c.err != nil {
			return nil, s.whole(act, c.err)
		}
		if isNull(c.result) {
			return nil, s.unavailable(act, "the node has no balance")
		}
		v, err := word(c.result)
		if err != nil {
			return nil, s.malformed(act, field("eth_getBalance", err))
		}
		out = append(out, money.NewAmount(s.network.Native, number(v)))
	}
	return out, nil
}
