package evm_test

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// The methods by which the stub node traces.
const (
	byCalls = "debug_traceBlockByHash"
	byFlat  = "trace_block"
)

// frame is a call, as the stub node tells of it in each dialect.
type frame struct {
	kind     string // as the callTracer writes it; CALL if empty
	from, to string
	value    int64
	failed   bool
	calls    []frame
}

func (f frame) name() string {
	if f.kind == "" {
		return "CALL"
	}
	return f.kind
}

// moves reports whether the instruction moves what it names.
func (f frame) moves() bool {
	switch f.name() {
	case "DELEGATECALL", "CALLCODE", "STATICCALL":
		return false
	}
	return f.value > 0
}

// root is the transaction's own call.
func (x tx) root(from, value string, nonce int) frame {
	v, ok := new(big.Int).SetString(value[2:], 16)
	if !ok {
		panic(value)
	}
	f := frame{from: from, value: v.Int64(), failed: x.failed, calls: x.calls}
	if x.to == nil {
		f.kind = "CREATE"
		f.to = createdBy(from, nonce)
	} else {
		f.to = x.to.(string)
	}
	return f
}

// createdBy is the address of the contract that a transaction creates.
func createdBy(from string, nonce int) string {
	return strings.ToLower(crypto.CreateAddress(common.HexToAddress(from), uint64(nonce)).Hex())
}

func hexValue(n int64) string { return fmt.Sprintf("0x%x", n) }

// calls is the frame as the callTracer writes it. A failed frame's children have
// no error of their own.
func (f frame) nested() obj {
	out := obj{"type": f.name(), "from": f.from, "to": f.to, "value": hexValue(f.value), "gas": "0x0", "gasUsed": "0x0", "input": "0x"}
	if f.name() == "STATICCALL" {
		delete(out, "value")
	}
	if f.failed {
		out["error"] = "execution reverted"
		if strings.HasPrefix(f.name(), "CREATE") {
			delete(out, "to")
		}
	}
	var calls []obj
	for _, c := range f.calls {
		calls = append(calls, c.nested())
	}
	if calls != nil {
		out["calls"] = calls
	}
	return out
}

// flat is the frame and all below it as trace_block writes them.
func (f frame) flat(path []int) []obj {
	value := hexValue(f.value)
	out := obj{"traceAddress": path, "subtraces": len(f.calls), "result": obj{"gasUsed": "0x0", "output": "0x"}}
	switch f.name() {
	case "SELFDESTRUCT":
		out["type"], out["result"] = "suicide", nil
		out["action"] = obj{"address": f.from, "refundAddress": f.to, "balance": value}
	case "CREATE", "CREATE2":
		out["type"], out["result"] = "create", obj{"address": f.to, "code": "0x", "gasUsed": "0x0"}
		out["action"] = obj{"from": f.from, "value": value, "init": "0x"}
	default:
		out["type"] = "call"
		out["action"] = obj{"from": f.from, "to": f.to, "value": value, "callType": strings.ToLower(f.name()), "input": "0x"}
	}
	if f.failed {
		out["error"] = "Reverted"
		delete(out, "result")
	}
	all := []obj{out}
	for i, c := range f.calls {
		all = append(all, c.flat(append(path[:len(path):len(path)], i))...)
	}
	return all
}

// nativeLogs are the logs of EIP-7708 that a transaction emits.
func nativeLogs(f frame) []obj {
	if f.failed {
		return nil
	}
	var out []obj
	if f.moves() && f.from != f.to {
		out = append(out, obj{"address": system, "topics": []string{transfer, pad(f.from), pad(f.to)}, "data": uint256(f.value)})
	}
	for _, c := range f.calls {
		out = append(out, nativeLogs(c)...)
	}
	return out
}

func ofContract(logs []obj, contract string) []obj {
	out := []obj{}
	for _, l := range logs {
		if l["address"] == contract {
			out = append(out, l)
		}
	}
	return out
}

// trace answers the method that the node offers.
func (n *node) trace(at string) any {
	for _, b := range n.blocks {
		if b["hash"] == at || b["number"] == at {
			return n.traceOf(b)
		}
	}
	return nil
}

func (n *node) traceOf(b obj) []obj {
	out := []obj{}
	hash := b["hash"].(string)
	for i, f := range n.roots[hash] {
		tx := b["transactions"].([]obj)[i]["hash"]
		if n.offers == byCalls {
			out = append(out, obj{"txHash": tx, "result": f.nested()})
			continue
		}
		for _, e := range f.flat([]int{}) {
			e["blockHash"], e["blockNumber"], e["transactionHash"], e["transactionPosition"] = hash, 1, tx, i
			out = append(out, e)
		}
	}
	if n.offers == byFlat {
		out = append(out, obj{
			"action":    obj{"author": alice, "rewardType": "block", "value": "0x1bc16d674ec80000"},
			"blockHash": hash, "blockNumber": 1, "result": nil, "subtraces": 0, "traceAddress": []int{},
			"transactionHash": nil, "transactionPosition": nil, "type": "reward",
		})
	}
	return out
}
