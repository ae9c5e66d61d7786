package chainsim

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/cointill/cointill/chain"
)

// EVMFace is the JSON-RPC interface of an EVM node, with the limits that nodes
// and the providers in front of them set ([EVMFace.LimitRange] and its
// neighbours).
type EVMFace struct {
	*Face
	dialect evmDialect
	limits  logLimits
}

// Geth returns a new node of the chain that answers JSON-RPC 2.0 as go-ethereum
// does, debug_traceBlock with the callTracer included. Safe and finalized are the
// same block, block 0 until something is final.
func (e *EVM) Geth() *EVMFace { return e.face(gethDialect) }

// Erigon returns a new node of the chain that answers as [EVM.Geth] does, with
// trace_block, the flat traces of OpenEthereum, in the place of
// debug_traceBlock.
func (e *EVM) Erigon() *EVMFace { return e.face(erigonDialect) }

// Anvil returns a new node of the chain that answers as Foundry's anvil does: it
// traces both ways, has error codes of its own, and answers eth_getLogs for a
// block it does not know with an empty list.
func (e *EVM) Anvil() *EVMFace { return e.face(anvilDialect) }

// evmDialect is where EVM nodes differ.
type evmDialect struct {
	client string // web3_clientVersion
	// nested: debug_traceBlock with the callTracer; flat: trace_block.
	nested, flat bool
	missing      string // text for unknown methods
	unknownBlock RPCError
	// emptyLogs: an unknown block has no logs, where others answer an error.
	emptyLogs bool
}

var gethDialect = evmDialect{
	client: "Geth/v1.17.10-stable/linux-amd64/go1.25.0", nested: true,
	missing:      "the method %s does not exist/is not available",
	unknownBlock: RPCError{Code: codeServer, Message: "header not found"},
}

var erigonDialect = evmDialect{
	client: "erigon/3.0.0/linux-amd64/go1.24.0", flat: true,
	missing:      "the method %s does not exist/is not available",
	unknownBlock: RPCError{Code: codeServer, Message: "block not found"},
}

var anvilDialect = evmDialect{
	client: "anvil/v1.7.1", nested: true, flat: true, emptyLogs: true,
	missing:      "Method not found",
	unknownBlock: RPCError{Code: -32001, Message: "Block not found"},
}

func (e *EVM) face(d evmDialect) *EVMFace {
	node := &Node{chain: e.Chain}
	g := &EVMFace{dialect: d, Face: &Face{Node: node, style: faceStyle{version2: true, missing: d.missing}}}
	id := e.network.ChainID
	g.methods = map[string]method{
		"eth_chainId":               func(view, params) (any, error) { return quantity(id), nil },
		"net_version":               func(view, params) (any, error) { return strconv.FormatUint(id, 10), nil },
		"web3_clientVersion":        func(view, params) (any, error) { return d.client, nil },
		"eth_blockNumber":           func(v view, _ params) (any, error) { return quantity(v.tip().Height), nil },
		"eth_syncing":               syncing,
		"eth_getBlockByNumber":      g.blockBy,
		"eth_getBlockByHash":        g.blockBy,
		"eth_getBlockReceipts":      g.blockReceipts,
		"eth_getTransactionByHash":  g.transaction,
		"eth_getTransactionReceipt": g.transactionReceipt,
		"eth_getTransactionCount":   g.transactionCount,
		"eth_getLogs":               g.logs,
		"eth_call":                  g.ethCall,
		"eth_getCode":               g.code,
		"eth_getBalance":            g.balance,
	}
	if d.nested {
		g.methods["debug_traceBlockByHash"] = g.traced("debug_traceBlockByHash", true, nestedTraces)
		g.methods["debug_traceBlockByNumber"] = g.traced("debug_traceBlockByNumber", false, nestedTraces)
	}
	if d.flat {
		g.methods["trace_block"] = g.traced("trace_block", false, flatTraces)
	}
	return g
}

func syncing(v view, _ params) (any, error) {
	if !v.syncing {
		return false, nil
	}
	at := quantity(v.tip().Height)
	return map[string]any{"startingBlock": at, "currentBlock": at, "highestBlock": quantity(v.tip().Height + 1000)}, nil
}

// Error codes of go-ethereum.
const (
	codeServer  = -32000
	codeInvalid = -32602
)

// block reads a block number, tag or hash, and returns the block or nil.
func (g *EVMFace) block(v view, p params, i int) (*block, error) {
	var s string
	if err := p.read(i, &s, codeInvalid); err != nil {
		return nil, err
	}
	return g.named(v, s)
}

// named returns the block of a number, tag or hash, or nil.
func (g *EVMFace) named(v view, s string) (*block, error) {
	if len(s) == 66 {
		h, err := chain.ParseHash(s)
		if err != nil {
			return nil, &RPCError{Code: codeInvalid, Message: err.Error()}
		}
		return g.Node.block(v, h), nil
	}
	height, err := g.height(v, s)
	if err != nil {
		return nil, err
	}
	return v.at(height), nil
}

// height reads a hexadecimal height or a tag.
func (g *EVMFace) height(v view, s string) (uint64, error) {
	switch s {
	case "latest", "pending", "":
		return v.tip().Height, nil
	case "finalized", "safe":
		if g.limits.hidesFinal() {
			return 0, &RPCError{Code: codeInvalid, Message: "invalid argument 0: hex string without 0x prefix"}
		}
		return v.final, nil
	case "earliest":
		return 0, nil
	}
	if len(s) > 2 && s[:2] == "0x" {
		if n, err := strconv.ParseUint(s[2:], 16, 63); err == nil {
			return n, nil
		}
	}
	return 0, &RPCError{Code: codeInvalid, Message: fmt.Sprintf("invalid argument 0: block %q", s)}
}

func (g *EVMFace) blockBy(v view, p params) (any, error) {
	b, err := g.block(v, p, 0)
	if err != nil || b == nil {
		return nil, err
	}
	var full bool
	if err := p.read(1, &full, codeInvalid); err != nil {
		return nil, err
	}
	return evmBlockJSON(b, full, g.chain.network.ChainID), nil
}

func (g *EVMFace) blockReceipts(v view, p params) (any, error) {
	b, err := g.block(v, p, 0)
	if err != nil || b == nil {
		return nil, err
	}
	return receiptsJSON(b), nil
}

func (g *EVMFace) transactionReceipt(v view, p params) (any, error) {
	id, err := p.hash(0, codeInvalid)
	if err != nil {
		return nil, err
	}
	_, b := v.mined(id)
	if b == nil {
		return nil, nil
	}
	return receiptsJSON(b)[b.place(id)], nil
}

func (g *EVMFace) transaction(v view, p params) (any, error) {
	id, err := p.hash(0, codeInvalid)
	if err != nil {
		return nil, err
	}
	chainID := g.chain.network.ChainID
	if _, b := v.mined(id); b != nil {
		return evmTxJSON(b, b.place(id), chainID), nil
	}
	t := v.unmined(id)
	if t == nil {
		return nil, nil
	}
	out := evmTxJSON(&block{txs: []*tx{t}}, 0, chainID)
	out["blockHash"], out["blockNumber"], out["transactionIndex"] = nil, nil, nil
	return out, nil
}

func (b *block) place(id chain.Hash) int {
	return slices.IndexFunc(b.txs, func(t *tx) bool { return t.id == id })
}
