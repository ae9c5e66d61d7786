package chainsim

import (
	"slices"

	"github.com/cointill/cointill/chain"
)

func (b *bitcoinFace) mempoolInfo(v view, _ params) (any, error) {
	size := 0
	for _, t := range v.pool {
		size += (t.utxo.weight() + 3) / 4
	}
	info := map[string]any{"size": len(v.pool), "bytes": size}
	if b.loaded {
		info["loaded"] = !v.loading
	}
	return info, nil
}

func (b *bitcoinFace) rawMempool(v view, p params) (any, error) {
	if !b.sequence && len(p) > 1 {
		return nil, &RPCError{Code: codeMisc, Message: "getrawmempool ( verbose )"}
	}
	verbose, err := p.verbosity(0, 0, codeMisc)
	if err != nil {
		return nil, err
	}
	numbered, err := p.verbosity(1, 0, codeMisc)
	if err != nil {
		return nil, err
	}
	switch {
	case verbose != 0 && numbered != 0:
		return nil, &RPCError{Code: codeParameter, Message: "Verbose results cannot contain mempool sequence values."}
	case numbered != 0:
		return map[string]any{"txids": hashes(v.pool), "mempool_sequence": v.changes}, nil
	case verbose == 0:
		return hashes(v.pool), nil
	}
	out := make(map[string]any, len(v.pool))
	for _, t := range v.pool {
		out[t.id.String()] = map[string]any{"vsize": (t.utxo.weight() + 3) / 4, "weight": t.utxo.weight(), "height": v.tip().Height}
	}
	return out, nil
}

// spenders implements gettxspendingprevout.
func (b *bitcoinFace) spenders(v view, p params) (any, error) {
	var asked []struct {
		TxID chain.Hash
		Vout int64
	}
	if err := p.read(0, &asked, codeType); err != nil {
		return nil, err
	}
	if len(asked) == 0 {
		return nil, &RPCError{Code: codeParameter, Message: "Invalid parameter, outputs are missing"}
	}
	out := make([]any, len(asked))
	for i, a := range asked {
		if a.Vout < 0 || a.Vout > 1<<32-1 {
			return nil, &RPCError{Code: codeParameter, Message: "Invalid parameter, vout cannot be negative"}
		}
		answer := map[string]any{"txid": a.TxID, "vout": a.Vout}
		for _, t := range v.pool {
			if slices.Contains(t.claims, chain.Outpoint{TxID: a.TxID, Vout: uint32(a.Vout)}) {
				answer["spendingtxid"] = t.id
			}
		}
		out[i] = answer
	}
	return out, nil
}
