package chainsim

import (
	"context"
	"fmt"
	"math/big"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// EVMSource is an in-process source of an [EVM] chain. It implements
// chain.Source, chain.Ranger and chain.HeadWaiter. It sees internal transfers
// of native coin, as a node that can trace does.
type EVMSource struct{ *Source }

var (
	_ chain.Source     = (*EVMSource)(nil)
	_ chain.Ranger     = (*EVMSource)(nil)
	_ chain.HeadWaiter = (*EVMSource)(nil)
)

// Source returns a new source of the chain. Faults of one source do not touch
// the others.
func (e *EVM) Source(name string) *EVMSource { return &EVMSource{newSource(e.Chain, name)} }

// Linked implements chain.Source.
func (s *EVMSource) Linked(ctx context.Context, from, to uint64) (chain.Run, error) {
	v, err := s.call(ctx, "Linked")
	if err != nil {
		return nil, err
	}
	blocks, err := v.span(from, to)
	if err != nil {
		return nil, err
	}
	return &evmRun{source: s, blocks: blocks, anchors: anchors(blocks)}, nil
}

// Range implements chain.Ranger. The run names only its last block. Ranges that
// reach above the final height are refused.
func (s *EVMSource) Range(ctx context.Context, from, to uint64) (chain.Run, error) {
	v, err := s.call(ctx, "Range")
	if err != nil {
		return nil, err
	}
	blocks, err := v.span(from, to)
	if err != nil {
		return nil, err
	}
	if to > v.final {
		return nil, fmt.Errorf("chainsim: range %d..%d above final height %d: %w", from, to, v.final, chain.ErrUnavailable)
	}
	return &evmRun{source: s, blocks: blocks, anchors: anchors(blocks[len(blocks)-1:])}, nil
}

type evmRun struct {
	source  *EVMSource
	blocks  []*block
	anchors []chain.Anchor
}

func (r *evmRun) Anchors() []chain.Anchor { return r.anchors }

// Match counts as a call of the source: an adapter fetches receipts here.
func (r *evmRun) Match(ctx context.Context, m chain.Matcher) (chain.Found, error) {
	if _, err := r.source.call(ctx, "Match"); err != nil {
		return chain.Found{}, err
	}
	var found chain.Found
	for _, b := range r.blocks {
		for _, t := range b.txs {
			found.Transfers = r.native(found.Transfers, m, t, b.Anchor)
			found.Transfers = r.tokens(found.Transfers, m, t, b.Anchor)
		}
	}
	return found, nil
}

// native appends the matched transfers of value, numbered by recipient.
func (r *evmRun) native(out []chain.Transfer, m chain.Matcher, t *tx, at chain.Anchor) []chain.Transfer {
	count := make(map[account]int)
	t.evm.transferred(func(_, to account, value *big.Int) {
		n := count[to]
		count[to]++
		if m.Address(to[:]) {
			id := fmt.Sprintf("%s:eth:%s:%d", t.id, hexData(to[:]), n)
			out = append(out, transfer(id, t, to, money.NewAmount(r.source.chain.network.Native, value), at))
		}
	})
	return out
}

// tokens appends the matched transfers of listed tokens.
func (r *evmRun) tokens(out []chain.Transfer, m chain.Matcher, t *tx, at chain.Anchor) []chain.Transfer {
	for n, log := range t.evm.logs {
		asset, ok := r.asset(log)
		units := new(big.Int).SetBytes(log.data)
		if !ok || units.Sign() == 0 {
			continue
		}
		if to := account(log.topics[2][12:]); m.Address(to[:]) {
			out = append(out, transfer(fmt.Sprintf("%s:log:%d", t.id, n), t, to, money.NewAmount(asset, units), at))
		}
	}
	return out
}

// asset returns what a log transfers, if it is an ERC-20 Transfer of a listed
// contract.
func (r *evmRun) asset(log evmLog) (money.Asset, bool) {
	if len(log.topics) != 3 || log.topics[0] != transferTopic || len(log.data) != 32 {
		return money.Asset{}, false
	}
	for _, t := range r.source.chain.network.Tokens {
		if t.Contract.Raw == string(log.contract[:]) {
			return t.Asset, true
		}
	}
	return money.Asset{}, false
}

func transfer(id string, t *tx, to account, amount money.Amount, at chain.Anchor) chain.Transfer {
	return chain.Transfer{
		ID: id, TxID: t.id, Amount: amount, Block: at,
		To: chain.Address{Family: chain.FamilyEVM, Raw: string(to[:])},
	}
}
