package chainsim

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/cointill/cointill/chain"
)

// logFilter is the parameter of eth_getLogs.
type logFilter struct {
	BlockHash *string           `json:"blockHash"`
	FromBlock string            `json:"fromBlock"`
	ToBlock   string            `json:"toBlock"`
	Address   json.RawMessage   `json:"address"`
	Topics    []json.RawMessage `json:"topics"`
}

// logs implements eth_getLogs. Like a node behind a load balancer it answers a
// range above its head with what it has.
func (g *EVMFace) logs(v view, p params) (any, error) {
	var f logFilter
	if err := p.read(0, &f, codeInvalid); err != nil {
		return nil, err
	}
	blocks, err := g.filtered(v, f)
	if err != nil {
		return nil, err
	}
	addresses, err := alternatives(f.Address)
	if err != nil {
		return nil, err
	}
	topics := make([][]string, len(f.Topics))
	for i, raw := range f.Topics {
		if topics[i], err = alternatives(raw); err != nil {
			return nil, err
		}
	}
	out := []any{}
	for _, b := range blocks {
		eachLog(b, func(at logPlace, log evmLog) {
			if !g.limits.hidesLogs() && log.matches(addresses, topics) {
				out = append(out, logJSON(b, at, log))
			}
		})
	}
	if err := g.limits.refuseResults(len(out), blocks); err != nil {
		return nil, err
	}
	return out, nil
}

// filtered returns the blocks a filter names.
func (g *EVMFace) filtered(v view, f logFilter) ([]*block, error) {
	if f.BlockHash != nil {
		h, err := chain.ParseHash(*f.BlockHash)
		if err != nil {
			return nil, &RPCError{Code: codeInvalid, Message: err.Error()}
		}
		b := g.Node.block(v, h)
		switch {
		case b == nil && g.dialect.emptyLogs:
			return nil, nil
		case b == nil:
			return nil, &RPCError{Code: codeServer, Message: "unknown block"}
		}
		return []*block{b}, nil
	}
	from, err := g.height(v, f.FromBlock)
	if err != nil {
		return nil, err
	}
	to, err := g.height(v, f.ToBlock)
	if err != nil {
		return nil, err
	}
	if from > to {
		return nil, &RPCError{Code: codeServer, Message: "invalid block range params"}
	}
	if err := g.limits.refuseRange(from, to); err != nil {
		return nil, err
	}
	end := min(to+1, uint64(len(v.blocks)))
	return v.blocks[min(from, end):end], nil
}

// alternatives reads null, one hex text or a list of them.
func alternatives(raw json.RawMessage) ([]string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{strings.ToLower(one)}, nil
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, &RPCError{Code: codeInvalid, Message: "invalid filter: " + err.Error()}
	}
	for i := range list {
		list[i] = strings.ToLower(list[i])
	}
	return list, nil
}

// matches applies a filter; a position without alternatives matches anything.
func (l evmLog) matches(addresses []string, topics [][]string) bool {
	if len(addresses) > 0 && !slices.Contains(addresses, hexData(l.contract[:])) {
		return false
	}
	for i, want := range topics {
		if i >= len(l.topics) || len(want) > 0 && !slices.Contains(want, hexData(l.topics[i][:])) {
			return false
		}
	}
	return true
}

// logPlace is where a log stands in its block.
type logPlace struct {
	tx    *tx
	index int // of the transaction
	log   int // of the log in the block
}

func eachLog(b *block, yield func(at logPlace, log evmLog)) {
	n := 0
	for i, t := range b.txs {
		for _, log := range t.evm.logs {
			yield(logPlace{tx: t, index: i, log: n}, log)
			n++
		}
	}
}
