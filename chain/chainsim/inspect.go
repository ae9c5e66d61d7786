package chainsim

import (
	"context"
	"fmt"
	"slices"

	"github.com/cointill/cointill/chain"
)

// maxRecipients is how many recipients an inspection names.
const maxRecipients = 20

// Inspect implements chain.Inspector, as an adapter can that reads a transaction
// and its receipt. Of one that is not mined it knows its own value and whom a
// call of a token's transfer names.
func (s *EVMSource) Inspect(ctx context.Context, id chain.Hash, m chain.Matcher) (chain.Inspection, error) {
	t, at, err := s.lookUp(ctx, id)
	if err != nil {
		return chain.Inspection{}, err
	}
	in := chain.Inspection{State: chain.TxMined, Block: at}
	x := s.matching(m, s.traces() || s.chain.opts.NativeLogs)
	switch {
	case at.IsZero():
		in.State = chain.TxUnmined
		x.unmined(&in, t)
	case t.evm.failed:
		in.State = chain.TxFailed
		x.tx(t, at)
	default:
		x.tx(t, at)
		x.mined(&in, t.evm)
	}
	in.Found = x.found
	return in, nil
}

func (x *evmMatch) unmined(in *chain.Inspection, t *tx) {
	plain := *t.evm
	plain.calls, plain.logs, plain.failed = nil, nil, false
	in.Contract = x.sentTo(&plain)
	x.native(&tx{id: t.id, evm: &plain}, chain.Anchor{})
	if t.evm.value.Sign() > 0 && !t.evm.creates {
		sent(in, t.evm.to)
	}
	if to, ok := t.evm.called(); ok {
		sent(in, to)
	}
}

func (x *evmMatch) mined(in *chain.Inspection, t *evmTx) {
	in.Contract = x.sentTo(t)
	if t.value.Sign() > 0 && !t.creates {
		sent(in, t.to)
	}
	for _, log := range t.logs {
		if len(log.topics) < 3 || log.topics[0] != transferTopic {
			continue
		}
		to := log.party(2)
		sent(in, to)
		if _, ok := listed(x.network, log.contract); ok || log.contract == nativeLogs || !x.matcher.Address(to[:]) {
			continue
		}
		in.Unlisted = append(in.Unlisted, chain.Unlisted{Contract: addressOf(log.contract), To: addressOf(to)})
	}
}

// called returns the recipient that a call of transfer(address,uint256) names.
func (t *evmTx) called() (account, bool) {
	if len(t.input) != 68 || string(t.input[:4]) != transferSelector {
		return account{}, false
	}
	return account(t.input[16:36]), true
}

// sentTo returns the listed token whose contract a transaction pays by mistake: as
// the recipient that its call of a token's transfer names, or with the coin, for
// which it logs nothing.
func (x *evmMatch) sentTo(t *evmTx) chain.Token {
	called, ok := listed(x.network, t.to)
	if !ok || t.creates {
		return chain.Token{}
	}
	if to, ok := t.called(); ok {
		token, _ := listed(x.network, to)
		return token
	}
	used := slices.ContainsFunc(t.logs, func(l evmLog) bool { return l.contract == t.to })
	if t.value.Sign() == 0 || used {
		return chain.Token{}
	}
	return called
}

// sent notes that an address was sent something.
func sent(in *chain.Inspection, to account) {
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
