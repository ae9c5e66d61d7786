package chainsim

import (
	"context"
	"fmt"
	"slices"

	"github.com/cointill/cointill/chain"
)

// maxRecipients is how many recipients an inspection names.
const maxRecipients = 20

// Inspect implements chain.Inspector, as a node with a transaction index does.
// Of a transaction that is not mined it knows the value and no more.
func (s *EVMSource) Inspect(ctx context.Context, id chain.Hash, m chain.Matcher) (chain.Inspection, error) {
	t, at, err := s.lookUp(ctx, id)
	if err != nil {
		return chain.Inspection{}, err
	}
	in := chain.Inspection{State: chain.TxMined, Block: at}
	x := s.matching(m)
	switch {
	case at.IsZero():
		in.State = chain.TxUnmined
		plain := *t.evm
		plain.calls, plain.logs, plain.failed = nil, nil, false
		t = &tx{id: t.id, evm: &plain}
		x.native(t, at)
	case t.evm.failed:
		in.State = chain.TxFailed
		x.tx(t, at)
	default:
		x.tx(t, at)
	}
	in.Found = x.found
	t.evm.moves(func(m move) {
		if m.own || x.found.Internal {
			x.sent(&in, m.to)
		}
	})
	for _, log := range t.evm.logs {
		if !log.pays() || log.contract == nativeLogs {
			continue
		}
		to := log.party(2)
		x.sent(&in, to)
		if _, ok := listed(x.network, log.contract); !ok && m.Address(to[:]) {
			in.Unlisted = append(in.Unlisted, chain.Unlisted{Contract: addressOf(log.contract), To: addressOf(to)})
		}
	}
	return in, nil
}

// sent notes that an address was sent something.
func (x *evmMatch) sent(in *chain.Inspection, to account) {
	if t, ok := listed(x.network, to); ok && in.Contract == (chain.Token{}) {
		in.Contract = t
	}
	in.Recipients = withRecipient(in.Recipients, addressOf(to))
}

func withRecipient(list []chain.Address, a chain.Address) []chain.Address {
	if len(list) < maxRecipients && !slices.Contains(list, a) {
		list = append(list, a)
	}
	return list
}

// Inspect implements chain.Inspector, as a node with a transaction index does.
func (s *UTXOSource) Inspect(ctx context.Context, id chain.Hash, m chain.Matcher) (chain.Inspection, error) {
	t, at, err := s.lookUp(ctx, id)
	if err != nil {
		return chain.Inspection{}, err
	}
	in := chain.Inspection{State: chain.TxMined, Block: at}
	if at.IsZero() {
		in.State = chain.TxUnmined
	}
	run := &utxoRun{native: s.chain.network.Native, family: s.chain.network.Family}
	run.match(&in.Found, m, t, at)
	for _, out := range t.utxo.outs {
		if out.value > 0 && !run.mweb(out.script) {
			in.Recipients = withRecipient(in.Recipients, chain.Address{Family: run.family, Raw: out.script})
		}
	}
	return in, nil
}

// mweb reports whether an output carries coins into MWEB: nobody's address.
func (r *utxoRun) mweb(script string) bool {
	return r.family == chain.FamilyLitecoin && len(script) == 34 && (script[:2] == "\x58\x20" || script[:2] == "\x59\x20")
}

// lookUp finds a transaction and its block, which is zero in the mempool.
func (s *Source) lookUp(ctx context.Context, id chain.Hash) (*tx, chain.Anchor, error) {
	v, err := s.call(ctx, "Inspect")
	if err != nil {
		return nil, chain.Anchor{}, err
	}
	if t, b := v.mined(id); t != nil && s.index() {
		return t, b.Anchor, nil
	}
	if t := v.unmined(id); t != nil {
		return t, chain.Anchor{}, nil
	}
	return nil, chain.Anchor{}, fmt.Errorf("chainsim: transaction %s: %w", id, chain.ErrNotFound)
}

// mined returns a transaction of the best chain with its block, or nil.
func (v view) mined(id chain.Hash) (*tx, *block) {
	for _, b := range slices.Backward(v.blocks) {
		for _, t := range b.txs {
			if t.id == id {
				return t, b
			}
		}
	}
	return nil, nil
}
