package chainsim

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"sync"

	"github.com/cointill/cointill/chain"
)

// GethFace answers JSON-RPC as go-ethereum does, tracing included.
type GethFace struct {
	*Face
	mu    sync.Mutex
	width uint64
}

// Geth returns a new node of the chain that answers JSON-RPC 2.0 as go-ethereum
// does. Safe and finalized are the same block, block 0 until something is
// final.
func (e *EVM) Geth() *GethFace {
	node := &Node{chain: e.Chain}
	g := &GethFace{Face: &Face{Node: node, style: faceStyle{
		version2: true, missing: "the method %s does not exist/is not available",
	}}}
	id := e.network.ChainID
	g.methods = map[string]method{
		"eth_chainId":               func(view, params) (any, error) { return quantity(id), nil },
		"net_version":               func(view, params) (any, error) { return strconv.FormatUint(id, 10), nil },
		"eth_blockNumber":           func(v view, _ params) (any, error) { return quantity(v.tip().Height), nil },
		"eth_syncing":               syncing,
		"eth_getBlockByNumber":      g.blockBy,
		"eth_getBlockByHash":        g.blockBy,
		"eth_getBlockReceipts":      g.blockReceipts,
		"eth_getTransactionReceipt": g.transactionReceipt,
		"eth_getLogs":               g.logs,
		"eth_call":                  g.ethCall,
		"eth_getCode":               g.code,
		"eth_getBalance":            g.balance,
		"debug_traceBlockByHash":    g.trace,
		"debug_traceBlockByNumber":  g.trace,
	}
	return g
}

// LimitRange makes eth_getLogs refuse ranges of more than so many blocks; zero
// ends it.
func (g *GethFace) LimitRange(blocks uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.width = blocks
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
func (g *GethFace) block(v view, p params, i int) (*block, error) {
	var s string
	if err := p.read(i, &s, codeInvalid); err != nil {
		return nil, err
	}
	if len(s) == 66 {
		h, err := p.hash(i, codeInvalid)
		if err != nil {
			return nil, err
		}
		return g.Node.block(v, h), nil
	}
	height, err := heightOf(v, s)
	if err != nil {
		return nil, err
	}
	return v.at(height), nil
}

// heightOf reads a hexadecimal height or a tag.
func heightOf(v view, s string) (uint64, error) {
	switch s {
	case "latest", "pending", "":
		return v.tip().Height, nil
	case "finalized", "safe":
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

func (g *GethFace) blockBy(v view, p params) (any, error) {
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

func (g *GethFace) blockReceipts(v view, p params) (any, error) {
	b, err := g.block(v, p, 0)
	if err != nil || b == nil {
		return nil, err
	}
	return receiptsJSON(b), nil
}

func (g *GethFace) transactionReceipt(v view, p params) (any, error) {
	id, err := p.hash(0, codeInvalid)
	if err != nil {
		return nil, err
	}
	for _, b := range v.blocks {
		for i, t := range b.txs {
			if t.id == id {
				return receiptsJSON(b)[i], nil
			}
		}
	}
	return nil, nil
}

// ethCall answers decimals() of the network's tokens and nothing else.
func (g *GethFace) ethCall(_ view, p params) (any, error) {
	var c struct{ To, Data, Input string }
	if err := p.read(0, &c, codeInvalid); err != nil {
		return nil, err
	}
	for _, t := range g.chain.network.Listed() {
		if sameAddress(c.To, t.Contract) && (c.Data+c.Input == "0x313ce567") {
			w := wordOf(big.NewInt(int64(t.Asset.Decimals)))
			return hexData(w[:]), nil
		}
	}
	return "0x", nil
}

// code answers some code for the network's tokens and none for others.
func (g *GethFace) code(_ view, p params) (any, error) {
	var to string
	if err := p.read(0, &to, codeInvalid); err != nil {
		return nil, err
	}
	for _, t := range g.chain.network.Listed() {
		if sameAddress(to, t.Contract) {
			return "0x60806040", nil
		}
	}
	return "0x", nil
}

// balance implements eth_getBalance; see [EVMSource.Balances].
func (g *GethFace) balance(v view, p params) (any, error) {
	var of string
	if err := p.read(0, &of, codeInvalid); err != nil {
		return nil, err
	}
	b, err := g.block(v, p, 1)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, &RPCError{Code: codeServer, Message: "header not found"}
	}
	raw, err := hex.DecodeString(strings.TrimPrefix(of, "0x"))
	if err != nil || len(raw) != 20 {
		return nil, &RPCError{Code: codeInvalid, Message: "invalid argument 0: want 20 bytes in hex"}
	}
	return bigQuantity(balances(g.lineage(v, b), []account{account(raw)})[0]), nil
}

func (g *GethFace) trace(v view, p params) (any, error) {
	b, err := g.block(v, p, 0)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, &RPCError{Code: codeServer, Message: "block not found"}
	}
	out := make([]any, len(b.txs))
	for i, t := range b.txs {
		out[i] = map[string]any{"txHash": hexData(t.id[:]), "result": frameJSON(t)}
	}
	return out, nil
}

// sameAddress compares by bytes: texts differ in case.
func sameAddress(text string, a chain.Address) bool {
	if len(text) != 42 {
		return false
	}
	raw, err := hex.DecodeString(text[2:])
	return err == nil && string(raw) == a.Raw
}
