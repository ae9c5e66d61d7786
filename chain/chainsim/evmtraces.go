package chainsim

import (
	"strings"
)

// traced makes a method of a function that writes the traces of a block, which is
// named by its hash or, otherwise, by its number: neither takes the other. A node
// that cannot trace does not have the method.
func (g *EVMFace) traced(name string, byHash bool, write func(b *block) []any) method {
	return func(v view, p params) (any, error) {
		if !g.traces() {
			return nil, g.style.unknown(name)
		}
		var text string
		if err := p.read(0, &text, codeInvalid); err != nil {
			return nil, err
		}
		switch isHash := len(text) == 66; {
		case isHash && !byHash:
			return nil, refusal(codeInvalid, "invalid argument 0: hex number > 64 bits")
		case !isHash && byHash:
			return nil, refusal(codeInvalid, "invalid argument 0: json: cannot unmarshal hex string of odd length into Go value of type common.Hash")
		}
		b, err := g.named(v, text)
		if err != nil {
			return nil, err
		}
		if b == nil {
			return nil, g.dialect.untraced(text)
		}
		if !v.keeps(b) {
			return nil, refusal(codeServer, "required historical state unavailable (reexec=128)")
		}
		return write(b), nil
	}
}

// untraced is the answer where there is no block to trace.
func (d evmDialect) untraced(text string) error {
	switch {
	case d.emptyLogs:
		answer := d.unknownBlock
		return &answer
	case d.flat:
		return refusal(codeServer, "could not find block %s", text)
	case len(text) == 66:
		return refusal(codeServer, "block %s not found", text)
	}
	return refusal(codeServer, "block #%s not found", text)
}

// root is a transaction as the outermost of its calls.
func (t *evmTx) root() evmCall {
	kind := kindCall
	if t.creates {
		kind = kindCreate
	}
	return evmCall{kind: kind, from: t.from, to: t.to, value: t.value, reverted: t.failed, calls: t.calls}
}

// nestedTraces are those of go-ethereum's callTracer, a tree per transaction. An
// error stands on the call that failed and on none below.
func nestedTraces(b *block) []any {
	out := make([]any, len(b.txs))
	for i, t := range b.txs {
		root := nestedFrame(t.evm.root())
		root["input"] = hexData(t.evm.input)
		out[i] = map[string]any{"txHash": hexData(t.id[:]), "result": root}
	}
	return out
}

func nestedFrame(c evmCall) map[string]any {
	kind := string(c.kind)
	if c.kind == kindCall {
		kind = "CALL"
	}
	out := map[string]any{
		"type": kind, "from": hexData(c.from[:]), "to": hexData(c.to[:]), "value": bigQuantity(c.value),
		"gas": "0x7530", "gasUsed": "0x5208", "input": "0x",
	}
	if c.reverted {
		out["error"] = "execution reverted"
	}
	if len(c.calls) > 0 {
		inner := make([]any, len(c.calls))
		for i, below := range c.calls {
			inner[i] = nestedFrame(below)
		}
		out["calls"] = inner
	}
	return out
}

// flatTraces are those of OpenEthereum's trace_block, one entry per call with its
// place in the tree, parents first.
func flatTraces(b *block) []any {
	out := []any{}
	for i, t := range b.txs {
		flatFrame(t.evm.root(), []int{}, func(entry map[string]any) {
			entry["blockHash"], entry["blockNumber"] = hexData(b.Hash[:]), b.Height
			entry["transactionHash"], entry["transactionPosition"] = hexData(t.id[:]), i
			out = append(out, entry)
		})
	}
	return out
}

func flatFrame(c evmCall, place []int, yield func(entry map[string]any)) {
	entry := map[string]any{"traceAddress": place, "subtraces": len(c.calls)}
	var result any
	switch c.kind {
	case kindDestroy:
		entry["type"] = "suicide"
		entry["action"] = map[string]any{
			"address": hexData(c.from[:]), "refundAddress": hexData(c.to[:]), "balance": bigQuantity(c.value),
		}
	case kindCreate:
		entry["type"] = "create"
		entry["action"] = map[string]any{
			"from": hexData(c.from[:]), "value": bigQuantity(c.value), "gas": "0x7530", "init": "0x",
		}
		result = map[string]any{"address": hexData(c.to[:]), "code": "0x", "gasUsed": "0x5208"}
	default:
		entry["type"] = "call"
		entry["action"] = map[string]any{
			"callType": flatKind(c.kind), "from": hexData(c.from[:]), "to": hexData(c.to[:]),
			"value": bigQuantity(c.value), "gas": "0x7530", "input": "0x",
		}
		result = map[string]any{"gasUsed": "0x5208", "output": "0x"}
	}
	entry["result"] = result
	if c.reverted {
		entry["error"], entry["result"] = "Reverted", nil
	}
	yield(entry)
	for i, below := range c.calls {
		flatFrame(below, append(place[:len(place):len(place)], i), yield)
	}
}

func flatKind(k callKind) string {
	if k == kindCall {
		return "call"
	}
	return strings.ToLower(string(k))
}
